"""Our answers to the kernel's questions: somebody's loans in a diary, what is kept about them, figures, scopes."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import joinedload

from equipment_lending.models import (
    Claim,
    Custody,
    EquipmentModel,
    Item,
    LendingPoint,
    Loan,
    LoanLine,
    ModelPhoto,
    Stock,
    WaitlistEntry,
)
from equipment_lending.queries import catalogue, waiting
from equipment_lending.queries.agenda import appointment, contents, loans_in_diary
from equipment_lending.queries.figures import loans_so_far, units_lent
from equipment_lending.queries.loans import CURRENT, open_custodies, whole_loans
from equipment_lending.rules.condition import noted
from equipment_lending.services.indexing import index_model, index_point
from equipment_lending.services.waitlist import Waitlist
from equipment_lending.terms import ClaimKind
from portal.i18n import _
from portal.index.services import PublicIndex
from portal.media.images import key_of
from portal.ports.agenda import Agenda, Appointment
from portal.ports.figures import Figure, Figures, LoopStep
from portal.ports.file_use import FileUse
from portal.ports.personal_data import PersonalData
from portal.ports.publications import Publications
from portal.ports.scopes import RoleScopes, Scope


def includeme(config) -> None:
    config.answer(Agenda, LoanDiary)
    config.answer(PersonalData, LoanData)
    config.answer(Figures, LendingFigures)
    config.answer(RoleScopes, PointScopes)
    config.answer(Publications, LendingPublications)
    config.answer(FileUse, PhotoFiles)


class LoanDiary:
    """Somebody's loans, each from pick-up to return."""

    def __init__(self, request) -> None:
        self._session = request.db
        self._words = request.words

    def appointments(self, person_id: UUID, since: datetime) -> list[Appointment]:
        return [appointment(loan, self._words) for loan in loans_in_diary(self._session, person_id, since)]


class LoanData:
    """The loans somebody asked for or waits for, and what they wrote in them."""

    def __init__(self, request) -> None:
        self._session = request.db
        self._request = request

    def export(self, person_id: UUID) -> dict[str, Any]:
        return {
            "loans": [self._exported(loan) for loan in self._loans(person_id)],
            "waiting_list": [_waited(one) for one in self._waits(person_id)],
        }

    def _exported(self, loan: Loan) -> dict[str, Any]:
        return {
            "number": loan.number,
            "state": loan.state.value,
            "organisation": loan.organisation.name if loan.organisation else None,
            "point": loan.point.name,
            "return_point": loan.return_point.name,
            "pickup_at": loan.pickup_at.isoformat(),
            "return_at": loan.return_at.isoformat(),
            "requested_at": loan.requested_at.isoformat(),
            "decided_at": _iso(loan.decided_at),
            "extended_at": _iso(loan.extended_at),
            "changed_at": _iso(loan.changed_at),
            "purpose": loan.purpose,
            "project": loan.project,
            "reason": loan.reason,
            "lines": [{"equipment": line.stock.model.slug, "units": line.units} for line in loan.lines],
            "items": [_handed_out(custody) for line in loan.lines for custody in line.custodies],
        }

    def hindrances(self, person_id: UUID) -> list[str]:
        """Return what is out or promised: both need somebody who can be reached."""
        say = self._request.localizer.translate
        said = []
        for loan in self._loans(person_id):
            values = {"number": loan.number, "contents": contents(loan, self._request.words)}
            if open_custodies(loan):
                said.append(say(_("Loan ${number} (${contents}) is still out: bring it back first."), mapping=values))
            elif loan.state in CURRENT:
                said.append(say(_("Loan ${number} (${contents}) is still to come: cancel it first."), mapping=values))
        return said

    def erase(self, person_id: UUID, at: datetime) -> None:
        """Forget what was written in their loans; which equipment was lent when stays, under the bare id.

        They wait for nothing any more: what is held for them goes to whoever is next.

        What a desk wrote as they brought something back was copied to the item and to its maintenance. There only the
        parts that lacked stay, of those that the model is known to have: they are about the thing; nothing stays of why
        something was written off. What the desk wrote of the thing at another time stays.
        """
        self._request.find_service(Waitlist).leave_all(person_id)
        theirs = select(Loan.id).where(Loan.borrower_id == person_id)
        lines = select(LoanLine.id).where(LoanLine.loan_id.in_(theirs))
        self._cut_loose(lines)
        for change in (
            update(Loan).where(Loan.borrower_id == person_id).values(purpose="", project=None, reason=None),
            update(Claim).where(Claim.line_id.in_(lines)).values(reason=None),
            update(Custody).where(Custody.line_id.in_(lines)).values(out_note=None, in_note=None, missing=[]),
            update(WaitlistEntry).where(WaitlistEntry.person_id == person_id).values(purpose="", project=None),
        ):
            self._session.execute(change, execution_options={"synchronize_session": "fetch"})

    def _waits(self, person_id: UUID) -> list[WaitlistEntry]:
        return list(self._session.scalars(waiting.entries().where(WaitlistEntry.person_id == person_id)))

    def _cut_loose(self, lines: Select[UUID]) -> None:
        """Leave on things, of what was noted of them as these lines came back, only what is about the thing."""
        things = joinedload(Custody.item).joinedload(Item.stock).joinedload(Stock.model)
        back = select(Custody).options(things).where(Custody.line_id.in_(lines), Custody.in_at.is_not(None))
        for custody in self._session.scalars(back):
            item = custody.item
            if (said := noted(custody.missing, custody.in_note)) is None:
                continue
            known = {*item.stock.model.accessories, *(part.asset_tag for part in item.parts)}
            left = noted((part for part in custody.missing if part in known), None)
            if item.condition_note == said:
                item.condition_note = left
            if custody.is_lost and item.state_reason == said:
                item.state_reason = None
            ours = (Claim.item_id == item.id, Claim.kind == ClaimKind.MAINTENANCE, Claim.reason == said)
            self._session.execute(update(Claim).where(*ours).values(reason=left or custody.condition_in))

    def _loans(self, person_id: UUID) -> list[Loan]:
        theirs = whole_loans().where(Loan.borrower_id == person_id)
        return list(self._session.scalars(theirs.order_by(Loan.pickup_at, Loan.id)))


def _waited(one: WaitlistEntry) -> dict[str, Any]:
    return {
        "equipment": one.stock.model.slug,
        "units": one.units,
        "point": one.stock.point.name,
        "pickup_at": one.pickup_at.isoformat(),
        "return_at": one.return_at.isoformat(),
        "joined_at": one.joined_at.isoformat(),
        "offer_until": _iso(one.offer_until),
        "settled_at": _iso(one.settled_at),
        "state": one.state.value,
        "purpose": one.purpose,
        "project": one.project,
    }


def _handed_out(custody: Custody) -> dict[str, Any]:
    return {
        "item": custody.item.asset_tag,
        "units": custody.units,
        "out_at": custody.out_at.isoformat(),
        "due_at": custody.due_at.isoformat(),
        "in_at": _iso(custody.in_at),
        "condition_out": custody.condition_out,
        "condition_in": custody.condition_in,
        "note_out": custody.out_note,
        "note_in": custody.in_note,
        "missing": custody.missing,
        "written_off": custody.is_lost,
    }


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


class LendingFigures:
    """What the home page says of borrowing."""

    def __init__(self, request) -> None:
        self._request = request

    def figures(self) -> list[Figure]:
        points = len(catalogue.points(self._request.db))
        if not points:
            return []
        units, loans = units_lent(self._request.db), loans_so_far(self._request.db)
        ngettext, number, path = self._request.ngettext, self._request.words.number, self._request.route_path
        return [
            Figure(
                LoopStep.BORROW,
                ngettext("${count} item to borrow", "${count} items to borrow", units, count=number(units)),
                path("lending.catalogue"),
            ),
            Figure(
                LoopStep.BORROW,
                ngettext("at ${n} lending point", "at ${n} lending points", points),
                path("lending.points"),
            ),
            Figure(
                LoopStep.BORROW,
                ngettext("${count} loan so far", "${count} loans so far", loans, count=number(loans)),
                path("lending.catalogue"),
            ),
        ]


class PointScopes:
    """A desk's role is held at a lending point."""

    def __init__(self, request) -> None:
        self._session = request.db

    def scopes(self) -> list[Scope]:
        rows = self._session.execute(select(LendingPoint.slug, LendingPoint.name).order_by(LendingPoint.name))
        return [Scope(slug, name) for slug, name in rows]


class LendingPublications:
    """Every model and every point is public."""

    def __init__(self, request) -> None:
        self._session = request.db
        self._index = request.find_service(PublicIndex)

    def publish(self) -> None:
        for model in self._session.scalars(select(EquipmentModel)):
            index_model(self._index, model)
        for point in self._session.scalars(select(LendingPoint)):
            index_point(self._index, point)


class PhotoFiles:
    """The photos of models, in all their sizes."""

    def __init__(self, request) -> None:
        self._session = request.db

    def needed(self, names: Collection[str]) -> set[str]:
        asked = select(ModelPhoto.key).where(ModelPhoto.key.in_({key_of(name) for name in names}))
        shown = set(self._session.scalars(asked))
        return {name for name in names if key_of(name) in shown}
