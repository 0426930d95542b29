"""A visitor says that something is wrong; a moderator reads it and decides."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from portal.moderation.models import Flag, ModerationAct
from portal.moderation.terms import Act, Concern
from portal.people.terms import Role
from portal.ports.moderation import Moderated
from tests.factories import moderation as things
from tests.factories import people


@pytest.fixture(autouse=True)
def board(config, monkeypatch):
    monkeypatch.setitem(config.registry.answers, Moderated, [lambda request: things.Noticeboard(request.db)])


@pytest.fixture
def notice(session):
    return things.notice(session)


@pytest.fixture
def rozenn(session):
    return people.staff(session, Role.MODERATOR, name="Rozenn Mingam", language="en")


@pytest.fixture
def moderator(browse, rozenn):
    return people.signed_in(browse, rozenn)


def flagged(browse, thing, words="Il a lieu en mai.", concern="mistake"):
    form = browse.get(f"/flag/notice/{thing.id}").forms["flag"]
    form["concern"], form["words"] = concern, words
    return form.submit("send", expect_errors=True)


def decide(browse, thing, button, reason="Périmé.", form="reason"):
    form = browse.get(f"/admin/moderation/notice/{thing.id}").forms[form]
    form["reason"] = reason
    return form.submit(button, expect_errors=True)


def test_a_visitor_without_an_account_says_what_is_wrong(browse, session, notice):
    answer = flagged(browse, notice)
    assert (answer.status_int, answer.location) == (303, "http://localhost/about")
    assert answer.follow().html.select(".flash .is-good")
    [flag] = session.scalars(select(Flag))
    assert (flag.concern, flag.words, flag.by_id) == (Concern.MISTAKE, "Il a lieu en mai.", None)
    assert (flag.subject_kind, flag.subject_id) == ("notice", notice.id)


def test_of_somebody_signed_in_it_is_known_who_said_it(browse, session, notice):
    who = people.person(session)
    flagged(people.signed_in(browse, who), notice)
    assert session.scalars(select(Flag.by_id)).one() == who.id


@pytest.mark.parametrize(("words", "concern"), [("", "mistake"), ("x" * 2001, "mistake"), ("Périmé.", None)])
def test_what_says_nothing_or_too_much_is_not_taken(browse, session, notice, words, concern):
    fields = {"words": words} | ({"concern": concern} if concern else {})
    page = browse.post(f"/flag/notice/{notice.id}", people.with_csrf(browse, fields), status=422)
    assert page.html.select("[aria-invalid=true]")
    assert session.scalars(select(Flag)).all() == []


def test_too_much_at_once_is_slowed_down_and_says_so(browse, session, notice):
    statuses = [flagged(browse, notice).status_int for _ in range(11)]
    assert statuses == [303] * 10 + [429]
    page = flagged(browse, notice)
    assert page.headers["Retry-After"]
    assert "/reset" not in page.text
    assert len(session.scalars(select(Flag)).all()) == 10


def test_a_form_of_another_site_says_nothing(browse, session, notice):
    browse.post(f"/flag/notice/{notice.id}", {"concern": "mistake", "words": "x"}, status=400)
    assert session.scalars(select(Flag)).all() == []


@pytest.mark.parametrize(
    "path", ["/flag/notice/nonsense", f"/flag/notice/{UUID(int=29)}", f"/flag/unknown/{UUID(int=29)}"]
)
def test_what_is_not_there_cannot_be_flagged(browse, path):
    browse.get(path, status=404)


def test_what_is_hidden_is_a_404_that_says_so_and_what_is_removed_a_410(browse, session, notice):
    path = f"/flag/notice/{notice.id}"
    things.acted(session, notice, Act.HIDE)
    assert "hidden" in browse.get(path, status=404, headers={"Accept-Language": "en"}).html.h1.text
    removed = things.notice(session)
    things.acted(session, removed, Act.REMOVE)
    page = browse.get(f"/flag/notice/{removed.id}", status=410, headers={"Accept-Language": "en"})
    assert "removed" in page.html.h1.text
    assert page.forms[0].action == "/search"


def test_who_moderates_sees_what_is_hidden_but_not_what_was_removed(moderator, session, notice):
    things.acted(session, notice, Act.HIDE)
    moderator.get(f"/flag/notice/{notice.id}", status=200)
    removed = things.notice(session)
    things.acted(session, removed, Act.REMOVE)
    moderator.get(f"/flag/notice/{removed.id}", status=410)


@pytest.mark.parametrize("path", ["", "/hidden", "/acts", "/notice/{id}"])
def test_only_moderators_and_administrators_see_what_waits(browse, session, notice, path):
    address = "/admin/moderation" + path.format(id=notice.id)
    assert browse.get(address, status=303).location.startswith("http://localhost/sign-in")
    people.signed_in(browse, people.staff(session, Role.DESK, "lambezellec"))
    browse.get(address, status=403)
    people.signed_in(browse, people.staff(session))
    browse.get(address)


def test_moderators_have_their_queue_among_the_main_links_and_administrators_on_their_front_page(
    browse, session, rozenn
):
    links = people.signed_in(browse, rozenn).get("/admin/moderation").html.select("nav .nav a[aria-current]")
    assert [link["href"] for link in links] == ["/admin/moderation"]
    people.signed_in(browse, people.staff(session))
    assert browse.get("/admin").html.select('.card-link[href="/admin/moderation"]')
    links = browse.get("/admin/moderation").html.select("nav .nav a[aria-current]")
    assert [link["href"] for link in links] == ["/admin"]


def test_the_queue_says_what_visitors_say(moderator, session, notice):
    things.flag(session, notice, "C’est ma voix <b>!</b>", concern=Concern.RIGHTS)
    for number in range(4):
        things.flag(session, notice, f"Encore {number}")
    page = moderator.get("/admin/moderation")
    page.mustcontain("Fest-noz aux Capucins", "Notice", "1 thing to look at", "and 2 more reports", "A visitor")
    assert "<b>!" not in page.text
    assert moderator.get(f"/admin/moderation/notice/{notice.id}").text.count("Encore") == 4


def test_an_empty_queue_says_so(moderator):
    for path in ("", "/hidden", "/acts"):
        assert moderator.get("/admin/moderation" + path).html.select(".empty")


def test_a_thing_is_hidden_with_a_reason_and_put_back(moderator, session, notice, rozenn):
    things.flag(session, notice)
    page = decide(moderator, notice, "hide").follow()
    page.mustcontain("hidden", "Périmé.", "Rozenn Mingam")
    assert session.scalars(select(Flag.settled_by_id)).one() == rozenn.id
    moderator.get("/admin/moderation/hidden").mustcontain("Fest-noz aux Capucins", "Périmé.")
    decide(moderator, notice, "restore", "Reporté.").follow().mustcontain("Reporté.")
    acts = session.scalars(select(ModerationAct).order_by(ModerationAct.number)).all()
    assert [(act.act, act.reason, act.actor_id) for act in acts] == [
        (Act.HIDE, "Périmé.", rozenn.id),
        (Act.RESTORE, "Reporté.", rozenn.id),
    ]
    moderator.get("/admin/moderation/acts").mustcontain("Périmé.", "Reporté.")


def test_without_a_reason_nothing_is_done(moderator, session, notice):
    assert decide(moderator, notice, "hide", "").status_int == 422
    page = decide(moderator, notice, "remove", "", form="removal")
    assert page.status_int == 422
    assert page.html.select("details[open] [aria-invalid=true]")
    assert session.scalars(select(ModerationAct)).all() == []


def test_what_is_removed_offers_no_act_any_more(moderator, session, notice):
    page = decide(moderator, notice, "remove", "Demande de l’auteur.", form="removal").follow()
    assert not {"reason", "removal"} & set(page.forms)
    page.mustcontain("removed for good", "Demande de l’auteur.")


def test_who_comes_too_late_is_told_how_it_stands(moderator, session, notice):
    form = moderator.get(f"/admin/moderation/notice/{notice.id}").forms["reason"]
    things.acted(session, notice, Act.HIDE)
    form["reason"] = "Périmé."
    page = form.submit("hide", status=409)
    page.mustcontain("Somebody else has hidden it")
    assert page.html.select("#refusals")


def test_nothing_is_wrong_with_it(moderator, session, notice, clock):
    things.flag(session, notice)
    page = moderator.get(f"/admin/moderation/notice/{notice.id}")
    next(form for form in page.forms.values() if "settle" in form.fields).submit("settle").follow()
    assert session.scalars(select(Flag.settled_at)).one() == clock.at
    assert moderator.get("/admin/moderation").html.select(".empty")


def test_what_is_not_there_any_more_can_still_be_settled(moderator, session, notice):
    things.flag(session, notice, subject_kind="of_no_feature")
    moderator.get("/admin/moderation").mustcontain("Something that is no longer there")
    page = moderator.get(f"/admin/moderation/of_no_feature/{notice.id}")
    assert not {"reason", "removal"} & set(page.forms)
    next(form for form in page.forms.values() if "settle" in form.fields).submit("settle")
    assert moderator.get("/admin/moderation").html.select(".empty")
    moderator.get(f"/admin/moderation/of_no_feature/{uuid4()}", status=404)
    moderator.get("/admin/moderation/notice/nonsense", status=404)


def test_lists_go_on(moderator, session, clock):
    for number in range(21):
        notice = things.notice(session, f"Avis {number:02}")
        things.flag(session, notice, created_at=clock.at - timedelta(minutes=number))
        things.acted(session, notice, Act.HIDE)
    for path in ("", "/hidden", "/acts"):
        page = moderator.get("/admin/moderation" + path)
        page.mustcontain("1 to 20 of 21")
        page.click(linkid=None, href="offset=20").mustcontain("21 to 21 of 21")
    moderator.get("/admin/moderation?offset=x").mustcontain("1 to 20 of 21")
