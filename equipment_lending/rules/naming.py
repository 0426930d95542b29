"""How things are named: short names in addresses, tags on labels, and what a scanner reads off a label."""

import re
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SLUG = 80
TAG = re.compile(r"[^\W_][\w.-]{0,39}", re.ASCII)
"""Fit for a label, a spreadsheet, an address. Large and small letters are the same; ASCII, so that all agree on it."""
TYPED_FOR: Mapping[str, str] = {"-": "", " ": "", ".": "", "_": "", "o": "0", "i": "1", "l": "1"}
"""What people leave out of a tag, and take for something else; in small letters."""
RESERVED_POINTS = frozenset({"loans", "people"})
"""Pages of the desk, which no point can be called."""

_TYPED = {ord(written): meant for written, meant in TYPED_FOR.items()}
_COUNTED = re.compile(r"(?P<before>.*?)(?P<number>\d+)", re.ASCII)


def consecutive_tags(first: str, count: int) -> list[str]:
    """Return ``count`` tags that go on from the first: BR-0098, BR-0099, BR-0100 and so on.

    A number at the end is counted on and keeps its width as long as it fits; a tag without one gets -2, -3 and so on.
    """
    counted = _COUNTED.fullmatch(first)
    if counted is None:
        return [first, *(f"{first}-{number}" for number in range(2, count + 1))][:count]
    start, width = int(counted["number"]), len(counted["number"])
    return [f"{counted['before']}{number:0{width}}" for number in range(start, start + count)]


def bare_tag(tag: str) -> str:
    """Return what stays of a tag however it is read off a label: without hyphens, and with O for 0 or I for 1.

    >>> bare_tag("BR-0101"), bare_tag("br Oioi")
    ('br0101', 'br0101')
    """
    return tag.lower().translate(_TYPED)


def tag_in(scanned: str) -> str:
    """Return the tag in what was typed or scanned: of a label's address its last part, of anything else all of it."""
    text = scanned.strip()
    try:
        address = urlsplit(text)
    except ValueError:  # brackets that are no address
        return text
    _, found, tag = address.path.rpartition("/items/")
    return unquote(tag).strip() if address.scheme in ("http", "https") and found else text
