"""For maps: GeoJSON (RFC 7946), the trail with its line and its stops in walking order; anything public as a point."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from maps.exports.export import Export, Site
from maps.queries.exporting import Listed
from maps.queries.trails import ShownStop
from maps.terms import Vertex
from portal.i18n import in_language
from portal.media.queries import ShownMedia

Json = dict[str, Any]


def geojson(export: Export) -> bytes:
    """Return the trail as a FeatureCollection. Where no line was drawn, its geometry is null."""
    features = [_trail(export), *(_stop(stop, export) for stop in export.trail.stops)]
    content = export.trail.content
    return _collection(features, [*content.line, *(stop.position for stop in content.stops)])


def listed_geojson(things: Iterable[Listed], language: str, site: Site) -> bytes:
    """Return things as a FeatureCollection, their texts in ``language`` where they are there."""
    spots: list[Vertex] = []
    written = []  # one after the other: to hold thousands of them as dictionaries takes five times as much
    for row in things:
        written.append(json.dumps(_thing(row, language, site), ensure_ascii=False))
        spots += [spot] if (spot := _spot(row)) else []
    whole = json.dumps(_bounds(spots), ensure_ascii=False)
    return f'{whole[:-1]}, "features": [{", ".join(written)}]}}'.encode()


def _trail(export: Export) -> Json:
    trail, content = export.trail, export.trail.content
    properties = {
        "kind": "trail",
        "title": export.title,
        "summary": export.summary,
        "language": export.language,
        "url": export.url,
        "theme": content.theme.value,
        "mode": content.mode.value,
        "length_m": round(trail.length),
        "minutes": trail.minutes,
        "minutes_most": trail.minutes_most,
        "difficulty": content.difficulty.value if content.difficulty else None,
        "access": content.access.level.value,
        "licence": content.licence,
        "licence_url": export.licence.url,
        "attribution": export.credits,
        "updated_at": trail.revised_at.isoformat(),
    }
    line = {"type": "LineString", "coordinates": [list(vertex) for vertex in content.line]}
    return _feature(trail.id, line if len(content.line) > 1 else None, properties)


def _stop(stop: ShownStop, export: Export) -> Json:
    content = stop.content
    properties = {
        "kind": "stop",
        "rank": stop.rank,
        "label": stop.label,
        "title": export.of(content.title),
        "text": export.of(content.text),
        "directions": export.of(content.directions),
        "radius_m": content.radius,
        "along_m": round(stop.along),
        "optional": content.optional,
        "url": export.url_of(stop),
        "media": [_media(media, export.site) for media in export.media_of(stop)],
    }
    return _feature(stop.id, {"type": "Point", "coordinates": list(content.position)}, properties)


def _media(media: ShownMedia, site: Site) -> Json:
    return {
        "kind": media.kind.value if media.kind else None,
        "title": media.title,
        "language": media.language,
        "seconds": media.seconds,
        "licence": media.licence.spdx,
        "attribution": media.attribution,
        "files": [{"url": site.url(one.path), "type": one.media_type, "bytes": one.size} for one in media.sources],
        "transcripts": {code: site.url(one.path) for code, one in (media.transcripts or {}).items()},
    }


def _spot(row: Listed) -> tuple[float, float] | None:
    return None if row.longitude is None or row.latitude is None else (row.longitude, row.latitude)


def _thing(row: Listed, language: str, site: Site) -> Json:
    title, spoken = in_language(row.title, language)
    properties = {
        "kind": row.kind,
        "title": title,
        "language": spoken,
        "summary": in_language(row.summary, language)[0],
        "url": site.url(row.path),
        "theme": row.theme,
        "access": row.access,
        "licence": row.licence,
        "updated_at": row.updated_at.isoformat(),
    }
    spot = _spot(row)
    return _feature(row.id, {"type": "Point", "coordinates": list(spot)} if spot else None, properties)


def _feature(identifier: object, geometry: Json | None, properties: Json) -> Json:
    return {"type": "Feature", "id": str(identifier), "geometry": geometry, "properties": properties}


def _collection(features: Sequence[Json], positions: Sequence[Vertex]) -> bytes:
    return json.dumps(_bounds(positions) | {"features": list(features)}, ensure_ascii=False).encode()


def _bounds(positions: Sequence[Vertex]) -> Json:
    whole: Json = {"type": "FeatureCollection"}
    if positions:
        longitudes, latitudes = [one[0] for one in positions], [one[1] for one in positions]
        whole["bbox"] = [min(longitudes), min(latitudes), max(longitudes), max(latitudes)]
    return whole
