"""The words of lending: what a loan, a claim, an item and a refusal can be. Values only, standard library only."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeAlias
from uuid import UUID

FOREVER = datetime.max.replace(tzinfo=UTC)
"""Until further notice."""

Claimed: TypeAlias = tuple[datetime, datetime, int]
"""So many units occupied from the first instant up to, but not including, the second. The shape a claim's row has."""


HELD = "held"
"""Stands, with a number behind it, among the numbers of loans for what is held for somebody on the waiting list."""


class LoanState(StrEnum):
    """Where a loan stands. ``REQUESTED -> CONFIRMED -> OUT -> CLOSED``, or an early end.

    Overdue, partly out, partly returned and at risk are computed from claims and custodies, never stored.
    """

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    OUT = "out"
    CLOSED = "closed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


class ClaimKind(StrEnum):
    """Why units are occupied."""

    LOAN = "loan"  # promised to a borrower, or in the borrower's hands once bound to an item
    MAINTENANCE = "maintenance"  # a given item is out of service
    HOLD = "hold"  # kept for whoever's turn it is on the waiting list, while they make up their mind


class WaitlistState(StrEnum):
    """Where somebody on the waiting list stands. ``WAITING -> OFFERED -> ACCEPTED``, or an early end."""

    WAITING = "waiting"
    OFFERED = "offered"  # units are held for them until the offer ends
    ACCEPTED = "accepted"  # it became a loan
    LEFT = "left"  # left the line, or declined the offer
    EXPIRED = "expired"  # did not answer the offer in time
    LAPSED = "lapsed"  # nothing became free before the period began


class Condition(StrEnum):
    """In what state an item is, best first."""

    GOOD = "good"
    WORN = "worn"
    DAMAGED = "damaged"
    INCOMPLETE = "incomplete"


NOT_LENDABLE = frozenset({Condition.DAMAGED, Condition.INCOMPLETE})
"""Conditions in which an item is put out of service when it comes back, unless the desk decides otherwise."""


class ServiceState(StrEnum):
    """Whether an item belongs to the fleet. Out of service is not a state but a dated maintenance claim."""

    IN_SERVICE = "in_service"
    LOST = "lost"
    RETIRED = "retired"


class Approval(StrEnum):
    """Who says yes to a request that the charter allows."""

    AUTO = "auto"
    MANUAL = "manual"


class ClosedDays(StrEnum):
    """How days on which the desk is closed count towards the length of a loan."""

    NONE = "none"
    ALL = "all"
    FIRST = "first"  # the first day of each closed stretch counts, the others do not


class DayKind(StrEnum):
    """What a dated exception makes of a day."""

    CLOSED = "closed"
    OPEN = "open"
    PREPARING = "preparing"  # closed to the public, orders are prepared: counts as a working day for lead time


class End(StrEnum):
    """Which end of a loan somebody comes to a desk for."""

    PICKUP = "pickup"
    RETURN = "return"


class Matter(StrEnum):
    """Why a loan cannot be as it was agreed, so that its borrower is told. Computed, never stored."""

    CLOSED = "closed"  # a desk has changed its hours and is closed at the time agreed
    AT_RISK = "at_risk"  # too little is left of what was promised
    AWAITED = "awaited"  # something of it is late, and the next loan depends on it


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A half-open stretch of time, ``start <= t < end``, both given as aware instants and kept in UTC.

    In UTC, because Python compares and subtracts two times of one zone by the clock on the wall.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a period needs aware instants")
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))
        if not self.start < self.end:
            raise ValueError(f"period ends {self.end} at or before its start {self.start}")

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def overlaps(self, other: "Period") -> bool:
        """Do the two share an instant? Periods that merely touch do not."""
        return self.start < other.end and other.start < self.end

    def covers(self, instant: datetime) -> bool:
        return self.start <= instant < self.end


class Step(NamedTuple):
    """``free`` units from ``start`` up to ``end``; negative where more is promised than there is."""

    start: datetime
    end: datetime
    free: int


@dataclass(frozen=True, slots=True)
class ItemUse:
    """An item, the units under its tag, and the stretches for which it is bound: in custody or under maintenance."""

    id: Hashable
    units: int = 1
    bound: tuple[Claimed, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """The desk opens at ``opens`` and closes at ``closes``, wall clock, the same day; 00:00 closes at midnight."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.closes != time.min and not self.opens < self.closes:
            raise ValueError(f"the desk cannot open at {self.opens} and close at {self.closes}")


@dataclass(frozen=True, slots=True, order=True)
class WeeklyWindow:
    """Every ``weekday`` (Monday is 0) the desk is open for these hours."""

    weekday: int
    hours: Hours


@dataclass(frozen=True, slots=True)
class DayException:
    """From ``first`` to ``last``, both included, the usual week does not hold.

    ``hours`` are those of an exceptional opening, which always names some.
    """

    first: date
    last: date
    kind: DayKind
    hours: tuple[Hours, ...] = ()

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"an exception cannot end on {self.last} before it begins on {self.first}")
        if self.kind is DayKind.OPEN and not self.hours:
            raise ValueError(f"the exceptional opening from {self.first} names no hours")

    @property
    def precedence(self) -> tuple[timedelta, date, bool]:
        """Which wins where exceptions meet, lowest first: shorter before longer, earlier, closed before open."""
        return self.last - self.first, self.first, self.kind is DayKind.OPEN

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


class NoSuchTime(ValueError):
    """The clocks go forward over this local time: it does not exist."""


@dataclass(frozen=True, slots=True)
class WishedLine:
    """So many units of one model, by its slug."""

    equipment: str
    units: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks to borrow: at which point (slugs), from when to when, what, for whom and what for."""

    point: str
    pickup_at: datetime
    return_at: datetime
    lines: tuple[WishedLine, ...]
    return_point: str | None = None
    organisation_id: UUID | None = None
    project: str | None = None
    purpose: str = ""

    @property
    def units(self) -> dict[str, int]:
        """How many units are wanted of each model (its slug): one that is named twice is wanted as often."""
        units: dict[str, int] = {}
        for line in self.lines:
            units[line.equipment] = units.get(line.equipment, 0) + line.units
        return units


class RefusalCode(StrEnum):
    """Every reason to say no. Words for them live in the views and the API."""

    NO_SUCH_TIME = "no_such_time"
    IN_THE_PAST = "in_the_past"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_SOON = "too_soon"
    TOO_FAR = "too_far"
    PICKUP_CLOSED = "pickup_closed"
    RETURN_CLOSED = "return_closed"
    PICKUP_FULL = "pickup_full"
    RETURN_FULL = "return_full"
    SPANS_CLOSED = "spans_closed"
    NO_SUCH_POINT = "no_such_point"
    NO_SUCH_BORROWER = "no_such_borrower"
    NOT_LENT_HERE = "not_lent_here"
    NOT_ENOUGH = "not_enough"
    TOO_MANY_UNITS = "too_many_units"
    TOO_MANY_DAYS = "too_many_days"
    NOT_CERTIFIED = "not_certified"
    NOT_OFFICER = "not_officer"
    # at the desk, and of items
    WRONG_STATE = "wrong_state"
    NOTHING_CHOSEN = "nothing_chosen"
    NO_SUCH_ITEM = "no_such_item"
    ITEM_NOT_LENT = "item_not_lent"
    NOT_IN_LOAN = "not_in_loan"
    MORE_THAN_AGREED = "more_than_agreed"
    ITEM_OUT = "item_out"
    ITEM_NOT_FREE = "item_not_free"
    NOT_OUT = "not_out"
    MORE_THAN_OUT = "more_than_out"
    PART_OF_KIT = "part_of_kit"
    REASON_MISSING = "reason_missing"
    NOT_LONGER = "not_longer"
    DESK_DECIDES = "desk_decides"
    # on the waiting list
    FREE_NOW = "free_now"
    ALREADY_WAITING = "already_waiting"
    NOT_OFFERED = "not_offered"
    # in the catalogue
    SLUG_TAKEN = "slug_taken"
    TAG_TAKEN = "tag_taken"
    TOO_MANY_PHOTOS = "too_many_photos"
    NOT_A_KIT = "not_a_kit"


ABOUT_PICKUP = frozenset(
    {
        RefusalCode.IN_THE_PAST,
        RefusalCode.TOO_SOON,
        RefusalCode.TOO_FAR,
        RefusalCode.PICKUP_CLOSED,
        RefusalCode.PICKUP_FULL,
    }
)
ABOUT_RETURN = frozenset(
    {
        RefusalCode.TOO_SHORT,
        RefusalCode.TOO_LONG,
        RefusalCode.SPANS_CLOSED,
        RefusalCode.RETURN_CLOSED,
        RefusalCode.RETURN_FULL,
    }
)
"""Of which end of a loan a no speaks."""

MATTERS_OF_TIME = ABOUT_PICKUP | ABOUT_RETURN | {RefusalCode.TOO_MANY_DAYS}
"""Reasons that depend on when. The others stay what they are on any day."""

ABOUT_LONGER = ABOUT_RETURN - {RefusalCode.TOO_SHORT} | {
    RefusalCode.TOO_MANY_UNITS,
    RefusalCode.TOO_MANY_DAYS,
    RefusalCode.NOT_CERTIFIED,
    RefusalCode.NOT_OFFICER,
}
"""What the charter asks anew when a loan is to last longer; what concerned its beginning is settled."""

MENDED_ELSEWHEN = frozenset(
    {
        RefusalCode.NOT_ENOUGH,
        RefusalCode.PICKUP_CLOSED,
        RefusalCode.RETURN_CLOSED,
        RefusalCode.PICKUP_FULL,
        RefusalCode.RETURN_FULL,
        RefusalCode.TOO_SOON,
        RefusalCode.IN_THE_PAST,
    }
)
MENDED_SOONER = frozenset({RefusalCode.TOO_LONG, RefusalCode.SPANS_CLOSED, RefusalCode.TOO_MANY_DAYS})
MENDED_WITH_LESS = frozenset({RefusalCode.NOT_ENOUGH, RefusalCode.TOO_MANY_UNITS})
MENDED_ELSEWHERE = frozenset({RefusalCode.NOT_ENOUGH, RefusalCode.NOT_LENT_HERE})
"""Reasons that another time, an earlier return, fewer units or another lending point may not have."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason for a no, with the values that explain it (instants, numbers, slugs; never sentences)."""

    code: RefusalCode
    values: Mapping[str, object] = field(default_factory=dict, hash=False)


class Refused(Exception):
    """The charter says no. ``reasons`` is the full, non-empty list of :class:`Refusal`."""

    def __init__(self, reasons: list[Refusal], alternatives: object = None) -> None:
        super().__init__(", ".join(reason.code for reason in reasons))
        self.reasons = reasons
        self.alternatives = alternatives
