"""A resident's whole way: find, ask, be told no and what would work, borrow, keep it longer, call it off."""

import re
from itertools import count

import pytest

from tests.factories import lending, people
from tests.factories.people import PASSWORD

WAYS = {
    "on a large screen": ("sqlite", {"width": 1280, "locale": "en-GB"}),
    "on a phone": ("sqlite", {"width": 360, "height": 740, "locale": "fr-FR", "has_touch": True}),
    "without script": ("sqlite", {"width": 1280, "locale": "fr-FR", "java_script_enabled": False}),
    "on a phone without script": ("sqlite", {"width": 360, "locale": "en-GB", "java_script_enabled": False}),
    "on PostgreSQL": ("postgresql", {"width": 1280, "locale": "en-GB"}),
}
PLACES = count(1)


@pytest.fixture
def maelle(site):
    """A resident who needs a recorder; a desk, open from Tuesday to Saturday, has three, two of them lent that week."""
    number = next(PLACES)
    name = {"fr": f"Enregistreur numérique {number}", "en": f"Digital recorder {number}"}
    with site.session() as session:
        desk = lending.point(
            session, name="Maison de Saint-Pierre", slug=f"saint-pierre-{number}", windows=lending.TUESDAY_TO_SATURDAY
        )
        recorder = lending.model(session, slug=f"recorder-{number}", name=name)
        stock = lending.stock(session, units=3, at=desk, of=recorder)
        lending.policy(session, model_id=stock.model_id, max_units_per_person=2)
        lending.loan(session, stock, "2026-10-27T10:00", "2026-10-30T18:00", units=2)
        lending.listed(session, stock.model, desk)
        return people.person(session, name="Maëlle Abalea", email=f"maelle{number}@example.org", password=PASSWORD)


def said_beside(page, name: str) -> str:
    """Return what is said to be wrong with a field, as somebody hears it who comes to the field."""
    ids = page.locator(f"#borrow [name={name}]").get_attribute("aria-describedby").split()
    return " ".join(page.locator(f"#{one}.error").inner_text() for one in ids if one.endswith("-error"))


def filled_in(page) -> dict[str, str]:
    names = ("pickup", "return", "units", "purpose")
    return {name: page.locator(f"#borrow [name={name}]").input_value() for name in names}


def go(page, name: str) -> None:
    """Follow a main link, which on a phone is in the menu."""
    menu = page.locator(".top .menu-button").first
    if menu.is_visible():
        menu.click()
    page.locator(".nav").get_by_role("link", name=name).click()


@pytest.mark.parametrize(("site", "way"), WAYS.values(), ids=WAYS, indirect=["site"])
def test_from_the_catalogue_to_a_loan_that_is_called_off(site, maelle, page_of, way):
    say = site.words(way["locale"][:2])
    number = maelle.email.split("@")[0].removeprefix("maelle")
    page = page_of(site.address, **way)
    main = page.locator("main")

    # She looks for it without its accent, at one of the desks, and for days on which one is left.
    go(page, say("Borrow"))
    page.fill("[name=q]", f"numerique {number}")
    page.select_option("[name=point]", f"saint-pierre-{number}")
    page.fill("[name=from]", "2026-10-27")
    page.fill("[name=to]", "2026-10-30")
    page.get_by_role("button", name=say("Search")).click()
    assert re.search(r"\b1 \w+ (of|sur) 3", main.locator("article").inner_text())
    main.get_by_role("link", name=re.compile(f"{number}$")).click()

    # The calendar says in words what its colours say; the days that she gave are in it and in the form.
    day = main.locator("td", has=page.locator("b", has_text=re.compile("^26$")))
    assert say("closed") in day.inner_text()
    assert main.locator(".month .edge").count() == 2
    assert main.locator(".month a.day").first.get_attribute("href")

    # She asks for three from a Monday on, and must say first who she is. Nothing that she wrote is lost by that.
    wish = {"pickup": "2026-10-26", "return": "2026-10-30", "units": "3", "purpose": "Les voix du port"}
    for name, value in wish.items():
        page.fill(f"#borrow [name={name}]", value)
    page.get_by_role("button", name=say("Sign in to borrow")).click()
    page.fill("[name=email]", maelle.email)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name=say("Sign in")).click()
    assert filled_in(page) == wish

    # Everything that stands in the way is said at once, each beside its field.
    page.locator("#borrow .actions button").click()
    assert page.title().startswith(say("Error:"))
    assert page.locator(".summary li").count() == 3
    assert page.evaluate("() => document.activeElement.matches('.summary')")
    assert said_beside(page, "pickup")
    assert re.search("one is free|un seul est libre", said_beside(page, "units"), re.IGNORECASE)
    assert re.findall(r"\d", said_beside(page, "units")) == ["2"], "so many are for one person"

    # Two she could have, on other days. One click on the first proposal fills the form in, another one borrows.
    page.fill("#borrow [name=units]", "2")
    page.locator("#borrow .actions button").click()
    assert said_beside(page, "units")
    page.locator("#borrow .notice a").first.click()
    proposed = filled_in(page)
    assert (proposed["units"], proposed["purpose"]) == ("2", wish["purpose"])
    assert proposed["pickup"] not in ("", wish["pickup"])
    page.locator("#borrow .actions button").click()

    # Now she knows what comes next, and finds her loan again.
    assert say("What happens now") in main.inner_text()
    loan = page.locator(".ticket .number").inner_text()
    assert loan in main.locator(".notice").first.inner_text()
    go(page, say("My loans"))
    assert loan in main.inner_text()
    main.get_by_role("link", name=re.compile(number)).click()

    # She needs it for longer, and then not at all.
    main.get_by_role("link", name=say("Keep it longer")).click()
    back = page.input_value("#extend [name=return]") or proposed["return"]
    assert back <= proposed["return"]
    page.fill("#extend [name=return]", "2026-11-24")
    page.get_by_role("button", name=say("Ask to keep it longer")).click()
    assert main.locator(".flash .is-good").is_visible()
    main.locator("summary", has_text=say("Cancel this loan")).click()
    page.get_by_role("button", name=say("Cancel this loan")).click()
    assert main.locator(".tag").first.inner_text() == say("cancelled")
    go(page, say("My loans"))
    assert say("You have nothing borrowed or reserved.") in main.inner_text()
