"""What staff does at lending is in the audit trail: what was done, to what, and who did it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from equipment_lending.services.catalogue import Catalogue
from equipment_lending.services.desk import Desk, Lost, Returned
from equipment_lending.services.fleet import Fleet
from equipment_lending.services.requests import LoanRequests
from equipment_lending.terms import Approval, Condition, Refused
from portal.audit.models import AuditEntry
from portal.audit.services import Audit
from portal.index.services import PublicIndex
from portal.ports.certifications import NobodyIsCertified
from portal.security.terms import Identity
from tests.factories import lending, people


@pytest.fixture
def clerk(session):
    return people.staff(session)


@pytest.fixture
def audit(session, clock, clerk):
    clock.at = lending.instant("2026-10-22T14:00")
    return Audit(session, clock, Identity(clerk.id, clerk.name, "fr"))


@pytest.fixture
def requests(session, clock, audit):
    return LoanRequests(session, clock, NobodyIsCertified(), audit, None)


@pytest.fixture
def desk(session, clock, audit):
    return Desk(session, clock, NobodyIsCertified(), audit)


@pytest.fixture
def fleet(session, clock, audit):
    return Fleet(session, clock, audit)


@pytest.fixture
def shelf(session, clock, audit, fleet):
    return Catalogue(session, audit, PublicIndex(session, clock), fleet)


@pytest.fixture
def stock(session):
    return lending.stock(session)


@pytest.fixture
def loan(session, stock):
    return lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T10:00")


@pytest.fixture
def thing(stock):
    return stock.items[0]


@pytest.fixture
def told(session, clerk, clock):
    """The last entry, without what every entry of these tests says: who, when, and for nobody else."""

    def last(act):
        session.flush()
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == act)).one()
        assert (entry.actor_id, entry.acting_for_id, entry.at) == (clerk.id, None, clock.now())
        return entry.subject_kind, entry.subject_id, entry.detail

    return last


def about(loan, **more):
    return "loan", str(loan.id), {"loan": loan.number} | more


def of(item, **more):
    return "item", str(item.id), {"item": item.asset_tag} | more


def entries(session):
    return session.scalars(select(AuditEntry)).all()


def test_a_clerk_cancels_a_loan(requests, loan, clerk, told):
    requests.cancel(loan.id, "La salle est fermée", clerk.id)
    assert told("lending.cancel") == about(loan)


def test_a_clerk_refuses_a_request(session, requests, stock, clerk, told):
    asked = lending.loan(session, stock, "2026-10-26T10:00", "2026-10-27T10:00", state="requested")
    requests.reject(asked.id, "Pas cette semaine", clerk.id)
    assert told("lending.reject") == about(asked)


def test_a_clerk_confirms_a_request(session, requests, stock, clerk, told):
    lending.policy(session, model_id=stock.model_id, approval=Approval.MANUAL)
    asked = lending.loan(session, stock, "2026-10-26T10:00", "2026-10-27T10:00", state="requested")
    requests.confirm(asked.id, clerk.id)
    assert told("lending.confirm") == about(asked, overridden=None)


def test_a_clerk_lets_a_loan_last_longer(requests, loan, clerk, told):
    until = lending.instant("2026-10-25T10:00")
    requests.extend(loan.id, until, clerk.id)
    assert told("lending.extend") == about(loan, until=until.isoformat())


def test_a_clerk_notes_that_nobody_came(requests, loan, clerk, told):
    requests.no_show(loan.id, clerk.id)
    assert told("lending.no_show") == about(loan)


def test_what_borrowers_do_with_their_own_loans_is_no_act_of_staff(session, requests, stock, clock, audit):
    loan = lending.loan(session, stock, "2026-10-24T10:00", "2026-10-25T10:00")
    requests.extend(loan.id, lending.instant("2026-10-26T10:00"), loan.borrower_id)
    requests.cancel(loan.id, "", loan.borrower_id)
    session.flush()
    assert entries(session) == []


def test_a_clerk_hands_out_takes_back_and_writes_off(session, desk, clerk, told):
    stock = lending.stock(session, units=2)
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T10:00", units=2)
    back, lost = sorted(item.asset_tag for item in stock.items)
    desk.check_out(loan.id, [back, lost], clerk.id)
    assert told("lending.check_out") == about(loan, items=[back, lost], overridden=None)
    desk.check_in(loan.id, [Returned(back)], clerk.id)
    assert told("lending.check_in") == about(loan, items=[back])
    desk.write_off(loan.id, [Lost(lost)], "Tombé dans la Penfeld", clerk.id)
    assert told("lending.write_off") == about(loan, items=[lost])


def test_an_item_is_taken_out_of_service_and_put_back(fleet, thing, clock, told):
    fleet.out_of_service(thing, clock.now(), clock.now() + timedelta(days=3), "Écran fendu")
    assert told("lending.out_of_service") == of(thing)
    fleet.in_service(thing)
    assert told("lending.in_service") == of(thing)


@pytest.mark.parametrize(("leave", "act"), [(Fleet.lose, "lending.lost"), (Fleet.retire, "lending.retired")])
def test_an_item_leaves_the_fleet_and_is_found_again(fleet, thing, told, leave, act):
    leave(fleet, thing, "Introuvable")
    assert told(act) == of(thing)
    fleet.restore(thing)
    assert told("lending.restore") == of(thing)


def test_an_item_is_moved_to_another_point(session, fleet, thing, told):
    fleet.move(thing, lending.point(session, slug="bellevue"))
    assert told("lending.move") == of(thing, point="bellevue")


def test_an_item_is_described_anew(session, shelf, thing, told):
    shelf.change_item(thing, serial=thing.serial, condition=Condition.WORN, condition_note="Une rayure")
    assert told("lending.item_changed") == of(thing, fields=["condition", "condition_note"])


def test_a_category_is_described_anew(session, shelf, told):
    category = lending.category(session, slug="son")
    shelf.change_category(category, name=category.name, icon="wave")
    assert told("lending.category_changed") == ("category", str(category.id), {"category": "son", "fields": ["icon"]})


def test_where_nothing_was_changed_nothing_is_told(session, shelf, thing, stock):
    shelf.change_item(thing, serial=thing.serial, condition=thing.condition)
    shelf.change_category(stock.model.category, icon=stock.model.category.icon)
    assert entries(session) == []


def test_what_was_refused_is_not_told(session, fleet, requests, loan, thing, clerk):
    for refused in (
        lambda: fleet.lose(thing, " "),
        lambda: fleet.out_of_service(thing, lending.instant("2026-10-23T10:00"), None, ""),
        lambda: requests.reject(loan.id, "trop tard", clerk.id),
    ):
        with pytest.raises(Refused):
            refused()
    assert entries(session) == []
