"""Organisations: founded, joined, left; and who may act in their name."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from portal.audit.models import AuditEntry
from portal.mail.models import OutgoingMail
from portal.people.models import Membership, SignIn
from portal.people.queries import (
    found_organisations,
    invitations_of,
    mandates_of,
    may_act,
    members_of,
    officer_ids,
)
from portal.people.services import Organisations, SignIns
from portal.people.services.letters import LinkSpent
from portal.people.services.organisations import LastOfficer, NumberTaken
from portal.people.services.sign_ins import NotAnOfficer
from portal.people.terms import OrganisationKind
from portal.security.identify import identify
from portal.security.limits import TooMany
from tests.factories import people

TODAY = date(2026, 10, 22)


@pytest.fixture
def organisations(asking):
    return asking.find_service(Organisations)


def secret_of(session, address):
    letter = session.scalars(select(OutgoingMail).where(OutgoingMail.to == address)).one()
    return re.search(r"/invitations/([\w-]+)", letter.text)[1]


class TestFounding:
    def test_who_adds_an_organisation_may_act_in_its_name(self, session, organisations):
        founder = people.person(session)
        created = organisations.create(founder, name="Radio Pikez", kind=OrganisationKind.ASSOCIATION, rna="W291000123")
        (member,) = members_of(session, created.id)
        assert (member.person, member.officer, member.until) == (founder, True, None)

    @pytest.mark.parametrize("number", [{"siret": "73282932000074"}, {"rna": "W291000123"}])
    def test_a_number_belongs_to_one_organisation(self, session, organisations, number):
        people.organisation(session, **number)
        with pytest.raises(NumberTaken) as no:
            organisations.create(people.person(session), name="Radio", kind=OrganisationKind.ASSOCIATION, **number)
        assert no.value.field in number
        assert found_organisations(session).total == 1

    def test_organisations_without_numbers_are_as_many_as_there_are(self, session, organisations):
        for _ in range(2):
            organisations.create(people.person(session), name="Collectif", kind=OrganisationKind.ASSOCIATION)
        assert found_organisations(session, "collect").total == 2

    def test_they_are_found_in_order_whatever_their_accents_a_page_at_a_time(self, session):
        for name in ("Zanzan Films", "École Vauban", "Emglev Bro", "amicale des marins"):
            people.organisation(session, name=name)
        first, second = (found_organisations(session, limit=2, offset=n) for n in (0, 2))
        names = [organisation.name for organisation, _members in first.rows + second.rows]
        assert names == ["amicale des marins", "École Vauban", "Emglev Bro", "Zanzan Films"]
        assert (first.total, second.total) == (4, 4)


class TestInvitation:
    def test_its_reader_joins_with_what_the_invitation_says(self, session, organisations):
        host = people.membership(session)
        organisations.invite(host.organisation, host.person, "mai@example.org", officer=True, until=date(2027, 6, 30))
        guest = people.person(session)
        organisations.accept(secret_of(session, "mai@example.org"), guest)
        joined = session.scalars(select(Membership).where(Membership.person == guest)).one()
        assert (joined.organisation, joined.officer, joined.until) == (host.organisation, True, date(2027, 6, 30))
        assert invitations_of(session, host.organisation_id, people.NOW) == []

    def test_it_is_in_its_readers_language_however_the_address_is_written(self, session, organisations):
        host = people.membership(session, person=people.person(session, language="en"))
        people.person(session, email="mai@example.org", language="fr")
        organisations.invite(host.organisation, host.person, "Mai@Example.org")
        letter = session.scalars(select(OutgoingMail).where(OutgoingMail.to == "Mai@Example.org")).one()
        assert "Bonjour" in letter.text

    def test_the_trail_says_that_it_was_sent_and_taken_back_and_not_to_whom(self, session, organisations):
        host = people.membership(session)
        organisations.invite(host.organisation, host.person, "mai@example.org", officer=True)
        organisations.withdraw(invitations_of(session, host.organisation_id, people.NOW)[0])
        entries = session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "organisation")).all()
        assert {entry.act for entry in entries} == {"invitation.send", "invitation.withdraw"}
        assert not any("mai" in str(entry.detail) for entry in entries)

    def test_it_is_good_once(self, session, organisations):
        host = people.membership(session)
        organisations.invite(host.organisation, host.person, "mai@example.org")
        secret = secret_of(session, "mai@example.org")
        organisations.accept(secret, people.person(session))
        with pytest.raises(LinkSpent):
            organisations.accept(secret, people.person(session))

    def test_it_is_good_for_two_weeks(self, session, organisations, clock):
        host = people.membership(session)
        organisations.invite(host.organisation, host.person, "mai@example.org")
        clock.at += timedelta(days=14)
        with pytest.raises(LinkSpent):
            organisations.accept(secret_of(session, "mai@example.org"), people.person(session))

    def test_taken_back_it_is_good_no_more(self, session, organisations):
        host = people.membership(session)
        organisations.invite(host.organisation, host.person, "mai@example.org")
        organisations.withdraw(invitations_of(session, host.organisation_id, people.NOW)[0])
        with pytest.raises(LinkSpent):
            organisations.accept(secret_of(session, "mai@example.org"), people.person(session))

    def test_it_makes_nobody_less_than_they_are(self, session, organisations):
        host = people.membership(session)
        organisations.invite(host.organisation, host.person, "mai@example.org", officer=False)
        organisations.accept(secret_of(session, "mai@example.org"), host.person)
        assert host.officer

    def test_nobodys_mailbox_is_filled(self, session, organisations):
        host = people.membership(session)
        for _ in range(5):
            organisations.invite(host.organisation, host.person, "mai@example.org")
        with pytest.raises(TooMany):
            organisations.invite(host.organisation, host.person, "mai@example.org")

    def test_nobody_writes_to_ever_more_strangers_however_many_organisations_they_found(self, session, organisations):
        host = people.person(session)
        founded = [people.membership(session, person=host).organisation for _ in range(2)]
        for number in range(20):
            organisations.invite(founded[number % 2], host, f"stranger{number}@example.org")
        with pytest.raises(TooMany):
            organisations.invite(founded[0], host, "one.more@example.org")
        assert session.scalar(select(func.count()).select_from(OutgoingMail)) == 20

    def test_others_still_invite_in_the_name_of_the_same_organisation(self, session, organisations):
        host = people.membership(session)
        for number in range(20):
            organisations.invite(host.organisation, host.person, f"stranger{number}@example.org")
        colleague = people.membership(session, organisation=host.organisation).person
        organisations.invite(host.organisation, colleague, "mai@example.org")
        assert secret_of(session, "mai@example.org")


class TestMandates:
    @pytest.mark.parametrize(
        ("given", "may"),
        [
            ({}, True),
            ({"until": TODAY}, True),
            ({"until": TODAY - timedelta(days=1)}, False),
            ({"officer": False}, False),
        ],
    )
    def test_who_may_act_today_is_the_same_however_one_asks(self, session, given, may):
        held = people.membership(session, **given)
        someone, theirs = held.person, held.organisation
        people.membership(session, person=someone, officer=False)
        people.membership(session, organisation=theirs, officer=False)
        assert may_act(session, someone.id, theirs.id, TODAY) is may
        assert officer_ids(session, theirs.id, TODAY) == ({someone.id} if may else set())
        assert mandates_of(session, someone.id, TODAY) == ([theirs] if may else [])

    def test_for_oneself_everybody_acts(self, session):
        assert may_act(session, people.person(session).id, None, TODAY)


class TestOfficers:
    def test_the_last_officer_cannot_leave(self, session, organisations):
        last = people.membership(session)
        people.membership(session, organisation=last.organisation, officer=False)
        with pytest.raises(LastOfficer):
            organisations.remove(last)
        with pytest.raises(LastOfficer):
            organisations.set_mandate(last, officer=False, until=None)
        with pytest.raises(LastOfficer):
            organisations.set_mandate(last, officer=True, until=TODAY - timedelta(days=1))

    def test_an_officer_leaves_when_another_stays(self, session, organisations):
        leaving = people.membership(session)
        staying = people.membership(session, organisation=leaving.organisation, until=TODAY)
        organisations.remove(leaving)
        assert members_of(session, staying.organisation_id) == [staying]

    def test_an_officer_whose_mandate_ended_does_not_count(self, session, organisations):
        leaving = people.membership(session)
        people.membership(session, organisation=leaving.organisation, until=TODAY - timedelta(days=1))
        with pytest.raises(LastOfficer):
            organisations.remove(leaving)

    def test_a_member_leaves_freely(self, session, organisations):
        officer = people.membership(session)
        organisations.remove(people.membership(session, organisation=officer.organisation, officer=False))
        assert members_of(session, officer.organisation_id) == [officer]

    def test_the_end_of_a_mandate_can_be_set_ahead(self, session, organisations):
        officer = people.membership(session)
        organisations.set_mandate(officer, officer=True, until=TODAY)
        assert officer.until == TODAY

    def test_who_was_made_an_officer_is_on_record(self, session, organisations):
        officer = people.membership(session)
        organisations.set_mandate(officer, officer=True, until=TODAY)
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.act, entry.subject_id) == ("membership.mandate", str(officer.organisation_id))
        assert entry.detail == {"member": str(officer.person_id), "officer": True, "until": "2026-10-22"}


class TestActingFor:
    """A browser acts for an organisation as long as its person holds a mandate there."""

    @pytest.fixture
    def signed_in(self, session, asking):
        def sign(who):
            asking.cookies["sign-in"] = people.sign_in(session, who)
            return session.scalars(select(SignIn).where(SignIn.person == who)).one()

        return sign

    def test_both_names_are_known_then(self, session, asking, signed_in):
        officer = people.membership(session)
        sign_in = signed_in(officer.person)
        asking.find_service(SignIns).act_for(sign_in.id, officer.organisation_id)
        identity = identify(asking)
        assert (identity.person_id, identity.acting_for_id) == (officer.person_id, officer.organisation_id)
        assert identity.acting_for == "Les Amis du Stang-Alar"

    def test_one_acts_for_oneself_again(self, session, asking, signed_in):
        officer = people.membership(session)
        sign_in = signed_in(officer.person)
        asking.find_service(SignIns).act_for(sign_in.id, officer.organisation_id)
        asking.find_service(SignIns).act_for(sign_in.id, None)
        assert identify(asking).acting_for_id is None

    @pytest.mark.parametrize("given", [{"officer": False}, {"until": TODAY - timedelta(days=1)}])
    def test_a_member_without_a_mandate_does_not(self, session, asking, signed_in, given):
        member = people.membership(session, **given)
        with pytest.raises(NotAnOfficer):
            asking.find_service(SignIns).act_for(signed_in(member.person).id, member.organisation_id)

    def test_a_stranger_does_not(self, session, asking, signed_in):
        with pytest.raises(NotAnOfficer):
            asking.find_service(SignIns).act_for(signed_in(people.person(session)).id, people.organisation(session).id)

    def test_it_ends_with_the_mandate(self, session, asking, signed_in, clock):
        officer = people.membership(session, until=TODAY)
        asking.find_service(SignIns).act_for(signed_in(officer.person).id, officer.organisation_id)
        assert identify(asking).acting_for_id == officer.organisation_id
        clock.at += timedelta(days=1)
        assert identify(asking).person_id == officer.person_id
        assert identify(asking).acting_for_id is None

    def test_it_ends_with_the_membership(self, session, asking, signed_in):
        officer = people.membership(session)
        people.membership(session, organisation=officer.organisation)
        asking.find_service(SignIns).act_for(signed_in(officer.person).id, officer.organisation_id)
        asking.find_service(Organisations).remove(officer)
        assert identify(asking).acting_for_id is None
