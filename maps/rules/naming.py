"""Short names in addresses, made of titles."""

import re
import unicodedata
from collections.abc import Iterator

LONGEST_SLUG = 60
RESERVED = frozenset({"new", "import", "mine", "index", "all"})
"""Pages of their own, which no trail and no place can be called."""

_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ß": "ss"})


def slug_of(title: str, otherwise: str) -> str:
    """Return a short name for what has this title, ``otherwise`` where nothing in it can be in an address."""
    letters = unicodedata.normalize("NFKD", title.casefold().translate(_LETTERS))
    plain = "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")
    words = re.findall(r"[a-z0-9]+", plain)
    found = ""
    for word in words:
        longer = f"{found}-{word}" if found else word[:LONGEST_SLUG]
        if len(longer) > LONGEST_SLUG:
            break
        found = longer
    return found or otherwise


def slugs_for(title: str, otherwise: str) -> Iterator[str]:
    """Yield short names to try for a title, one after the other: les-voix-du-port, les-voix-du-port-2 and so on."""
    first = slug_of(title, otherwise)
    if first not in RESERVED:
        yield first
    number = 2
    while True:
        yield f"{first}-{number}"
        number += 1
