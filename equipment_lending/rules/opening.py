"""Article 4: when a lending point is open, on its own civil calendar, and how long it needs before a pick-up."""

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from equipment_lending.terms import DayException, DayKind, Hours, NoSuchTime, Period, WeeklyWindow

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_LOOKAHEAD = 400  # days; a desk that stays closed for longer has no next window


def local_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which clocks in ``zone`` show ``wall`` (naive).

    A time that comes twice, when the clocks go back, means standard time. One that never comes, when they go forward,
    raises :class:`NoSuchTime`.
    """
    try:
        instant = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
        exists = instant.astimezone(zone).replace(tzinfo=None) == wall
    except OverflowError:
        exists = False
    if not exists:
        raise NoSuchTime(f"{wall} does not exist in {zone}")
    return instant


@dataclass(frozen=True, slots=True)
class OpeningCalendar:
    """When a lending point is open: a usual week, dated exceptions, and the public holidays it observes.

    A holiday is a closed day unless an exception says otherwise. Where exceptions meet, the shorter one wins: the
    Saturday opened within a closed August. Exceptions for the same days add up their hours.
    """

    zone: ZoneInfo
    weekly: tuple[WeeklyWindow, ...] = ()
    exceptions: tuple[DayException, ...] = ()
    holidays: Container[date] = frozenset()
    _known: dict[date, list[Hours]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def day_of(self, instant: datetime) -> date:
        """Return the civil day of an instant at this point."""
        return instant.astimezone(self.zone).date()

    def day_kind(self, day: date) -> DayKind:
        """Return whether the desk is open on a day, closed, or closed but preparing orders."""
        exception = self.exception_on(day)
        if exception and exception.kind is DayKind.PREPARING:
            return DayKind.PREPARING
        return DayKind.OPEN if self._hours(day) else DayKind.CLOSED

    def exception_on(self, day: date) -> DayException | None:
        """Return the exception that settles a day, the one that wins where several meet; None on a usual day."""
        covering = [exception for exception in self.exceptions if exception.covers(day)]
        return min(covering, key=lambda one: one.precedence, default=None)

    def is_closed(self, day: date) -> bool:
        """Is there no hour of this day at which the public can come?"""
        return not self._hours(day)

    def windows_on(self, day: date) -> list[Period]:
        """Return the opening windows of a civil day, in order, as instants.

        The hours are what the clock on the wall shows: a window over a change of clocks is longer or shorter for it.
        """
        walls = [_walls(day, hours) for hours in sorted(self._hours(day))]
        edges = [(_from(opens, self.zone), _from(closes, self.zone)) for opens, closes in walls]
        return [Period(opens, closes) for opens, closes in edges if opens < closes]

    def window_at(self, instant: datetime) -> Period | None:
        """Return the window an instant lies in, both ends included, or None; where two touch, the later one."""
        day = self.day_of(instant)
        near = [*self.windows_on(day - _DAY), *self.windows_on(day)]  # yesterday's may close at midnight
        return next((window for window in reversed(near) if window.start <= instant <= window.end), None)

    def is_open_at(self, instant: datetime) -> bool:
        """Can one pick up or bring back at this instant? At closing time, one still can."""
        return self.window_at(instant) is not None

    def moment(self, day: date, at: time) -> datetime:
        """Return the instant at which the clock on the wall shows that time, or the first after it goes forward."""
        return _from(datetime.combine(day, at), self.zone)

    def nearest_open(self, day: date, at: time) -> datetime | None:
        """Return the instant of a day nearest to a time on the wall at which the desk is open; None if it never is."""
        wished = self.moment(day, at)
        nearest = [min(max(wished, window.start), window.end) for window in self.windows_on(day)]
        return min(nearest, key=lambda instant: abs(instant - wished), default=None)

    def windows_after(self, instant: datetime) -> Iterator[Period]:
        """Yield the windows that are not over at ``instant``, in order, for as long as a year or so."""
        first = self.day_of(instant).toordinal()
        for ordinal in range(first, min(first + _LOOKAHEAD, date.max.toordinal())):
            yield from (window for window in self.windows_on(date.fromordinal(ordinal)) if window.end > instant)

    def open_after(self, instant: datetime) -> Iterator[datetime]:
        """Yield ``instant`` if the desk is open then, and when each later window opens."""
        if self.is_open_at(instant):
            yield instant
        yield from (window.start for window in self.windows_after(instant) if instant < window.start)

    def open_before(self, instant: datetime) -> Iterator[datetime]:
        """Yield ``instant`` if the desk is open then, and when each earlier window closes, the latest first."""
        if self.is_open_at(instant):
            yield instant
        last = self.day_of(instant).toordinal()
        for ordinal in range(last, max(last - _LOOKAHEAD, 0), -1):
            windows = self.windows_on(date.fromordinal(ordinal))
            yield from (window.end for window in reversed(windows) if window.end < instant)

    def next_windows(self, after: datetime, count: int) -> list[Period]:
        """Return the first ``count`` windows that are not over at ``after``; fewer where the desk stays closed."""
        return list(islice(self.windows_after(after), count))

    def nearest_windows(self, at: datetime, now: datetime, count: int) -> list[Period]:
        """Return the ``count`` windows nearest to an instant of those that are not over at ``now``, in order of time.

        Of two as near, the later one; fewer where the desk stays closed.
        """
        found: list[Period] = []
        day, last = self.day_of(at), _LOOKAHEAD
        for n in range(_LOOKAHEAD):
            days = {day - n * _DAY, day + n * _DAY}
            found += [window for near in days for window in self.windows_on(near) if window.end > now]
            if len(found) >= count:
                last = min(last, n + 2)  # one that begins or ends at midnight may be nearer by a day than its date
            if n == last:
                break
        nearest = sorted(found, key=lambda window: (_apart(window, at), at - window.start))
        return sorted(nearest[:count])

    def ready_at(self, now: datetime, lead_days: int) -> datetime:
        """Return the instant from which the desk can have an order ready.

        That is the start of the ``lead_days``-th working day after today, or now where it needs no time. Working days
        are those on which the desk is open, or closed but preparing orders.
        """
        if lead_days <= 0:
            return now
        working = self._working_days_after(self.day_of(now))
        return _from(datetime.combine(next(islice(working, lead_days - 1, None)), time.min), self.zone)

    def earliest_pickup(self, now: datetime, lead_days: int) -> datetime | None:
        """Return the first instant at which an order placed now can be picked up; None where the desk stays closed."""
        ready = self.ready_at(now, lead_days)
        window = next(self.windows_after(ready), None)
        return max(window.start, ready) if window else None

    def _working_days_after(self, day: date) -> Iterator[date]:
        for _ in range(_LOOKAHEAD):
            day += _DAY
            if self.day_kind(day) is not DayKind.CLOSED:
                yield day
        while True:  # a desk that closed for good still gives an answer, far away
            yield day

    def _hours(self, day: date) -> list[Hours]:
        """Return the hours of a day, reckoned once: a search for other days asks for each of them hundreds of times."""
        if day not in self._known:
            self._known[day] = self._reckoned(day)
        return self._known[day]

    def _reckoned(self, day: date) -> list[Hours]:
        exception = self.exception_on(day)
        if exception is None:
            usual = [window.hours for window in self.weekly if window.weekday == day.weekday()]
            return [] if day in self.holidays else usual
        if exception.kind is not DayKind.OPEN:
            return []
        same = [other for other in self.exceptions if other.precedence == exception.precedence]
        return [hours for other in same for hours in other.hours]


def _apart(window: Period, at: datetime) -> timedelta:
    """Return how far an instant is from a window; nothing within it."""
    return max(window.start - at, at - window.end, timedelta(0))


def _walls(day: date, hours: Hours) -> tuple[datetime, datetime]:
    closing_day = day + _DAY if hours.closes == time.min else day
    return datetime.combine(day, hours.opens), datetime.combine(closing_day, hours.closes)


def _from(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant of ``wall``, or the first one after the clocks have gone forward over it."""
    while True:
        try:
            return local_instant(wall, zone)
        except NoSuchTime:
            wall += _MINUTE
