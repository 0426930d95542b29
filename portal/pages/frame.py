"""What stands around every page: the main links, which each feature adds its own to, languages to choose, the foot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from markupsafe import Markup, escape
from pyramid.renderers import render

from portal.i18n import NAMES
from portal.kept import Kept

MOST_BYTES = 1024 * 1024
ANYWHERE = object()
"""What the main links are about: nothing in particular. For None, Pyramid would take what the page is about."""
HERE, WAY_IN = "\x02here\x03", "\x02way in\x03"
"""Stand in what is kept of a head for the two addresses that are another one on every page."""


@dataclass(frozen=True, slots=True)
class MainLink:
    """A main link: ``label`` is a message, ``under`` the paths whose pages belong to it; no permission: for all."""

    label: str
    route: str
    under: tuple[str, ...]
    permission: StrEnum | None


@dataclass(frozen=True, slots=True)
class Link:
    """A main link as a page shows it."""

    label: str
    url: str
    current: bool


def includeme(config) -> None:
    config.registry.main_links = []
    config.add_directive("add_main_link", add_main_link)
    config.add_request_method(navigation)
    config.add_request_method(language_choice, "language_choice", property=True)
    config.registry.kept_parts = Kept(MOST_BYTES)
    config.add_request_method(part)
    config.add_request_method(head)


def add_main_link(config, label: str, route: str, under: Sequence[str], permission: StrEnum | None = None) -> None:
    """Add a link to the head of every page, for those who have the permission.

    Links for everybody come first, then those of the staff, each in the order of the features.
    """
    links = config.registry.main_links
    links.append(MainLink(label, route, tuple(under), permission))
    links.sort(key=lambda link: link.permission is not None)


def navigation(request, public_only: bool = False) -> list[Link]:
    """Return the main links this reader may follow; with ``public_only``, without asking who that is.

    What they are called and where they lead is kept for those who are the same to the tables of permissions.
    """
    identity = None if public_only else request.identity
    reader = identity and (frozenset(identity.roles), identity.acting_for_id)
    key = "links", request.locale_name, request.script_name, public_only, reader
    shown = request.registry.kept_parts.get(
        key, lambda: _followed(request, public_only), lambda links: 200 * len(links)
    )
    path = request.path_info
    depths = [max((len(root) for root in under if is_under(path, root)), default=0) for _label, _url, under in shown]
    here = max(depths, default=0)
    return [
        Link(label, url, current=0 < depth == here) for (label, url, _under), depth in zip(shown, depths, strict=True)
    ]


def _followed(request, public_only: bool) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return what the links are called in the reader's language, where they lead, and what is under them."""
    say, links = request.localizer.translate, request.registry.main_links
    may_follow = (link for link in links if _may_follow(request, link, public_only))
    return [(say(link.label), request.route_path(link.route), link.under) for link in may_follow]


def _may_follow(request, link: MainLink, public_only: bool) -> bool:
    if link.permission is None:
        return True
    return not public_only and bool(request.has_permission(link.permission, ANYWHERE))


def is_under(path: str, root: str) -> bool:
    """Is ``path`` the one of ``root``, or within it?

    >>> is_under("/equipment/camera", "/equipment"), is_under("/equipments", "/equipment")
    (True, False)
    """
    return path.startswith(root) and path[len(root) : len(root) + 1] in ("", "/")


def language_choice(request) -> dict[str, str]:
    """Return the languages that the city offers, with their own names, by code."""
    return {code: NAMES[code] for code in request.city.languages}


def part(request, name: str) -> Markup:
    """Return the template ``name`` as it stands on every page: rendered once for each language and state of the city.

    It may say nothing of the reader, nor of the page.
    """
    return Markup(_kept(request, name, {}))  # noqa: S704 (a template's)


def head(request, bare: bool = False) -> Markup:
    """Return the head of a page, rendered once for all pages on which it is the same but for its two addresses."""
    identity = None if bare else request.identity
    reader = (identity.name, identity.acting_for) if identity else (None, None)
    links = tuple(navigation(request, public_only=bare))
    values = {"navigation": links, "bare": bare, "name": reader[0], "acting_for": reader[1]}
    kept = _kept(request, "head", values, {"here": HERE, "way_in": WAY_IN})
    addresses = {HERE: request.path_qs, WAY_IN: "" if identity or bare else request.way_in()}
    for mark, address in addresses.items():
        kept = kept.replace(mark, escape(address))
    return Markup(kept)  # noqa: S704 (a template's, and what was escaped)


def _kept(request, name: str, values: Mapping[str, Any], more: Mapping[str, str] | None = None) -> str:
    """Return a template rendered with ``values`` and ``more``, and keep it for the next time with the same values.

    What differs from page to page goes into ``more``, as marks that stand for it.
    """
    key = name, request.locale_name, request.city, request.script_name, *values.values()
    template, said = f"portal:templates/portal/{name}.jinja2", {**values, **(more or {})}
    return request.registry.kept_parts.get(key, lambda: render(template, said, request), len)
