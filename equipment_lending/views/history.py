"""What happened to a loan, in a few words each, as its borrower and the desk read it."""

from collections.abc import Iterator
from datetime import datetime

from equipment_lending.models import Loan
from equipment_lending.terms import LoanState
from portal.i18n import _

AGREED = (LoanState.CONFIRMED, LoanState.OUT, LoanState.CLOSED)
DECIDED = dict.fromkeys(AGREED, _("Confirmed by the desk")) | {
    LoanState.REJECTED: _("Declined"),
    LoanState.CANCELLED: _("Cancelled"),
    LoanState.NO_SHOW: _("Not picked up"),
}


def history(loan: Loan, request) -> list[tuple[datetime, str]]:
    """Return what happened to the loan, each an instant with a few words, the earliest first."""
    return sorted(_events(loan, request), key=lambda event: event[0])


def _events(loan: Loan, request) -> Iterator[tuple[datetime, str]]:
    say, words = request.localizer.translate, request.words
    yield loan.requested_at, say(_("Asked for by ${name}"), mapping={"name": loan.requested_by.name})
    if loan.decided_at and loan.state in DECIDED:
        told = loan.reason if loan.state not in AGREED else ""  # why the desk made an exception is its own note
        reason = f"{words.colon}{told}" if told else ""
        yield loan.decided_at, say(DECIDED[loan.state]) + reason
    if loan.decided_at is None and loan.state in AGREED:
        yield loan.requested_at, say(_("Confirmed at once, since nobody has to approve it"))
    if loan.extended_at:
        until = words.datetime(loan.return_at, loan.return_point.zone)
        yield loan.extended_at, say(_("Made longer, until ${when}"), mapping={"when": until})
    if loan.changed_at:
        yield loan.changed_at, say(_("Given other times or another point by the desk"))
    for custody in (custody for line in loan.lines for custody in line.custodies):
        units = f" × {custody.units}" if custody.units > 1 else ""
        item = {"item": custody.item.asset_tag + units, "name": words.of(custody.line.stock.model.name)}
        yield custody.out_at, say(_("${name} (${item}) handed out"), mapping=item)
        if custody.in_at:
            ended = _("${name} (${item}) written off") if custody.is_lost else _("${name} (${item}) brought back")
            lacking = say(_("missing: ${parts}"), mapping={"parts": ", ".join(custody.missing)})
            yield custody.in_at, say(ended, mapping=item) + (f"; {lacking}" if custody.missing else "")
