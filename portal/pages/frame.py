"""What stands around every page: the main links, which each feature adds its own to, languages to choose, the foot."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup
from pyramid.renderers import render

from portal.i18n import NAMES

MOST_PARTS = 64


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
    config.registry.kept_parts = {}
    config.add_request_method(part)


def add_main_link(config, label: str, route: str, under: Sequence[str], permission: StrEnum | None = None) -> None:
    """Add a link to the head of every page, for those who have the permission.

    Links for everybody come first, then those of the staff, each in the order of the features.
    """
    links = config.registry.main_links
    links.append(MainLink(label, route, tuple(under), permission))
    links.sort(key=lambda link: link.permission is not None)


def navigation(request, public_only: bool = False) -> list[Link]:
    """Return the main links this reader may follow; with ``public_only``, without asking who that is."""
    shown = [link for link in request.registry.main_links if _may_follow(request, link, public_only)]
    say, here = request.localizer.translate, max((_depth(request, link) for link in shown), default=0)
    return [Link(say(link.label), request.route_path(link.route), 0 < _depth(request, link) == here) for link in shown]


def _depth(request, link: MainLink) -> int:
    """Return how closely a link is about the page that is looked at; 0 when it is not."""
    return max((len(root) for root in link.under if is_under(request.path_info, (root,))), default=0)


def _may_follow(request, link: MainLink, public_only: bool) -> bool:
    if link.permission is None:
        return True
    return not public_only and bool(request.has_permission(link.permission, None))


def is_under(path: str, roots: Sequence[str]) -> bool:
    """Is ``path`` one of ``roots``, or within one?

    >>> is_under("/equipment/camera", ["/equipment"]), is_under("/equipments", ["/equipment"])
    (True, False)
    """
    return any(path == root or path.startswith(f"{root}/") for root in roots)


def language_choice(request) -> dict[str, str]:
    """Return the languages that the city offers, with their own names, by code."""
    return {code: NAMES[code] for code in request.city.languages}


def part(request, name: str) -> Markup:
    """Return the template ``name`` as it stands on every page: rendered once for each language and state of the city.

    It may say nothing of the reader, nor of the page.
    """
    kept = request.registry.kept_parts
    key = name, request.locale_name, request.city, request.script_name
    rendered = kept.get(key)
    if rendered is None:
        if len(kept) >= MOST_PARTS:  # the city was changed that often
            kept.clear()
        rendered = Markup(render(f"portal:templates/portal/{name}.jinja2", {}, request))  # noqa: S704 (a template's)
        kept[key] = rendered
    return rendered
