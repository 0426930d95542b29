"""Features as GeoJSON (RFC 7946), put together of what is written already: a thousand must not take long."""

import json
from typing import Any

from maps.queries.atlas import Features
from portal.index.telling import completed


def collection(found: Features, home: str, members: dict[str, Any]) -> bytes:
    """Return a page of features as a feature collection with these members; ``home`` is our own address."""
    features = completed(",".join(_written(found)), home)
    told = json.dumps(members, ensure_ascii=False)
    return f'{{"type":"FeatureCollection",{told[1:-1]},"features":[{features}]}}'.encode()


def feature(found: Features, home: str, links: list[dict[str, str]]) -> bytes:
    """Return the only feature of a page, with its links."""
    (written,) = _written(found)
    told = json.loads(completed(written, home)) | {"links": links}
    return json.dumps(told, ensure_ascii=False).encode()


def _written(found: Features) -> list[str]:
    """Return the features, those that have a path with it."""
    if not found.lines:
        return [row.told for row in found.rows]
    return [_along(row.told, found.lines[row.id]) if row.id in found.lines else row.told for row in found.rows]


def _along(told: str, line: str) -> str:
    """Return a feature whose geometry is its path, and its point besides where the path does not begin there."""
    feature, path = json.loads(told), json.loads(line)
    point = feature["geometry"]
    begins_there = path["coordinates"][0] == point["coordinates"]
    feature["geometry"] = path if begins_there else {"type": "GeometryCollection", "geometries": [point, path]}
    return json.dumps(feature, ensure_ascii=False, separators=(",", ":"))
