"""An item where its label leads: everybody learns whose it is, the desk sees its life and acts on it. And labels."""

import pytest
from sqlalchemy import select

from equipment_lending.models import Claim
from equipment_lending.terms import FOREVER, ClaimKind, Condition, ServiceState
from portal.audit.models import AuditEntry
from portal.pages.codes import qr
from portal.people.terms import Role
from tests.factories import desk, lending, people

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def point(session):
    return lending.point(session, slug="lambezellec", phone="02 98 00 10 01")


@pytest.fixture
def item(session, point):
    return lending.stock(session, at=point).items[0]


@pytest.fixture
def at_desk(browse, session, point):
    return people.signed_in(browse, people.staff(session, Role.DESK, "lambezellec"))


def act(at_desk, item, form: str, **values):
    filled = at_desk.get(f"/items/{item.asset_tag}", headers=ENGLISH).forms[form]
    for name, value in values.items():
        filled[name] = value
    return filled.submit(form, headers=ENGLISH, expect_errors=True)


def test_whoever_finds_it_learns_whose_it_is_and_whom_to_tell(browse, item):
    page = browse.get(f"/items/{item.asset_tag.lower()}", headers=ENGLISH)
    assert "02 98 00 10 01" in page
    assert "Ville de Brest" in page
    assert not [form for form in page.forms.values() if form.method.upper() == "POST" and "/items/" in form.action]


def test_nobody_else_learns_who_has_it_or_in_what_state_it_is(browse, session, item):
    item.condition_note, item.serial = "rayé", "SN-12345"
    loan = lending.loan(session, item.stock, "2026-10-22T10:00", "2026-10-24T10:00")
    desk.handed_out(session, loan)
    for page in (
        browse.get(f"/items/{item.asset_tag}"),
        people.signed_in(browse, loan.borrower).get(f"/items/{item.asset_tag}"),
    ):
        assert loan.borrower.name not in page.html.find("main").get_text()
        assert "rayé" not in page
        assert "SN-12345" not in page


def test_the_desk_reads_who_insures_and_repairs_it_and_nobody_else_does(browse, session, point):
    item = lending.stock(session, at=point).items[0]
    item.owner, item.insurer, item.maintainer = "Les Amis du Stang-Alar", "Assureur solidaire", "Repair café"
    session.flush()
    address = f"/items/{item.asset_tag}"
    people.signed_in(browse, people.staff(session, Role.DESK, "lambezellec"))
    terms = browse.get(address, headers=ENGLISH).html.select("aside dt")
    told = {term.get_text(strip=True): term.find_next("dd").get_text(strip=True) for term in terms}
    assert (told["Belongs to"], told["Insured by"]) == ("Les Amis du Stang-Alar", "Assureur solidaire")
    assert told["Repaired by"] == "Repair café"
    lending.point(session, slug="bellevue")
    for other in (people.person(session), people.staff(session, Role.DESK, "bellevue")):
        page = people.signed_in(browse, other).get(address, headers=ENGLISH)
        assert "Assureur solidaire" not in page
        assert "Repair café" not in page


@pytest.mark.parametrize("tag", ["NOTHING", "%00x", "..", "<script>", "%F0%9F%8E%A5"])
def test_a_tag_that_is_nobodys_is_not_there(browse, tag):
    browse.get(f"/items/{tag}", status=[400, 404])


@pytest.mark.parametrize("name", ["rest", "lose", "retire", "move", "in_service", "restore"])
def test_only_the_desk_of_its_point_acts_on_it(browse, session, item, name):
    lending.point(session, slug="bellevue")
    address = f"/items/{item.asset_tag}"
    browse.post(address, people.with_csrf(browse, {name: "1"}), status=403)
    people.signed_in(browse, people.staff(session, Role.DESK, "bellevue"))
    browse.post(address, people.with_csrf(browse, {name: "1"}), status=403)
    assert item.service_state is ServiceState.IN_SERVICE


def test_it_is_put_out_of_service_and_back(session, at_desk, item):
    answer = act(at_desk, item, "rest", reason="Écran fendu")
    claim = session.scalars(select(Claim).where(Claim.kind == ClaimKind.MAINTENANCE)).one()
    assert (answer.status_int, claim.reason, claim.ends_at) == (303, "Écran fendu", FOREVER)
    assert "out of service" in answer.follow(headers=ENGLISH)
    at_desk.post(f"/items/{item.asset_tag}", people.with_csrf(at_desk, {"in_service": "1"}), status=303)
    assert not any(c.live and c.ends_at == FOREVER for c in session.scalars(select(Claim)))


def test_it_is_not_said_to_be_in_service_while_it_is_out_of_service(at_desk, item):
    page = act(at_desk, item, "rest", reason="Écran fendu").follow(headers=ENGLISH)
    assert [tag.get_text(strip=True) for tag in page.html.select("h1 + .row .tag")] == ["out of service"]


def test_what_is_retired_out_of_repair_is_said_to_be_retired(at_desk, item):
    act(at_desk, item, "rest", reason="Écran fendu")
    item.service_state = ServiceState.RETIRED
    page = at_desk.get(f"/items/{item.asset_tag}", headers=ENGLISH)
    assert [tag.get_text(strip=True) for tag in page.html.select("h1 + .row .tag")] == ["retired"]


def test_a_repair_to_come_is_said_beside_that_it_is_in_service(at_desk, item):
    page = act(at_desk, item, "rest", reason="Révision", since="2026-11-03T08:00").follow(headers=ENGLISH)
    now, to_come = (tag.get_text(strip=True) for tag in page.html.select("h1 + .row .tag"))
    assert now == "in service"
    assert to_come.startswith("out of service from Tuesday 3 November")


def test_what_came_back_unfit_is_out_of_service_though_its_turnaround_goes_first(session, at_desk, item):
    lending.maintenance(session, item, "2026-10-22T14:30", "2026-11-05T18:00")
    item.condition = Condition.INCOMPLETE
    session.flush()
    page = at_desk.get(f"/items/{item.asset_tag}", headers=ENGLISH)
    assert [tag.get_text(strip=True) for tag in page.html.select("h1 + .row .tag")] == ["out of service"]


def test_a_dated_repair_is_told_with_the_loans_that_suffer(session, at_desk, item):
    loan = lending.loan(session, item.stock, "2026-11-04T10:00", "2026-11-05T10:00", number="ABCDEFG")
    answer = act(at_desk, item, "rest", since="2026-11-03T08:00", until="2026-11-06T08:00", reason="Révision")
    assert "ABCDEFG" in answer.follow(headers=ENGLISH)
    assert loan.lines[0].claims[0].live


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"reason": ""}, 409),
        ({"reason": "x", "until": "2026-10-01T10:00"}, 409),
        ({"reason": "x", "since": "soon"}, 422),
        ({"reason": "x", "since": "2026-03-29T02:30"}, 422),
        ({"reason": "x" * 501}, 422),
    ],
)
def test_a_repair_that_makes_no_sense_is_refused_beside_its_field(session, at_desk, item, values, status):
    page = act(at_desk, item, "rest", **values)
    assert page.status_int == status
    assert page.html.select_one("form#rest [aria-invalid]")
    assert session.scalars(select(Claim)).all() == []


def test_what_is_in_somebodys_hands_is_not_retired(session, at_desk, item):
    desk.handed_out(session, lending.loan(session, item.stock, "2026-10-22T10:00", "2026-10-24T10:00"))
    assert act(at_desk, item, "retire", reason="Usé").status_int == 409
    assert item.service_state is ServiceState.IN_SERVICE


def test_it_is_retired_with_a_reason_and_can_be_brought_back(session, at_desk, item):
    assert act(at_desk, item, "retire").status_int == 409
    assert act(at_desk, item, "retire", reason="Usé").status_int == 303
    assert (item.service_state, item.state_reason) == (ServiceState.RETIRED, "Usé")
    at_desk.post(f"/items/{item.asset_tag}", people.with_csrf(at_desk, {"restore": "1"}), status=303)
    assert item.service_state is ServiceState.IN_SERVICE
    acts = set(session.scalars(select(AuditEntry.act)))
    assert {"lending.retired", "lending.restore"} <= acts


def test_it_is_noted_as_lost(at_desk, item):
    assert act(at_desk, item, "lose", reason="Tombé à l’eau").status_int == 303
    assert item.service_state is ServiceState.LOST


def test_it_is_moved_to_another_point(session, at_desk, item):
    lending.point(session, slug="bellevue")
    assert act(at_desk, item, "move", point="bellevue").status_int == 303
    assert item.stock.point.slug == "bellevue"


def test_a_kit_takes_its_parts_along(session, at_desk, item):
    part = lending.item(session, lending.stock(session, units=1, at=item.stock.point), parent_id=item.id)
    other = lending.point(session, slug="recouvrance", name="Recouvrance")
    session.expire_all()
    form = at_desk.get(f"/items/{item.asset_tag}").forms["move"]
    form["point"] = "recouvrance"
    form.submit("move", status=303)
    session.expire_all()
    assert item.stock.point_id == part.stock.point_id == other.id


def test_its_page_tells_in_whose_hands_it_was(session, at_desk, item):
    loan = lending.loan(session, item.stock, "2026-10-22T10:00", "2026-10-24T10:00")
    desk.handed_out(session, loan)
    page = at_desk.get(f"/items/{item.asset_tag}")
    assert loan.borrower.name in page.html.find(attrs={"aria-labelledby": "hands"}).get_text()


# Labels ---------------------------------------------------------------------------------------------------------------


def test_labels_are_chosen_then_printed(session, at_desk, point, item):
    other = lending.stock(session, at=point).items[0]
    offered = at_desk.get("/desk/lambezellec/labels").html.select("input[name=tag]")
    assert {box["value"] for box in offered} == {item.asset_tag, other.asset_tag}

    page = at_desk.get("/desk/lambezellec/labels", {"tag": item.asset_tag, "skip": "3"})
    labels = page.html.select(".sheet li")
    assert [bool(label.get_text(strip=True)) for label in labels] == [False, False, False, True]
    assert item.asset_tag in labels[3].get_text()
    assert labels[3].find("svg")


def test_labels_are_in_the_order_of_names_then_of_tags(session, at_desk, point):
    names = ("Zoom", "Écran", "Enceinte")
    for name in names:
        lending.stock(session, units=2, at=point, of=lending.model(session, slug=f"x-{name[0]}", name={"fr": name}))
    page = at_desk.get("/desk/lambezellec/labels", headers={"Accept-Language": "fr"}).html
    assert [legend.text for legend in page.select("legend")] == ["Écran", "Enceinte", "Zoom"]
    for group in page.select("fieldset"):
        tags = [box["value"] for box in group.select("input")]
        assert tags == sorted(tags)


def test_a_labels_code_is_the_address_of_the_item_in_full(at_desk, item):
    page = at_desk.get("/desk/lambezellec/labels", {"tag": item.asset_tag})
    assert qr(f"http://localhost/items/{item.asset_tag}") in page.text


@pytest.mark.parametrize("skip", ["-1", "99999999999", "x", "²"])
def test_labels_are_printed_whatever_is_asked_to_be_skipped(at_desk, item, skip):
    at_desk.get("/desk/lambezellec/labels", {"tag": item.asset_tag, "skip": skip}, status=200)


def test_labels_are_for_the_desk(browse, point):
    assert "/sign-in" in browse.get("/desk/lambezellec/labels", status=303).location


def test_what_is_part_of_a_kit_moves_with_it_and_the_kit_says_what_it_lacks(session, at_desk, item):
    lending.point(session, slug="bellevue")
    elsewhere = lending.stock(session, units=0, at=item.stock.point)
    part = lending.item(session, elsewhere, asset_tag="LAMPE", parent_id=item.id)
    assert "lost, retired or out of service" not in at_desk.get(f"/items/{item.asset_tag}", headers=ENGLISH)
    page = at_desk.get("/items/LAMPE", headers=ENGLISH)
    assert "move" not in page.forms
    assert page.html.select_one(".notice").find("a")["href"].endswith(f"/items/{item.asset_tag}")
    sent = people.with_csrf(at_desk, {"move": "move", "point": "bellevue"})
    refused = at_desk.post("/items/LAMPE", sent, headers=ENGLISH, status=409)
    assert "move the kit" in refused.html.select_one(".notice").text
    part.service_state = ServiceState.LOST
    session.flush()
    page = at_desk.get(f"/items/{item.asset_tag}", headers=ENGLISH)
    assert "these parts are lost, retired or out of service: LAMPE" in page.html.select_one(".notice.is-warn").text
