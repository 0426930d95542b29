"""Which part of a file a browser asks for (RFC 9110, section 14)."""

import re

ONE = re.compile(r"bytes[ \t]*=[ \t]*(\d{0,19})[ \t]*-[ \t]*(\d{0,19})[ \t]*", re.IGNORECASE | re.ASCII)


class Unsatisfiable(Exception):
    """No byte of the file is asked for."""


def part_of(asked: str | None, size: int) -> tuple[int, int] | None:
    """Return the first byte and the one after the last of what is asked for; None for all of a file.

    What is not understood, several parts at once among it, is answered with all of it, as the standard allows.
    Raises :class:`Unsatisfiable`.

    >>> part_of("bytes=0-1", 100), part_of("bytes=-10", 100), part_of("bytes=90-", 100)
    ((0, 2), (90, 100), (90, 100))
    """
    found = ONE.fullmatch(asked or "")
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        length = int(found[2])
        if length == 0 or size == 0:
            raise Unsatisfiable
        return max(size - length, 0), size
    start = int(found[1])
    end = min(int(found[2]) + 1, size) if found[2] else size
    if found[2] and int(found[2]) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return start, end
