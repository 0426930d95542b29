"""Where a page may send its reader next when the address comes from outside."""

import re
from urllib.parse import quote, urlsplit

UNSAFE = re.compile(r"[\x00-\x20\x7f\\]|^/[/\\]")
LONGEST = 2000


def safe_path(text: str | None, fallback: str) -> str:
    """Return ``text`` where it is a path of this site (with query and fragment), otherwise ``fallback``.

    Browsers drop tabs and line ends and read ``\\`` as ``/``, so that ``/\\t/elsewhere`` leads to another host.
    """
    if not text or not text.startswith("/") or len(text) > LONGEST or UNSAFE.search(text):
        return fallback
    try:
        parts = urlsplit(text)
        quoted = quote(text, safe="/?#[]@!$&'()*+,;=%:~")
    except ValueError:  # brackets that are no address, half a character
        return fallback
    return fallback if parts.scheme or parts.netloc else quoted
