"""Article 3: what a loan occupies. Buffers lie inside the claim, so that claims which touch never conflict."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from equipment_lending.rules.policy import Policy
from equipment_lending.terms import Claimed, Period

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


def whole_minute(instant: datetime) -> datetime:
    """Return the whole minute that an instant is in: what begins or ends now does so with the minute."""
    return instant.replace(second=0, microsecond=0)


def whole_minute_after(instant: datetime) -> datetime:
    """Return the next whole minute, or the instant if it is one."""
    whole = whole_minute(instant)
    return whole if whole == instant else whole + _MINUTE


def claimed(period: Period, policy: Policy, zone: ZoneInfo) -> Period:
    """Return what a loan from pick-up to return occupies: the loan, with the time to prepare and to turn around.

    Where the policy lends by whole days it is every civil day that this touches, from midnight to midnight in ``zone``.
    """
    before, after = _buffers(policy)
    start, end = period.start - before, period.end + after
    if policy.whole_days:
        start, end = _midnight_before(start, zone), _midnight_after(end, zone)
    return Period(start, end)


def after_check_out(claim: Period, taken_at: datetime) -> Period:
    """Return what a bound item is occupied for once it has left: from now on, early or late, until the claim ends.

    Who else may have had that very item before now is history. Raises ``ValueError`` if the claim is over.
    """
    return Period(whole_minute(taken_at), claim.end)


def after_check_in(claim: Period, returned_at: datetime, policy: Policy, zone: ZoneInfo) -> Period | None:
    """Return what was occupied once the units are back, or None where nothing was.

    Whether early or late, the units are free as soon as the time to turn them around has passed since the return, or
    from the next midnight in ``zone`` on where the policy lends by whole days.
    """
    end = whole_minute_after(returned_at) + _buffers(policy)[1]
    end = _midnight_after(end, zone) if policy.whole_days else end
    return Period(claim.start, end) if claim.start < end else None


def remaining(claims: Iterable[Claimed], now: datetime) -> Iterator[Claimed]:
    """Yield what is left of the claims from ``now`` on. Which item could have served the past is nobody's question."""
    for starts_at, ends_at, units in claims:
        if now < ends_at:
            yield max(starts_at, now), ends_at, units


def _buffers(policy: Policy) -> tuple[timedelta, timedelta]:
    return timedelta(minutes=policy.buffer_before_minutes), timedelta(minutes=policy.buffer_after_minutes)


def _midnight_before(instant: datetime, zone: ZoneInfo) -> datetime:
    return _midnight(instant.astimezone(zone).date(), zone)


def _midnight_after(instant: datetime, zone: ZoneInfo) -> datetime:
    before = _midnight_before(instant, zone)
    return before if before == instant else _midnight(instant.astimezone(zone).date() + _DAY, zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)
