"""Article 8: every reason to refuse a loan, found together, so that a borrower can mend them all at once.

Each reason carries the values that help to mend it. Nothing here looks anything up: an :class:`Application` holds the
facts, gathered under lock by the service that decides.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from datetime import datetime as Instant  # noqa: N812 (reads better beside date)
from itertools import islice

from equipment_lending.rules.claims import whole_minute
from equipment_lending.rules.closed_days import counted_days, days_inside, loan_days
from equipment_lending.rules.fair_use import busiest_stretch
from equipment_lending.rules.opening import OpeningCalendar
from equipment_lending.rules.policy import Policy
from equipment_lending.terms import Period, Refusal, RefusalCode

WINDOWS_PROPOSED, WINDOWS_TRIED = 3, 20

LONGEST = timedelta(days=3_660)
"""Ten years. No city lends for longer, and nobody waits while the days of a century are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """One end of a loan: the desk one goes to, its hours, and the visits agreed already in the window one goes in.

    ``most`` is how many visits a window can take, None for any number.
    """

    calendar: OpeningCalendar
    agreed: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is asked for of one equipment, and what is known about it.

    ``free`` units are free throughout, ``held`` are the borrower's at some instant of the period, in other loans;
    ``other_loans`` says for which civil days each of those was agreed. ``certified`` are the achievements held at
    pick-up, or now if that is over.
    """

    equipment: str
    units: int
    policy: Policy
    free: int
    held: int = 0
    other_loans: Mapping[str, Collection[date]] = field(default_factory=dict)
    certified: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """The facts about a wish, at the instant it is decided on. ``not_lent`` are models that the point does not have.

    ``noticed`` is a wish of which the desk has had notice: it was held for the borrower, replaces their loan, or is
    agreed on at the desk itself. At the ``same_desk`` it is brought back where it was fetched. ``handed_out`` it is by
    whoever agrees on it, at once: somebody is at the desk then, whatever its hours are.
    """

    now: Instant
    period: Period
    pickup: Visits
    back: Visits
    lines: tuple[Line, ...]
    not_lent: tuple[str, ...] = ()
    may_act: bool = True
    noticed: bool = False
    same_desk: bool = False
    handed_out: bool = False


def refusals(application: Application) -> list[Refusal]:
    """Return every reason to refuse; the empty list means yes."""
    articles = (_centuries, _equipment) if application.period.length > LONGEST else ARTICLES
    return [reason for article in articles for reason in article(application)]


def refusals_on_approval(application: Application) -> list[Refusal]:
    """Return every reason not to approve what was asked for earlier: its length, fair use, what the borrower may do.

    Those may have changed since. When it is for, and that there is enough of it, was settled by the request.
    """
    return [reason for article in (_length, _fair_use, _rights) for reason in article(application)]


def _the_past(asked: Application) -> Iterator[Refusal]:
    """What begins now begins with the minute."""
    if asked.period.start < whole_minute(asked.now):
        yield Refusal(RefusalCode.IN_THE_PAST)


def _length(asked: Application) -> Iterator[Refusal]:
    calendar = asked.pickup.calendar
    minutes = asked.period.length // timedelta(minutes=1)
    for line in asked.lines:
        if minutes < line.policy.min_minutes:
            yield _on(line, RefusalCode.TOO_SHORT, minutes=minutes, allowed=line.policy.min_minutes)
        days = counted_days(asked.period, calendar.zone, calendar.is_closed, line.policy.closed_days)
        if days > line.policy.max_days:
            yield _on(line, RefusalCode.TOO_LONG, days=days, allowed=line.policy.max_days)
        if not line.policy.span_closed and (closed := _closed_inside(asked)):
            yield _on(line, RefusalCode.SPANS_CLOSED, day=closed[0])


def _centuries(asked: Application) -> Iterator[Refusal]:
    for line in asked.lines:
        yield _on(line, RefusalCode.TOO_LONG, days=asked.period.length.days, allowed=line.policy.max_days)


def _closed_inside(asked: Application) -> list[date]:
    calendar = asked.pickup.calendar
    return [day for day in days_inside(asked.period, calendar.zone)[1:-1] if calendar.is_closed(day)]


def _notice(asked: Application) -> Iterator[Refusal]:
    """The desk needs its working days; nobody promises anything further ahead than the horizon."""
    calendar = asked.pickup.calendar
    lead = max((line.policy.lead_days for line in asked.lines), default=0)
    if lead and not asked.noticed and asked.period.start < calendar.ready_at(asked.now, lead):
        earliest = calendar.earliest_pickup(asked.now, lead)
        yield Refusal(RefusalCode.TOO_SOON, {"days": lead, "earliest": earliest})
    horizon = min((line.policy.horizon_days for line in asked.lines), default=0)
    latest = calendar.day_of(asked.now) + timedelta(days=horizon)
    if asked.lines and calendar.day_of(asked.period.start) > latest:
        yield Refusal(RefusalCode.TOO_FAR, {"latest": latest, "days": horizon})


def _desk_hours(asked: Application) -> Iterator[Refusal]:
    """One comes and goes while the desk is open; the days between do not matter here.

    Who is handed it at once has found somebody there.
    """
    for visit, instant, own, closed, full, would_do in (
        (asked.pickup, asked.period.start, 0, RefusalCode.PICKUP_CLOSED, RefusalCode.PICKUP_FULL, _may_begin),
        (
            asked.back,
            asked.period.end,
            _twice_there(asked),
            RefusalCode.RETURN_CLOSED,
            RefusalCode.RETURN_FULL,
            _may_end,
        ),
    ):
        window = visit.calendar.window_at(instant)
        if window is None:
            if asked.handed_out and closed is RefusalCode.PICKUP_CLOSED:
                continue
            upcoming = islice(visit.calendar.windows_after(max(instant, asked.now)), WINDOWS_TRIED)
            proposed = islice((window for window in upcoming if would_do(asked, window)), WINDOWS_PROPOSED)
            yield Refusal(closed, {"day": visit.calendar.day_of(instant), "next": list(proposed)})
        elif visit.most is not None and visit.agreed + own >= visit.most:
            yield Refusal(full, {"window": window, "allowed": visit.most})


def _may_begin(asked: Application, window: Period) -> bool:
    """Is it neither too soon nor too far ahead to fetch it when a window begins?"""
    return not any(_notice(replace(asked, period=window)))


def _may_end(asked: Application, window: Period) -> bool:
    """Is the loan, brought back when a window begins, no longer than it may be? For one too short, it goes on."""
    until = replace(asked, period=Period(asked.period.start, window.start))
    return all(reason.code is RefusalCode.TOO_SHORT for reason in _length(until))


def _twice_there(asked: Application) -> bool:
    """Is it brought back in the same opening of the same desk in which it is fetched, so that this is a visit more?"""
    window_at = asked.pickup.calendar.window_at
    return asked.same_desk and window_at(asked.period.start) == window_at(asked.period.end)


def _equipment(asked: Application) -> Iterator[Refusal]:
    for slug in asked.not_lent:
        yield Refusal(RefusalCode.NOT_LENT_HERE, {"equipment": slug})
    for line in asked.lines:
        if line.units > line.free and asked.now < asked.period.end:  # of what is over, nothing is free or taken
            yield _on(line, RefusalCode.NOT_ENOUGH, asked=line.units, free=max(0, line.free))


def _fair_use(asked: Application) -> Iterator[Refusal]:
    for line in asked.lines:
        allowed = line.policy.max_units_per_person
        if allowed is not None and line.held + line.units > allowed:
            yield _on(line, RefusalCode.TOO_MANY_UNITS, held=line.held, allowed=allowed)
        if line.policy.max_days_in_period is not None:
            yield from _days_in_period(asked, line, line.policy.max_days_in_period)


def _days_in_period(asked: Application, line: Line, allowed: int) -> Iterator[Refusal]:
    calendar, length = asked.pickup.calendar, line.policy.fair_use_period_days
    wished = loan_days(asked.period, calendar.zone, calendar.is_closed, line.policy.closed_days)
    days, used, loans = busiest_stretch(wished, line.other_loans, length)
    if days + used > allowed:
        yield _on(
            line, RefusalCode.TOO_MANY_DAYS, days=days, used=used, allowed=allowed, period_days=length, loans=loans
        )


def _rights(asked: Application) -> Iterator[Refusal]:
    for line in asked.lines:
        missing = sorted(line.policy.requires - set(line.certified))
        if missing:
            yield _on(line, RefusalCode.NOT_CERTIFIED, missing=missing)
    if not asked.may_act:
        yield Refusal(RefusalCode.NOT_OFFICER)


def _on(line: Line, code: RefusalCode, **values: object) -> Refusal:
    return Refusal(code, {"equipment": line.equipment} | values)


ARTICLES: tuple[Callable[[Application], Iterator[Refusal]], ...] = (
    _the_past,
    _length,
    _notice,
    _desk_hours,
    _equipment,
    _fair_use,
    _rights,
)
