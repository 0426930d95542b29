"""What can be taken out of sight? Asked by moderation, answered by every feature that lets people publish something.

A feature answers for its kinds of things. Their entries in the public index follow by themselves; ``reflect`` is for
what a feature keeps elsewhere, or makes of others' things.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from portal.moderation.terms import Standing


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing as moderators know it: its title for the reader, its page (None: it has none of its own), its authors.

    ``gone``: it was public once, and is not kept any more, whoever took it away; there is nothing to decide on.
    ``in_sight``: its owners show it to everybody, and what it is part of is seen; acts on it alone do not count here.
    """

    title: str
    path: str | None
    author_ids: tuple[UUID, ...] = ()
    gone: bool = False
    in_sight: bool = True


class Moderated(Protocol):
    """A thing of a kind for which nobody answers can be neither flagged nor taken out of sight."""

    def kinds(self) -> Mapping[str, str]:
        """Return the kinds of things, each with what one of them is called, in the reader's language."""
        ...

    def subjects(self, kind: str, ids: Collection[UUID]) -> dict[UUID, Subject]:
        """Return those that are or were public, hidden and removed ones too; a draft is nobody else's business."""
        ...

    def hold(self, kind: str, subject_id: UUID) -> None:
        """Hold what whoever changes the thing holds, until the transaction ends; nothing, if there is no such thing."""
        ...

    def reflect(self, kind: str, subject_id: UUID, standing: Standing) -> None:
        """Take the thing out of sight or back in, wherever else it is shown, or let go for good of what is kept of it.

        Everybody is told of every act, whatever the kind, whose thing it is first: a trail is found by what is said in
        a sound. Called in the transaction of the act, once the thing is held and its own entry in the index changed.
        """
        ...
