"""A counter in the middle of its day: loans whose items have left."""

from dataclasses import dataclass
from uuid import UUID

from equipment_lending.models import Custody, Loan
from equipment_lending.services.desk import Desk
from equipment_lending.services.fleet import open_maintenance
from equipment_lending.terms import LoanState, ServiceState
from portal.audit.services import Audit
from portal.clock import StoppedClock
from portal.people.terms import Role
from portal.ports.certifications import NobodyIsCertified
from tests.conftest import NOW
from tests.factories import lending, people


def handed_out(session, loan: Loan, *tags: str, at=NOW) -> list[Custody]:
    """Hand items out for a loan as the desk does, without ``tags`` the first of its stock; return their custodies."""
    clock = StoppedClock(at)
    desk = Desk(session, clock, NobodyIsCertified(), Audit(session, clock, None))
    line = loan.lines[0]
    chosen = (
        tags or [item.asset_tag for item in sorted(line.stock.items, key=lambda item: item.asset_tag)][: line.units]
    )
    given = desk.check_out(loan.id, chosen, people.staff(session).id)
    session.flush()
    return given


@dataclass(frozen=True)
class BusyDesk:
    """What there is on a busy day at Lambézellec: tags, ids, and the secrets of who is signed in."""

    clerk: str
    admin: str
    tag: str
    tags: tuple[str, ...]
    loan: UUID
    bike: UUID
    returning: UUID
    request: UUID
    lot: UUID
    kit: UUID
    borrower: UUID


def busy_desk(session) -> BusyDesk:
    """Fill a desk's day with one of each: to hand out, to take back, to decide, late, at risk, out of service."""
    point = lending.point(session, slug="lambezellec", phone="02 98 00 10 01", windows=lending.TUESDAY_TO_SATURDAY)
    lending.point(session, slug="bellevue", name="Maison de quartier de Bellevue")
    recorders = lending.stock(session, units=5, at=point, of=lending.model(session, slug="enregistreur"))
    poles = lending.stock(session, units=2, at=point, of=lending.model(session, name={"fr": "Perche"}))
    bikes = lending.stock(session, units=2, at=point, of=lending.model(session, name={"fr": "Vélo cargo"}))
    lending.policy(session, model_id=bikes.model_id, requires=["velo-cargo"])
    loan = lending.loan(session, recorders, "2026-10-22T15:00", "2026-10-24T17:00", units=2, number="K7M3PQR")
    bike = lending.loan(session, bikes, "2026-10-22T15:30", "2026-10-23T17:00")
    returning = lending.loan(session, recorders, "2026-10-20T10:00", "2026-10-22T17:00")
    handed_out(session, returning, at=lending.instant("2026-10-20T10:10"))
    late = lending.loan(session, poles, "2026-10-14T10:00", "2026-10-20T17:00")
    handed_out(session, late, at=lending.instant("2026-10-14T10:10"))
    request = lending.loan(session, bikes, "2026-10-29T10:00", "2026-10-30T10:00", state=LoanState.REQUESTED)
    lending.loan(session, poles, "2026-10-28T10:00", "2026-10-29T10:00", units=2)
    chairs = lending.stock(session, units=40, lot=True, at=point, of=lending.model(session, name={"fr": "Chaise"}))
    lot = lending.loan(session, chairs, "2026-10-21T10:00", "2026-10-24T10:00", units=12)
    handed_out(session, lot, at=lending.instant("2026-10-21T10:10"))
    lamps = lending.stock(session, at=point, of=lending.model(session, name={"fr": "Valise de lumière"}))
    lost = {"parent_id": lamps.items[0].id, "service_state": ServiceState.LOST, "asset_tag": "PIED-3"}
    lending.item(session, lending.stock(session, units=0, at=point), **lost)
    kit = lending.loan(session, lamps, "2026-10-23T15:00", "2026-10-24T10:00")
    tags = sorted(item.asset_tag for item in recorders.items)
    broken = next(item for item in recorders.items if item.asset_tag == tags[-1])
    open_maintenance(session, broken, lending.instant("2026-10-21T10:00"), None, "Écran fendu")
    clerk = people.staff(session, Role.DESK, "lambezellec", name="Soazig Le Bras")
    admin = people.staff(session, Role.ADMIN, name="Anna Quéré")
    return BusyDesk(
        people.sign_in(session, clerk),
        people.sign_in(session, admin),
        tags[1],
        tuple(tags),
        loan.id,
        bike.id,
        returning.id,
        request.id,
        lot.id,
        kit.id,
        loan.borrower_id,
    )
