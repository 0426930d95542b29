"""The search page, the feed of what is new, and what search engines ask for."""

import re
from math import ceil
from typing import Any
from urllib.parse import quote, urlencode

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.view import view_config

from portal.forms import submitted
from portal.i18n import in_language
from portal.index.feeds import News, atom, sitemap, sitemap_index
from portal.index.models import IndexEntry
from portal.index.permissions import Index
from portal.index.queries import Answer, addresses, changed_at, latest, search, size
from portal.index.schemas import SearchSchema
from portal.transport import settled

PER_PAGE = 20
PER_SITEMAP = 10_000
MOST_PAGES = 1000
NOT_FOR_ROBOTS = (
    "/account",
    "/admin",
    "/api/",
    "/calendar/",
    "/desk",
    "/flag/",
    "/search",
    "/sign-in",
    "/sign-up",
    "/track-files",
    "/uploads",
)


@view_config(
    route_name="search",
    request_method="GET",
    permission=Index.READ,
    renderer="portal:templates/portal/index/search.jinja2",
    public=True,
)
class Search:
    """The page that answers a question with everything public that fits."""

    def __init__(self, request) -> None:
        self.request = request
        self.kinds = request.registry.index_kinds
        self.page = page_of(request)

    def __call__(self) -> dict[str, Any]:
        form = self.request.new_form(SearchSchema(), method="GET")
        asked = submitted(form, self.request)
        found = self._found(asked) if asked else None
        return {
            "form": form,
            "question": asked["q"] if asked else "",
            "found": found,
            "kinds": self.kinds,
            "first": (self.page - 1) * PER_PAGE + 1,
            "first_url": self._address(1),
            "previous_url": self._address(self.page - 1) if self.page > 1 else None,
            "next_url": self._address(self.page + 1) if found and self.page * PER_PAGE < found.total else None,
        }

    def _found(self, asked: dict[str, str]) -> Answer:
        kinds = [asked["kind"]] if asked["kind"] else list(self.kinds)
        offset = (self.page - 1) * PER_PAGE
        return search(self.request.db, asked["q"], kinds, limit=PER_PAGE, offset=offset)

    def _address(self, page: int) -> str:
        kept = {name: self.request.GET[name] for name in ("q", "kind") if self.request.GET.get(name)}
        return self.request.route_path("search", _query=kept | ({"page": page} if page > 1 else {}))


def page_of(request) -> int:
    """Return the number of the page asked for, 1 for what is no such number."""
    number = request.GET.get("page", "")
    return min(int(number), MOST_PAGES) if re.fullmatch(r"[1-9][0-9]{0,8}", number) else 1


@view_config(route_name="feed", request_method="GET", permission=Index.READ, public=True)
def feed(request) -> Response:
    """Return the newest entries, of the kinds named with ``?kind=`` or of all. An unknown kind is a 404."""
    known, chosen = request.registry.index_kinds, request.GET.getall("kind")
    if not set(chosen) <= set(known):
        raise HTTPNotFound
    base_url = request.registry.portal_settings.base_url
    kinds = chosen or list(known)
    entries = latest(request.db, kinds)
    about = ", ".join(request.localizer.translate(known[kind].label) for kind in chosen)
    asked = urlencode([("kind", kind) for kind in chosen])
    response = request.response
    response.content_type, response.charset = "application/atom+xml", "utf-8"
    response.last_modified = settled(changed_at(request.db, kinds), request.clock.now())
    response.body = atom(
        title=f"{request.city.name}: {about}" if about else request.city.name,
        author=request.city.name,
        language=request.locale_name,
        own_url=f"{base_url}/feed.atom?{asked}".rstrip("?"),
        page_url=f"{base_url}/search?{asked}".rstrip("?"),
        news=[_news(entry, request, base_url) for entry in entries],
    )
    return response


def _news(entry: IndexEntry, request, base_url: str) -> News:
    title, language = in_language(entry.title, request.locale_name)
    kind = request.registry.index_kinds[entry.kind]
    return News(
        id=f"urn:uuid:{entry.source_id}",
        title=title,
        language=language,
        summary=in_language(entry.summary, request.locale_name)[0],
        url=base_url + quote(entry.path),
        category=(kind.name, request.localizer.translate(kind.label)),
        published=entry.created_at,
        updated=entry.updated_at,
        licence=entry.licence,
    )


@view_config(route_name="sitemap", request_method="GET", permission=Index.READ, public=True)
def site(request) -> Response:
    """Return the addresses of all public things; where they are very many, those of lists of them."""
    kinds, base_url = list(request.registry.index_kinds), request.registry.portal_settings.base_url
    response = request.response
    response.content_type, response.charset = "application/xml", "utf-8"
    parts = ceil(size(request.db, kinds) / PER_SITEMAP)
    if parts > 1 and "page" not in request.GET:
        response.body = sitemap_index(f"{base_url}/sitemap.xml?page={part + 1}" for part in range(parts))
        return response
    page = page_of(request)
    there = addresses(request.db, kinds, limit=PER_SITEMAP, offset=(page - 1) * PER_SITEMAP)
    home = [(f"{base_url}/", None)] if page == 1 else []
    response.body = sitemap([*home, *((base_url + quote(path), changed) for path, changed in there)])
    response.last_modified = settled(changed_at(request.db, kinds), request.clock.now())
    return response


@view_config(route_name="robots", request_method="GET", permission=Index.READ, public=3600)
def robots(request) -> Response:
    """Return what robots should leave alone, and where everything else is listed."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS)]
    lines += ["", f"Sitemap: {request.registry.portal_settings.base_url}/sitemap.xml", ""]
    return Response("\n".join(lines), content_type="text/plain", charset="utf-8")
