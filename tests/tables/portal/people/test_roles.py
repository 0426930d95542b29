from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEntry
from portal.pages.models import CitySetting
from portal.people.models import RoleGrant
from portal.people.services import Roles
from portal.people.services.roles import LastAdmin
from portal.people.terms import Role
from portal.security.identify import identify
from tests.factories import people

TODAY = date(2026, 10, 22)


@pytest.fixture
def roles(asking):
    return asking.find_service(Roles)


def held(session, who, asking):
    asking.cookies["sign-in"] = people.sign_in(session, who)
    return {(role.role, role.scope) for role in identify(asking).roles}


def test_a_role_holds_from_today_at_the_place_it_was_granted_for(session, roles, asking):
    who = people.person(session)
    roles.grant(who, Role.DESK, "lambezellec")
    assert held(session, who, asking) == {(Role.DESK, "lambezellec")}


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        (TODAY, TODAY, True),
        (date(2026, 10, 23), None, False),
        (date(2026, 1, 1), date(2026, 10, 21), False),
        (date(2026, 1, 1), date(2026, 10, 22), True),
    ],
)
def test_a_role_holds_from_its_first_to_its_last_day(session, roles, asking, since, until, holds):
    who = people.person(session)
    roles.grant(who, Role.TRAINER, since=since, until=until)
    assert bool(held(session, who, asking)) == holds


@pytest.mark.parametrize(
    ("zone", "until", "holds"),
    [
        ("Europe/Paris", date(2026, 10, 22), False),
        ("Europe/Paris", date(2026, 10, 23), True),
        ("America/Martinique", date(2026, 10, 22), True),
    ],
)
def test_a_role_ends_at_the_citys_midnight(session, roles, asking, clock, zone, until, holds):
    session.add(CitySetting(key="zone", value=zone, changed_at=clock.at))
    who = people.person(session)
    roles.grant(who, Role.TRAINER, since=date(2026, 1, 1), until=until)
    clock.at = datetime(2026, 10, 22, 22, 30, tzinfo=UTC)
    assert bool(held(session, who, asking)) == holds


def test_granting_again_dates_anew(session, roles):
    who = people.person(session)
    roles.grant(who, Role.GRANTS, until=TODAY)
    roles.grant(who, Role.GRANTS)
    assert session.scalars(select(RoleGrant.until).where(RoleGrant.person == who)).all() == [None]


def test_days_out_of_order_are_refused(session, roles):
    with pytest.raises(ValueError, match="before"):
        roles.grant(people.person(session), Role.GRANTS, since=TODAY, until=date(2026, 10, 21))


def test_granting_and_revoking_are_on_record_without_names(session, roles):
    who = people.person(session)
    roles.revoke(roles.grant(who, Role.DESK, "siam"))
    granted, revoked = session.scalars(select(AuditEntry).order_by(AuditEntry.act))
    assert (granted.act, granted.subject_id, granted.detail["scope"]) == ("role.grant", str(who.id), "siam")
    assert (revoked.act, revoked.subject_id, revoked.detail["role"]) == ("role.revoke", str(who.id), "desk")
    assert who.name not in str(granted.detail) + str(revoked.detail)


def test_the_last_administrator_stays(session, roles):
    who = people.person(session)
    grant = roles.grant(who, Role.ADMIN)
    roles.grant(people.person(session), Role.ADMIN, until=date(2026, 10, 22), since=date(2026, 1, 1))
    roles.revoke(roles.grant(people.person(session), Role.ADMIN))
    with pytest.raises(LastAdmin):
        roles.revoke(grant)


@pytest.mark.parametrize(
    "days", [{"until": TODAY}, {"until": date(2030, 1, 1)}, {"since": date(2026, 10, 23)}, {"since": date(2030, 1, 1)}]
)
def test_the_last_administrator_is_not_dated_out(session, roles, days):
    who, other = people.person(session), people.person(session)
    roles.grant(who, Role.ADMIN)
    roles.grant(other, Role.ADMIN, until=date(2029, 1, 1))
    with pytest.raises(LastAdmin):
        roles.grant(who, Role.ADMIN, **days)
    assert session.scalars(select(RoleGrant.until).where(RoleGrant.person == who)).all() == [None]
    roles.grant(other, Role.ADMIN)
    roles.grant(who, Role.ADMIN, **days)


def test_where_every_administrator_has_a_last_day_one_of_today_stays(session, roles):
    first, other = (roles.grant(people.person(session), Role.ADMIN, until=TODAY) for _ in range(2))
    roles.revoke(first)
    with pytest.raises(LastAdmin):
        roles.revoke(other)
