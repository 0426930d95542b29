"""Coming in and going out, through the whole app."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.mail.models import OutgoingMail
from portal.people.models import Person, SignIn
from portal.security.models import Window
from portal.security.passwords import Passwords
from tests.factories import lending, people
from tests.factories.people import PASSWORD


def fill(page, form_name, /, **given):
    form = page.forms[form_name]
    for field, value in given.items():
        form[field] = value
    return form


def sign_in(browse, email, password, path="/sign-in", **kw):
    return fill(browse.get(path), "signin", email=email, password=password).submit(**kw)


def link_in(session, purpose):
    texts = session.scalars(select(OutgoingMail.text).order_by(OutgoingMail.created_at))
    return re.findall(rf"http://localhost(/{purpose}/[\w-]+)", "\n".join(texts))[-1]


def sign_up_form(browse, **given):
    usual = {"name": "Azenor Kermarrec", "email": "azenor@example.org", "password": PASSWORD, "language": "fr"}
    return fill(browse.get("/sign-up"), "signup", **usual | given)


def test_a_newcomer_signs_up_follows_the_letter_and_is_in(browse, session):
    sent = sign_up_form(browse).submit(status=303)
    assert sent.location == "http://localhost/letter-sent"
    browse.get(sent.location, status=200)
    page = browse.get(link_in(session, "confirm"))
    welcome = fill(page, "password", password=PASSWORD).submit(status=303).follow()
    assert welcome.request.path == "/account"
    assert "Azenor Kermarrec" in welcome.html.find("main").text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_speaks_the_readers_language(browse, language):
    page = browse.get("/sign-up", headers={"Accept-Language": language})
    assert page.html.find("html")["lang"] == language
    assert page.forms["signup"]["language"].value == language


def test_a_known_address_gets_the_same_answer(browse, session):
    people.person(session, email="azenor@example.org", password=PASSWORD)
    known = sign_up_form(browse).submit()
    unknown = sign_up_form(browse, email="other@example.org").submit()
    assert (known.status, known.location, known.body) == (unknown.status, unknown.location, unknown.body)


def test_a_weak_password_is_refused_beside_its_field_with_every_reason(browse, session):
    page = sign_up_form(browse, password="azerty").submit(status=422)
    control = page.html.find("input", {"name": "password"})
    error = page.html.find(id=f"{control['id']}-error")
    assert error["id"] in control["aria-describedby"].split()
    assert control["aria-invalid"] == "true"
    assert "12" in error.text
    assert not control.get("value")
    assert session.scalar(select(Person)) is None


@pytest.mark.parametrize(
    "given",
    [{"email": "no address"}, {"name": ""}, {"email": "a@example.org\r\nBcc: b@example.org"}, {"language": "xx"}],
)
def test_what_is_not_well_formed_is_refused_and_nobody_is_added(browse, session, given):
    fields = {"name": "Azenor", "email": "azenor@example.org", "password": PASSWORD, "language": "fr"} | given
    browse.post("/sign-up", people.with_csrf(browse, fields), status=422)
    assert session.scalar(select(Person)) is None


def test_a_spent_link_says_what_to_do_next(browse):
    for path in ("/confirm/nothing", "/reset/nothing", "/email/nothing"):
        page = browse.get(path, status=410)
        assert page.html.find("main").find("a", href="/reset")


def test_following_a_link_does_nothing_by_itself(browse, session):
    """Programs that check letters open every link in them."""
    sign_up_form(browse).submit()
    for _ in range(2):
        browse.get(link_in(session, "confirm"), status=200)
    assert session.scalar(select(Person.email_confirmed_at)) is None


class TestSigningIn:
    def test_one_comes_in_and_goes_out(self, browse, session):
        who = people.person(session, password=PASSWORD)
        assert sign_in(browse, who.email, PASSWORD, status=303).follow().request.path == "/account"
        browse.get("/account", status=200)
        browse.post("/sign-out", people.with_csrf(browse), status=303)
        assert "sign-in" not in browse.cookies
        assert session.scalar(select(SignIn)) is None
        browse.get("/account", status=303)

    def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(self, browse, session):
        who = people.person(session, password=PASSWORD)
        cookies = sign_in(browse, who.email, PASSWORD).headers.getall("Set-Cookie")
        (cookie,) = [text for text in cookies if text.startswith("sign-in=")]
        assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"} <= set(cookie.split("; "))
        secret = cookie.partition("=")[2].partition(";")[0]
        assert session.scalar(select(SignIn.secret_hash)) != secret

    def test_the_token_of_forms_is_a_new_one_then(self, browse, session):
        who = people.person(session, password=PASSWORD)
        page = browse.get("/sign-in")
        before = page.forms["signin"]["csrf_token"].value
        fill(page, "signin", email=who.email, password=PASSWORD).submit(status=303)
        browse.post("/sign-out", {"csrf_token": before}, status=400)

    def test_unknown_unconfirmed_and_wrong_get_the_same_answer_at_the_same_cost(self, browse, session, monkeypatch):
        checks = []
        real = Passwords.matches
        monkeypatch.setattr(Passwords, "matches", lambda self, *given: checks.append(1) or real(self, *given))
        people.person(session, email="open@example.org", password=PASSWORD)
        people.person(session, email="wait@example.org", password=PASSWORD, email_confirmed_at=None)
        people.person(session, email="desk@example.org")
        pages = []
        for email, password in (
            ("nobody@example.org", PASSWORD),
            ("wait@example.org", PASSWORD),
            ("desk@example.org", PASSWORD),
            ("open@example.org", "something else"),
        ):
            page = sign_in(browse, email, password, status=422)
            pages.append(re.sub(r'value="[\w-]{43}"', "", page.text.replace(email, "")))
        assert len(set(pages)) == 1
        assert len(checks) == 4

    def test_who_waits_for_confirmation_is_led_to_a_new_letter(self, browse, session):
        people.person(session, email="wait@example.org", password=PASSWORD, email_confirmed_at=None)
        page = sign_in(browse, "wait@example.org", PASSWORD, status=422)
        again = page.click(href="/confirm$")
        assert fill(again, "email", email="wait@example.org").submit(status=303).location.endswith("/letter-sent")
        browse.get(link_in(session, "confirm"), status=200)

    def test_after_too_many_tries_the_page_says_how_long_to_wait_and_the_count_is_kept(self, browse, session):
        who = people.person(session, password=PASSWORD)
        for _ in range(10):
            sign_in(browse, who.email, "something else", status=422)
        page = sign_in(browse, who.email, PASSWORD, status=429)
        assert 0 < int(page.headers["Retry-After"]) <= 300
        assert page.html.find("h1")
        assert session.scalars(select(Window.count).where(Window.act == "sign-in.account")).all() == [11]

    def test_an_erased_persons_browser_is_not_signed_in(self, browse, session):
        who = people.person(session)
        people.signed_in(browse, who)
        people.forget(who)
        session.flush()
        browse.get("/account", status=303)

    def test_a_sign_in_ends_after_thirty_days(self, browse, session, clock):
        people.signed_in(browse, people.person(session))
        clock.at += timedelta(days=30)
        browse.get("/account", status=303)

    def test_who_is_in_already_goes_on(self, browse, session):
        people.signed_in(browse, people.person(session))
        assert browse.get("/sign-in?next=/account/profile", status=303).location == "http://localhost/account/profile"


class TestTheWayBack:
    def test_a_page_for_people_leads_to_the_door_and_back(self, browse, session):
        who = people.person(session, password=PASSWORD)
        door = browse.get("/account/profile?x=1", status=303)
        assert door.location == "http://localhost/sign-in?next=%2Faccount%2Fprofile%3Fx%3D1"
        assert sign_in(browse, who.email, PASSWORD, door.location).location == "http://localhost/account/profile?x=1"

    @pytest.mark.parametrize(
        "hostile",
        ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "/%09/elsewhere.example",
         "%2F%2Felsewhere.example", "/%0d%0aSet-Cookie:x=y", "javascript:alert(1)"],
    )  # fmt: skip
    def test_nobody_is_led_to_another_site(self, browse, session, hostile):
        who = people.person(session, password=PASSWORD)
        answer = sign_in(browse, who.email, PASSWORD, f"/sign-in?next={hostile}")
        assert answer.location == "http://localhost/account"
        assert "x" not in browse.cookies

    def test_who_is_signed_in_and_may_not_is_told_so(self, browse, session):
        people.signed_in(browse, people.person(session)).get("/admin", status=403)

    def test_a_form_sent_by_nobody_is_not_led_anywhere(self, browse):
        browse.post("/account/profile", people.with_csrf(browse), status=403)


class TestForgery:
    @pytest.mark.parametrize("fields", [{}, {"csrf_token": ""}, {"csrf_token": "x" * 43}, {"csrf_token": "é"}])
    def test_a_form_without_this_browsers_token_is_refused(self, browse, session, fields):
        people.signed_in(browse, people.person(session))
        people.with_csrf(browse)
        browse.post("/account/browsers", fields | {"everywhere": "1"}, status=400)
        browse.get("/account", status=200)

    def test_a_file_in_place_of_the_token_is_refused(self, browse):
        browse.post("/sign-in", {}, upload_files=[("csrf_token", "x.txt", b"x")], status=400)

    @pytest.mark.parametrize(
        "origin", ["https://elsewhere.example", "http://localhost.elsewhere.example", "null", "http://["]
    )
    def test_a_form_from_another_site_is_refused_even_with_the_token(self, browse, origin):
        browse.post("/sign-out", people.with_csrf(browse), headers={"Origin": origin}, status=400)

    def test_a_form_of_ours_says_where_it_comes_from(self, browse):
        browse.post("/sign-out", people.with_csrf(browse), headers={"Origin": "http://localhost"}, status=303)

    def test_the_token_may_come_in_a_header(self, browse):
        token = people.with_csrf(browse)["csrf_token"]
        browse.post("/sign-out", {}, headers={"X-CSRF-Token": token}, status=303)


class TestForgottenPassword:
    def test_a_new_one_is_chosen_and_one_is_in(self, browse, session):
        who = people.person(session, password=PASSWORD)
        fill(browse.get("/reset"), "email", email=who.email).submit(status=303)
        page = browse.get(link_in(session, "reset"))
        fill(page, "newpassword", new="une autre phrase de passe").submit(status=303)
        browse.get("/account", status=200)
        browse.reset()
        sign_in(browse, who.email, PASSWORD, status=422)
        sign_in(browse, who.email, "une autre phrase de passe", status=303)

    def test_a_weak_one_is_refused_and_the_link_stays_good(self, browse, session):
        who = people.person(session, password=PASSWORD)
        fill(browse.get("/reset"), "email", email=who.email).submit()
        page = browse.get(link_in(session, "reset"))
        again = fill(page, "newpassword", new="motdepasse123").submit(status=422)
        fill(again, "newpassword", new="une autre phrase de passe").submit(status=303)

    def test_an_unknown_address_gets_the_same_answer(self, browse, session):
        who = people.person(session)
        answers = [
            fill(browse.get("/reset"), "email", email=email).submit() for email in (who.email, "nobody@example.org")
        ]
        assert len({(answer.status, answer.location, answer.body) for answer in answers}) == 1


def test_the_way_in_leads_back_to_the_page_with_what_was_chosen_on_it(browse, session):
    who = people.person(session, password=PASSWORD)
    lending.stock(session, of=lending.model(session, slug="tente"))
    page = browse.get("/equipment/tente?pickup=2026-11-03&return=2026-11-05")
    door = page.html.select_one(".top .end a.button")["href"]
    back = sign_in(browse, who.email, PASSWORD, door, status=303)
    assert back.location == "http://localhost/equipment/tente?pickup=2026-11-03&return=2026-11-05"


@pytest.mark.parametrize("path", ["/sign-in", "/reset", "/sign-up"])
def test_at_the_door_the_way_in_forgets_nothing_and_leads_not_back_to_the_door(browse, path):
    for query in ("", "?next=%2Floans"):
        assert browse.get(path + query).html.select_one(".top .end a.button")["href"] == f"/sign-in{query}"
