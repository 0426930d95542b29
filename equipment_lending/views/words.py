"""Lending in words: how a loan stands, when a desk is open, what the conditions are, why something cannot be done."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel import dates

from equipment_lending.models import Loan
from equipment_lending.opening_hours import days_by_hours, runs
from equipment_lending.queries.loans import is_overdue, is_written_off, units_to_hand_out
from equipment_lending.rules.lateness import late_days
from equipment_lending.rules.opening import OpeningCalendar
from equipment_lending.rules.policy import Policy
from equipment_lending.terms import (
    HELD,
    Approval,
    ClosedDays,
    Condition,
    Hours,
    LoanState,
    Period,
    Refusal,
    RefusalCode,
    WeeklyWindow,
)
from portal.i18n import _

# How a loan stands --------------------------------------------------------------------------------------------------

STATES = {
    LoanState.REQUESTED: (_("waiting for an answer"), "warn"),
    LoanState.CONFIRMED: (_("confirmed"), "good"),
    LoanState.OUT: (_("borrowed"), "lend"),
    LoanState.CLOSED: (_("returned"), None),
    LoanState.REJECTED: (_("declined"), "wrong"),
    LoanState.CANCELLED: (_("cancelled"), None),
    LoanState.NO_SHOW: (_("not picked up"), "wrong"),
}

NOT_ALL_BACK = (_("not all returned"), "wrong")

CONDITIONS = {
    Condition.GOOD: _("good"),
    Condition.WORN: _("worn"),
    Condition.DAMAGED: _("damaged"),
    Condition.INCOMPLETE: _("incomplete"),
}


def state_words(loan: Loan, now: datetime, request) -> tuple[str, str | None]:
    """Return how a loan stands, in a few words, and the kind of tag they stand on."""
    if loan.state is LoanState.OUT:
        if is_overdue(loan, now):
            days = late_days(loan.return_at, now, ZoneInfo(loan.return_point.zone))
            if days == 0:
                return request.localizer.translate(_("late since today")), "wrong"
            return request.ngettext("${n} day late", "${n} days late", days), "wrong"
        if any(custody.in_at for line in loan.lines for custody in line.custodies):
            return request.localizer.translate(_("partly returned")), "lend"
        if any(units_to_hand_out(line) for line in loan.lines):
            return request.localizer.translate(_("partly picked up")), "lend"
    words, kind = NOT_ALL_BACK if is_written_off(loan) else STATES[loan.state]
    return request.localizer.translate(words), kind


def next_words(loan: Loan, now: datetime, request) -> str:
    """Return what happens now, when and where, in one or two sentences."""
    when = request.words.datetime
    pickup, back = when(loan.pickup_at, loan.point.zone), when(loan.return_at, loan.return_point.zone)
    values = {"pickup": pickup, "return": back, "point": loan.point.name, "return_point": loan.return_point.name}
    return request.localizer.translate(
        _next(loan, now), mapping=values | {"number": loan.number, "reason": loan.reason or ""}
    )


def _next(loan: Loan, now: datetime) -> str:
    match loan.state:
        case LoanState.REQUESTED:
            return _(
                "The desk reads your request and answers you before the pick-up, ${pickup}. "
                "Until then what you asked for is kept for you."
            )
        case LoanState.CONFIRMED if now <= loan.pickup_at:
            return _("Come to ${point} on ${pickup}, and say the number ${number}.")
        case LoanState.CONFIRMED:
            return _("You were expected on ${pickup} at ${point}. Come before the desk closes, or cancel the loan.")
        case LoanState.OUT if is_overdue(loan, now):
            return _(
                "This should have come back on ${return}. Please bring it to ${return_point} as soon as it opens: "
                "others are waiting for it."
            )
        case LoanState.OUT:
            return _("Bring it back to ${return_point} by ${return}.")
        case LoanState.CLOSED if is_written_off(loan):
            return _("This loan is over, though not everything came back: what was lost is not lent any more.")
        case LoanState.REJECTED if loan.reason:
            return _("The desk could not say yes: ${reason}")
        case LoanState.REJECTED:
            return _("Nobody could answer your request before the pick-up. We are sorry: please ask again.")
    return _OVER[loan.state]


def and_letter(done: str, loan: Loan, request) -> str:
    """Return what the desk did to a loan, and how its borrower hears of it: by a letter, or from the desk itself."""
    said, borrower = request.localizer.translate, loan.borrower
    if borrower.email:
        told = said(_("The borrower gets an e-mail."))
    elif borrower.phone:
        told = said(_("The borrower has no e-mail address: call ${phone}."), mapping={"phone": borrower.phone})
    else:
        told = said(_("The borrower has neither e-mail nor phone: tell them when they come."))
    return f"{said(done)} {told}"


_OVER = {
    LoanState.CLOSED: _("Everything has come back. Thank you."),
    LoanState.CANCELLED: _("This loan was called off. Nothing is kept for you any more."),
    LoanState.NO_SHOW: _("Nobody came to pick this up, so it is free for others again."),
}


def rank_words(ahead: int, request) -> str:
    """Return how far ahead in line somebody is who waits."""
    if ahead == 0:
        return request.localizer.translate(_("You are first in line."))
    return request.ngettext("${n} person is before you in line.", "${n} people are before you in line.", ahead)


def steps_words(loan: Loan, request) -> tuple[list[str], int] | None:
    """Return the steps of a loan and at which it stands, counted from 1; None where it ended early."""
    order = (LoanState.REQUESTED, LoanState.CONFIRMED, LoanState.OUT, LoanState.CLOSED)
    if loan.state not in order or is_written_off(loan):
        return None
    labels = (_("Asked for"), _("Confirmed"), _("Picked up"), _("Returned"))
    return [request.localizer.translate(label) for label in labels], order.index(loan.state) + 1


# When a desk is open ------------------------------------------------------------------------------------------------


def opening_words(weekly: Iterable[WeeklyWindow], request) -> list[tuple[str, str]]:
    """Return the usual week as ``(days, hours)``: («Tuesday to Saturday», «10:00–18:00»), in the order of the week."""
    return [
        (", ".join(_stretch(*run, request) for run in runs(days)), hours_words(hours, request))
        for hours, days in days_by_hours(weekly).items()
    ]


def _stretch(first: int, last: int, request) -> str:
    names = dates.get_day_names("wide", locale=request.locale_name)
    if first == last:
        return names[first]
    message = _("${first} and ${last}") if last - first == 1 else _("${first} to ${last}")
    return request.localizer.translate(message, mapping={"first": names[first], "last": names[last]})


def opening_now_words(calendar: OpeningCalendar, now: datetime, request) -> tuple[str, str | None]:
    """Return whether a desk is open now and until when, or when it opens next, and the kind of tag to say it on."""
    zone, say = str(calendar.zone), request.localizer.translate
    window = calendar.window_at(now)
    if window and now < window.end:
        return say(_("Open until ${time}"), mapping={"time": request.words.time(window.end, zone)}), "good"
    upcoming = calendar.next_windows(now, 1)
    if not upcoming:
        return say(_("Closed until further notice")), None
    return say(_("Closed, opens ${when}"), mapping={"when": request.words.datetime(upcoming[0].start, zone)}), None


def hours_words(hours: Iterable[Hours], request) -> str:
    """Return «10:00–12:30, 14:00–18:00»."""
    at = request.words.hour
    return ", ".join(f"{at(one.opens)}–{at(one.closes)}" for one in hours)


def windows_words(windows: Iterable[Period], zone: str, request) -> str:
    """Return the opening windows of one day: «10:00–12:30, 14:00–18:00»; nothing for none."""
    clock = request.words.time
    return ", ".join(f"{clock(window.start, zone)}–{clock(window.end, zone)}" for window in windows)


# Under which conditions ---------------------------------------------------------------------------------------------


def condition_words(policy: Policy, request) -> list[str]:
    """Return the conditions under which something is lent, each a sentence."""
    ngettext, say = request.ngettext, request.localizer.translate
    said = [
        ngettext("For one day at most.", "For ${n} days at most.", policy.max_days),
        say(CLOSED_DAYS[policy.closed_days]),
    ]
    if not policy.span_closed:
        said[-1] = say(_("Not over days on which the desk is closed."))
    if policy.min_minutes:
        said.append(ngettext("For one minute at least.", "For ${n} minutes at least.", policy.min_minutes))
    if policy.whole_days:
        said.append(say(_("Lent by whole days: nobody else can have it on the day it is fetched or brought back.")))
    if policy.lead_days:
        said.append(
            ngettext("Ask at least one working day ahead.", "Ask at least ${n} working days ahead.", policy.lead_days)
        )
    said.append(ngettext("Up to one day ahead.", "Up to ${n} days ahead.", policy.horizon_days))
    if policy.max_units_per_person is not None:
        units = policy.max_units_per_person
        said.append(ngettext("One at a time for each person.", "At most ${n} at a time for each person.", units))
    if policy.max_days_in_period is not None:
        said.append(
            ngettext(
                "At most one day within ${period} days for each person.",
                "At most ${n} days within ${period} days for each person.",
                policy.max_days_in_period,
                period=policy.fair_use_period_days,
            )
        )
    said += [
        say(_("Only with the training “${training}”."), mapping={"training": training_words(slug)})
        for slug in sorted(policy.requires)
    ]
    said.append(say(APPROVALS[policy.approval]))
    return said


CLOSED_DAYS = {
    ClosedDays.ALL: _("Days on which the desk is closed count too."),
    ClosedDays.NONE: _("You may keep it over days on which the desk is closed: they do not count."),
    ClosedDays.FIRST: _("Of several days on which the desk is closed, only the first counts."),
}

APPROVALS = {
    Approval.AUTO: _("Confirmed at once."),
    Approval.MANUAL: _("The desk reads each request before it says yes."),
}


def training_words(slug: str) -> str:
    """Return the name of a training as its slug tells it."""
    return slug.replace("-", " ")


# Why something cannot be done, and what to do then ------------------------------------------------------------------

NO_SUCH_HOUR = _("This hour does not exist: the clocks go forward that night. Choose an hour before or after.")

Values = Mapping[str, Any]


def sentences(refusals: Iterable[Refusal], request, zone: str) -> list[str]:
    """Return why something cannot be done, each reason once: two lines of a loan may share one."""
    return list(dict.fromkeys(sentence(refusal, request, zone) for refusal in refusals))


def not_longer_words(reasons: Sequence[Refusal], request, zone: str) -> str:
    """Return why a loan lasts no longer than it does, to somebody who has not asked for it yet."""
    values, say = {reason.code: reason.values for reason in reasons}, _Voice(request, zone)
    told = next((said(values[code], say) for code, said in _NOT_LONGER.items() if code in values), None)
    about_whom = sentences((reason for reason in reasons if reason.code in _ABOUT_WHOM), request, zone)
    return told or " ".join(about_whom) or say(_("As things stand it cannot be kept longer."))


def sentence(refusal: Refusal, request, zone: str) -> str:
    """Return why something cannot be done and what to do next, with times by the clocks of ``zone``."""
    said = _SENTENCES[refusal.code]
    if callable(said):
        return said(refusal.values, _Voice(request, zone))
    return request.localizer.translate(said, mapping={name: str(value) for name, value in refusal.values.items()})


class _Voice:
    """The reader's language, and the clocks of a desk."""

    def __init__(self, request, zone: str) -> None:
        self.ngettext = request.ngettext
        self.words = request.words
        self._localizer = request.localizer
        self._zone = zone

    def __call__(self, message: str, **values: object) -> str:
        return self._localizer.translate(message, mapping=values)

    def instant(self, at: datetime) -> str:
        return self.words.datetime(at, self._zone)

    def window(self, window: Period) -> str:
        opens, closes = (self.words.time(end, self._zone) for end in (window.start, window.end))
        return f"{self.words.day(window.start, self._zone)}, {opens}–{closes}"

    def next_opening(self, windows: Sequence[Period]) -> str:
        """Return the next opening that would do as one more sentence, nothing where there is none."""
        if not windows:
            return ""
        return " " + self(_("The next opening that would do: ${window}."), window=self.window(windows[0]))


def _too_soon(values: Values, say: _Voice) -> str:
    said = say.ngettext(
        "The desk needs ${n} working day to get it ready.",
        "The desk needs ${n} working days to get it ready.",
        values["days"],
    )
    if values["earliest"] is None:
        return said
    later = say(_("Choose ${earliest}, or later."), earliest=say.instant(values["earliest"]))
    return f"{said} {later}"


def _closed(message: str) -> Callable[[Values, _Voice], str]:
    return lambda values, say: say(message, day=say.words.day(values["day"])) + say.next_opening(values["next"])


def _full(message: str) -> Callable[[Values, _Voice], str]:
    return lambda values, say: say(message, window=say.window(values["window"]))


def _not_enough(values: Values, say: _Voice) -> str:
    if values.get("longer"):
        return say(_("It is needed elsewhere by then: it has to be back before."))
    if values["free"] == 0:
        return say(_("None is free all that time. Choose other days, or another lending point."))
    return say.ngettext(
        "Only one is free all that time. Choose fewer, or other days.",
        "Only ${n} are free all that time. Choose fewer, or other days.",
        values["free"],
    )


def _too_many_units(values: Values, say: _Voice) -> str:
    allowed = values["allowed"]
    said = say.ngettext("One person can have one at a time.", "One person can have ${n} at a time.", allowed)
    if values["held"] == 0:
        return said
    have = say(_("The same person has ${n} for these days already."), n=values["held"])
    return f"{said} {have}"


def _too_many_days(values: Values, say: _Voice) -> str:
    said = say.ngettext(
        "So that everybody gets a turn, one person can have these for ${n} day within ${period} days.",
        "So that everybody gets a turn, one person can have these for ${n} days within ${period} days.",
        values["allowed"],
        period=values["period_days"],
    )
    left = max(0, values["allowed"] - values["used"])
    now = say.ngettext("Of these, ${n} day is left then.", "Of these, ${n} days are left then.", left)
    if not values["loans"]:
        return f"{said} {now}"
    named = dict.fromkeys(say(_("what is held for you")) if loan.startswith(HELD) else loan for loan in values["loans"])
    counted = say(_("Counted: ${loans}."), loans=", ".join(named))
    return f"{said} {now} {counted}"


_SENTENCES: dict[RefusalCode, str | Callable[[Values, _Voice], str]] = {
    RefusalCode.NO_SUCH_TIME: NO_SUCH_HOUR,
    RefusalCode.IN_THE_PAST: _("This is in the past. Choose a time to come."),
    RefusalCode.TOO_SHORT: lambda values, say: say.ngettext(
        "A loan lasts at least ${n} minute. Choose a later return.",
        "A loan lasts at least ${n} minutes. Choose a later return.",
        values["allowed"],
    ),
    RefusalCode.TOO_LONG: lambda values, say: say.ngettext(
        "This is ${days} days, and it is lent for ${n} day at most. Choose an earlier return.",
        "This is ${days} days, and it is lent for ${n} days at most. Choose an earlier return.",
        values["allowed"],
        days=values["days"],
    ),
    RefusalCode.TOO_SOON: _too_soon,
    RefusalCode.TOO_FAR: lambda values, say: say(
        _("This is too far ahead: pick-ups can be asked for until ${latest}."), latest=say.words.date(values["latest"])
    ),
    RefusalCode.PICKUP_CLOSED: _closed(_("The desk is closed then, on ${day}.")),
    RefusalCode.RETURN_CLOSED: _closed(_("The desk is closed then, on ${day}.")),
    RefusalCode.PICKUP_FULL: _full(_("The desk has no time left on ${window}: too many people come. Choose another.")),
    RefusalCode.RETURN_FULL: _full(_("The desk has no time left on ${window}: too many people come. Choose another.")),
    RefusalCode.SPANS_CLOSED: lambda values, say: say(
        _("It is not lent over days on which the desk is closed, such as ${day}. Choose an earlier return."),
        day=say.words.day(values["day"]),
    ),
    RefusalCode.NO_SUCH_POINT: _("There is no lending point of that name. Choose one from the list."),
    RefusalCode.NO_SUCH_BORROWER: _("This account was closed meanwhile, so nothing can be lent to it."),
    RefusalCode.NOT_LENT_HERE: _("This lending point does not have it. Choose another one."),
    RefusalCode.NOT_ENOUGH: _not_enough,
    RefusalCode.TOO_MANY_UNITS: _too_many_units,
    RefusalCode.TOO_MANY_DAYS: _too_many_days,
    RefusalCode.NOT_CERTIFIED: lambda values, say: say(
        _("This asks for a training that must be valid on the day of the pick-up: ${trainings}. It comes first."),
        trainings=", ".join(training_words(slug) for slug in values["missing"]),
    ),
    RefusalCode.NOT_OFFICER: lambda values, say: (
        say(_("The borrower may not, or no longer, act for ${organisation}."), organisation=values["organisation"])
        if "organisation" in values
        else say(_("Only who may act for this organisation now can borrow in its name."))
    ),
    RefusalCode.WRONG_STATE: lambda values, say: say(
        _("This cannot be done any more: the loan is “${state}”."), state=say(STATES[values["state"]][0])
    ),
    RefusalCode.NOTHING_CHOSEN: _("Nothing is chosen. Choose at least one item."),
    RefusalCode.NO_SUCH_ITEM: _("No item has the tag ${item}. Check what is written on its label."),
    RefusalCode.ITEM_NOT_LENT: _("${item} is not lent: it is retired, lost, or part of a kit."),
    RefusalCode.NOT_IN_LOAN: _("${item} is not of a kind that this loan is for, or belongs to another lending point."),
    RefusalCode.MORE_THAN_AGREED: lambda values, say: say.ngettext(
        "${item} is more than was agreed: only ${n} is to be handed out.",
        "${item} is more than was agreed: only ${n} are to be handed out.",
        values["left"],
        item=values["item"],
    ),
    RefusalCode.ITEM_OUT: _("${item} is in somebody's hands. Take it back first."),
    RefusalCode.ITEM_NOT_FREE: _("${item} is kept for somebody else, or out of service. Take another one."),
    RefusalCode.NOT_OUT: _("${item} is not out with this loan. Check the tag, or the loan."),
    RefusalCode.MORE_THAN_OUT: lambda values, say: say.ngettext(
        "Of ${item} only ${n} is out with this loan. Count again.",
        "Of ${item} only ${n} are out with this loan. Count again.",
        values["out"],
        item=values["item"],
    ),
    RefusalCode.PART_OF_KIT: _("${item} is part of ${kit} and stays with it. Move that instead."),
    RefusalCode.REASON_MISSING: _("Say why: whoever is concerned will read it."),
    RefusalCode.TAG_TAKEN: _("The tag ${item} is on another item already. Choose another one."),
    RefusalCode.TOO_MANY_PHOTOS: lambda values, say: say.ngettext(
        "A model has ${n} photo at most. Remove one first.",
        "A model has ${n} photos at most. Remove one first.",
        values["allowed"],
    ),
    RefusalCode.SLUG_TAKEN: _("The short name ${slug} is taken. Choose another one."),
    RefusalCode.NOT_A_KIT: _("${item} cannot hold parts: it is part of a kit, a lot, or at another lending point."),
    RefusalCode.NOT_LONGER: _("This is not later than the return agreed. Choose a later day."),
    RefusalCode.DESK_DECIDES: _("Ask the desk to lend it longer: for this it reads each request before it says yes."),
    RefusalCode.FREE_NOW: _("It is free now: nobody needs to wait. Borrow it."),
    RefusalCode.ALREADY_WAITING: _("You wait for it at this time already. Leave that line first, under My loans."),
    RefusalCode.NOT_OFFERED: _("This is not kept for you any more. See under My loans how it stands."),
}

_ABOUT_WHOM = {RefusalCode.TOO_MANY_UNITS, RefusalCode.NOT_CERTIFIED, RefusalCode.NOT_OFFICER}
"""What keeps a loan from lasting longer that is about its borrower, said in the same words as of any wish."""

_NOT_LONGER: Mapping[RefusalCode, Callable[[Values, _Voice], str]] = {
    RefusalCode.WRONG_STATE: lambda values, say: say(
        _("Only what is agreed or under way can be kept longer: this loan is “${state}”."),
        state=say(STATES[values["state"]][0]),
    ),
    RefusalCode.DESK_DECIDES: lambda _values, say: say(
        _("The desk reads each request for this before it says yes. To keep it longer, ask there.")
    ),
    RefusalCode.TOO_LONG: lambda values, say: say.ngettext(
        "It is lent for ${n} day at most, so it cannot be kept longer.",
        "It is lent for ${n} days at most, so it cannot be kept longer.",
        values["allowed"],
    ),
    RefusalCode.SPANS_CLOSED: lambda _values, say: say(_("It is not lent over days on which the desk is closed.")),
    RefusalCode.NOT_ENOUGH: lambda _values, say: say(_("It is needed elsewhere from then on.")),
    RefusalCode.TOO_MANY_DAYS: lambda _values, say: say(
        _("So that everybody gets a turn, one person cannot have it for longer now.")
    ),
}
