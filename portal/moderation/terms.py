"""The words of moderation: what is done to a thing, where that leaves it, and what visitors say is wrong with it."""

from enum import StrEnum

MOST_WORDS = 2000
"""How long what somebody writes may be: what is wrong, or why something is hidden."""


class Act(StrEnum):
    HIDE = "hide"  # out of sight, until it is restored
    RESTORE = "restore"
    REMOVE = "remove"  # for good


class Standing(StrEnum):
    """Where the acts leave a thing."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    REMOVED = "removed"


class Concern(StrEnum):
    """What a visitor says is wrong with a thing."""

    MISTAKE = "mistake"
    RIGHTS = "rights"  # somebody else's work, or voice, or face, published without asking
    HARMFUL = "harmful"
    DANGER = "danger"  # the way or the place is not safe
    OTHER = "other"


class AlreadySo(Exception):
    """The act would change nothing, or comes after a removal. ``standing`` is where the thing stands."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(standing.value)
        self.standing = standing


class NoSuchThing(Exception):
    """Nobody answers for things of this kind, or there is none of this id that is or was public."""
