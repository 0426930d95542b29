"""What programs are told of an entry: a GeoJSON feature (RFC 7946), written once when the entry changes.

Thousands of them are sent at once; to put each together anew would take longer than to find them all. What they tell
does not depend on the reader: ``title`` is in the language of the thing, ``title_en`` in another one that it has. Their
``url`` is a path, which whoever sends them completes: see :func:`completed`.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote

from portal.i18n import in_language

_URL = '"url":"/'


class Tellable(Protocol):
    """What there is to tell of an entry."""

    kind: Any
    source_id: Any
    path: Any
    title: Any
    summary: Any
    theme: Any
    language: Any
    licence: Any
    access: Any
    longitude: Any
    latitude: Any
    starts_at: Any
    ends_at: Any
    created_at: Any
    updated_at: Any


def told(entry: Tellable) -> str:
    """Return an entry as a feature. One that has a path is told with its point alone."""
    nowhere = entry.longitude is None
    properties = {
        "url": quote(entry.path),
        "kind": entry.kind,
        **_texts("title", entry.title, entry.language),
        **_texts("summary", entry.summary, entry.language),
        "theme": entry.theme,
        "language": entry.language,
        "licence": entry.licence,
        "access": entry.access,
        **{name: instant(getattr(entry, name)) for name in ("starts_at", "ends_at", "created_at", "updated_at")},
    }
    feature = {
        "type": "Feature",
        "id": str(entry.source_id),
        "geometry": None if nowhere else {"type": "Point", "coordinates": [entry.longitude, entry.latitude]},
        "properties": properties,
    }
    return json.dumps(feature, ensure_ascii=False, separators=(",", ":"))


def completed(features: str, home: str) -> str:
    """Return features whose addresses begin with ``home``. Inside of texts no quote stands without its backslash."""
    return features.replace(_URL, f'"url":"{home}/')


def instant(at: datetime | None) -> str | None:
    """Return an instant in UTC as RFC 3339 has it."""
    return at.isoformat().replace("+00:00", "Z") if at else None


def _texts(name: str, texts: Mapping[str, str], language: str | None) -> dict[str, str]:
    words, spoken = in_language(texts, language or "fr")
    return {name: words} | {f"{name}_{code}": other for code, other in texts.items() if code != spoken}
