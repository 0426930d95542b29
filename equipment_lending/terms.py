"""The words of lending: what a loan, a claim, an item and a refusal can be. Values only, standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


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


class Condition(StrEnum):
    """In what state an item is, best first."""

    GOOD = "good"
    WORN = "worn"
    DAMAGED = "damaged"
    INCOMPLETE = "incomplete"


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


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A half-open stretch of time, ``start <= t < end``, both aware; compared as instants."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a period needs aware instants")
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
    NOT_LENT_HERE = "not_lent_here"
    NOT_ENOUGH = "not_enough"
    TOO_MANY_UNITS = "too_many_units"
    TOO_MANY_DAYS = "too_many_days"
    NOT_CERTIFIED = "not_certified"
    NOT_OFFICER = "not_officer"


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
