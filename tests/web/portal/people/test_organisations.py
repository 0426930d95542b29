"""The pages of organisations, through the whole app."""

import re

import pytest
from sqlalchemy import select

from portal.mail.models import OutgoingMail
from portal.people.models import Membership, Organisation
from tests.factories import people


@pytest.fixture
def officer(session, browse):
    found = people.membership(session)
    people.signed_in(browse, found.person)
    return found


def page_of(membership):
    return f"/account/organisations/{membership.organisation_id}"


def post(browse, path, status=303, **fields):
    return browse.post(
        path, people.with_csrf(browse, {name: str(value) for name, value in fields.items()}), status=status
    )


def test_a_new_organisation_has_who_added_it_as_officer(browse, session):
    people.signed_in(browse, people.person(session))
    form = browse.get("/account/organisations/new").forms["organisation"]
    form["name"], form["kind"], form["rna"] = "Radio Pikez", "association", "w 29 1000123"
    page = form.submit(status=303).follow()
    assert page.html.find("h1").text == "Radio Pikez"
    assert session.scalar(select(Organisation.rna)) == "W291000123"


@pytest.mark.parametrize("given", [{"siret": "73282932000075"}, {"rna": "291000123"}, {"kind": "party"}, {"name": ""}])
def test_what_is_not_well_formed_is_refused(browse, session, given):
    people.signed_in(browse, people.person(session))
    post(browse, "/account/organisations/new", **{"name": "Radio", "kind": "association"} | given, status=422)
    assert session.scalar(select(Organisation)) is None


def test_a_number_that_another_has_is_refused_beside_its_field(browse, session):
    people.organisation(session, siret="73282932000074")
    people.signed_in(browse, people.person(session))
    page = post(browse, "/account/organisations/new", name="X", kind="school", siret="732 829 320 00074", status=409)
    assert page.html.find(id="organisation-siret-error")


class TestActing:
    def test_the_switch_is_said_on_every_page(self, browse, officer):
        post(browse, "/account/acting", organisation=officer.organisation_id)
        assert officer.organisation.name in browse.get("/account").html.find(class_="acting").text
        post(browse, "/account/acting")
        assert browse.get("/account").html.find(class_="acting") is None

    def test_nobody_acts_for_an_organisation_they_hold_no_mandate_of(self, browse, session, officer):
        member = people.membership(session, person=officer.person, officer=False)
        for organisation in (member.organisation_id, people.organisation(session).id):
            post(browse, "/account/acting", organisation=organisation, status=403)

    def test_the_switch_leads_back_to_this_site_only(self, browse, officer):
        answer = post(browse, "/account/acting", next="//elsewhere.example")
        assert answer.location == "http://localhost/account/organisations"


class TestMembers:
    def test_only_officers_and_administrators_see_the_members(self, browse, session, officer):
        browse.get(page_of(officer), status=200)
        member = people.membership(session, organisation=officer.organisation, officer=False).person
        for who, status in ((member, 403), (people.person(session), 403), (people.staff(session), 200)):
            people.signed_in(browse, who).get(page_of(officer), status=status)

    def test_an_invitation_is_accepted_by_who_follows_its_link(self, browse, session, officer):
        form = browse.get(page_of(officer)).forms["invitation"]
        form["email"], form["officer"], form["until"] = "mai@example.org", True, "2027-06-30"
        form.submit(status=303)
        guest = people.person(session, name="Maï")
        text = session.scalar(select(OutgoingMail.text).where(OutgoingMail.to == "mai@example.org"))
        page = people.signed_in(browse, guest).get(re.search(r"/invitations/[\w-]+", text)[0])
        assert officer.person.name in page.html.find("main").text
        page.forms[1].submit(status=303)
        assert session.scalars(select(Membership).where(Membership.person_id == guest.id)).one().officer

    def test_a_spent_invitation_says_so(self, browse, officer):
        browse.get("/invitations/nothing", status=410)
        post(browse, "/invitations/nothing", status=410)

    def test_an_invitation_is_taken_back(self, browse, session, officer):
        post(browse, page_of(officer), email="mai@example.org")
        page = browse.get(page_of(officer))
        waiting = page.html.find("input", {"name": "invitation"})["value"]
        post(browse, page_of(officer) + "/withdraw", invitation=waiting)
        post(browse, page_of(officer) + "/withdraw", invitation=waiting, status=404)

    def test_a_mandate_is_given_and_a_membership_ended(self, browse, session, officer):
        member = people.membership(session, organisation=officer.organisation, officer=False)
        path = f"{page_of(officer)}/members/{member.person_id}"
        form = browse.get(path).forms["mandate"]
        form["officer"], form["until"] = True, "2027-01-31"
        form.submit(status=303)
        assert member.officer
        post(browse, path, remove="remove")
        browse.get(path, status=404)

    def test_the_last_officer_stays(self, browse, session, officer):
        path = f"{page_of(officer)}/members/{officer.person_id}"
        post(browse, path, status=409)
        post(browse, path, remove="remove")
        post(browse, page_of(officer) + "/leave")
        assert session.scalar(select(Membership).where(Membership.id == officer.id)).officer

    def test_a_member_leaves(self, browse, session, officer):
        member = people.membership(session, organisation=officer.organisation, officer=False)
        people.signed_in(browse, member.person)
        post(browse, page_of(officer) + "/leave")
        post(browse, page_of(officer) + "/leave", status=404)

    @pytest.mark.parametrize("path", ["/account/organisations/nonsense", "/account/organisations/" + "0" * 32])
    def test_what_is_not_there_is_not_found(self, browse, session, path):
        people.signed_in(browse, people.staff(session)).get(path, status=404)
