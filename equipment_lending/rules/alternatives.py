"""Article 11: what to propose instead: the same loan, brought back another day or on the nearest days it can be had.

Or part of it, where nothing is free for all of it; or fewer units.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import chain, islice, takewhile

from equipment_lending.rules.charter import Application, Line, Visits, refusals
from equipment_lending.rules.opening import OpeningCalendar
from equipment_lending.rules.policy import Policy
from equipment_lending.terms import (
    ABOUT_LONGER,
    MATTERS_OF_TIME,
    MENDED_SOONER,
    MENDED_WITH_LESS,
    Period,
    Refusal,
    Step,
)

_MINUTE = timedelta(minutes=1)
_QUARTER = timedelta(minutes=15)

DAYS_AROUND = 45
"""How far from the wish other days are looked at, on either side."""


def nearest_periods(
    asked: Application, is_free: Callable[[Period], bool], taken: Iterable[Period] = (), limit: int = 3
) -> list[Period]:
    """Return up to ``limit`` other periods: first those of :func:`_other_returns`, then the wish moved to other days.

    What is moved keeps its civil length; the nearest day comes first, the later of two as near. Each day offers one: at
    the same time of day if the desks are open, else as near to it as they are, or as soon or as late as other loans
    leave room. What is too long is :func:`shortened` first, and that is the first to be proposed. ``is_free`` has the
    last word on equipment. ``taken`` are the periods of :func:`taken_by`: with them, days on which too little is free
    cost nothing, and times between loans are found.
    """
    blocked = _merged(taken)
    wish = shortened(asked)
    sooner = [wish.period] if wish is not asked else []
    kept = [period for period in sooner + _other_returns(wish) if _fits(wish, period, is_free, blocked)]
    today = asked.pickup.calendar.day_of(asked.period.start)
    same_day = [] if sooner and kept[:1] == sooner else [0]
    shifts = [*same_day, *(shift for n in range(1, DAYS_AROUND + 1) for shift in (n, -n))]
    rounded = _rounded(wish)
    moved = (_offer(rounded if shift else wish, today + timedelta(days=shift), is_free, blocked) for shift in shifts)
    return list(islice((period for period in chain(kept, moved) if period), limit))


def shortened(asked: Application) -> Application:
    """Return the wish with the latest return, at its own hour or as near as the desk is open, that is not too long.

    Too long for the equipment, for fair use, or because it lasts over days on which the desk is closed. The wish itself
    where it is none of that, or where no earlier return would mend it.
    """
    if not _is_too_long(asked, asked.period.end):
        return asked
    back, wall = asked.back.calendar, _wall(asked.back, asked.period.end)
    first = back.day_of(asked.period.start)
    ends = [first + timedelta(days=n) for n in range((wall.date() - first).days + 1)]
    few = bisect_left(ends, True, key=lambda day: _is_too_long(asked, back.moment(day, wall.time())))
    for day in reversed(ends[max(0, few - DAYS_AROUND) : few]):
        end = back.nearest_open(day, wall.time())
        if end and asked.period.start < end and not _is_too_long(asked, end):
            return replace(asked, period=Period(asked.period.start, end))
    return asked


def fewer(asked: Application, reasons: Collection[Refusal]) -> dict[str, int]:
    """Return how many units of each equipment could be had at that very time; nothing where fewer would not do."""
    if not reasons or not {reason.code for reason in reasons} <= MENDED_WITH_LESS:
        return {}
    most = {line.equipment: min(line.units, line.free, _may_have(line)) for line in asked.lines}
    return most if min(most.values(), default=0) > 0 else {}


def free_parts(asked: Application, is_free: Callable[[Period], bool]) -> list[Period]:
    """Return the longest part of the wish that can be had from its beginning on, and the longest up to its end.

    Nothing where all of it is free, and of the two only what there is. Whatever is free for a time is free for any part
    of that time.
    """
    wish = asked.period
    if is_free(wish):
        return []
    minutes = range(1, wish.length // _MINUTE)
    less = bisect_left(minutes, True, key=lambda n: is_free(Period(wish.start, wish.end - n * _MINUTE)))
    late = bisect_left(minutes, True, key=lambda n: is_free(Period(wish.start + n * _MINUTE, wish.end)))
    ends = asked.back.calendar.open_before(wish.end - (less + 1) * _MINUTE)
    starts = asked.pickup.calendar.open_after(wish.start + (late + 1) * _MINUTE)
    first = (Period(wish.start, end) for end in takewhile(lambda end: wish.start < end, ends))
    last = (Period(start, wish.end) for start in takewhile(lambda start: start < wish.end, starts))
    found = (
        next((part for part in islice(parts, DAYS_AROUND) if _allowed(asked, part)), None) for parts in (first, last)
    )
    return [part for part in found if part]


def later_returns(
    asked: Application, after: datetime, is_free: Callable[[Period], bool], limit: int = 3
) -> list[datetime]:
    """Return up to ``limit`` other returns for a loan that is to last longer than ``after``, where the wish cannot be.

    The latest that the charter allows come first, each at the hour wished for or as near to it as the desk is open; and
    before them the next day on which it is, where it is closed all day when it was to be brought back. Of visits, only
    those of the window wished for are known. ``is_free`` has the last word on equipment.
    """
    back, start = asked.back.calendar, asked.period.start
    wish = shortened(asked)
    wished = _wall(asked.back, wish.period.end)
    days = min((wished.date() - back.day_of(after)).days + 1, DAYS_AROUND)
    ends = (back.nearest_open(wished.date() - timedelta(days=n), wished.time()) for n in range(days))
    earlier = [end for end in ends if end and after < end != asked.period.end and _may_last(asked, end)]
    first = bisect_left(earlier, True, key=lambda end: is_free(Period(start, end)))  # what is free is so for less
    closed = wish is asked and back.is_closed(wished.date())
    following = _nearest_end(back, wished, timedelta(days=1)) if closed else None
    later = [following] if following and _may_last(asked, following) and is_free(Period(start, following)) else []
    return [*later, *earlier[first:]][:limit]


def _may_last(asked: Application, end: datetime) -> bool:
    """Would the charter let a loan last until then?"""
    back = _visits(asked.back, asked.period.end, end)
    until = replace(asked, period=Period(asked.period.start, end), back=back)
    return not any(reason.code in ABOUT_LONGER for reason in refusals(until))


def taken_by(steps: Iterable[Step], units: int, policy: Policy) -> list[Period]:
    """Return when no loan of ``units`` can run, from pick-up to return: too little is free for it or its buffers."""
    before, after = timedelta(minutes=policy.buffer_before_minutes), timedelta(minutes=policy.buffer_after_minutes)
    return [Period(step.start - after, step.end + before) for step in steps if step.free < units]


def _is_too_long(asked: Application, end: datetime) -> bool:
    if end <= asked.period.start:
        return False
    until = replace(asked, period=Period(asked.period.start, end))
    return any(reason.code in MENDED_SOONER for reason in refusals(until))


def _may_have(line: Line) -> int:
    allowed = line.policy.max_units_per_person
    return line.units if allowed is None else allowed - line.held


def _rounded(asked: Application) -> Application:
    """Return the wish as it would be made for another day: nobody plans the odd minute at which it is now."""
    wish, odd = asked.period, timedelta(minutes=asked.period.start.minute % 15)
    start = wish.start + _QUARTER - odd
    planned = odd % timedelta(minutes=5) == timedelta(0) or wish.end <= start
    return asked if planned else replace(asked, period=Period(start, wish.end))


def _offer(
    asked: Application, day: date, is_free: Callable[[Period], bool], blocked: Sequence[Period]
) -> Period | None:
    candidates = sorted(set(_candidates(asked, day, blocked)), key=lambda period: _unlike(asked, period))
    others = (period for period in candidates if period != asked.period)
    return next((period for period in others if _fits(asked, period, is_free, blocked)), None)


def _fits(asked: Application, period: Period, is_free: Callable[[Period], bool], blocked: Sequence[Period]) -> bool:
    return not _meets(period, blocked) and _allowed(asked, period) and is_free(period)


def _other_returns(asked: Application) -> list[Period]:
    """Return the wish with another end, where the desk is closed all day when it is to be brought back.

    That is the next day on which the desk is open, and the last one before: the nearer first, else the later.
    """
    back, wished = asked.back.calendar, _wall(asked.back, asked.period.end)
    if not back.is_closed(wished.date()):
        return []
    ends = (_nearest_end(back, wished, step) for step in (timedelta(days=1), timedelta(days=-1)))
    found = [Period(asked.period.start, end) for end in ends if end and asked.period.start < end]
    return sorted(found, key=lambda period: abs(back.day_of(period.end) - wished.date()))


def _nearest_end(back: OpeningCalendar, wished: datetime, step: timedelta) -> datetime | None:
    """Return when the desk is open on the first day on which it is, going forwards or backwards from a wall time."""
    days = (wished.date() + n * step for n in range(1, DAYS_AROUND + 1))
    return next((end for day in days if (end := back.nearest_open(day, wished.time()))), None)


def _candidates(asked: Application, day: date, blocked: Sequence[Period]) -> Iterator[Period]:
    """Yield the wish moved to ``day``, for each pick-up that suggests itself and can be met by a return."""
    pickup, back = asked.pickup.calendar, asked.back.calendar
    wished, length = _wall(asked.pickup, asked.period.start), _wall(asked.back, asked.period.end)
    nights, lasting = length.date() - wished.date(), length - wished
    for start in _pickups(asked, day, lasting, blocked):
        due = start.astimezone(pickup.zone).replace(tzinfo=None) + lasting
        end = back.nearest_open(day + nights, due.time()) if due.date() == day + nights else None
        if end and start < end:
            yield Period(start, end)


def _pickups(asked: Application, day: date, lasting: timedelta, blocked: Sequence[Period]) -> Iterator[datetime]:
    """Yield instants of a day at which the desk is open: near the hour wished for, and where other loans give way."""
    calendar = asked.pickup.calendar
    windows = calendar.windows_on(day)
    wished = calendar.moment(day, _wall(asked.pickup, asked.period.start).time())
    edges = [window.start for window in windows] + [window.end - lasting for window in windows]
    edges += [period.end for period in blocked] + [period.start - lasting for period in blocked]
    if asked.handed_out and day == calendar.day_of(asked.period.start):
        yield asked.period.start
    for window in windows:  # nobody is sent to a desk in the minute in which it closes who did not ask for that
        last = max(window.start, window.end - _QUARTER)
        yield wished if window.start <= wished <= window.end else min(max(wished, window.start), last)
    yield from (edge for edge in edges if any(window.start <= edge <= window.end for window in windows))


def _unlike(asked: Application, period: Period) -> tuple[timedelta, datetime]:
    """Order the candidates of one day: those closest to the hour of the wish first."""
    wished, offered = _wall(asked.pickup, asked.period.start), _wall(asked.pickup, period.start)
    return abs(datetime.combine(wished.date(), offered.time()) - wished), period.start


def _allowed(asked: Application, period: Period) -> bool:
    """Would the charter have nothing against the wish at this time, but for what does not depend on the time?"""
    moved = replace(
        asked,
        period=period,
        pickup=_visits(asked.pickup, asked.period.start, period.start),
        back=_visits(asked.back, asked.period.end, period.end),
        handed_out=asked.handed_out and period.start == asked.period.start,
        lines=tuple(_enough(line) for line in asked.lines),
    )
    return not any(reason.code in MATTERS_OF_TIME for reason in refusals(moved))


def _visits(wished: Visits, then: datetime, now: datetime) -> Visits:
    """Return what is known of the visits at another instant: those of the window wished for, none of any other."""
    same = wished.calendar.window_at(then) == wished.calendar.window_at(now)
    return wished if same else replace(wished, agreed=0)


def _enough(line: Line) -> Line:
    return replace(line, free=line.units)


def _wall(visits: Visits, instant: datetime) -> datetime:
    return instant.astimezone(visits.calendar.zone).replace(tzinfo=None)


def _merged(periods: Iterable[Period]) -> list[Period]:
    merged: list[Period] = []
    for period in sorted(periods):
        if merged and period.start <= merged[-1].end:
            merged[-1] = Period(merged[-1].start, max(merged[-1].end, period.end))
        else:
            merged.append(period)
    return merged


def _meets(period: Period, blocked: Sequence[Period]) -> bool:
    after = bisect_right(blocked, period.start, key=lambda other: other.end)
    return after < len(blocked) and blocked[after].start < period.end
