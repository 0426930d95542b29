"""What a page needs to be whole without a network: found by reading what it refers to, and what that refers to.

Only files of our own, by their addresses on this site: style, letters, script, pictures, sounds.
"""

import re
from collections.abc import Callable, Iterator
from posixpath import dirname, join, normpath

TAGS = re.compile(r"<(?:link|script|img|source|audio|video|track)\b[^>]*>")
"""What a browser fetches by itself; where links lead is not needed."""

IN_TAGS = re.compile(r"""\b(?:src|href|poster)=["'](/(?:static|media)/[^"'#]+)["']""")
IN_SHEETS = re.compile(r"""url\(\s*["']?([^"')]+?)["']?\s*\)""")
IN_SCRIPTS = re.compile(r"""\b(?:from|import)\s*\(?\s*["'](\.{1,2}/[^"']+)["']""")
READABLE = {".css": IN_SHEETS, ".js": IN_SCRIPTS}


def needed(page: str, read: Callable[[str], str]) -> list[str]:
    """Return the addresses of all that ``page`` needs, each once, in the order in which they are met.

    ``read`` returns the text behind the address of a sheet or a script.
    """
    fetched = (address for tag in TAGS.findall(page) for address in IN_TAGS.findall(tag))
    found = list(dict.fromkeys(address.replace("&amp;", "&") for address in fetched))
    for address in found:  # which grows meanwhile
        found += [other for other in _named_by(address, read) if other not in found]
    return found


def _named_by(address: str, read: Callable[[str], str]) -> Iterator[str]:
    path = address.partition("?")[0]
    named = READABLE.get(path[path.rfind(".") :])
    if named is None:
        return
    for other in dict.fromkeys(named.findall(read(address))):
        if not other.startswith(("data:", "http:", "https:", "//", "#")):
            yield other if other.startswith("/") else normpath(join(dirname(path), other))
