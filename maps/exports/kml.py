"""For globes: KML 2.2, the line and the stops as placemarks; and anything public.

Source: OGC 07-147r2. Elements must come in its schema's order.
"""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, tostring

from maps.exports.export import Export, Site, credit_line
from maps.exports.xml import add, add_said, degrees, written
from maps.queries.exporting import Listed
from maps.queries.trails import ShownStop
from maps.terms import Vertex
from portal.i18n import in_language
from portal.media.queries import ShownMedia

NAMESPACE = "http://www.opengis.net/kml/2.2"
ATOM = "http://www.w3.org/2005/Atom"
LICHEN = "ff2a6844"
"""The colour of trails, as KML writes it: opaque, then blue, green, red."""


def kml(export: Export) -> bytes:
    """Return the trail for a globe."""
    root, document = _document(export.title)
    add(add(document, "atom:author"), "atom:name", export.credits or export.site.name)
    add(document, "atom:link", href=export.url, rel="alternate")
    add_said(document, "description", "\n\n".join(filter(None, (export.summary, export.licence.label, export.url))))
    style = add(add(document, "Style", id="line"), "LineStyle")
    add(style, "color", LICHEN)
    add(style, "width", "4")
    _data(document, licence=export.licence.url, updated=export.trail.revised_at.isoformat())
    if len(export.trail.content.line) > 1:
        _line(document, export)
    for stop in export.trail.stops:
        _stop(document, stop, export)
    return written(root)


def listed_kml(things: Iterable[Listed], language: str, site: Site) -> bytes:
    """Return things for a globe, their texts in ``language`` where they are there."""
    root, _document_of_all = _document(site.name)
    head, end, tail = written(root).partition(b"</Document>")
    return b"".join((head, *(tostring(_thing(row, language, site), "utf-8") for row in things), end, tail))


def _thing(row: Listed, language: str, site: Site) -> Element:
    placemark = Element("Placemark", id=f"{row.kind}-{row.id}")
    add(placemark, "name", in_language(row.title, language)[0])
    told = (in_language(row.summary, language)[0], row.licence or "", site.url(row.path))
    add(placemark, "description", "\n\n".join(filter(None, told)))
    _data(placemark, kind=row.kind, theme=row.theme or "", updated=row.updated_at.isoformat())
    if row.longitude is not None and row.latitude is not None:
        add(add(placemark, "Point"), "coordinates", _coordinates([(row.longitude, row.latitude)]))
    return placemark


def _document(name: str) -> tuple[Element, Element]:
    root = Element("kml", {"xmlns": NAMESPACE, "xmlns:atom": ATOM})
    document = add(root, "Document")
    add(document, "name", name)
    return root, document


def _line(document: Element, export: Export) -> None:
    placemark = add(document, "Placemark", id="line-of-the-trail")
    add(placemark, "name", export.title)
    add(placemark, "styleUrl", "#line")
    line = add(placemark, "LineString")
    add(line, "tessellate", "1")
    add(line, "coordinates", _coordinates(export.trail.content.line))


def _stop(document: Element, stop: ShownStop, export: Export) -> None:
    media = export.media_of(stop)
    sounds = [_sound(one, export) for one in media if one.sources]
    told = (export.of(stop.content.text), export.of(stop.content.directions), *sounds, export.url_of(stop))
    placemark = add(document, "Placemark", id=f"stop-{stop.id}")
    add(placemark, "name", export.name_of(stop))
    add(placemark, "description", "\n\n".join(filter(None, told)))
    _data(placemark, label=stop.label, radius=str(stop.content.radius))
    add(add(placemark, "Point"), "coordinates", _coordinates([stop.content.position]))


def _sound(media: ShownMedia, export: Export) -> str:
    return f"{media.title} ({credit_line(media)})\n{export.site.url(media.sources[0].path)}"


def _data(parent: Element, **values: str) -> None:
    extended = add(parent, "ExtendedData")
    for name, value in values.items():
        add(add(extended, "Data", name=name), "value", value)


def _coordinates(vertices: Iterable[Vertex]) -> str:
    return " ".join(map(_vertex, vertices))


def _vertex(vertex: Vertex) -> str:
    heights = (f"{height:.2f}" for height in vertex[2:])
    return ",".join((degrees(vertex[0]), degrees(vertex[1]), *heights))
