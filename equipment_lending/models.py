"""What lending remembers: points and their hours, the fleet, loans, and the claims that occupy equipment."""

from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, column_property, declared_attr, mapped_column, relationship

from equipment_lending.terms import (
    Approval,
    ClaimKind,
    ClosedDays,
    Condition,
    DayKind,
    LoanState,
    Period,
    ServiceState,
    WaitlistState,
)
from portal.db.guards import guard
from portal.db.row import Row, Translated, Versioned, vocabulary
from portal.people.models import Organisation, Person
from portal.places.models import Place


class LendingPoint(Versioned, Row):
    """A desk of a neighbourhood centre that lends: where it is, in which zone its clock runs, how much it can take on.

    ``lead_days`` are working days between request and pick-up; ``max_visits`` limits the visits in one opening window.
    """

    __tablename__ = "lending_point"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    zone: Mapped[str]
    lead_days: Mapped[int] = mapped_column(default=0)
    max_visits: Mapped[int | None]
    observes_holidays: Mapped[bool] = mapped_column(default=True)
    email: Mapped[str | None]
    phone: Mapped[str | None]
    notice: Mapped[str | None]

    place: Mapped[Place] = relationship()
    windows: Mapped[list["OpeningWindow"]] = relationship(
        back_populates="point", cascade="all, delete-orphan", order_by="(OpeningWindow.weekday, OpeningWindow.opens)"
    )
    exceptions: Mapped[list["OpeningException"]] = relationship(
        back_populates="point", cascade="all, delete-orphan", order_by="OpeningException.first_day"
    )

    def day_of(self, instant: datetime) -> date:
        """Return the civil day of an instant at this point."""
        return instant.astimezone(ZoneInfo(self.zone)).date()


class OpeningWindow(Row):
    """Every ``weekday`` (Monday is 0) the desk opens from ``opens`` to ``closes``, wall clock; 00:00 is midnight."""

    __tablename__ = "lending_opening_window"
    __table_args__ = (CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),)

    point_id: Mapped[UUID] = mapped_column(ForeignKey("lending_point.id"), index=True)
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]

    point: Mapped[LendingPoint] = relationship(back_populates="windows")


class OpeningException(Row):
    """From ``first_day`` to ``last_day``, both included, the desk is closed, open at other hours, or preparing."""

    __tablename__ = "lending_opening_exception"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="in_order"),
        CheckConstraint("(kind = 'open') = (opens IS NOT NULL AND closes IS NOT NULL)", name="hours_when_open"),
    )

    point_id: Mapped[UUID] = mapped_column(ForeignKey("lending_point.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    kind: Mapped[DayKind]
    opens: Mapped[time | None]
    closes: Mapped[time | None]
    note: Mapped[str | None]

    point: Mapped[LendingPoint] = relationship(back_populates="exceptions")


class Category(Row):
    """A shelf of the catalogue; ``icon`` names one of the portal's line icons."""

    __tablename__ = "lending_category"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[dict] = mapped_column(Translated)
    icon: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)


class ModelPhoto(Row):
    """A photo of a model: its ``key`` among the media, and what it shows, for those who do not see it.

    ``position`` counts from 0; the first is the picture of the model wherever there is room for one only.
    """

    __tablename__ = "lending_photo"
    __table_args__ = (UniqueConstraint("model_id", "position"), CheckConstraint("position >= 0", name="position"))

    model_id: Mapped[UUID] = mapped_column(ForeignKey("lending_model.id"))
    position: Mapped[int]
    key: Mapped[str]
    text: Mapped[dict] = mapped_column(Translated)

    model: Mapped["EquipmentModel"] = relationship(back_populates="photos")


class EquipmentModel(Versioned, Row):
    """A sheet of the catalogue: what a borrower asks for. ``accessories`` lists what must come back with each item.

    ``replacement_value`` is in cents of euro. Who changes its photos locks it.
    """

    __tablename__ = "lending_model"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[dict] = mapped_column(Translated)
    description: Mapped[dict] = mapped_column(Translated)
    notice: Mapped[dict] = mapped_column(Translated, default=dict)
    category_id: Mapped[UUID] = mapped_column(ForeignKey("lending_category.id"), index=True)
    accessories: Mapped[list] = mapped_column(default=list)
    replacement_value: Mapped[int | None]

    category: Mapped[Category] = relationship()
    stocks: Mapped[list["Stock"]] = relationship(back_populates="model")
    photos: Mapped[list[ModelPhoto]] = relationship(
        back_populates="model", cascade="all, delete-orphan", order_by=ModelPhoto.position
    )

    @declared_attr
    def picture(cls) -> Mapped[str | None]:  # noqa: N805 (a class, as SQLAlchemy asks)
        """The key of the first photo, read with the model, so that a list of models needs no other statement."""
        first = select(ModelPhoto.key).where(ModelPhoto.model_id == cls.id, ModelPhoto.position == 0)
        return column_property(first.scalar_subquery())


class Stock(Versioned, Row):
    """The items of one model at one point: what a decision about availability locks."""

    __tablename__ = "lending_stock"
    __table_args__ = (UniqueConstraint("model_id", "point_id"),)

    model_id: Mapped[UUID] = mapped_column(ForeignKey("lending_model.id"))
    point_id: Mapped[UUID] = mapped_column(ForeignKey("lending_point.id"), index=True)

    model: Mapped[EquipmentModel] = relationship(back_populates="stocks")
    point: Mapped[LendingPoint] = relationship()
    items: Mapped[list["Item"]] = relationship(back_populates="stock")


class Item(Row):
    """A thing with a tag. ``units`` above 1 is a lot under one tag; a part of a sealed kit is not lent alone."""

    __tablename__ = "lending_item"
    __table_args__ = (CheckConstraint("units >= 1", name="units"),)

    asset_tag: Mapped[str]
    stock_id: Mapped[UUID] = mapped_column(ForeignKey("lending_stock.id"), index=True)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("lending_item.id"), index=True)
    units: Mapped[int] = mapped_column(default=1)
    serial: Mapped[str | None]
    condition: Mapped[Condition] = mapped_column(default=Condition.GOOD)
    condition_note: Mapped[str | None]
    service_state: Mapped[ServiceState] = mapped_column(default=ServiceState.IN_SERVICE)
    state_reason: Mapped[str | None]
    owner: Mapped[str]
    insurer: Mapped[str]
    maintainer: Mapped[str]

    stock: Mapped[Stock] = relationship(back_populates="items")
    parent: Mapped["Item | None"] = relationship(remote_side="Item.id", back_populates="parts")
    parts: Mapped[list["Item"]] = relationship(back_populates="parent")


_ONE_PER_TAG = ("CREATE UNIQUE INDEX lending_item_tag ON lending_item (lower(asset_tag))",)
guard(Item, sqlite=_ONE_PER_TAG, postgresql=_ONE_PER_TAG)


class PolicyLayer(Row):
    """Lending rules that hold for a category, a model, a point, a model at a point, or (nothing named) everywhere.

    A field that is None leaves the question to the less specific layer; see ``equipment_lending.rules.policy``.
    """

    __tablename__ = "lending_policy"
    __table_args__ = (
        CheckConstraint("category_id IS NULL OR (model_id IS NULL AND point_id IS NULL)", name="one_subject"),
    )

    category_id: Mapped[UUID | None] = mapped_column(ForeignKey("lending_category.id"))
    model_id: Mapped[UUID | None] = mapped_column(ForeignKey("lending_model.id"))
    point_id: Mapped[UUID | None] = mapped_column(ForeignKey("lending_point.id"))
    min_minutes: Mapped[int | None]
    max_days: Mapped[int | None]
    horizon_days: Mapped[int | None]
    lead_days: Mapped[int | None]
    buffer_before_minutes: Mapped[int | None]
    buffer_after_minutes: Mapped[int | None]
    whole_days: Mapped[bool | None]
    approval: Mapped[Approval | None]
    max_units_per_person: Mapped[int | None]
    max_days_in_period: Mapped[int | None]
    fair_use_period_days: Mapped[int | None]
    closed_days: Mapped[ClosedDays | None]
    span_closed: Mapped[bool | None]
    no_show_grace_minutes: Mapped[int | None]
    requires: Mapped[list | None]


guard(
    PolicyLayer,
    sqlite=(
        "CREATE UNIQUE INDEX lending_policy_subject ON lending_policy "
        "(coalesce(category_id, ''), coalesce(model_id, ''), coalesce(point_id, ''))",
    ),
    postgresql=(
        "ALTER TABLE lending_policy ADD CONSTRAINT lending_policy_subject "
        "UNIQUE NULLS NOT DISTINCT (category_id, model_id, point_id)",
    ),
)


class Loan(Versioned, Row):
    """A loan from request to return. Lines say what was agreed, claims what it occupies, custodies what is out.

    ``number`` is what people say at the counter. What nobody had to decide on has no ``decided_at``; ``extended_at`` is
    when it was last made longer, ``changed_at`` when the desk last gave it other times or points. ``kept_for`` names
    the case of changed hours in which the desk decided to keep it as it is. ``revision`` rises with each change, for
    calendars.
    """

    __tablename__ = "lending_loan"
    __table_args__ = (CheckConstraint("pickup_at < return_at", name="in_order"),)

    number: Mapped[str] = mapped_column(unique=True)
    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("lending_point.id"))
    return_point_id: Mapped[UUID] = mapped_column(ForeignKey("lending_point.id"))
    pickup_at: Mapped[datetime]
    return_at: Mapped[datetime]
    state: Mapped[LoanState]
    purpose: Mapped[str]
    project: Mapped[str | None]
    reason: Mapped[str | None]
    requested_at: Mapped[datetime]
    requested_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    extended_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    kept_for: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=0)

    borrower: Mapped[Person] = relationship(foreign_keys=[borrower_id])
    organisation: Mapped[Organisation | None] = relationship()
    point: Mapped[LendingPoint] = relationship(foreign_keys=[point_id])
    return_point: Mapped[LendingPoint] = relationship(foreign_keys=[return_point_id])
    requested_by: Mapped[Person] = relationship(foreign_keys=[requested_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    lines: Mapped[list["LoanLine"]] = relationship(back_populates="loan", cascade="all, delete-orphan")

    @property
    def period(self) -> Period:
        return Period(self.pickup_at, self.return_at)


Index("ix_lending_loan_desk_out", Loan.point_id, Loan.state, Loan.pickup_at)
Index("ix_lending_loan_desk_in", Loan.return_point_id, Loan.state, Loan.return_at)


class LoanLine(Row):
    """So many units of one stock, for a loan."""

    __tablename__ = "lending_loan_line"
    __table_args__ = (UniqueConstraint("loan_id", "stock_id"), CheckConstraint("units >= 1", name="units"))

    loan_id: Mapped[UUID] = mapped_column(ForeignKey("lending_loan.id"))
    stock_id: Mapped[UUID] = mapped_column(ForeignKey("lending_stock.id"), index=True)
    units: Mapped[int]

    loan: Mapped[Loan] = relationship(back_populates="lines")
    stock: Mapped[Stock] = relationship()
    claims: Mapped[list["Claim"]] = relationship(back_populates="line", cascade="all, delete-orphan")
    custodies: Mapped[list["Custody"]] = relationship(back_populates="line", cascade="all, delete-orphan")


class WaitlistEntry(Row):
    """Somebody's wish for units of a stock that had not enough of them, and how it stands.

    Their turn follows from ``joined_at`` and ``id``, which never change; the rest is what they would ask for. The stock
    is locked to decide on it. The database refuses somebody who waits for one thing twice at the same time.
    """

    __tablename__ = "lending_waitlist_entry"
    __table_args__ = (
        CheckConstraint("pickup_at < return_at", name="in_order"),
        CheckConstraint("units >= 1", name="units"),
        CheckConstraint("state <> 'offered' OR offer_until IS NOT NULL", name="offer_ends"),
        Index(
            "ix_lending_waitlist_line",
            "stock_id",
            "joined_at",
            sqlite_where=text("state IN ('waiting', 'offered')"),
            postgresql_where=text("state IN ('waiting', 'offered')"),
        ),
    )

    stock_id: Mapped[UUID] = mapped_column(ForeignKey("lending_stock.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    return_point_id: Mapped[UUID] = mapped_column(ForeignKey("lending_point.id"))
    units: Mapped[int]
    pickup_at: Mapped[datetime]
    return_at: Mapped[datetime]
    purpose: Mapped[str]
    project: Mapped[str | None]
    joined_at: Mapped[datetime]
    state: Mapped[WaitlistState] = mapped_column(default=WaitlistState.WAITING)
    offer_until: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]

    stock: Mapped[Stock] = relationship()
    person: Mapped[Person] = relationship()
    return_point: Mapped[LendingPoint] = relationship()
    holds: Mapped[list["Claim"]] = relationship(back_populates="entry")

    @property
    def period(self) -> Period:
        return Period(self.pickup_at, self.return_at)


_WAITS_TWICE = (
    "SELECT RAISE(ABORT, 'lending_waitlist_twice') FROM lending_waitlist_entry AS other "
    "WHERE other.person_id = new.person_id AND other.stock_id = new.stock_id AND other.id <> new.id "
    "AND other.state IN ('waiting', 'offered') "
    "AND other.pickup_at < new.return_at AND new.pickup_at < other.return_at"
)
guard(
    WaitlistEntry,
    postgresql=(
        "ALTER TABLE lending_waitlist_entry ADD CONSTRAINT lending_waitlist_twice EXCLUDE USING gist "
        "(person_id WITH =, stock_id WITH =, tstzrange(pickup_at, return_at) WITH &&) "
        "WHERE (state IN ('waiting', 'offered'))",
    ),
    sqlite=tuple(
        f"CREATE TRIGGER lending_waitlist_twice_{act.lower()} BEFORE {act} ON lending_waitlist_entry "
        f"WHEN new.state IN ('waiting', 'offered') BEGIN {_WAITS_TWICE}; END"
        for act in ("INSERT", "UPDATE")
    ),
)


class Claim(Row):
    """The only thing that occupies equipment: units of a stock for a period, buffers included.

    Not bound to an item (``item_id`` None) until check-out, save for maintenance; what is not ``live`` is history.
    Names its owner: the loan line, the item under maintenance, or whom it is held for on the waiting list. The database
    refuses two live claims bound to one tagged item at one instant, and two that hold something for the same person's
    turn.
    """

    __tablename__ = "lending_claim"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="in_order"),
        CheckConstraint("units >= 1", name="units"),
        CheckConstraint("(kind = 'loan') = (line_id IS NOT NULL)", name="owner"),
        CheckConstraint("(kind = 'hold') = (entry_id IS NOT NULL)", name="held_for"),
        CheckConstraint("kind <> 'maintenance' OR item_id IS NOT NULL", name="maintenance_of_an_item"),
        CheckConstraint("kind <> 'hold' OR item_id IS NULL", name="hold_of_no_item"),
        Index(
            "ix_lending_claim_window",
            "stock_id",
            "ends_at",
            "starts_at",
            "units",
            sqlite_where=text("live = 1"),
            postgresql_where=text("live"),
        ),
        Index(
            "uq_lending_claim_held_once",
            "entry_id",
            unique=True,
            sqlite_where=text("live = 1 AND entry_id IS NOT NULL"),
            postgresql_where=text("live AND entry_id IS NOT NULL"),
        ),
        Index("ix_lending_claim_times", "ends_at", sqlite_where=text("live = 1"), postgresql_where=text("live")),
    )

    stock_id: Mapped[UUID] = mapped_column(ForeignKey("lending_stock.id"))
    line_id: Mapped[UUID | None] = mapped_column(ForeignKey("lending_loan_line.id"), index=True)
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("lending_waitlist_entry.id"), index=True)
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("lending_item.id"), index=True)
    lot: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[ClaimKind]
    units: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    live: Mapped[bool] = mapped_column(default=True)
    reason: Mapped[str | None]

    line: Mapped[LoanLine | None] = relationship(back_populates="claims")
    entry: Mapped[WaitlistEntry | None] = relationship(back_populates="holds")
    item: Mapped[Item | None] = relationship()
    stock: Mapped[Stock] = relationship()

    @property
    def period(self) -> Period:
        return Period(self.starts_at, self.ends_at)


_MEETS = (
    "SELECT RAISE(ABORT, 'lending_claim_item_taken') FROM lending_claim AS other WHERE other.item_id = new.item_id "
    "AND other.live AND NOT other.lot AND other.id <> new.id "
    "AND other.starts_at < new.ends_at AND new.starts_at < other.ends_at"
)
guard(
    Claim,
    postgresql=(
        "ALTER TABLE lending_claim ADD CONSTRAINT lending_claim_item_taken EXCLUDE USING gist "
        "(item_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (live AND item_id IS NOT NULL AND NOT lot)",
    ),
    sqlite=(
        "CREATE TRIGGER lending_claim_item_taken_insert BEFORE INSERT ON lending_claim "
        f"WHEN new.live AND new.item_id IS NOT NULL AND NOT new.lot BEGIN {_MEETS}; END",
        "CREATE TRIGGER lending_claim_item_taken_update BEFORE UPDATE ON lending_claim "
        f"WHEN new.live AND new.item_id IS NOT NULL AND NOT new.lot BEGIN {_MEETS}; END",
    ),
)


class Custody(Row):
    """Physical truth: an item (or units of a lot) left the desk, and perhaps came back."""

    __tablename__ = "lending_custody"
    __table_args__ = (
        CheckConstraint("in_at IS NULL OR out_at <= in_at", name="in_order"),
        Index(
            "uq_lending_custody_open",
            "item_id",
            unique=True,
            sqlite_where=text("in_at IS NULL AND NOT lot"),
            postgresql_where=text("in_at IS NULL AND NOT lot"),
        ),
        Index(
            "ix_lending_custody_due",
            "due_at",
            sqlite_where=text("in_at IS NULL"),
            postgresql_where=text("in_at IS NULL"),
        ),
    )

    line_id: Mapped[UUID] = mapped_column(ForeignKey("lending_loan_line.id"), index=True)
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("lending_claim.id"), unique=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("lending_item.id"), index=True)
    lot: Mapped[bool] = mapped_column(default=False)
    units: Mapped[int]
    out_at: Mapped[datetime]
    due_at: Mapped[datetime]
    out_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    out_note: Mapped[str | None]
    condition_out: Mapped[Condition]
    in_at: Mapped[datetime | None]
    in_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    in_point_id: Mapped[UUID | None] = mapped_column(ForeignKey("lending_point.id"))
    condition_in: Mapped[Condition | None] = mapped_column(vocabulary(Condition, "condition_in"))
    missing: Mapped[list] = mapped_column(default=list)
    in_note: Mapped[str | None]

    line: Mapped[LoanLine] = relationship(back_populates="custodies")
    claim: Mapped[Claim] = relationship()
    item: Mapped[Item] = relationship()

    @property
    def is_lost(self) -> bool:
        """Was it written off, which ends a custody without anything coming back to a desk?"""
        return self.in_at is not None and self.condition_in is None


def includeme(_config) -> None:
    """The tables exist by being imported."""
