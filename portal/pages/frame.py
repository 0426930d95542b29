"""What stands around every page: the main links, which each feature adds its own to, languages to choose, the foot."""

from collections.abc import Callable, Hashable, Sequence
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
    config.add_request_method(language_choice, "language_choice", property=True)
    config.registry.kept_parts = Kept(MOST_BYTES)
    config.add_request_method(part)
    config.add_request_method(head)


def add_main_link(config, label: str, route: str, under: Sequence[str], permission: StrEnum | None = None) -> None:
    """Add a link to the head of every page, for those who have the permission.

    That must follow from roles and from whom somebody acts for alone: who is alike in both is shown the same links.
    Links for everybody come first, then those of the staff, each in the order of the features.
    """
    links = config.registry.main_links
    links.append(MainLink(label, route, tuple(under), permission))
    links.sort(key=lambda link: link.permission is not None)


def _followed(request, bare: bool) -> list[MainLink]:
    """Return the main links that this reader may follow; those for everybody on a bare page."""
    return [link for link in request.registry.main_links if _may_follow(request, link, bare)]


def _may_follow(request, link: MainLink, bare: bool) -> bool:
    if link.permission is None:
        return True
    return not bare and bool(request.has_permission(link.permission, ANYWHERE))


def _current(path: str, links: Sequence[MainLink]) -> tuple[int, ...]:
    """Return which of the links, by their number, a page belongs to: those whose paths go furthest along its own."""
    depths = [max((len(root) for root in link.under if is_under(path, root)), default=0) for link in links]
    here = max(depths, default=0)
    return tuple(number for number, depth in enumerate(depths) if 0 < depth == here)


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
    return Markup(_kept(request, (name,), lambda: _rendered(request, name)))  # noqa: S704 (a template's)


def head(request, bare: bool = False) -> Markup:
    """Return the head of a page, rendered once for all pages on which it is the same but for its two addresses.

    Who may follow which links is kept for those who are the same to the tables of permissions.
    """
    identity = None if bare else request.identity
    standing = identity and (frozenset(identity.roles), identity.acting_for_id)
    names = identity and (identity.name, identity.acting_for)
    links = _kept(request, ("links", bare, standing), lambda: _followed(request, bare))
    current = _current(request.path_info, links)
    kept = _kept(request, ("head", bare, standing, names, current), lambda: _head(request, bare, links, current))
    addresses = {HERE: request.path_qs, WAY_IN: "" if identity or bare else request.way_in()}
    for mark, address in addresses.items():
        kept = kept.replace(mark, escape(address))
    return Markup(kept)  # noqa: S704 (a template's, and what was escaped)


def _head(request, bare: bool, links: Sequence[MainLink], current: Sequence[int]) -> str:
    say, identity = request.localizer.translate, None if bare else request.identity
    shown = [
        Link(say(link.label), request.route_path(link.route), current=number in current)
        for number, link in enumerate(links)
    ]
    return _rendered(
        request,
        "head",
        navigation=shown,
        bare=bare,
        name=identity and identity.name,
        acting_for=identity and identity.acting_for,
        here=HERE,
        way_in=WAY_IN,
    )


def _rendered(request, template: str, **values: Any) -> str:
    return render(f"portal:templates/portal/{template}.jinja2", values, request)


def _kept(request, what: tuple[Hashable, ...], make: Callable[[], Any]) -> Any:
    """Return what is the same in a language, while the city says the same of itself; made where it is not kept."""
    key = (*what, request.locale_name, request.city_told, request.script_name)
    return request.registry.kept_parts.get(key, make, _size)


def _size(made: str | Sequence[MainLink]) -> int:
    return len(made) if isinstance(made, str) else 200 * len(made)
