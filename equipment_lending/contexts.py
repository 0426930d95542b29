"""What an address points at: loads it, or answers 404; says whose it is and at which points, for the permissions."""

from copy import copy
from functools import cached_property
from typing import Self
from uuid import UUID

from pyramid.httpexceptions import HTTPNotFound
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from equipment_lending.models import Category, EquipmentModel, Item, LendingPoint, Loan, WaitlistEntry
from equipment_lending.queries import loans, waiting
from equipment_lending.queries.layers import CITY, Subject
from portal.people.models import Person
from portal.people.queries import officer_ids
from portal.security.addresses import matched_id


class LoanContext:
    """A loan: owned by its borrower and the officers of the organisation it is for, served at its two points."""

    def __init__(self, request) -> None:
        found = loans.loan(request.db, matched_id(request, "id"))
        if found is None:
            raise HTTPNotFound()
        self.loan: Loan = found
        self.scopes = tuple({found.point.slug, found.return_point.slug})
        self._db = request.db
        self._today = found.point.day_of(request.clock.now())

    @cached_property
    def owner_ids(self) -> set[UUID]:
        organisation_id = self.loan.organisation_id
        officers = officer_ids(self._db, organisation_id, self._today) if organisation_id else set()
        return {self.loan.borrower_id, *officers}

    @property
    def at_pickup(self) -> Self:
        """The same loan, served at the point of its pick-up alone."""
        narrowed = copy(self)
        narrowed.scopes = (self.loan.point.slug,)
        return narrowed


class PickupContext(LoanContext):
    """A loan that has not left: the desk that lends it decides, not the one to which the borrower will bring it."""

    def __init__(self, request) -> None:
        super().__init__(request)
        self.scopes = (self.loan.point.slug,)


class CounterContext(LoanContext):
    """A loan on the page that both its desks see; what is decided there before it leaves is for the one that lends."""

    BEFORE_IT_LEAVES = frozenset({"confirm", "reject", "withdraw", "no_show"})

    def __init__(self, request) -> None:
        super().__init__(request)
        if not self.BEFORE_IT_LEAVES.isdisjoint(request.params):
            self.scopes = (self.loan.point.slug,)


class ReturnContext(LoanContext):
    """A loan that comes back: whoever serves at any desk may take it, whichever point it was promised to."""

    def __init__(self, request) -> None:
        super().__init__(request)
        self.scopes = ()


class WaitingContext:
    """A place in line, of whoever waits there."""

    def __init__(self, request) -> None:
        found = waiting.entry(request.db, matched_id(request, "id"))
        if found is None:
            raise HTTPNotFound()
        self.entry: WaitlistEntry = found
        self.owner_ids = (found.person_id,)


class ModelContext:
    """A model of the catalogue."""

    def __init__(self, request) -> None:
        self.model: EquipmentModel = _one(
            request.db,
            select(EquipmentModel)
            .options(joinedload(EquipmentModel.category))
            .where(EquipmentModel.slug == request.matchdict["slug"]),
        )

    @property
    def subject(self) -> Subject:
        return Subject(model_id=self.model.id)


class CityContext:
    """All that is lent, as far as rules go."""

    subject = CITY

    def __init__(self, request) -> None:
        """Nothing to load."""


class CategoryContext:
    """A shelf of the catalogue."""

    def __init__(self, request) -> None:
        self.category: Category = _one(request.db, select(Category).where(Category.slug == request.matchdict["slug"]))

    @property
    def subject(self) -> Subject:
        return Subject(category_id=self.category.id)


class ModelAtPointContext(ModelContext):
    """A model at one point, which is the scope of that desk's roles."""

    def __init__(self, request) -> None:
        super().__init__(request)
        at_point = select(LendingPoint).where(LendingPoint.slug == request.matchdict["point"])
        self.point: LendingPoint = _one(request.db, at_point)
        self.scopes = (self.point.slug,)

    @property
    def subject(self) -> Subject:
        return Subject(model_id=self.model.id, point_id=self.point.id)


class PointContext:
    """A lending point, which is also the scope of its desk's roles."""

    def __init__(self, request) -> None:
        self.point: LendingPoint = _one(
            request.db,
            select(LendingPoint)
            .options(joinedload(LendingPoint.place))
            .where(LendingPoint.slug == request.matchdict["slug"]),
        )
        self.scopes = (self.point.slug,)

    @property
    def subject(self) -> Subject:
        return Subject(point_id=self.point.id)


class BorrowerContext(PointContext):
    """Somebody who stands at the desk of a point and wants to borrow."""

    def __init__(self, request) -> None:
        super().__init__(request)
        still_here = select(Person).where(Person.id == matched_id(request, "person"), Person.erased_at.is_(None))
        self.borrower: Person = _one(request.db, still_here)


class ItemContext:
    """An item by its tag, served at the point where it is."""

    def __init__(self, request) -> None:
        found = loans.item_by_tag(request.db, request.matchdict["tag"])
        if found is None:
            raise HTTPNotFound()
        self.item: Item = found
        self.scopes = (found.stock.point.slug,)


def _one(session, query):
    found = session.scalar(query)
    if found is None:
        raise HTTPNotFound()
    return found
