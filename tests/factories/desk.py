"""A counter in the middle of its day: loans whose items have left."""

from equipment_lending.models import Custody, Loan
from equipment_lending.services.desk import Desk
from portal.audit.services import Audit
from portal.clock import StoppedClock
from portal.ports.certifications import NobodyIsCertified
from tests.conftest import NOW
from tests.factories import people


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
