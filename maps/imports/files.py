"""Which format a file has, told by what is in it: a name promises nothing."""

from maps.imports.brought import Brought
from maps.imports.geojson import read_geojson
from maps.imports.gpx import read_gpx
from maps.imports.table import is_table, read_table
from maps.imports.troubles import Trouble, Unreadable

MOST_BYTES = 20_000_000
MARK = b"\xef\xbb\xbf"


def read(content: bytes) -> Brought:
    """Return what a GPX or GeoJSON file or a table (CSV) holds. Raises :class:`Unreadable`."""
    if len(content) > MOST_BYTES:
        raise Unreadable(Trouble.TOO_LARGE, most=MOST_BYTES // 1_000_000)
    beginning = _beginning(content)
    if not beginning:
        raise Unreadable(Trouble.EMPTY)
    if is_json(content):
        return _something(read_geojson(content))
    if beginning == b"<" or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _something(read_gpx(content))
    if is_table(content):
        return _something(read_table(content))
    raise Unreadable(Trouble.NEITHER)


def is_json(content: bytes) -> bool:
    """Does it begin as JSON does?"""
    return _beginning(content) in (b"{", b"[")


def _beginning(content: bytes) -> bytes:
    return content[:1000].removeprefix(MARK).lstrip()[:1]


def _something(brought: Brought) -> Brought:
    if not brought.lines and not brought.points:
        raise Unreadable(Trouble.NOTHING)
    return brought
