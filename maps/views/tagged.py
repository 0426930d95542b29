"""Answers that are not made again, nor sent again, as long as what they are made of is the same.

The tag names the versions of the index that an answer depends on, so that it is known before what is told is asked for.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path

from pyramid.interfaces import ITranslationDirectories
from pyramid.response import Response
from webob.etag import AnyETag

TOLD_BY = (".py", ".mo", ".jinja2")


@cache
def our_own(locales: tuple[str, ...]) -> str:
    """Return what changes when code or words do, since answers may then be told in another way.

    ``locales`` are the folders of words of the packages whose code counts, each within its package.
    """
    digest = sha256()
    for package in sorted({Path(locale).parent for locale in locales}):
        for path in sorted(path for path in package.rglob("*") if path.suffix in TOLD_BY):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def tag(request, version: str, *more: object) -> str:
    """Return the tag of what an address answers at a version; ``more`` is what else the answer depends on."""
    registry = request.registry
    base_url = registry.portal_settings.base_url
    named = (
        our_own(tuple(registry.getUtility(ITranslationDirectories))),
        base_url,
        request.script_name,
        request.path_qs,
        version,
        *more,
    )
    return sha256("\n".join(map(str, named)).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def unchanged(request, name: str) -> Response | None:
    """Return the answer to somebody who has what ``name`` tags already; else None. The answer becomes a 304.

    Whoever says to have anything at all (``*``) is answered once it is known that there is something.
    """
    if request.if_none_match is AnyETag or name not in request.if_none_match:
        return None
    same = Response(content_type="application/octet-stream")  # a page would be private; none of these is one
    same.vary = ("Accept-Encoding",)
    return tagged(same, name)


def tagged(response: Response, name: str) -> Response:
    """Return the response with its tag: a weak one, since it may travel compressed or not."""
    response.etag = (name, False)
    response.conditional_response = True
    return response
