"""What programs are told of an entry: the properties of a GeoJSON feature, written once when the entry changes.

Thousands of them are sent at once; to put each together anew would take longer than to find them all. What they tell
does not depend on the reader: ``title`` is in the language of the thing, ``title_en`` in another one that it has.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from portal.i18n import in_language


class Tellable(Protocol):
    """What there is to tell of an entry."""

    kind: Any
    title: Any
    summary: Any
    theme: Any
    language: Any
    licence: Any
    access: Any
    starts_at: Any
    ends_at: Any
    created_at: Any
    updated_at: Any


def told(entry: Tellable) -> str:
    """Return the members of an object of JSON, without its braces, so that more can be told beside them."""
    members = {
        "kind": entry.kind,
        **_texts("title", entry.title, entry.language),
        **_texts("summary", entry.summary, entry.language),
        "theme": entry.theme,
        "language": entry.language,
        "licence": entry.licence,
        "access": entry.access,
        **{name: instant(getattr(entry, name)) for name in ("starts_at", "ends_at", "created_at", "updated_at")},
    }
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"))[1:-1]


def instant(at: datetime | None) -> str | None:
    """Return an instant in UTC as RFC 3339 has it."""
    return at.isoformat().replace("+00:00", "Z") if at else None


def _texts(name: str, texts: Mapping[str, str], language: str | None) -> dict[str, str]:
    words, spoken = in_language(texts, language or "fr")
    return {name: words} | {f"{name}_{code}": other for code, other in texts.items() if code != spoken}
