"""For a GPS: GPX 1.1, the stops as waypoints in walking order, the line as one track.

Source: the schema at http://www.topografix.com/GPX/1/1. Elements must come in its order.
"""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from maps.exports.export import Export, credit_line
from maps.exports.xml import add, add_said, degrees, written
from maps.queries.trails import ShownStop
from maps.terms import Mode, Vertex
from portal.media.queries import ShownMedia

NAMESPACE = "http://www.topografix.com/GPX/1/1"
SCHEMA = "http://www.topografix.com/GPX/1/1/gpx.xsd"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
KINDS = {Mode.FOOT: "walking", Mode.BIKE: "cycling"}


def gpx(export: Export) -> bytes:
    """Return the trail for a GPS. Where no line was drawn there is no track, but a route from stop to stop."""
    root = Element(
        "gpx",
        {
            "xmlns": NAMESPACE,
            "xmlns:xsi": INSTANCE,
            "xsi:schemaLocation": f"{NAMESPACE} {SCHEMA}",
            "version": "1.1",
            "creator": export.site.name,
        },
    )
    _metadata(root, export)
    for stop in export.trail.stops:
        _waypoint(root, "wpt", stop, export)
    if len(export.trail.content.line) > 1:
        _track(root, export)
    elif len(export.trail.stops) > 1:
        _route(root, export)
    return written(root)


def _metadata(root: Element, export: Export) -> None:
    told, content = add(root, "metadata"), export.trail.content
    add(told, "name", export.title)
    add_said(told, "desc", export.summary)
    if export.credits:
        add(add(told, "author"), "name", export.credits)
    right = add(told, "copyright", author=export.credits or export.site.name)
    add(right, "year", f"{export.trail.revised_at:%Y}")
    add(right, "license", export.licence.url)
    _link(told, export.url, export.title, "text/html")
    add(told, "time", f"{export.trail.revised_at:%Y-%m-%dT%H:%M:%SZ}")
    add(told, "keywords", content.theme.value)
    positions = [*content.line, *(stop.position for stop in content.stops)]
    if positions:
        _bounds(told, positions)


def _bounds(told: Element, positions: Sequence[Vertex]) -> None:
    longitudes, latitudes = [position[0] for position in positions], [position[1] for position in positions]
    add(
        told,
        "bounds",
        minlat=degrees(min(latitudes)),
        minlon=_longitude(min(longitudes)),
        maxlat=degrees(max(latitudes)),
        maxlon=_longitude(max(longitudes)),
    )


def _waypoint(parent: Element, kind: str, stop: ShownStop, export: Export) -> None:
    content = stop.content
    point = add(parent, kind, lat=degrees(content.latitude), lon=_longitude(content.longitude))
    add(point, "name", export.name_of(stop))
    add_said(point, "cmt", export.of(content.directions))
    add_said(point, "desc", export.of(content.text))
    _link(point, export.url_of(stop), export.name_of(stop), "text/html")
    for media in export.media_of(stop):
        _media_link(point, media, export)
    add(point, "type", "stop")


def _media_link(point: Element, media: ShownMedia, export: Export) -> None:
    if media.sources:
        source = media.sources[0]
        words = f"{media.title} ({credit_line(media)})"
        _link(point, export.site.url(source.path), words, source.media_type)


def _track(root: Element, export: Export) -> None:
    track = add(root, "trk")
    _about(track, export)
    segment = add(track, "trkseg")
    for vertex in export.trail.content.line:
        point = add(segment, "trkpt", lat=degrees(vertex[1]), lon=_longitude(vertex[0]))
        if len(vertex) == 3:
            add(point, "ele", f"{vertex[2]:.2f}")


def _route(root: Element, export: Export) -> None:
    route = add(root, "rte")
    _about(route, export)
    for stop in export.trail.stops:
        point = add(route, "rtept", lat=degrees(stop.content.latitude), lon=_longitude(stop.content.longitude))
        add(point, "name", export.name_of(stop))


def _about(way: Element, export: Export) -> None:
    add(way, "name", export.title)
    add_said(way, "desc", export.summary)
    _link(way, export.url, export.title, "text/html")
    add(way, "type", KINDS[export.trail.content.mode])


def _link(parent: Element, url: str, words: str, media_type: str) -> None:
    link = add(parent, "link", href=url)
    add_said(link, "text", words)
    add(link, "type", media_type)


def _longitude(value: float) -> str:
    """Return a longitude as the schema has it: the meridian opposite Greenwich is west of it."""
    written = degrees(value)
    return f"-{written}" if written == "180.0000000" else written
