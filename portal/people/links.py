"""The front pages of administration and of the account: each room adds links to what it offers there."""

from dataclasses import dataclass
from enum import StrEnum

from portal.security.grants import permitted


@dataclass(frozen=True, slots=True)
class Link:
    """A card: its label and a sentence about it (msgids), its route, and the permission it needs to be shown."""

    label: str
    route: str
    permission: StrEnum
    about: str
    picture: str


def includeme(config) -> None:
    config.registry.people_links = {"admin": [], "account": []}
    config.add_directive("add_admin_link", add_admin_link)
    config.add_directive("add_account_link", add_account_link)


def add_admin_link(config, label, route: str, permission: StrEnum, about="", picture: str = "settings") -> None:
    """Add a card to ``/admin``, in the order of the rooms."""
    config.registry.people_links["admin"].append(Link(label, route, permission, about, picture))


def add_account_link(config, label, route: str, permission: StrEnum, about="", picture: str = "user") -> None:
    """Add a card to ``/account``, in the order of the rooms."""
    config.registry.people_links["account"].append(Link(label, route, permission, about, picture))


def links(request, page: str) -> list[Link]:
    """Return the cards of a page that whoever asks may see."""
    grants, identity = request.registry.grants, request.identity
    return [link for link in request.registry.people_links[page] if permitted(grants, link.permission, identity, None)]
