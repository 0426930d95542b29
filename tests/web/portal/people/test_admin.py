"""Administration of people, and accounts that a desk opens, through the whole app."""

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEntry
from portal.mail.models import OutgoingMail
from portal.people.models import Person, RoleGrant
from portal.people.terms import Role
from tests.factories import lending, people


@pytest.fixture
def admin(session, browse):
    who = people.staff(session, name="Gwenaëlle Morvan")
    people.signed_in(browse, who)
    return who


def post(browse, path, status=303, **fields):
    return browse.post(
        path, people.with_csrf(browse, {name: str(value) for name, value in fields.items()}), status=status
    )


@pytest.mark.parametrize("path", ["/admin", "/admin/people", "/admin/organisations"])
@pytest.mark.parametrize(("held", "status"), [(Role.ADMIN, 200), (Role.DESK, 403), (None, 403)])
def test_administration_is_for_administrators(browse, session, path, held, status):
    who = people.staff(session, held) if held else people.person(session)
    people.signed_in(browse, who).get(path, status=status)


def test_every_card_of_the_front_page_leads_somewhere(browse, admin):
    links = [link["href"] for link in browse.get("/admin").html.find("main").find_all("a")]
    assert {"/admin/people", "/admin/organisations"} <= set(links)
    for link in links:
        browse.get(link, status=200)


class TestPeople:
    def test_somebody_is_found_by_a_part_of_the_name(self, browse, session, admin):
        wanted = people.person(session, name="Élodie Le Guen")
        page = browse.get("/admin/people?q=elodie")
        assert [link["href"] for link in page.html.select("main li.line a")] == [f"/admin/people/{wanted.id}"]

    def test_a_role_at_every_desk_says_so(self, browse, session, admin):
        everywhere = people.staff(session, Role.DESK, name="Enora")
        for path in ("/admin/people", f"/admin/people/{everywhere.id}"):
            page = browse.get(path, headers={"Accept-Language": "en"}).html.select_one("main")
            assert "Lending desk · Everywhere" in page.get_text()
            assert "Administration · " not in page.get_text()

    def test_a_role_at_a_desk_names_the_point(self, browse, session, admin):
        lending.point(session, slug="bellevue", name="Centre social de Bellevue")
        people.staff(session, Role.DESK, "bellevue", name="Yann Kerbrat")
        tag = browse.get("/admin/people?q=kerbrat", headers={"Accept-Language": "en"}).html.select_one("main .tag")
        assert tag.get_text(strip=True).endswith("· Centre social de Bellevue")

    def test_a_long_list_has_pages(self, browse, session, admin):
        for number in range(35):
            people.person(session, name=f"Somebody {number:02}")
        first = browse.get("/admin/people?q=somebody")
        second = first.click(href="offset=30")
        assert (len(first.html.select("li.line")), len(second.html.select("li.line"))) == (30, 5)
        assert second.html.find("a", rel="prev")

    @pytest.mark.parametrize(
        "query", ["q=" + "x" * 500, "offset=-1", "offset=x", "offset=%C2%B2", "offset=99999999999999", "q=%25"]
    )
    def test_nonsense_finds_nobody_and_breaks_nothing(self, browse, admin, query):
        assert browse.get(f"/admin/people?{query}", expect_errors=True).status_int in (200, 422)

    def test_nobody_found_says_what_to_do(self, browse, admin):
        assert browse.get("/admin/people?q=nonsense").html.find(class_="empty")

    @pytest.mark.parametrize("path", ["/admin/people/nonsense", "/admin/people/" + "0" * 32])
    def test_who_is_not_there_is_not_found(self, browse, admin, path):
        browse.get(path, status=404)

    def test_who_was_erased_is_not_found(self, browse, session, admin):
        browse.get(f"/admin/people/{people.erased(session).id}", status=404)


class TestWhatIsKept:
    """Of somebody without an account online an administrator gives it out and erases it."""

    def test_it_is_given_out_as_a_file_and_that_is_noted(self, browse, session, admin):
        met = people.person(session, name="Maï Autret", email=None)
        answer = post(browse, f"/admin/people/{met.id}/export", 200)
        assert answer.content_type == "application/json"
        assert "Maï Autret" in answer.text
        assert "attachment" in answer.headers["Content-Disposition"]
        noted = session.scalars(select(AuditEntry).where(AuditEntry.act == "person.export")).one()
        assert (noted.actor_id, noted.subject_id) == (admin.id, str(met.id))

    def test_it_is_erased_and_that_is_noted_without_a_name(self, browse, session, admin):
        met = people.person(session, name="Maï Autret", email=None)
        post(browse, f"/admin/people/{met.id}/erase")
        session.expire_all()
        assert met.erased_at is not None
        assert met.name != "Maï Autret"
        noted = session.scalars(select(AuditEntry).where(AuditEntry.act == "person.erase")).one()
        assert (noted.subject_id, noted.detail) == (str(met.id), {})
        browse.get(f"/admin/people/{met.id}", status=404)

    def test_whoever_has_something_out_is_not_erased_and_the_page_says_so(self, browse, session, admin):
        met = people.person(session, email=None)
        lending.loan(session, lending.stock(session), "2026-10-24T10:00", "2026-10-26T10:00", borrower=met)
        page = post(browse, f"/admin/people/{met.id}/erase", 409)
        assert page.html.select_one("#refusals li")
        assert met.erased_at is None

    @pytest.mark.parametrize("act", ["export", "erase"])
    def test_a_clerk_does_neither(self, browse, session, act):
        met = people.person(session)
        people.signed_in(browse, people.staff(session, Role.DESK))
        post(browse, f"/admin/people/{met.id}/{act}", 403)
        assert met.erased_at is None


class TestRoles:
    def test_a_role_is_granted_with_its_days_and_is_on_record(self, browse, session, admin):
        who = people.person(session)
        form = browse.get(f"/admin/people/{who.id}").forms["role"]
        form["role"], form["until"] = "trainer", "2027-06-30"
        form.submit(status=303).follow(status=200)
        grant = session.scalars(select(RoleGrant).where(RoleGrant.person_id == who.id)).one()
        assert (grant.role, str(grant.until), grant.granted_by_id) == (Role.TRAINER, "2027-06-30", admin.id)
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "role.grant")).one()
        assert (entry.actor_id, entry.subject_id) == (admin.id, str(who.id))

    @pytest.mark.parametrize(
        "given",
        [
            {"role": "king"},
            {"role": "trainer", "scope": "nowhere"},
            {"role": "desk", "until": "2026-10-21"},
            {"role": "desk", "since": "2027-01-02", "until": "2027-01-01"},
            {"role": "desk", "since": "tomorrow"},
        ],
    )
    def test_what_makes_no_sense_is_refused(self, browse, session, admin, given):
        who = people.person(session)
        post(browse, f"/admin/people/{who.id}", **given, status=422)
        assert session.scalar(select(RoleGrant).where(RoleGrant.person_id == who.id)) is None

    def test_a_role_is_revoked(self, browse, session, admin):
        who = people.staff(session, Role.DESK)
        grant = session.scalar(select(RoleGrant.id).where(RoleGrant.person == who))
        post(browse, f"/admin/people/{who.id}/revoke", role=grant)
        assert session.scalar(select(RoleGrant).where(RoleGrant.person_id == who.id)) is None
        post(browse, f"/admin/people/{who.id}/revoke", role=grant, status=404)

    def test_the_last_administrator_stays(self, browse, session, admin):
        grant = session.scalar(select(RoleGrant.id).where(RoleGrant.person_id == admin.id))
        page = post(browse, f"/admin/people/{admin.id}/revoke", role=grant).follow()
        assert page.html.find(class_="flash").find(class_="is-wrong")
        browse.get("/admin", status=200)

    def test_the_last_administrator_is_given_no_last_day(self, browse, session, admin):
        form = browse.get(f"/admin/people/{admin.id}").forms["role"]
        form["role"], form["until"] = "admin", "2027-06-30"
        assert form.submit(status=409).html.select_one("[aria-invalid=true]")["name"] == "until"
        assert session.scalars(select(RoleGrant.until).where(RoleGrant.person_id == admin.id)).all() == [None]

    def test_a_role_is_not_granted_by_who_holds_none(self, browse, session):
        who = people.person(session)
        people.signed_in(browse, who)
        post(browse, f"/admin/people/{who.id}", role="admin", status=403)


class TestDesk:
    @pytest.mark.parametrize(
        ("held", "status"), [(Role.DESK, 200), (Role.ADMIN, 200), (Role.TRAINER, 403), (None, 403)]
    )
    def test_accounts_are_opened_by_desks_and_administrators(self, browse, session, held, status):
        who = people.staff(session, held, "siam" if held is Role.DESK else None) if held else people.person(session)
        people.signed_in(browse, who).get("/desk/people/new", status=status)

    def test_the_page_one_came_from_is_told_who_it_is(self, browse, session):
        people.signed_in(browse, people.staff(session, Role.DESK, "siam"))
        form = browse.get("/desk/people/new?next=/desk/loan?point=siam&name=Job").forms["deskperson"]
        assert form["name"].value == "Job"
        form["name"], form["phone"] = "Job Le Roux", "02 98 00 00 00"
        answer = form.submit(status=303)
        person = session.scalars(select(Person).where(Person.name == "Job Le Roux")).one()
        assert answer.location == f"http://localhost/desk/loan?point=siam&person={person.id}"
        assert (person.email, session.scalar(select(OutgoingMail))) == (None, None)

    def test_a_known_address_leads_on_with_whose_it_is(self, browse, session):
        known = people.person(session, email="job@example.org")
        people.signed_in(browse, people.staff(session, Role.DESK, "siam"))
        fields = {"name": "Job", "phone": "02 98 00 00 00", "email": "Job@example.org", "language": "fr"}
        page = post(browse, "/desk/people/new?next=/desk/loan", **fields, status=409)
        assert page.html.find("a", href=f"/desk/loan?person={known.id}")

    def test_who_has_neither_telephone_nor_e_mail_gets_an_account_too(self, browse, session):
        people.signed_in(browse, people.staff(session, Role.DESK, "siam"))
        post(browse, "/desk/people/new", name="Job", language="fr")
        assert session.scalars(select(Person.phone).where(Person.name == "Job")).all() == [None]

    def test_somebody_from_a_desk_is_given_an_account_online(self, browse, session, admin):
        who = people.person(session, email=None, email_confirmed_at=None)
        form = browse.get(f"/admin/people/{who.id}").forms["otheremail"]
        form["email"] = "job@example.org"
        form.submit(status=303)
        assert session.scalar(select(OutgoingMail.to)) == "job@example.org"
        post(browse, f"/admin/people/{who.id}/online", email="x@example.org", status=404)
