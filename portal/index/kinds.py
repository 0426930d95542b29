"""What kinds of things the index holds: ``config.add_index_kind("point", _("Lending point"), "pin")``."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IndexKind:
    """A kind of thing: ``label`` is a message to translate, ``icon`` one of the portal's line icons.

    ``hue`` is its feature's: lend, learn, project or map.
    """

    name: str
    label: str
    icon: str
    hue: str | None = None


def includeme(config) -> None:
    config.registry.index_kinds = {}
    config.add_directive("add_index_kind", add_index_kind)


def add_index_kind(config, name: str, label: str, icon: str, hue: str | None = None) -> None:
    """Say that the index holds things of this kind."""
    config.registry.index_kinds[name] = IndexKind(name, label, icon, hue)
