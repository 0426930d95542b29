"""Loans as people see them: somebody's own, one with all its parts, and what a desk has to do today."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from equipment_lending.models import Claim, Custody, EquipmentModel, Item, LendingPoint, Loan, LoanLine, Stock
from equipment_lending.rules.naming import TYPED_FOR, bare_tag
from equipment_lending.terms import ClaimKind, LoanState, Period
from portal.people.models import Membership, Person
from portal.people.queries import found_people, organisations_called

UNFETCHED = (LoanState.REQUESTED, LoanState.CONFIRMED)
CURRENT = (*UNFETCHED, LoanState.OUT)
EXTENDABLE = (LoanState.CONFIRMED, LoanState.OUT)


def whole_loans() -> Select[Loan]:
    """Return a query for loans with everything their page shows, in a constant number of statements."""
    line = selectinload(Loan.lines)
    return select(Loan).options(
        joinedload(Loan.borrower),
        joinedload(Loan.organisation),
        joinedload(Loan.point).joinedload(LendingPoint.place),
        joinedload(Loan.return_point),
        line.joinedload(LoanLine.stock).joinedload(Stock.model).joinedload(EquipmentModel.category),
        line.selectinload(LoanLine.custodies).joinedload(Custody.item),
    )


def loan(session: Session, loan_id: UUID) -> Loan | None:
    """Return a loan with its lines and custodies."""
    return session.scalar(whole_loans().where(Loan.id == loan_id))


def loan_by_number(session: Session, number: str) -> Loan | None:
    """Return the loan with the number that is said at the counter; case and spaces do not matter."""
    return session.scalar(whole_loans().where(Loan.number == number.upper().replace(" ", "")))


def loans_of(
    session: Session,
    person_id: UUID,
    organisation_ids: Collection[UUID] = (),
    states: Collection[LoanState] = (),
    *,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[Loan], int]:
    """Return ``(a page, how many in all)`` of the loans of a person or of organisations, latest first."""
    mine = or_(Loan.borrower_id == person_id, Loan.organisation_id.in_(organisation_ids))
    return _page(session, whole_loans().where(mine), states, limit, offset)


def loans_at(
    session: Session,
    slugs: frozenset[str] | None,
    states: Collection[LoanState] = (),
    *,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[Loan], int]:
    """Return ``(a page of the loans of some points, how many there are)``; ``slugs`` None means every point."""
    query = whole_loans()
    if slugs is not None:
        here = select(LendingPoint.id).where(LendingPoint.slug.in_(slugs))
        query = query.where(or_(Loan.point_id.in_(here), Loan.return_point_id.in_(here)))
    return _page(session, query, states, limit, offset)


def _page(
    session: Session, query: Select[Loan], states: Collection[LoanState], limit: int, offset: int
) -> tuple[list[Loan], int]:
    if states:
        query = query.where(Loan.state.in_(states))
    total = session.scalar(select(func.count()).select_from(query.with_only_columns(Loan.id).order_by(None).subquery()))
    page = query.order_by(Loan.pickup_at.desc(), Loan.id).limit(limit).offset(offset)
    return list(session.scalars(page)), total or 0


def open_custodies(loan: Loan) -> list[Custody]:
    """Return what of a loan is still out, by tag."""
    still_out = [custody for line in loan.lines for custody in line.custodies if custody.in_at is None]
    return sorted(still_out, key=lambda custody: custody.item.asset_tag)


@dataclass(frozen=True, slots=True)
class Away:
    """What of a loan is still out under one tag: an item, or units of a lot, which may have left one after another."""

    custodies: tuple[Custody, ...]

    @property
    def item(self) -> Item:
        return self.custodies[0].item

    @property
    def units(self) -> int:
        return sum(custody.units for custody in self.custodies)


def away(loan: Loan) -> list[Away]:
    """Return what of a loan is still out, by tag; of each, what left first comes first."""
    in_turn = sorted(open_custodies(loan), key=lambda custody: (custody.item.asset_tag, custody.out_at))
    return [Away(tuple(parts)) for _, parts in groupby(in_turn, key=lambda custody: custody.item_id)]


def units_to_hand_out(line: LoanLine) -> int:
    """Return how many units of a line have not left the desk yet."""
    return line.units - sum(custody.units for custody in line.custodies)


def is_overdue(loan: Loan, now: datetime) -> bool:
    """Is something of this loan still out past due?"""
    return any(custody.due_at < now for custody in open_custodies(loan))


def is_written_off(loan: Loan) -> bool:
    """Is this loan over with something of it that never came back?"""
    return loan.state is LoanState.CLOSED and any(custody.is_lost for line in loan.lines for custody in line.custodies)


@dataclass(frozen=True, slots=True)
class DeskDay:
    """What a desk has to do: to decide, to hand out, to take back, late, and promises that no longer hold."""

    to_decide: Sequence[Loan]
    pickups: Sequence[Loan]
    returns: Sequence[Loan]
    late: Sequence[Loan]


def desk_day(session: Session, point: LendingPoint, day: Period, now: datetime) -> DeskDay:
    """Return the work of a point on a civil day, given as the period from its midnight to the next.

    Pick-ups still waiting from earlier days come first, and so what is not back; a day to come has its own alone. A
    loan with nothing left to hand out is not a pick-up any more.
    """
    here = Loan.point_id == point.id
    back_here = Loan.return_point_id == point.id
    something_out = exists().where(Custody.line_id == LoanLine.id, LoanLine.loan_id == Loan.id, Custody.in_at.is_(None))
    late = exists().where(
        Custody.line_id == LoanLine.id, LoanLine.loan_id == Loan.id, Custody.in_at.is_(None), Custody.due_at < now
    )

    def due(at) -> ColumnElement[bool]:
        """By the end of the day; of a day to come, on that day."""
        return and_(at < day.end, at >= day.start) if day.start > now else at < day.end

    def those(*conditions, order) -> list[Loan]:
        return list(session.scalars(whole_loans().where(*conditions).order_by(order, Loan.id)))

    waiting = those(
        here, Loan.state.in_((LoanState.CONFIRMED, LoanState.OUT)), due(Loan.pickup_at), order=Loan.pickup_at
    )
    return DeskDay(
        to_decide=those(here, Loan.state == LoanState.REQUESTED, order=Loan.pickup_at),
        pickups=[loan for loan in waiting if any(units_to_hand_out(line) for line in loan.lines)],
        returns=those(back_here, something_out, ~late, due(Loan.return_at), order=Loan.return_at),
        late=those(back_here, late, order=Loan.return_at),
    )


def next_visit(session: Session, point: LendingPoint, after: datetime) -> datetime | None:
    """Return when somebody is next expected at a point, at ``after`` or later, to fetch or to bring something back."""
    fetched = select(func.min(Loan.pickup_at)).where(
        Loan.point_id == point.id, Loan.state == LoanState.CONFIRMED, Loan.pickup_at >= after
    )
    brought = (
        select(func.min(Custody.due_at))
        .join(Custody.line)
        .join(LoanLine.loan)
        .where(Loan.return_point_id == point.id, Custody.in_at.is_(None), Custody.due_at >= after)
    )
    return min(filter(None, (session.scalar(fetched), session.scalar(brought))), default=None)


def out_of_service(session: Session, point: LendingPoint, now: datetime, until: datetime | None = None) -> list[Claim]:
    """Return the maintenance at a point that is in force, or begins before ``until``, with its items, longest first."""
    return list(
        session.scalars(
            select(Claim)
            .join(Claim.stock)
            .options(joinedload(Claim.item).joinedload(Item.stock).joinedload(Stock.model))
            .where(
                Stock.point_id == point.id,
                Claim.kind == ClaimKind.MAINTENANCE,
                Claim.live,
                Claim.starts_at <= (until or now),
                Claim.ends_at > now,
            )
            .order_by(Claim.starts_at)
        )
    )


@dataclass(frozen=True, slots=True)
class Found:
    """What one field at the desk finds: people, loans and items that answer to what was typed or scanned."""

    people: Sequence[Person]
    loans: Sequence[Loan]
    items: Sequence[Item]


def find_at_desk(session: Session, text: str, *, limit: int = 10) -> Found:
    """Return who or what answers to a tag, a loan's number, a name, an address or a telephone number.

    To the name of an organisation, whoever may act for it.

    A whole tag or number wins over parts of names, so that a scan leads to one thing. Accents, the hyphens and spaces
    of a tag, and how a telephone number is spaced, do not matter.
    """
    typed = text.strip()
    if not typed:
        return Found((), (), ())
    item = item_called(session, typed)
    numbered = loan_by_number(session, typed)
    if item or numbered:
        return Found((), [numbered] if numbered else (), [item] if item else ())
    spoken_for = organisations_called(session, typed)
    officers = select(Membership.person_id).where(Membership.organisation_id.in_(spoken_for), Membership.officer)
    acting = session.scalars(select(Person).where(Person.id.in_(officers)).order_by(Person.search_text).limit(limit))
    people = list(dict.fromkeys([*found_people(session, typed, limit=limit).rows, *acting]))
    loans = session.scalars(
        whole_loans()
        .where(
            Loan.state.in_(CURRENT),
            or_(Loan.borrower_id.in_([person.id for person in people]), Loan.organisation_id.in_(spoken_for)),
        )
        .order_by(Loan.pickup_at, Loan.id)
        .limit(limit)
    ).all()
    items = session.scalars(
        _item().where(Item.asset_tag.icontains(typed, autoescape=True)).order_by(Item.asset_tag).limit(limit)
    ).all()
    return Found(people, loans, items)


def _item() -> Select[Item]:
    stock = joinedload(Item.stock)
    return select(Item).options(stock.joinedload(Stock.model), stock.joinedload(Stock.point))


def item_called(session: Session, typed: str) -> Item | None:
    """Return the item with this tag, or the only one whose tag looks like this; see :func:`bare_tag`."""
    if item := item_by_tag(session, typed):
        return item
    tag: ColumnElement[str] = func.lower(Item.asset_tag)
    for written, meant in TYPED_FOR.items():
        tag = func.replace(tag, written, meant)
    alike = session.scalars(_item().where(tag == bare_tag(typed)).limit(2)).all()
    return alike[0] if len(alike) == 1 else None


def item_by_tag(session: Session, asset_tag: str) -> Item | None:
    """Return the item with a tag; case does not matter."""
    return session.scalar(_item().where(func.lower(Item.asset_tag) == asset_tag.strip().lower()))
