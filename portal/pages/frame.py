"""What stands around every page: the main links, which each feature adds its own to, languages to choose, the foot."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a page: its style sheets, its head and its foot."""

    sheets: Markup
    head: Markup
    foot: Markup


def includeme(config) -> None:
    config.registry.main_links = []
    config.add_directive("add_main_link", add_main_link)
    config.add_request_method(language_choice, "language_choice", property=True)
    config.registry.kept_parts = Kept(MOST_BYTES)
    config.add_request_method(part)
    config.add_request_method(frame)


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
    return _kept(request, (name,), lambda: _rendered(request, name))


def frame(request, bare: bool = False) -> Frame:
    """Return what stands around this page, rendered once for all on which it is the same but for its two addresses.

    It is the same for those who are the same to the tables of permissions, with one name, in one part of the site.
    """
    identity = None if bare else request.identity
    who = identity and (frozenset(identity.roles), identity.acting_for_id, identity.name, identity.acting_for)
    path, links = request.path_info, request.registry.main_links
    within = tuple(root for link in links for root in link.under if is_under(path, root))
    kept = _kept(request, ("frame", bare, who, within), lambda: _framed(request, bare))
    way_in = "" if identity or bare else request.way_in()
    return replace(kept, head=kept.head.replace(HERE, escape(request.path_qs)).replace(WAY_IN, escape(way_in)))


def _framed(request, bare: bool) -> Frame:
    """Return what stands around a page, its head with the two marks where the addresses will be."""
    say, identity, links = request.localizer.translate, None if bare else request.identity, _followed(request, bare)
    current = _current(request.path_info, links)
    head = _rendered(
        request,
        "head",
        navigation=[
            Link(say(link.label), request.route_path(link.route), current=number in current)
            for number, link in enumerate(links)
        ],
        bare=bare,
        name=identity and identity.name,
        acting_for=identity and identity.acting_for,
        here=HERE,
        way_in=WAY_IN,
    )
    return Frame(part(request, "sheets"), head, part(request, "foot"))


def _rendered(request, template: str, **values: Any) -> Markup:
    return Markup(render(f"portal:templates/portal/{template}.jinja2", values, request))  # noqa: S704 (a template's)


def _kept(request, what: tuple[Hashable, ...], make: Callable[[], Any]) -> Any:
    """Return what is the same in a language, while the city says the same of itself; made where it is not kept."""
    key = (*what, request.locale_name, request.city_told, request.script_name)
    return request.registry.kept_parts.get(key, make, _size)


def _size(made: str | Frame) -> int:
    return len(made.head if isinstance(made, Frame) else made)
