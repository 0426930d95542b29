"""Believable lending points, models and items. Each function gives one thing, flushed."""

from datetime import datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from sqlalchemy import select

from equipment_lending.models import (
    Category,
    Claim,
    Custody,
    EquipmentModel,
    Item,
    LendingPoint,
    Loan,
    LoanLine,
    OpeningWindow,
    PolicyLayer,
    Stock,
    WaitlistEntry,
)
from equipment_lending.services.indexing import index_model, index_point
from equipment_lending.terms import ClaimKind, LoanState, Period, WaitlistState
from portal.clock import StoppedClock
from portal.index.services import PublicIndex
from portal.places.models import place
from tests.conftest import NOW
from tests.factories import people

_number = count(1)
PARIS = ZoneInfo("Europe/Paris")
EVERY_DAY = tuple((weekday, time(8), time(20)) for weekday in range(7))
ROUND_THE_CLOCK = tuple((weekday, time(0), time(0)) for weekday in range(7))
TUESDAY_TO_SATURDAY = tuple((weekday, time(10), time(18)) for weekday in (1, 2, 3, 4, 5))


def instant(wall: str) -> datetime:
    """Return the instant at which clocks in Brest show ``wall``, as ``2026-10-22T14:00``."""
    return datetime.fromisoformat(wall).replace(tzinfo=PARIS)


def period(start: str, end: str) -> Period:
    return Period(instant(start), instant(end))


def _kept(session, row):
    session.add(row)
    session.flush()
    return row


def point(session, *, windows=EVERY_DAY, **given) -> LendingPoint:
    """A point open from 8 to 20 every day, holidays included, unless told otherwise."""
    slug = given.pop("slug", f"lambezellec-{next(_number)}")
    where = _kept(
        session, place("Maison de quartier de Lambézellec", "4 rue de Roscoff, Brest", -4.4894, 48.4103, "Lambézellec")
    )
    row = LendingPoint(
        **{"slug": slug, "name": "Maison de quartier de Lambézellec", "place_id": where.id, "zone": "Europe/Paris"}
        | {"observes_holidays": False}
        | given
    )
    row.windows = [OpeningWindow(weekday=day, opens=opens, closes=closes) for day, opens, closes in windows]
    return _kept(session, row)


def category(session, **given) -> Category:
    slug = given.pop("slug", f"son-{next(_number)}")
    return _kept(
        session, Category(**{"slug": slug, "name": {"fr": "Son", "en": "Sound"}, "icon": "microphone"} | given)
    )


def model(session, **given) -> EquipmentModel:
    """A field recorder."""
    given.setdefault("category_id", None)
    if given["category_id"] is None:
        given["category_id"] = category(session).id
    slug = given.pop("slug", f"enregistreur-{next(_number)}")
    return _kept(
        session,
        EquipmentModel(
            **{
                "slug": slug,
                "name": {"fr": "Enregistreur de terrain", "en": "Field recorder"},
                "description": {"fr": "Deux micros en XY.", "en": "Two microphones in XY."},
                "accessories": ["bonnette", "carte de 64 Go"],
                "replacement_value": 24_000,
            }
            | given
        ),
    )


def stock(
    session, *, units: int = 1, at: LendingPoint | None = None, of: EquipmentModel | None = None, lot: bool = False
):
    """A stock of ``units`` items (or one lot of so many units) of a model at a point."""
    row = _kept(session, Stock(model_id=(of or model(session)).id, point_id=(at or point(session)).id))
    for _ in range(1 if lot else units):
        item(session, row, units=units if lot else 1)
    session.refresh(row)
    return row


def item(session, at: Stock, **given) -> Item:
    tag = given.pop("asset_tag", f"BR-{next(_number):04}")
    return _kept(
        session,
        Item(
            **{
                "asset_tag": tag,
                "stock_id": at.id,
                "owner": "Ville de Brest",
                "insurer": "Ville de Brest",
                "maintainer": "Service internet et expression multimédia",
            }
            | given
        ),
    )


def policy(session, **given) -> PolicyLayer:
    """A layer of lending rules; says only what it is given."""
    return _kept(session, PolicyLayer(**given))


def loan(session, of: Stock, start: str, end: str, *, units: int = 1, borrower=None, **given) -> Loan:
    """A confirmed loan of ``units`` from wall clock to wall clock, claimed without buffers."""
    who = borrower or people.person(session)
    when = period(start, end)
    row = Loan(
        **{
            "number": f"PRET{next(_number):04}",
            "borrower_id": who.id,
            "point_id": of.point_id,
            "return_point_id": of.point_id,
            "pickup_at": when.start,
            "return_at": when.end,
            "state": LoanState.CONFIRMED,
            "purpose": "Les voix du port de commerce",
            "requested_at": instant("2026-10-01T12:00"),
            "requested_by_id": who.id,
        }
        | given
    )
    claim = Claim(stock_id=of.id, kind=ClaimKind.LOAN, units=units, starts_at=when.start, ends_at=when.end)
    row.lines = [LoanLine(stock_id=of.id, units=units, claims=[claim])]
    return _kept(session, row)


def custody(session, line: LoanLine, **given) -> Custody:
    """One unit of a line in the borrower's hands since the pick-up, bound to an item of its stock."""
    out = select(Custody.item_id).where(Custody.in_at.is_(None))
    thing = session.scalars(select(Item).where(Item.stock_id == line.stock_id, Item.id.not_in(out))).first()
    claim = next(claim for claim in line.claims if claim.item_id is None)
    claim.item = thing
    usual = {
        "line": line,
        "claim": claim,
        "item": thing,
        "units": 1,
        "out_at": line.loan.pickup_at,
        "due_at": line.loan.return_at,
        "out_by_id": line.loan.borrower_id,
        "condition_out": thing.condition,
    }
    return _kept(session, Custody(**usual | given))


def maintenance(session, of: Item, start: str, end: str) -> Claim:
    """The time in which an item is to be looked after."""
    when = period(start, end)
    row = Claim(stock=of.stock, item=of, kind=ClaimKind.MAINTENANCE, units=1, starts_at=when.start, ends_at=when.end)
    return _kept(session, row)


def listed(session, *things: EquipmentModel | LendingPoint) -> None:
    """Enter models and points in the public index, as those who manage them do by saving."""
    index = PublicIndex(session, StoppedClock(NOW))
    for thing in things:
        (index_point if isinstance(thing, LendingPoint) else index_model)(index, thing)


def waiting(session, of: Stock, start: str, end: str, *, units: int = 1, who=None, **given) -> WaitlistEntry:
    """Somebody in line for ``units`` from wall clock to wall clock."""
    when = period(start, end)
    row = WaitlistEntry(
        **{
            "stock_id": of.id,
            "person_id": (who or people.person(session)).id,
            "return_point_id": of.point_id,
            "units": units,
            "pickup_at": when.start,
            "return_at": when.end,
            "purpose": "Les voix du port de commerce",
            "joined_at": NOW + timedelta(minutes=next(_number)),
        }
        | given
    )
    return _kept(session, row)


def offer(session, of: Stock, start: str, end: str, **given) -> WaitlistEntry:
    """Somebody in line for whom what they wait for is held until tomorrow."""
    until = {"state": WaitlistState.OFFERED, "offer_until": NOW + timedelta(days=1)}
    row = waiting(session, of, start, end, **until | given)
    row.holds = [
        Claim(stock_id=of.id, kind=ClaimKind.HOLD, units=row.units, starts_at=row.pickup_at, ends_at=row.return_at)
    ]
    return _kept(session, row)
