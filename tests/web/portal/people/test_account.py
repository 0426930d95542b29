"""One's own account, through the whole app."""

import re

import pytest
from sqlalchemy import func, select

from portal.mail.models import OutgoingMail
from portal.people.models import ApiToken, Person, SignIn
from tests.factories import people
from tests.factories.people import PASSWORD

OTHER = "une autre phrase de passe"
PAGES = [
    "",
    "/profile",
    "/password",
    "/email",
    "/browsers",
    "/tokens",
    "/calendar",
    "/export",
    "/erase",
    "/organisations",
    "/organisations/new",
]


@pytest.fixture
def me(session, browse):
    who = people.person(session, name="Azenor Kermarrec", phone="06 12 34 56 78", password=PASSWORD)
    people.signed_in(browse, who)
    return who


def send(browse, path, form, /, status=303, **given):
    page = browse.get(path)
    for name, value in given.items():
        page.forms[form][name] = value
    return page.forms[form].submit(status=status)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_the_account_is_ones_own(browse, page):
    assert browse.get(f"/account{page}", status=303).location.startswith("http://localhost/sign-in?next=")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_the_account_opens_for_its_owner(browse, me, page):
    browse.get(f"/account{page}", status=200)


def test_every_link_of_the_overview_leads_somewhere(browse, me):
    page = browse.get("/account")
    links = {link["href"] for link in page.html.find("main").find_all("a")}
    assert len(links) >= 8
    for link in links:
        browse.get(link, status=200)


def test_name_phone_and_language_are_changed_freely(browse, me):
    send(browse, "/account/profile", "profile", name="Azenor Le Gall", phone="", language="en")
    assert (me.name, me.phone, me.language) == ("Azenor Le Gall", None, "en")
    assert browse.get("/account").html.find("html")["lang"] == "en"


@pytest.mark.parametrize("given", [{"name": " "}, {"phone": "call me"}, {"name": "x" * 201}])
def test_details_that_are_not_well_formed_change_nothing(browse, me, given):
    send(browse, "/account/profile", "profile", status=422, **given)
    assert (me.name, me.phone) == ("Azenor Kermarrec", "06 12 34 56 78")


class TestPassword:
    def test_a_new_one_needs_the_present_one_and_leaves_only_this_browser_in(self, browse, session, me):
        people.sign_in(session, me)
        form = "changepassword"
        send(browse, "/account/password", form, password="wrong", new=OTHER, status=422)
        send(browse, "/account/password", form, password=PASSWORD, new="motdepasse123", status=422)
        send(browse, "/account/password", form, password=PASSWORD, new=OTHER)
        browse.get("/account", status=200)
        assert session.scalar(select(func.count()).select_from(SignIn)) == 1

    def test_guessing_the_present_one_has_its_limit_here_too(self, browse, me):
        for _ in range(10):
            send(browse, "/account/password", "changepassword", password="wrong", new=OTHER, status=422)
        send(browse, "/account/password", "changepassword", password=PASSWORD, new=OTHER, status=429)


def test_the_address_changes_when_the_letter_there_is_followed(browse, session, me):
    send(browse, "/account/email", "changeemail", password=PASSWORD, email="new@example.org")
    text = session.scalar(select(OutgoingMail.text).where(OutgoingMail.to == "new@example.org"))
    page = browse.get(re.search(r"/email/[\w-]+", text)[0])
    assert me.email != "new@example.org"
    page.forms[1].submit(status=303)
    assert me.email == "new@example.org"


class TestBrowsers:
    def test_another_browser_is_signed_out_from_here(self, browse, session, me):
        secret = people.sign_in(session, me, browser="Safari, iPhone")
        page = browse.get("/account/browsers")
        item = page.html.find("strong", string="Safari, iPhone").find_parent("li")
        other = item.find("input", {"name": "sign_in"})["value"]
        browse.post("/account/browsers", people.with_csrf(browse, {"sign_in": other}), status=303)
        browse.get("/account", status=200)
        browse.set_cookie("sign-in", secret)
        browse.get("/account", status=303)

    def test_nobody_signs_others_out(self, browse, session, me):
        people.sign_in(session, people.person(session))
        others = session.scalar(select(SignIn.id).where(SignIn.person_id != me.id))
        for sent in (str(others), "nonsense", "é"):
            browse.post("/account/browsers", people.with_csrf(browse, {"sign_in": sent}), status=404)

    def test_everywhere_is_everywhere(self, browse, session, me):
        people.sign_in(session, me)
        browse.post("/account/browsers", people.with_csrf(browse, {"everywhere": "1"}), status=303)
        assert session.scalar(select(SignIn)) is None
        browse.get("/account", status=303)


class TestTokens:
    def test_a_token_is_shown_once_and_acts_as_me_until_it_is_revoked(self, browse, session, me):
        page = send(browse, "/account/tokens", "token", name="Agenda", days="30", status=200)
        token = page.html.find("code").text
        assert re.fullmatch(r"[\w-]{43}", token)
        assert token not in browse.get("/account/tokens").text
        kept = session.scalar(select(ApiToken.id))
        browse.post("/account/tokens", people.with_csrf(browse, {"revoke": str(kept)}), status=303)
        assert session.scalar(select(ApiToken.id)) is None

    def test_nobody_revokes_anothers(self, browse, session, me):
        people.token(session, people.person(session))
        others = session.scalar(select(ApiToken.id))
        browse.post("/account/tokens", people.with_csrf(browse, {"revoke": str(others)}), status=404)

    def test_a_token_opens_no_page(self, browse, session, me):
        headers = people.bearer(session, me)
        browse.reset()
        browse.get("/account", headers=headers, status=303)


def test_the_address_of_my_calendar_is_made_when_i_ask_and_changed_when_i_ask(browse, me):
    assert browse.get("/account/calendar").html.find("code") is None
    addresses = []
    for _ in range(2):
        page = browse.post("/account/calendar", people.with_csrf(browse), status=303).follow()
        addresses.append(page.html.find("code").text)
    former, present = addresses
    assert present.endswith(f"/calendar/{me.calendar_token}.ics")
    browse.get(former, status=404)
    assert browse.get(present).content_type == "text/calendar"


def test_everything_about_me_comes_as_a_file(browse, me):
    answer = browse.get("/account/export")
    assert answer.content_type == "application/json"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.json["account"]["name"] == "Azenor Kermarrec"


class TestErasure:
    def test_it_needs_the_password_and_ends_the_sign_in(self, browse, session, me):
        send(browse, "/account/erase", "password", password="wrong", status=422)
        assert me.erased_at is None
        send(browse, "/account/erase", "password", password=PASSWORD)
        assert (me.name, me.email) == ("", None)
        browse.get("/account", status=303)

    def test_what_stands_in_the_way_is_said(self, browse, session, me):
        mine = people.membership(session, person=me)
        page = browse.get("/account/erase")
        people.membership(session, organisation=mine.organisation, officer=False)
        refused = browse.get("/account/erase")
        assert "Les Amis du Stang-Alar" in refused.text
        assert "password" not in refused.forms
        page.forms["password"]["password"] = PASSWORD
        assert "Les Amis du Stang-Alar" in page.forms["password"].submit(status=409).text
        assert session.get(Person, me.id).erased_at is None
