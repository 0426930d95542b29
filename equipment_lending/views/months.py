"""The calendar of a model at a point, as its page shows it: a month that says more than colours."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from equipment_lending.queries.month import DayView
from portal.i18n import _
from portal.pages.month import Cell


@dataclass(frozen=True, slots=True)
class Chosen:
    """The days a borrower has chosen so far; the return is not known before the pick-up."""

    pickup: date | None = None
    back: date | None = None

    def words(self, day: date) -> tuple[str, str] | None:
        """Return what the calendar says of a chosen day, and its kind; None for a day that is not."""
        if self.pickup == self.back == day:
            return _("pick-up and return"), "mine edge"
        if day == self.pickup:
            return _("pick-up"), "mine edge"
        if day == self.back:
            return _("return"), "mine edge"
        if self.pickup and self.back and self.pickup < day < self.back:
            return _("chosen"), "mine"
        return None

    def after(self, day: date) -> "Chosen":
        """Return what is chosen once ``day`` is pressed: the return, if only the pick-up was, else a new pick-up."""
        if self.pickup and not self.back and self.pickup <= day:
            return Chosen(self.pickup, day)
        return Chosen(day)

    def query(self) -> dict[str, str | None]:
        """Return the controls of the form that say so."""
        days = {"pickup": self.pickup, "return": self.back}
        return {name: day.isoformat() if day else None for name, day in days.items()}


def cells(
    days: Collection[DayView], chosen: Chosen, borrowed: Collection[date], request, url_of: Callable[[Chosen], str]
) -> dict[date, Cell]:
    """Return a cell for each day. One can press those on which the desk is still open and something is free.

    ``url_of`` gives the page on which other days are chosen, ``borrowed`` are days on which the reader has one already.
    """
    return {view.day: _cell(view, chosen, view.day in borrowed, request, url_of) for view in days}


def _cell(view: DayView, chosen: Chosen, borrowed: bool, request, url_of: Callable[[Chosen], str]) -> Cell:
    say = request.localizer.translate
    url = url_of(chosen.after(view.day)) if view.most else None
    words, kind = _what_is_left(view, request)
    if mine := chosen.words(view.day):
        return Cell(say(mine[0]) if url else f"{say(mine[0])}, {words}", mine[1], url)
    if borrowed:
        return Cell(f"{say(_('yours'))}, {words}" if url else say(_("yours")), "mine", url)
    return Cell(words, kind, url)


def _what_is_left(view: DayView, request) -> tuple[str, str]:
    say = request.localizer.translate
    if view.over:
        return say(_("over")), "past"
    if not view.windows:
        return say(_("closed")), "closed"
    if view.most == 0:
        return say(_("all taken")), "full"
    if view.least == 0:
        return say(_("free for a part")), ""
    return request.ngettext("${n} free", "${n} free", view.least), ""
