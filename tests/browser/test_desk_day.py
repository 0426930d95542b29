"""A clerk's day at a counter, on a tablet: decide, find, hand out, take back, register and lend, print."""

import re

import pytest

from equipment_lending.terms import Approval, LoanState
from portal.people.terms import Role
from tests.browser.reader import press, told
from tests.factories import desk, lending, people

TABLET = {"width": 1024, "height": 768, "has_touch": True, "locale": "en-GB"}


@pytest.fixture(scope="module")
def clerk(site):
    """Who serves at Lambézellec on a Thursday at two in the afternoon, when all of the below has been agreed."""
    with site.session() as session:
        point = lending.point(session, slug="lambezellec", windows=lending.TUESDAY_TO_SATURDAY)

        def held(name: str, *tags: str, **given):
            stock = lending.stock(session, units=0, at=point, of=lending.model(session, name={"fr": name}, **given))
            for tag in tags:
                lending.item(session, stock, asset_tag=tag)
            session.refresh(stock)
            return stock

        def agreed(stock, start: str, end: str, who: str, **given):
            return lending.loan(session, stock, start, end, borrower=people.person(session, name=who), **given)

        recorders = held("Enregistreur", "SON-1", "SON-2", "SON-3", accessories=["bonnette", "carte"])
        bike, camera = held("Vélo cargo", "VELO-1"), held("Caméra", "CAM-1", accessories=["batterie", "trépied"])
        tent, mixer = held("Tente", "TENTE-1"), held("Table de mixage", "TABLE-1")
        held("Projecteur", "PROJ-1", slug="projecteur")
        lending.policy(session, model_id=bike.model_id, approval=Approval.MANUAL)
        agreed(recorders, "2026-10-22T15:00", "2026-10-24T17:00", "Nolwenn Le Goff", units=2)
        agreed(bike, "2026-10-27T10:00", "2026-10-28T17:00", "Ewen Quéméneur", state=LoanState.REQUESTED)
        agreed(bike, "2026-10-29T10:00", "2026-10-30T17:00", "Soazig Tanguy", state=LoanState.REQUESTED)
        agreed(mixer, "2026-11-03T10:00", "2026-11-05T17:00", "Tugdual Morvan")
        late = agreed(tent, "2026-10-14T10:00", "2026-10-17T17:00", "Rozenn Abgrall")
        due = agreed(camera, "2026-10-20T10:00", "2026-10-22T17:00", "Goulven Prigent")
        for loan in (late, due):
            desk.handed_out(session, loan, at=loan.pickup_at)
        return people.staff(session, Role.DESK, "lambezellec", name="Yann Kerbrat")


@pytest.fixture
def tablet(site, clerk, page_of):
    """The desk's page on the clerk's tablet."""
    return page_of(f"{site.address}/desk", storage_state={"cookies": [site.cookie(clerk)], "origins": []}, **TABLET)


def column(page, title: str):
    return page.locator(".desk > section", has=page.get_by_role("heading", name=title, exact=True))


def test_one_request_is_granted_and_another_declined_with_a_reason(tablet):
    press(tablet, "Open: Ewen Quéméneur")
    press(tablet, "Confirm the loan")
    assert "confirmed" in told(tablet)
    press(tablet, "The desk")
    press(tablet, "Open: Soazig Tanguy")
    tablet.locator("summary", has_text="Decline").tap()
    press(tablet, "Decline")
    assert tablet.locator("#reject-reason").get_attribute("aria-invalid") == "true", (
        "nobody is turned down without a word"
    )
    tablet.fill("#reject-reason", "Il est en révision jusqu’en novembre.")
    press(tablet, "Decline")
    assert "declined" in told(tablet)
    assert "en révision" in tablet.locator("aside").inner_text()
    press(tablet, "The desk")
    assert column(tablet, "To decide").count() == 0


def test_a_borrower_is_found_by_a_part_of_the_name_and_gets_two_things_one_after_the_other(tablet):
    tablet.fill("#q", "goff")
    press(tablet, "Find")
    press(tablet, "Hand out: 2 × Enregistreur")

    # What is scanned by mistake is named, and leaves nothing ticked.
    for wrong, why in (("PROJ-1", "not of a kind"), ("SON-99", "No item has the tag")):
        tablet.fill("#checkout-scan", wrong)
        tablet.press("#checkout-scan", "Enter")
        assert why in tablet.locator("#refusals").inner_text()
        assert wrong in tablet.locator("#refusals").inner_text()
    assert tablet.locator("[name=items]:checked").count() == 0

    # One now, the other when she comes back with her bicycle.
    tablet.fill("#checkout-scan", "son-2")
    tablet.press("#checkout-scan", "Enter")
    assert tablet.locator("[name=items]:checked").get_attribute("value") == "SON-2"
    tablet.get_by_label("The borrower accepts the lending terms").tap()
    press(tablet, "Hand out")
    assert "SON-2" in told(tablet)
    assert "partly picked up" in column(tablet, "To hand out").inner_text()
    press(tablet, "Hand out: Nolwenn Le Goff")
    tablet.get_by_label("SON-1").tap()
    tablet.get_by_label("The borrower accepts the lending terms").tap()
    press(tablet, "Hand out")
    assert "Nolwenn" not in column(tablet, "To hand out").inner_text()


def test_what_comes_back_damaged_and_without_its_tripod_is_not_lent_again(tablet):
    tablet.fill("#q", "CAM-1")
    tablet.press("#q", "Enter")
    assert "Take back from Goulven Prigent" in tablet.locator("h1").inner_text()
    tablet.get_by_label("Damaged").tap()
    tablet.get_by_label("trépied").tap()
    tablet.locator("summary", has_text="Add a note").tap()
    tablet.get_by_label("Note").fill("Écran rayé, trépied oublié dans le train")
    press(tablet, "Take back")
    assert "CAM-1" in told(tablet)
    assert "Goulven" not in column(tablet, "To take back").inner_text()
    assert "CAM-1" in column(tablet, "Out of service").inner_text()
    press(tablet, "Open: CAM-1 · Caméra")
    history = tablet.locator("section", has=tablet.get_by_role("heading", name="In whose hands it was")).inner_text()
    assert "damaged" in history
    assert "missing: trépied" in history


def test_who_is_late_and_whose_loan_is_at_risk_is_in_sight(tablet):
    assert "5 days late" in column(tablet, "Late").inner_text()
    assert "TENTE-1" in column(tablet, "Late").inner_text()
    assert "Tugdual Morvan" not in tablet.locator(".desk").inner_text()
    tablet.fill("#q", "TABLE-1")
    tablet.press("#q", "Enter")
    tablet.locator("summary", has_text="Put out of service").tap()
    tablet.locator("#rest [name=reason]").fill("Un curseur est cassé")
    press(tablet, "Put out of service")
    assert "Tugdual Morvan" in told(tablet)
    press(tablet, "The desk")
    assert "Tugdual Morvan" in column(tablet, "At risk").inner_text()


def test_somebody_without_e_mail_is_registered_and_leaves_with_a_projector(tablet):
    tablet.fill("#q", "Fañch Cadiou")
    press(tablet, "Find")
    press(tablet, "Register somebody")
    assert tablet.get_by_label("Name").input_value() == "Fañch Cadiou"
    tablet.get_by_label("Phone").fill("06 98 76 54 32")
    tablet.get_by_label("Français").tap()
    press(tablet, "Open the account")
    press(tablet, "Lend something")
    tablet.get_by_label("What", exact=True).select_option("projecteur")
    tablet.get_by_label("Until").fill("2026-10-24T12:00")
    tablet.get_by_label("What for").fill("Ciné-club du quartier")
    press(tablet, "Lend")
    assert "Hand out to Fañch Cadiou" in tablet.locator("h1").inner_text()
    assert tablet.locator("[name=items]:checked").get_attribute("value") == "PROJ-1", "there is only one"
    tablet.get_by_label("The borrower accepts the lending terms").tap()
    press(tablet, "Hand out")
    assert "PROJ-1" in told(tablet)


def test_labels_are_chosen_and_printed(tablet):
    press(tablet, "Labels")
    for tag in ("SON-1", "SON-3"):
        tablet.get_by_label(tag).tap()
    press(tablet, "Make the sheet")
    assert tablet.locator(".sheet li:has(svg)").count() == 2
    assert len(re.findall(rb"/Type\s*/Page\b", tablet.pdf(prefer_css_page_size=True))) == 1
