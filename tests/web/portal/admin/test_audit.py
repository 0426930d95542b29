from datetime import timedelta

import pytest

from portal.audit.services import Audit
from portal.people.terms import Role
from portal.security.terms import Identity
from tests.factories import people


@pytest.fixture
def admin(session):
    return people.staff(session, Role.ADMIN, name="Yann Kerbrat")


def record(session, clock, who, act="role.grant", kind="person", subject="42", **detail):
    Audit(session, clock, Identity(who.id, who.name, "fr") if who else None).record(act, kind, subject, **detail)
    session.flush()


def test_only_administrators_read_the_trail(browse, session):
    assert browse.get("/admin/audit", status=303).location.startswith("http://localhost/sign-in")
    people.signed_in(browse, people.staff(session, Role.DESK, "lambezellec"))
    browse.get("/admin/audit", status=403)
    browse.get("/admin/audit.csv", status=403)


def test_it_says_who_did_what_to_whom(browse, session, clock, admin):
    record(session, clock, admin, role="desk", scope="lambezellec")
    page = people.signed_in(browse, admin).get("/admin/audit")

    page.mustcontain("Yann Kerbrat", "42", "lambezellec")
    assert page.text.count("lambezellec") == 1
    assert "role.grant" not in page.html.table.text  # said in words


def test_it_is_found_by_person_act_subject_and_day(browse, session, clock, admin):
    other = people.staff(session, Role.ADMIN, name="Maëlle Riou", email="maelle@example.org")
    record(session, clock, admin, "role.grant", subject="first")
    clock.at += timedelta(days=2)
    record(session, clock, other, "item.retire", kind="item", subject="second")
    people.signed_in(browse, admin)

    for query, found, left_out in (
        ({"person": "kerbrat"}, "first", "second"),
        ({"person": "MAELLE@example.org"}, "second", "first"),
        ({"act": "item.retire"}, "second", "first"),
        ({"subject": "item"}, "second", "first"),
        ({"subject": "first"}, "first", "second"),
        ({"first": "2026-10-24"}, "second", "first"),
        ({"last": "2026-10-23"}, "first", "second"),
        ({"first": "2026-10-24", "last": "2026-10-24"}, "second", "first"),
    ):
        page = browse.get("/admin/audit", query)
        assert found in page.html.table.text, query
        assert left_out not in page.html.table.text, query


def test_a_kind_of_thing_is_said_and_found_in_the_readers_words(browse, session, clock, admin):
    record(session, clock, admin, "lending.confirm", "loan", "1f38", loan="KMUN6F")
    record(session, clock, admin, "role.grant", "person", "42")
    page = people.signed_in(browse, admin).get("/admin/audit", {"subject": "Prêt"})
    assert [row.text for row in page.html.select("tbody td:nth-of-type(4)")] == ["prêtKMUN6F"]


def test_days_are_those_of_the_citys_clocks(browse, session, clock, admin):
    clock.at = clock.at.replace(hour=22, minute=30)  # half past midnight in Brest, on the 23rd
    record(session, clock, admin, subject="at night")
    people.signed_in(browse, admin)

    assert "at night" in browse.get("/admin/audit", {"first": "2026-10-23"}).text
    assert "at night" not in browse.get("/admin/audit", {"last": "2026-10-22"}).text


def test_a_search_without_result_says_what_to_do(browse, session, admin):
    page = people.signed_in(browse, admin).get("/admin/audit", {"person": "nobody at all"})
    assert page.html.table is None
    assert page.html.select(".empty")


def test_a_day_that_is_none_is_said_to_be_none(browse, session, admin):
    people.signed_in(browse, admin).get("/admin/audit", {"first": "31 November"}, status=422)


def test_days_the_wrong_way_round_are_said_to_be(browse, session, admin):
    asked = {"first": "2026-10-22", "last": "2026-10-21"}
    page = people.signed_in(browse, admin).get("/admin/audit", asked, status=422)
    assert page.html.select_one("[name=last]")["aria-invalid"] == "true"
    assert not page.html.table
    assert "first=2026-10-22" in browse.get("/admin/audit.csv", asked, status=303).location


def test_a_thing_is_found_by_what_it_is_called(browse, session, clock, admin):
    record(session, clock, admin, "lending.confirm", "loan", "1f38", loan="KMUN6F")
    record(session, clock, admin, "lending.check_in", "loan", "2f38", loan="KMUN6G", items=["CAP-0001"])
    people.signed_in(browse, admin)
    for sought, found, left_out in (("KMUN6F", "KMUN6F", "KMUN6G"), ("cap-0001", "KMUN6G", "KMUN6F")):
        page = browse.get("/admin/audit", {"subject": sought})
        assert found in page.html.table.text
        assert left_out not in page.html.table.text


def test_what_was_noted_is_no_thing_by_the_name_of_its_note(browse, session, clock, admin):
    record(session, clock, admin, "lending.move", "item", "1f38", item="CAP-0001", point="2026-02-31")
    record(session, clock, admin, "lending.point_added", "point", "2f38", point="bellevue")
    page = people.signed_in(browse, admin).get("/admin/audit", {"subject": "point"})
    assert "bellevue" in page.html.table.text
    assert "CAP-0001" not in page.html.table.text
    assert "2026-02-31" in browse.get("/admin/audit").html.table.text  # a name, and no day


def test_what_was_noted_of_an_instant_is_said_by_the_citys_clocks(browse, session, clock, admin):
    record(session, clock, admin, "lending.extend", "loan", "1f38", loan="KMUN6F", until="2026-12-12T11:30:00+00:00")
    page = people.signed_in(browse, admin).get("/admin/audit", headers={"Accept-Language": "fr"})
    assert "samedi 12 décembre à 12:30" in page.html.table.text


def test_what_was_noted_is_said_in_the_readers_words(browse, session, clock, admin):
    record(session, clock, admin, "role.grant", role="desk")
    record(
        session, clock, admin, "lending.rules_changed", "policy", rules={"approval": "manual", "closed_days": "first"}
    )
    record(session, clock, admin, "lending.point_changed", "point", fields=["windows", "notice"])
    record(session, clock, admin, "lending.model_changed", "model", fields=["notice", "photos"])
    record(session, clock, admin, "lending.item_changed", "item", fields=["owner", "parent", "condition_note"])
    record(session, clock, admin, "media.change", "media", fields=["title", "voices"])
    table = people.signed_in(browse, admin).get("/admin/audit", headers={"Accept-Language": "en"}).html.table.text
    for said in (
        "Lending desk",
        "Who says yes The desk decides",
        "Days on which the desk is closed The first of a stretch counts",
        "Openings of the week, What to know when one comes",
        "What to know before one uses it, Photos",
        "Belongs to, Part of the kit, Note on its condition",
        "Title, Voices and faces",
    ):
        assert said in table


def test_it_is_paged(browse, session, clock, admin):
    for number in range(51):
        clock.at += timedelta(seconds=1)
        record(session, clock, admin, subject=f"<{number}>")
    page = people.signed_in(browse, admin).get("/admin/audit", {"act": "role.grant"})
    assert len(page.html.select("tbody tr")) == 50
    second = page.click(href="offset=50", index=0)
    assert len(second.html.select("tbody tr")) == 1


def test_it_is_taken_away_as_a_spreadsheet_without_formulas(browse, session, clock, admin):
    record(session, clock, None, "=cmd", subject="@evil")
    answer = people.signed_in(browse, admin).get("/admin/audit.csv", {"subject": "@evil"})

    assert answer.content_type == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    lines = answer.body.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert ",'=cmd,person,'@evil," in lines[1]


def test_people_are_called_by_their_names_and_loans_by_their_numbers(browse, session, clock, admin):
    borrower = people.person(session, name="Rozenn Tanguy")
    record(session, clock, admin, subject=borrower.id, until=None, items=["A-1", "A-2"])
    record(session, clock, admin, "lending.confirm", "loan", "1f38", loan="KMUN6F")
    record(session, clock, admin, "membership.end", "organisation", "7", member=borrower.id, officer=True)
    table = people.signed_in(browse, admin).get("/admin/audit", headers={"Accept-Language": "en"}).html.table.text

    assert "Rozenn Tanguy" in table
    assert "items: A-1, A-2" in table
    assert "member: Rozenn Tanguy" in table
    assert "may act in its name: yes" in table
    assert "until" not in table
    assert "KMUN6F" in table
