"""Loans as appointments: one each, from pick-up to return, the same for as long as it lives. And what is offered."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from equipment_lending.models import Loan, WaitlistEntry
from equipment_lending.queries.loans import whole_loans
from equipment_lending.terms import LoanState, WaitlistState
from portal.i18n import Words
from portal.ports.agenda import Appointment

ENDED_EARLY = frozenset({LoanState.REJECTED, LoanState.CANCELLED, LoanState.NO_SHOW})


def loans_in_diary(session: Session, person_id: UUID, since: datetime) -> list[Loan]:
    """Return the person's loans that end after ``since``, by pick-up; those that ended early are among them."""
    query = whole_loans().where(Loan.borrower_id == person_id, Loan.return_at > since)
    return list(session.scalars(query.order_by(Loan.pickup_at, Loan.id)))


def appointment(loan: Loan, words: Words) -> Appointment:
    """Return a loan as its borrower's diary shows it: what, where, and the number to say at the counter."""
    return Appointment(
        uid=f"{loan.id}@loans",
        sequence=loan.revision,
        title=contents(loan, words),
        starts_at=loan.pickup_at,
        ends_at=loan.return_at,
        zone=loan.point.zone,
        where=f"{loan.point.name}, {loan.point.place.address}",
        description=loan.number,
        path=f"/loans/{loan.id}",
        cancelled=loan.state in ENDED_EARLY,
        changed_at=max(filter(None, (loan.requested_at, loan.decided_at, loan.extended_at, loan.changed_at))),
    )


def appointments(loans: Iterable[Loan], words: Words) -> list[Appointment]:
    """Return what :func:`appointment` does for each of some loans."""
    return [appointment(loan, words) for loan in loans]


def offered(entry: WaitlistEntry, words: Words) -> Appointment:
    """Return what is kept for somebody who waits, as their diary shows it; once it no longer is, it is taken out.

    A loan that comes of it is an appointment of its own.
    """
    point, name, is_kept = entry.stock.point, words.of(entry.stock.model.name), entry.state is WaitlistState.OFFERED
    return Appointment(
        uid=f"{entry.id}@waiting",
        sequence=2 * len(entry.holds) - is_kept,  # each offer is a hold, begun and ended
        title=name if entry.units == 1 else f"{entry.units} × {name}",
        starts_at=entry.pickup_at,
        ends_at=entry.return_at,
        zone=point.zone,
        where=f"{point.name}, {point.place.address}",
        description="",
        path="/loans#waiting",
        cancelled=not is_kept,
        changed_at=entry.settled_at or entry.joined_at,
    )


def contents(loan: Loan, words: Words) -> str:
    """Return what a loan consists of: «Field recorder, 2 × Headphones»."""
    lines = sorted((words.of(line.stock.model.name), line.units) for line in loan.lines)
    return ", ".join(name if units == 1 else f"{units} × {name}" for name, units in lines)
