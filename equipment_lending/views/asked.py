"""What a borrower has filled in so far, as far as it can be read: from an address, or from a form that came back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from equipment_lending.rules.moments import pickup_moment, return_moment
from equipment_lending.rules.opening import OpeningCalendar
from equipment_lending.terms import NoSuchTime, Period
from equipment_lending.views.months import Chosen

FIELDS = (
    "point",
    "pickup",
    "pickup_time",
    "return",
    "return_time",
    "units",
    "organisation",
    "purpose",
    "project",
    "return_point",
)
"""What an address may fill the form with."""

NEAR = timedelta(days=2000)
"""Further away than this, nobody means a day."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The controls of the form as text. Nothing here complains: that is for the form, once it is sent."""

    given: Mapping[str, str]
    today: date

    def text(self, name: str) -> str | None:
        return self.given.get(name) or None

    def day(self, name: str) -> date | None:
        try:
            day = date.fromisoformat(self.given.get(name, ""))
        except ValueError:
            return None
        return day if abs(day - self.today) < NEAR else None

    def hour(self, name: str) -> time | None:
        try:
            return time.fromisoformat(self.given.get(name, "")).replace(tzinfo=None)
        except ValueError:
            return None

    @property
    def chosen(self) -> Chosen:
        return Chosen(self.day("pickup"), self.day("return"))

    def period(self, here: OpeningCalendar, back: OpeningCalendar, now: datetime) -> Period | None:
        """Return from when to when it is wanted, by the clocks of the two desks; None where that is not known yet."""
        chosen = self.chosen
        if chosen.pickup is None or chosen.back is None:
            return None
        try:
            start = pickup_moment(chosen.pickup, self.hour("pickup_time"), [here], now)
            end = return_moment(chosen.back, self.hour("return_time"), [back])
        except NoSuchTime:
            return None
        return Period(start, end) if start < end else None

    @property
    def month(self) -> date | None:
        """The first day of the month to look at; None where none is named, or none that there is."""
        written = self.given.get("month", "")
        try:
            return date.fromisoformat(f"{written}-01") if re.fullmatch(r"\d{4}-\d\d", written, re.ASCII) else None
        except ValueError:
            return None

    @property
    def month_is_none(self) -> bool:
        """Does the address name a month that there is not?"""
        return bool(self.given.get("month")) and self.month is None

    def query(self, changes: Mapping[str, str | None]) -> dict[str, str]:
        """Return the query of the address that fills the form with this and the ``changes``; None takes one out."""
        kept = {name: self.given[name] for name in FIELDS if self.given.get(name)} | dict(changes)
        return {name: text for name, text in kept.items() if text}
