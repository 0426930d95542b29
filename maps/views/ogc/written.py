"""Features as GeoJSON (RFC 7946), written by hand: a thousand of them must not take longer than finding them.

What they tell does not depend on the reader: ``title`` is in the language of the thing, ``title_en`` in another one.
"""

import json
import re
from datetime import datetime
from json.encoder import encode_basestring
from typing import Any
from urllib.parse import quote

from portal.i18n import in_language

READ = json.JSONDecoder().decode
PLAIN = re.compile(r"[A-Za-z0-9/_.~-]*")


def collection(features: list[str], **members: Any) -> bytes:
    """Return a feature collection of features that are written already."""
    told = json.dumps(members, ensure_ascii=False)
    return f'{{"type":"FeatureCollection",{told[1:-1]},"features":[{",".join(features)}]}}'.encode()


def feature(row: Any, home: str, line: str | None, links: list[dict[str, str]] | None = None) -> str:
    """Return one row of ``FEATURE`` as a feature; ``line`` is the geometry of its path, ``home`` our own address."""
    more = f',"links":{json.dumps(links, ensure_ascii=False)}' if links is not None else ""
    (
        _id,
        kind,
        source_id,
        path,
        title,
        summary,
        theme,
        language,
        licence,
        access,
        *where,
        begins,
        ends,
        made,
        changed,
    ) = row[:17]
    return (
        f'{{"type":"Feature","id":"{source_id}","geometry":{_geometry(where, line)},"properties":{{'
        f'"kind":"{kind}",{_texts("title", title, language)},{_texts("summary", summary, language)},'
        f'"url":{_text(home + (path if PLAIN.fullmatch(path) else quote(path)))},"theme":{_text(theme)},'
        f'"language":{_text(language)},"licence":{_text(licence)},"access":{_text(access)},"starts_at":{_at(begins)},'
        f'"ends_at":{_at(ends)},"created_at":{_at(made)},"updated_at":{_at(changed)}}}{more}}}'
    )


def _geometry(where: list[Any], line: str | None) -> str:
    longitude, latitude, *_path = where
    if longitude is None:
        return "null"
    point = f'{{"type":"Point","coordinates":[{longitude!r},{latitude!r}]}}'
    if line is None:
        return point
    if json.loads(line)["coordinates"][0] == [longitude, latitude]:
        return line
    return f'{{"type":"GeometryCollection","geometries":[{point},{line}]}}'


def _texts(name: str, told_in: str, language: str | None) -> str:
    texts = READ(told_in)
    words, spoken = in_language(texts, language or "fr")
    told = f'"{name}":{encode_basestring(words)}'
    if len(texts) > 1:
        for code, other in texts.items():
            if code != spoken:
                told += f',"{name}_{code}":{encode_basestring(other)}'
    return told


def _text(value: str | None) -> str:
    return "null" if value is None else encode_basestring(value)


def _at(moment: datetime | None) -> str:
    return "null" if moment is None else f'"{moment.isoformat()}"'
