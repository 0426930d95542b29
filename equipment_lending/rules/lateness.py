"""Article 9: overdue, days late, and pick-ups nobody came to."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from equipment_lending.rules.policy import Policy
from equipment_lending.terms import Period


def overdue(due_at: datetime, now: datetime) -> bool:
    """Is something that is still out past due? At the very instant it is due, it is not yet."""
    return due_at < now


def late_days(due_at: datetime, returned_at: datetime, zone: ZoneInfo) -> int:
    """Return how many civil days late a return is, on the lending point's calendar; 0 when on time or the same day."""
    return max(0, (returned_at.astimezone(zone).date() - due_at.astimezone(zone).date()).days)


def no_show_from(pickup_at: datetime, window: Period | None, policy: Policy) -> datetime:
    """Return the instant from which a loan nobody came for is a no-show: its pick-up window has closed, and then some.

    ``window`` is the opening window of the pick-up, or the next one where the desk has since changed its hours; None
    where it stays closed.
    """
    closes = window.end if window else pickup_at
    return closes + timedelta(minutes=policy.no_show_grace_minutes)
