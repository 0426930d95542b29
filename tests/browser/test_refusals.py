"""The pages on which lending says no: as fit for everybody as those on which all goes well."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from tests.browser.sites import Site
from tests.browser.test_every_page import complaints_of, flaws, wider_than_its_window
from tests.browser.town import Town

LARGE = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"}
SMALL = {"viewport": {"width": 360, "height": 740}, "locale": "fr-FR", "color_scheme": "dark"}


@dataclass(frozen=True)
class Refusal:
    """A form on a page, what somebody writes into it, and with which status it comes back. ``tick`` is of a list."""

    path: str
    form: str
    status: int
    written: tuple[tuple[str, str], ...] = ()
    tick: tuple[str, ...] = ()
    button: str = ""
    by: Callable[[Town], object] = lambda town: town.nolwenn


def of_the_clerk(town: Town):
    return town.clerk


def wish(pickup: str, back: str, units: str = "1") -> tuple[tuple[str, str], ...]:
    return (("pickup", pickup), ("return", back), ("units", units), ("purpose", "Une balade sonore"))


RECORDER, CHANGE, OUT = "/equipment/enregistreur", "/desk/loans/{risky}/change", "/desk/loans/{loan}/check-out"
REFUSALS = {
    "a request that cannot be granted": Refusal(RECORDER, "borrow", 409, wish("2026-10-25", "2026-12-24", "4")),
    "a request with proposals": Refusal("/equipment/table-de-mixage", "borrow", 409, wish("2026-10-28", "2026-10-29")),
    "a request that is not well formed": Refusal(RECORDER, "borrow", 422, wish("", "")),
    "a hand-over of too much": Refusal(
        OUT, "checkout", 409, tick=("items", "terms"), button="hand_out", by=of_the_clerk
    ),
    "a hand-over of nothing": Refusal(OUT, "checkout", 409, tick=("terms",), button="hand_out", by=of_the_clerk),
    "a hand-over without the terms": Refusal(OUT, "checkout", 422, tick=("items",), button="hand_out", by=of_the_clerk),
    "a change that cannot be": Refusal(
        CHANGE, "change", 409, (("pickup_at", "2026-11-02T23:00"), ("return_at", "2026-12-24T10:00")), by=of_the_clerk
    ),
    "a change that is not well formed": Refusal(
        CHANGE, "change", 422, (("pickup_at", ""), ("return_at", "")), by=of_the_clerk
    ),
    "an extension with its proposal": Refusal("/loans/{out}/extend", "extend", 409, (("return", "2026-10-25"),)),
    "an extension that is not well formed": Refusal("/loans/{out}/extend", "extend", 422, (("return", ""),)),
}


@pytest.fixture
def refused(site: Site, town: Town, chromium):
    """A function that sends a form in vain and returns the page that comes of it, and what its browser complains of."""
    contexts = []

    def sent(refusal: Refusal, **look) -> tuple[Page, list[str]]:
        context = chromium.new_context(reduced_motion="reduce", **look)
        contexts.append(context)
        context.add_cookies([site.cookie(refusal.by(town))])
        page = context.new_page()
        complaints = complaints_of(page, site)
        page.goto(site.address + refusal.path.format(**town.names))
        form = page.locator(f"form#{refusal.form}")
        for name, value in refusal.written:
            form.locator(f"[name='{name}']").evaluate("(field, value) => { field.value = value }", value)
        for box in form.locator("input[type=checkbox]").all():
            box.evaluate("(box, names) => { box.checked = names.includes(box.name) }", list(refusal.tick))
        button = f"button[name='{refusal.button}']" if refusal.button else "button:not([name*=':'])"
        with page.expect_navigation() as answer:
            form.locator(button).last.evaluate("button => button.click()")
        assert answer.value.status == refusal.status
        return page, complaints

    yield sent
    for context in contexts:
        context.close()


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_a_page_that_says_no_is_fit_for_everybody(refused, faults, refusal):
    large, complaints = refused(refusal, **LARGE)
    assert large.title().startswith("Error:")
    found = [*faults(large), *flaws(large)]
    large.emulate_media(color_scheme="dark")
    found += faults(large, "color-contrast") + wider_than_its_window(large, 640) + complaints
    small, complaints = refused(refusal, **SMALL)
    assert small.title().startswith("Erreur")
    found += [*faults(small), *flaws(small), *wider_than_its_window(small, 360, 320), *complaints]
    assert found == []


@pytest.mark.parametrize("refusal", ["a request with proposals", "an extension with its proposal"])
def test_what_would_do_instead_is_on_the_page_that_says_no(refused, refusal):
    page, _complaints = refused(REFUSALS[refusal], **LARGE)
    assert page.locator(f"form#{REFUSALS[refusal].form} .notice :is(a, button)").count()
