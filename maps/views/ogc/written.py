"""Features as GeoJSON (RFC 7946), put together of what is written already: a thousand must not take long."""

import json
import re
from collections.abc import Iterable
from json.encoder import encode_basestring
from typing import Any
from urllib.parse import quote

PLAIN = re.compile(r"[A-Za-z0-9/_.~-]*")


def collection(features: Iterable[str], **members: Any) -> bytes:
    """Return a feature collection of features that are written already."""
    told = json.dumps(members, ensure_ascii=False)
    return f'{{"type":"FeatureCollection",{told[1:-1]},"features":[{",".join(features)}]}}'.encode()


def feature(row: Any, home: str, line: str | None, links: list[dict[str, str]] | None = None) -> str:
    """Return one row of ``FEATURE`` as a feature; ``line`` is the geometry of its path, ``home`` our own address."""
    more = f',"links":{json.dumps(links, ensure_ascii=False)}' if links is not None else ""
    _id, name, path, longitude, latitude, _has_path, told = row[:7]
    address = encode_basestring(home + (path if PLAIN.fullmatch(path) else quote(path)))
    return (
        f'{{"type":"Feature","id":"{name}","geometry":{_geometry(longitude, latitude, line)},'
        f'"properties":{{"url":{address},{told}}}{more}}}'
    )


def _geometry(longitude: float | None, latitude: float | None, line: str | None) -> str:
    if longitude is None:
        return "null"
    point = f'{{"type":"Point","coordinates":[{longitude!r},{latitude!r}]}}'
    if line is None:
        return point
    if json.loads(line)["coordinates"][0] == [longitude, latitude]:
        return line
    return f'{{"type":"GeometryCollection","geometries":[{point},{line}]}}'
