"""Items leave, items come back, and what else the desk decides about a loan."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from equipment_lending.models import Claim, Custody, LoanLine
from equipment_lending.terms import ClaimKind, Condition, LoanState, ServiceState
from portal.audit.models import AuditEntry
from portal.jobs.models import Job
from portal.mail.models import OutgoingMail
from portal.people.terms import Role
from tests.conftest import NOW
from tests.factories import desk, lending, people

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def stock(session):
    return lending.stock(session, units=3, at=lending.point(session, slug="lambezellec"))


@pytest.fixture
def loan(session, stock):
    return lending.loan(session, stock, "2026-10-22T15:00", "2026-10-24T10:00", units=2)


@pytest.fixture
def at_desk(browse, session, stock):
    return people.signed_in(browse, people.staff(session, Role.DESK, "lambezellec"))


@pytest.fixture
def tags(stock):
    return sorted(item.asset_tag for item in stock.items)


def check_out(at_desk, loan, *ticked, terms=True, **status):
    form = at_desk.get(f"/desk/loans/{loan.id}/check-out", headers=ENGLISH).forms["checkout"]
    for box in form.fields["items"]:
        box.checked = box._value in ticked
    form["terms"] = terms
    for name in [name for name in status if name in ("note", "override")]:
        form[name] = status.pop(name)
    return form.submit("hand_out", headers=ENGLISH, **status)


# Hand out -------------------------------------------------------------------------------------------------------------


def test_what_is_ticked_leaves_and_the_rest_stays_to_be_fetched(session, at_desk, loan, tags):
    page = check_out(at_desk, loan, tags[0], note="Rayure sur l’écran", status=303).follow().follow(headers=ENGLISH)
    assert "1 more is to be handed out." in page.html.select_one(".flash").text
    assert tags[0] in page
    (custody,) = session.scalars(select(Custody))
    assert (custody.item.asset_tag, custody.out_note, custody.in_at) == (tags[0], "Rayure sur l’écran", None)
    assert loan.state is LoanState.OUT
    assert "1 to hand out" in at_desk.get(f"/desk/loans/{loan.id}/check-out", headers=ENGLISH)


def test_scanning_ticks_and_hands_nothing_out_yet(session, at_desk, loan, tags):
    form = at_desk.get(f"/desk/loans/{loan.id}/check-out").forms["checkout"]
    form["scan"] = f"http://localhost/items/{tags[1]}"
    form["note"] = "À garder"
    page = form.submit("items:add", status=200)
    ticked = [box["value"] for box in page.html.select("input[name=items]") if box.has_attr("checked")]
    assert ticked == [tags[1]]
    assert page.forms["checkout"]["note"].value == "À garder"
    assert session.scalars(select(Custody)).all() == []


def test_what_is_scanned_beyond_what_was_agreed_is_said_at_once(session, at_desk, loan, tags):
    form = at_desk.get(f"/desk/loans/{loan.id}/check-out", headers=ENGLISH).forms["checkout"]
    units = loan.lines[0].units
    for tag in tags[:units]:
        form["scan"] = tag
        page = form.submit("items:add", headers=ENGLISH, status=200)
        form = page.forms["checkout"]
    assert not page.html.select("input[name=items][aria-invalid]")
    form["scan"] = tags[units]
    page = form.submit("items:add", headers=ENGLISH)
    (beyond,) = page.html.select("input[name=items][aria-invalid]")
    assert beyond["value"] == tags[units]
    assert beyond.has_attr("checked")
    assert session.scalars(select(Custody)).all() == []


def test_what_is_scanned_for_a_line_that_is_full_is_said_as_check_out_says_it(session, at_desk, loan, tags, stock):
    other = lending.stock(session, units=1, at=stock.point)
    claim = Claim(stock_id=other.id, kind=ClaimKind.LOAN, units=1, starts_at=loan.pickup_at, ends_at=loan.return_at)
    loan.lines.append(LoanLine(stock_id=other.id, units=1, claims=[claim]))
    session.flush()
    desk.handed_out(session, loan, *tags[:2])
    form = at_desk.get(f"/desk/loans/{loan.id}/check-out", headers=ENGLISH).forms["checkout"]
    form["scan"] = tags[2]
    page = form.submit("items:add", headers=ENGLISH, status=422)
    assert "not of a kind" not in page
    said = page.html.select_one("main [role=alert], main .notice, main .refusals").text
    assert tags[2] in said


def test_after_a_wrong_tag_the_next_one_is_scanned_and_after_a_refusal_it_is_read(at_desk, loan, tags):
    form = at_desk.get(f"/desk/loans/{loan.id}/check-out", headers=ENGLISH).forms["checkout"]
    form["scan"] = "NOTHING"
    page = form.submit("items:add", headers=ENGLISH, status=422)
    assert [one.get("name") for one in page.html.select("[autofocus]")] == ["scan"]
    refused = check_out(at_desk, loan, *tags, status=409)
    summary = refused.html.select_one("#refusals[autofocus]")
    assert "more than was agreed" in summary.text


def test_return_in_the_scan_field_adds_and_does_not_hand_out(at_desk, loan):
    page = at_desk.get(f"/desk/loans/{loan.id}/check-out")
    assert page.html.select("form#checkout button")[0]["name"] == "items:add"


@pytest.mark.parametrize("tag", ["NOTHING", "<b>x</b>", "x" * 300, "É", "%", "\\"])
def test_a_tag_that_is_nobodys_is_said_at_once(at_desk, loan, tag):
    form = at_desk.get(f"/desk/loans/{loan.id}/check-out", headers=ENGLISH).forms["checkout"]
    form["scan"] = tag
    page = form.submit("items:add", headers=ENGLISH, status=422)
    assert "No item has the tag" in page
    assert page.html.title.text.startswith("Error:")


@pytest.mark.parametrize("misread", [{}, {"0": "O", "1": "l"}])
def test_a_tag_is_typed_as_it_looks_and_a_wrong_one_stands_in_nobody_s_way(session, at_desk, loan, tags, misread):
    form = at_desk.get(f"/desk/loans/{loan.id}/check-out", headers=ENGLISH).forms["checkout"]
    form["scan"] = "nothing-1"
    form = form.submit("items:add", headers=ENGLISH, status=422).forms["checkout"]
    assert form["scan"].value == ""
    form["scan"] = tags[0].replace("-", "").lower().translate(str.maketrans(misread))
    page = form.submit("items:add", headers=ENGLISH, status=200)
    assert page.html.find("input", value=tags[0]).has_attr("checked")


def test_who_comes_before_the_day_is_handed_it_knowingly(session, at_desk, stock):
    later = lending.loan(session, stock, "2026-10-28T10:00", "2026-10-30T10:00")
    page = at_desk.get(f"/desk/loans/{later.id}/check-out", headers=ENGLISH)
    assert "agreed for Wednesday 28 October" in page.html.select_one(".notice.is-warn").text


def test_a_tag_of_something_else_is_said_at_once(session, at_desk, loan, stock):
    other = lending.stock(session, at=stock.point).items[0].asset_tag
    form = at_desk.get(f"/desk/loans/{loan.id}/check-out", headers=ENGLISH).forms["checkout"]
    form["scan"] = other
    assert "not of a kind that this loan is for" in form.submit("items:add", headers=ENGLISH, status=422)


def test_where_all_that_is_free_is_needed_it_is_ticked_already(session, at_desk, loan, stock, tags):
    lending.loan(session, stock, "2026-10-22T15:00", "2026-10-24T10:00")
    single = lending.loan(session, lending.stock(session, at=stock.point), "2026-10-22T15:00", "2026-10-24T10:00")
    ticked = at_desk.get(f"/desk/loans/{single.id}/check-out").html.select("input[name=items][checked]")
    assert len(ticked) == 1
    assert not at_desk.get(f"/desk/loans/{loan.id}/check-out").html.select("input[name=items][checked]")


def test_handing_out_with_nothing_ticked_says_so_besides_the_terms(session, at_desk, loan):
    page = check_out(at_desk, loan, terms=False, status=422)
    (alert,) = page.html.select("#main [role=alert]")
    assert "2 things to correct" in alert.text
    assert "Nothing is chosen" in alert.text
    assert page.html.select_one("#checkout-terms[aria-invalid]")


def test_what_was_checked_to_be_with_it_stays_checked_at_the_next_tag(session, at_desk, stock, loan, tags):
    stock.model.accessories = ["bonnette", "casque"]
    session.flush()
    form = at_desk.get(f"/desk/loans/{loan.id}/check-out").forms["checkout"]
    form.get("with", index=1).checked = True
    form["scan"] = tags[1]
    page = form.submit("items:add", status=200)
    assert [box["value"].split()[-1] for box in page.html.select("input[name=with][checked]")] == ["casque"]


def test_whoever_hands_out_what_a_colleague_just_did_reads_that_it_is_gone(session, at_desk, loan, tags):
    form = at_desk.get(f"/desk/loans/{loan.id}/check-out").forms["checkout"]
    for box in form.fields["items"]:
        box.checked = box._value in tags[:2]
    desk.handed_out(session, loan, *tags[:2])
    page = form.submit("hand_out", headers=ENGLISH, status=422)
    (alert,) = page.html.select("#main [role=alert]")
    assert tags[0] in alert.text
    assert "checkout" not in page.forms


def test_the_terms_must_be_accepted(session, at_desk, loan, tags):
    page = check_out(at_desk, loan, tags[0], terms=False, status=422)
    assert page.html.select_one("#checkout-terms[aria-invalid]")
    assert page.html.find("input", value=tags[0]).has_attr("checked")
    assert session.scalars(select(Custody)).all() == []


def test_nothing_ticked_is_refused_in_words(at_desk, loan):
    assert "Nothing is chosen" in check_out(at_desk, loan, status=409)


def test_more_than_agreed_is_refused(at_desk, loan, tags):
    assert "more than was agreed" in check_out(at_desk, loan, *tags, status=409)


def test_a_refusal_stands_beside_the_item_it_is_about(session, at_desk, loan, stock, tags):
    ahead = lending.loan(session, stock, "2026-10-21T15:00", "2026-10-24T10:00")
    form = at_desk.get(f"/desk/loans/{loan.id}/check-out", headers=ENGLISH).forms["checkout"]
    desk.handed_out(session, ahead, tags[0])
    for box in form.fields["items"]:
        box.checked = box._value == tags[0]
    form["terms"] = True
    page = form.submit("hand_out", headers=ENGLISH, status=409)
    assert "in somebody" in page.html.get_text()


def test_an_item_put_aside_meanwhile_is_refused_beside_itself(session, at_desk, loan, stock, tags):
    form = at_desk.get(f"/desk/loans/{loan.id}/check-out", headers=ENGLISH).forms["checkout"]
    broken = next(item for item in stock.items if item.asset_tag == tags[0])
    session.add(
        Claim(
            stock_id=stock.id,
            item=broken,
            kind=ClaimKind.MAINTENANCE,
            units=1,
            starts_at=NOW,
            ends_at=NOW + timedelta(days=9),
        )
    )
    session.flush()
    for box in form.fields["items"]:
        box.checked = box._value == tags[0]
    form["terms"] = True
    page = form.submit("hand_out", headers=ENGLISH, status=409)
    box = page.html.find("input", value=tags[0])
    assert box["aria-invalid"] == "true"
    assert "kept for somebody else" in page.html.find(id=box["aria-describedby"]).get_text()


def test_who_lacks_a_training_is_served_only_with_a_reason_that_stays_with_the_loan(
    session, at_desk, loan, stock, tags
):
    lending.policy(session, model_id=stock.model_id, requires=["prise-de-son"])
    page = check_out(at_desk, loan, tags[0], status=409)
    assert "prise de son" in page
    check_out(at_desk, loan, tags[0], override="Formé hier, attestation à venir", status=303)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "lending.check_out")).one()
    assert entry.detail == {"loan": loan.number, "items": [tags[0]], "overridden": True}
    assert session.scalars(select(Custody.out_note)).all() == ["Formé hier, attestation à venir"]


def test_whose_mandate_has_ended_is_served_only_with_a_reason(session, at_desk, loan, tags):
    membership = people.membership(session, person=loan.borrower, until=NOW.date() - timedelta(days=1))
    loan.organisation = membership.organisation
    session.flush()
    page = at_desk.get(f"/desk/loans/{loan.id}/check-out", headers=ENGLISH)
    assert membership.organisation.name in page.html.select_one(".notice.is-warn").text
    page = check_out(at_desk, loan, tags[0], status=409)
    assert f"act for {membership.organisation.name}" in page.html.select_one("#refusals").text
    check_out(at_desk, loan, tags[0], override="La présidente a appelé", status=303)
    assert session.scalars(select(Custody.out_note)).all() == ["La présidente a appelé"]


def test_without_a_training_asked_for_there_is_nothing_to_override(at_desk, loan):
    assert "override" not in at_desk.get(f"/desk/loans/{loan.id}/check-out").forms["checkout"].fields


def test_a_lot_leaves_under_its_one_tag(session, at_desk, stock):
    lot = lending.stock(session, units=40, lot=True, at=stock.point)
    chairs = lending.loan(session, lot, "2026-10-22T15:00", "2026-10-24T10:00", units=12)
    check_out(at_desk, chairs, lot.items[0].asset_tag, status=303)
    assert session.scalars(select(Custody.units)).all() == [12]


@pytest.fixture
def lots(session, stock):
    """Chairs under two tags, FEW 2 and MANY 10, at the same point."""
    chairs = lending.stock(session, units=0, at=stock.point)
    for tag, units in (("FEW", 2), ("MANY", 10)):
        lending.item(session, chairs, asset_tag=tag, units=units)
    session.refresh(chairs)
    return chairs


def test_two_lots_leave_together_and_the_desk_reads_how_many_of_each(session, at_desk, lots):
    chairs = lending.loan(session, lots, "2026-10-22T15:00", "2026-10-24T10:00", units=11)
    page = check_out(at_desk, chairs, "FEW", "MANY", status=303).follow().follow()
    assert "FEW × 2, MANY × 9" in page.html.select_one(".flash").text


def test_a_lot_too_many_is_refused_beside_itself(session, at_desk, lots):
    chairs = lending.loan(session, lots, "2026-10-22T15:00", "2026-10-24T10:00", units=2)
    page = check_out(at_desk, chairs, "FEW", "MANY", status=409)
    box = page.html.find("input", value="MANY")
    assert "MANY is more than was agreed" in page.html.find(id=box["aria-describedby"]).get_text()
    assert not page.html.find("input", value="FEW").has_attr("aria-invalid")


def test_what_is_chosen_beside_what_is_handed_out_already_is_more_than_was_agreed(session, at_desk, lots):
    chairs = lending.loan(session, lots, "2026-10-22T15:00", "2026-10-24T10:00", units=2)
    form = at_desk.get(f"/desk/loans/{chairs.id}/check-out", headers=ENGLISH).forms["checkout"]
    desk.handed_out(session, chairs, "FEW")
    form.fields["items"][1].checked = form["terms"].checked = True
    page = form.submit("hand_out", headers=ENGLISH, status=409)
    assert "MANY is more than was agreed" in page.html.select_one("#refusals").text


@pytest.mark.parametrize(("units", "ticked"), [(1, []), (10, []), (11, ["FEW", "MANY"])])
def test_lots_are_ticked_already_where_it_takes_all_of_them(session, at_desk, lots, units, ticked):
    chairs = lending.loan(session, lots, "2026-10-22T15:00", "2026-10-24T10:00", units=units)
    boxes = at_desk.get(f"/desk/loans/{chairs.id}/check-out").html.select("input[name=items][checked]")
    assert [box["value"] for box in boxes] == ticked


@pytest.mark.parametrize("state", [LoanState.REQUESTED, LoanState.CANCELLED, LoanState.CLOSED])
def test_a_loan_that_is_not_confirmed_hands_nothing_out(session, at_desk, loan, state):
    loan.state = state
    session.flush()
    page = at_desk.get(f"/desk/loans/{loan.id}/check-out", status=200)
    assert "checkout" not in page.forms


@pytest.mark.parametrize("page", ["check-out", ""])
def test_another_points_loan_is_not_ours(browse, session, loan, page):
    lending.point(session, slug="bellevue")
    people.signed_in(browse, people.staff(session, Role.DESK, "bellevue"))
    browse.get(f"/desk/loans/{loan.id}/{page}".rstrip("/"), status=403)


def test_the_desk_that_a_loan_goes_back_to_lends_it_longer_and_decides_on_nothing_else(browse, session, loan):
    """The borrower chose where to bring it back: that desk's clerk has no say in what another one lends."""
    loan.return_point_id = lending.point(session, slug="bellevue").id
    session.flush()
    clerk = people.signed_in(browse, people.staff(session, Role.DESK, "bellevue"))
    page = f"/desk/loans/{loan.id}"
    clerk.get(f"{page}/check-out", status=403)
    for act in ("confirm", "reject", "withdraw", "no_show"):
        clerk.post(page, people.with_csrf(clerk, {act: act, "reason": "non"}), status=403)
        clerk.post(f"{page}?{act}={act}", people.with_csrf(clerk, {"remind": "remind"}), status=403)
    assert loan.state is LoanState.CONFIRMED
    longer(clerk, loan, "2026-10-26", "10:00").submit(status=303)


def test_borrowers_do_not_hand_out_to_themselves(browse, session, loan):
    people.signed_in(browse, loan.borrower)
    for page in ("", "/check-out", "/check-in"):
        browse.get(f"/desk/loans/{loan.id}{page}", status=403)


@pytest.mark.parametrize("loan_id", ["00000000-0000-0000-0000-000000000000", "nonsense"])
@pytest.mark.parametrize("page", ["", "/check-out", "/check-in"])
def test_a_loan_that_there_is_not_is_not_there(at_desk, loan_id, page):
    at_desk.get(f"/desk/loans/{loan_id}{page}", status=404)


# Take back ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def out(session, loan, tags):
    return desk.handed_out(session, loan, *tags[:2])


def check_in(at_desk, loan, *ticked, parts=(), **status):
    form = at_desk.get(f"/desk/loans/{loan.id}/check-in", headers=ENGLISH).forms["checkin"]
    for box in form.fields["items"]:
        box.checked = box._value in ticked
    for name, value in dict(parts).items():
        form[name] = value
    return form.submit("take_back", headers=ENGLISH, **status)


def part(custody, name: str) -> str:
    return f"c{custody.id.hex}.{name}"


def test_what_is_ticked_is_back_and_the_rest_is_still_out(session, at_desk, loan, out, tags):
    page = check_in(at_desk, loan, tags[0], status=303).follow().follow()
    assert f"Still out: {tags[1]}" in page
    assert (out[0].in_at is None, out[1].in_at is None, loan.state) == (False, True, LoanState.OUT)
    check_in(at_desk, loan, tags[1], status=303)
    assert loan.state is LoanState.CLOSED


def test_condition_missing_parts_and_a_note_are_kept_and_the_item_rests(session, at_desk, loan, out, tags):
    given = {part(out[0], "note"): "Boîte mouillée", part(out[0], "condition"): "worn"}
    form = at_desk.get(f"/desk/loans/{loan.id}/check-in").forms["checkin"]
    form.fields["items"][0].checked = True
    form.fields[part(out[0], "missing")][0].checked = True
    for name, value in given.items():
        form[name] = value
    page = form.submit("take_back", headers=ENGLISH, status=303).follow(headers=ENGLISH).follow(headers=ENGLISH)
    out_of_service = f"{tags[0]} is out of service until it is put right: incomplete (bonnette; Boîte mouillée)."
    assert out_of_service in page.html.select_one(".flash").text
    assert (out[0].condition_in, out[0].missing, out[0].in_note) == (Condition.WORN, ["bonnette"], "Boîte mouillée")
    assert out[0].item.condition is Condition.INCOMPLETE
    assert session.scalars(select(Claim).where(Claim.kind == ClaimKind.MAINTENANCE)).one().item is out[0].item


def test_what_came_back_damaged_without_a_word_rests_in_words_of_the_readers_language(session, at_desk, loan, out):
    damaged = {part(out[0], "condition"): "damaged"}
    check_in(at_desk, loan, out[0].item.asset_tag, parts=damaged, status=303).follow().follow()
    for path in ("/desk/lambezellec", f"/items/{out[0].item.asset_tag}"):
        page = at_desk.get(path, headers={"Accept-Language": "fr"}).html.find("main").get_text(" ")
        assert "abîmé" in page
        assert "damaged" not in page


def test_the_desk_may_keep_lending_what_came_back_incomplete(session, at_desk, loan, out, tags):
    given = {part(out[0], "condition"): "damaged", part(out[0], "keep_lending"): True}
    page = check_in(at_desk, loan, tags[0], parts=given, status=303).follow().follow()
    assert "out of service" not in page.html.select_one(".flash").text
    assert session.scalars(select(Claim).where(Claim.kind == ClaimKind.MAINTENANCE)).all() == []


def test_a_loan_of_one_thing_is_ticked_already(session, at_desk, loan, tags):
    desk.handed_out(session, loan, tags[0])
    assert at_desk.get(f"/desk/loans/{loan.id}/check-in").html.select("input[name=items][checked]")


def test_what_came_back_at_another_desk_meanwhile_is_said(session, at_desk, loan, out, tags):
    form = at_desk.get(f"/desk/loans/{loan.id}/check-in", headers=ENGLISH).forms["checkin"]
    for box in form.fields["items"]:
        box.checked = True
    check_in(at_desk, loan, tags[0], status=303)
    page = form.submit("take_back", headers=ENGLISH, status=409)
    assert f"{tags[0]} is not out with this loan" in page.html.get_text()
    assert out[1].in_at is None


def test_whoever_brings_something_back_may_do_so_at_any_desk(browse, session, loan, out, tags):
    lending.point(session, slug="bellevue", name="Bellevue")
    people.signed_in(browse, people.staff(session, Role.DESK, "bellevue"))
    browse.get("/desk/bellevue")
    form = browse.get(f"/desk/loans/{loan.id}/check-in").forms["checkin"]
    assert form["point"].value == "bellevue"
    form.fields["items"][0].checked = True
    form.submit("take_back", status=303)
    assert out[0].item.stock.point.slug == "bellevue"


def test_a_point_where_one_does_not_serve_is_refused(session, at_desk, loan, out):
    lending.point(session, slug="bellevue")
    at_desk.get(f"/desk/loans/{loan.id}/check-in")
    sent = {"point": "bellevue", "items": out[0].item.asset_tag, "take_back": "1"}
    at_desk.post(f"/desk/loans/{loan.id}/check-in", people.with_csrf(at_desk, sent), status=422)


@pytest.mark.parametrize("said", [{"note": "Une ampoule cassée"}, {"condition": "damaged"}])
def test_what_is_noted_of_something_that_is_not_ticked_is_asked_about_and_not_lost(session, at_desk, loan, out, said):
    form = at_desk.get(f"/desk/loans/{loan.id}/check-in").forms["checkin"]
    ticked, other = out
    for box in form.fields["items"]:
        box.checked = box._value == ticked.item.asset_tag
    for name, value in said.items():
        form[f"c{other.id.hex}.{name}"] = value
    page = form.submit("take_back", headers=ENGLISH, status=422)
    assert (
        f"Is {other.item.asset_tag} back? Tick it" in page.html.select_one(f"#checkin-c{other.id.hex}-note-error").text
    )
    for name, value in said.items():
        assert page.forms["checkin"][f"c{other.id.hex}.{name}"].value == value
    assert {custody.in_at for custody in out} == {None}


def test_nothing_that_came_back_is_refused_in_words(at_desk, loan, out):
    assert "Nothing is chosen" in check_in(at_desk, loan, status=409)


def test_a_loan_of_which_nothing_is_out_has_nothing_to_take_back(at_desk, loan):
    assert "checkin" not in at_desk.get(f"/desk/loans/{loan.id}/check-in", status=200).forms


def test_an_unknown_condition_changes_nothing(session, at_desk, loan, out):
    at_desk.get(f"/desk/loans/{loan.id}/check-in")
    sent = {"point": "lambezellec", "items": out[0].item.asset_tag, part(out[0], "condition"): "splendid"}
    at_desk.post(f"/desk/loans/{loan.id}/check-in", people.with_csrf(at_desk, sent), status=422)
    assert out[0].in_at is None


def test_what_a_kit_lacks_is_said_as_it_leaves_and_asked_as_it_comes_back(session, at_desk, loan, stock, tags):
    kit = next(item for item in stock.items if item.asset_tag == tags[0])
    shelf = lending.stock(session, units=0, at=stock.point)
    lending.item(session, shelf, asset_tag="LAMPE", parent_id=kit.id)
    lending.item(session, shelf, asset_tag="PIED", parent_id=kit.id, service_state=ServiceState.LOST)
    page = at_desk.get(f"/desk/loans/{loan.id}/check-out", headers=ENGLISH)
    assert "these parts are lost, retired or out of service: PIED" in page.html.select_one(".notice.is-warn").text
    assert "with LAMPE" in page
    assert "with LAMPE, PIED" not in page
    (custody,) = desk.handed_out(session, loan, tags[0])
    form = at_desk.get(f"/desk/loans/{loan.id}/check-in", headers=ENGLISH).forms["checkin"]
    asked = {box._value: box for box in form.fields[part(custody, "missing")]}
    assert list(asked) == [*stock.model.accessories, "LAMPE"]
    form["items"].checked = asked["LAMPE"].checked = True
    form.submit("take_back", status=303)
    assert (custody.missing, kit.condition) == (["LAMPE"], Condition.INCOMPLETE)


# Take back, of a lot -------------------------------------------------------------------------------------------------


@pytest.fixture
def chairs(session, lots):
    """A loan of nine of the chairs under the tag MANY, which have left."""
    loan = lending.loan(session, lots, "2026-10-22T15:00", "2026-10-24T10:00", units=9)
    desk.handed_out(session, loan, "MANY")
    return loan


def only(loan) -> Custody:
    (custody,) = loan.lines[0].custodies
    return custody


def test_of_a_lot_the_desk_counts_how_many_came_back(session, at_desk, chairs):
    left = only(chairs)
    form = at_desk.get(f"/desk/loans/{chairs.id}/check-in", headers=ENGLISH).forms["checkin"]
    assert form[part(left, "units")].value == "9"
    page = check_in(at_desk, chairs, "MANY", parts={part(left, "units"): "7"}, status=303).follow().follow()
    assert "Taken back: MANY × 7." in page.html.select_one(".flash").text
    assert "Still out: MANY × 2." in page.html.get_text()
    assert (left.units, left.in_at) == (2, None)
    form = at_desk.get(f"/desk/loans/{chairs.id}/check-in", headers=ENGLISH).forms["checkin"]
    assert form[part(left, "units")].value == "2"
    check_in(at_desk, chairs, "MANY", parts={part(left, "units"): ""}, status=303)
    assert chairs.state is LoanState.CLOSED


@pytest.mark.parametrize("units", ["0", "-1", "10", "many", "1.5"])
def test_a_number_that_cannot_have_come_back_is_refused_beside_it(session, at_desk, chairs, units):
    left = only(chairs)
    page = check_in(at_desk, chairs, "MANY", parts={part(left, "units"): units}, status=422)
    assert page.html.find("input", {"name": part(left, "units")})["aria-invalid"] == "true"
    assert left.in_at is None


def test_what_came_back_meanwhile_of_a_lot_is_not_taken_twice(session, at_desk, chairs):
    left = only(chairs)
    form = at_desk.get(f"/desk/loans/{chairs.id}/check-in", headers=ENGLISH).forms["checkin"]
    check_in(at_desk, chairs, "MANY", parts={part(left, "units"): "7"}, status=303)
    form.fields["items"][0].checked = True
    assert "2" in form.submit("take_back", headers=ENGLISH, status=422).html.select_one(".error").text
    assert left.units == 2


def test_of_a_lot_only_what_is_damaged_is_out_of_service(session, browse, at_desk, chairs):
    given = {part(only(chairs), "units"): "2", part(only(chairs), "condition"): "damaged"}
    page = check_in(at_desk, chairs, "MANY", parts=given, status=303).follow(headers=ENGLISH).follow(headers=ENGLISH)
    assert "MANY × 2 is out of service until it is put right: damaged." in page.html.get_text()
    assert "MANY × 2" in page.html.find("section", {"aria-labelledby": "resting"}).text
    assert "2 out of service" in at_desk.get("/items/MANY", headers=ENGLISH)
    people.signed_in(browse, chairs.borrower)
    history = browse.get(f"/loans/{chairs.id}", headers=ENGLISH).html.find("section", {"aria-labelledby": "history"})
    assert "(MANY × 2) brought back" in history.text


def test_what_is_lost_of_a_lot_is_written_off_and_the_rest_is_still_waited_for(session, at_desk, chairs, lots):
    form = at_desk.get(f"/desk/loans/{chairs.id}", headers=ENGLISH).forms["write_off"]
    number = f"c{only(chairs).id.hex}"
    assert form[number].value == "9"
    form.fields["lost"][0].checked = form["sure"].checked = True
    form[number], form["reason"] = "4", "Emportées par la mer"
    form.submit("write_off", status=303)
    assert (only_open(chairs).units, next(item for item in lots.items if item.asset_tag == "MANY").units) == (5, 6)


def only_open(loan) -> Custody:
    (custody,) = [custody for custody in loan.lines[0].custodies if custody.in_at is None]
    return custody


# Decide ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def request_(session, stock):
    return lending.loan(session, stock, "2026-10-29T10:00", "2026-10-30T10:00", state=LoanState.REQUESTED)


def at_loan(at_desk, loan, form: str, **values):
    page = at_desk.get(f"/desk/loans/{loan.id}", headers=ENGLISH)
    filled = page.forms[form]
    for name, value in values.items():
        filled[name] = value
    return filled


def longer(clerk, loan, day: str, hour: str):
    """Return the desk's form that lets a loan last longer, filled in."""
    form = clerk.get(f"/desk/loans/{loan.id}/extend").forms["extend"]
    form["return"], form["return_time"] = day, hour
    return form


def test_the_desk_says_yes(session, at_desk, request_):
    sent = people.with_csrf(at_desk, {"confirm": "confirm"})
    page = at_desk.post(f"/desk/loans/{request_.id}", sent, status=303).follow()
    assert request_.state is LoanState.CONFIRMED
    assert "To decide" not in page


def test_who_lacks_a_training_is_granted_it_only_with_a_reason(session, at_desk, request_, stock):
    lending.policy(session, model_id=stock.model_id, requires=["prise-de-son"])
    form = at_loan(at_desk, request_, "confirm")
    page = form.submit("confirm", headers=ENGLISH, status=409)
    assert "prise de son" in page.html.select_one("#refusals").text
    form["override"] = "Formée hier, attestation à venir"
    page = form.submit("confirm", status=303).follow(headers=ENGLISH)
    assert request_.state is LoanState.CONFIRMED
    assert "Formée hier, attestation à venir" in page
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "lending.confirm")).one()
    assert entry.detail == {"loan": request_.number, "overridden": True}


def test_the_desk_says_no_with_a_reason(at_desk, request_):
    at_loan(at_desk, request_, "reject", reason="Réservé pour la fête du quartier").submit("reject", status=303)
    assert (request_.state, request_.reason) == (LoanState.REJECTED, "Réservé pour la fête du quartier")


def test_a_no_without_a_reason_is_refused_beside_the_field(at_desk, request_):
    page = at_loan(at_desk, request_, "reject").submit("reject", headers=ENGLISH, status=422)
    assert page.html.select_one("#reject-reason[aria-invalid]")
    assert request_.state is LoanState.REQUESTED


def test_what_is_decided_already_cannot_be_decided_again(session, at_desk, request_):
    request_.state = LoanState.CANCELLED
    session.flush()
    sent = people.with_csrf(at_desk, {"confirm": "confirm"})
    page = at_desk.post(f"/desk/loans/{request_.id}", sent, headers=ENGLISH, status=409)
    assert "cannot be done any more" in page


def test_the_desk_calls_a_loan_off(at_desk, loan):
    at_loan(at_desk, loan, "withdraw", reason="Le centre ferme").submit("withdraw", status=303)
    assert (loan.state, loan.reason) == (LoanState.CANCELLED, "Le centre ferme")


def test_the_desk_lends_longer(at_desk, loan):
    page = at_desk.get(f"/desk/loans/{loan.id}", headers=ENGLISH).click(
        "Lend it longer", extra_environ={"HTTP_ACCEPT_LANGUAGE": "en"}
    )
    assert "it can be lent until" in page.html.main.text
    form = page.forms["extend"]
    form["return"], form["return_time"] = "2026-10-26", "10:00"
    page = form.submit(headers=ENGLISH, status=303).follow(headers=ENGLISH)
    assert "The loan lasts until Monday 26 October, 10:00. The borrower gets an e-mail." in page
    assert page.request.path == f"/desk/loans/{loan.id}"
    assert loan.return_at == lending.instant("2026-10-26T10:00")


@pytest.mark.parametrize(
    ("phone", "said"),
    [("02 98 00 11 22", "no e-mail address: call 02 98 00 11 22"), (None, "neither e-mail nor phone")],
)
def test_the_desk_reads_that_somebody_gets_no_letter(session, at_desk, loan, phone, said):
    loan.borrower.email, loan.borrower.phone = None, phone
    session.flush()
    sent = longer(at_desk, loan, "2026-10-26", "10:00").submit(headers=ENGLISH, status=303)
    assert said in sent.follow(headers=ENGLISH)


def test_who_chose_no_language_is_written_to_in_the_citys_not_in_the_clerks(session, at_desk, loan):
    loan.borrower.language = None
    session.flush()
    longer(at_desk, loan, "2026-10-26", "10:00").submit(headers=ENGLISH, status=303)
    letter = session.scalars(select(OutgoingMail).where(OutgoingMail.person_id == loan.borrower_id)).one()
    assert letter.language == "fr"


@pytest.mark.parametrize(
    ("day", "hour", "status"),
    [("2026-10-24", "09:00", 409), ("2026-10-24", "03:00", 409), ("soon", "", 422), ("", "", 422)],
)
def test_longer_is_later_and_when_the_desk_is_open(at_desk, loan, day, hour, status):
    page = longer(at_desk, loan, day, hour).submit(status=status)
    assert page.html.select_one("#extend-return[aria-invalid]")
    assert loan.return_at == lending.instant("2026-10-24T10:00")


def test_the_desk_lends_longer_what_it_approves(session, at_desk, loan, stock):
    lending.policy(session, model_id=stock.model_id, approval="manual")
    longer(at_desk, loan, "2026-10-26", "10:00").submit(status=303)
    assert loan.return_at == lending.instant("2026-10-26T10:00")


def test_the_desk_that_cannot_lend_as_long_is_told_until_when_it_can(session, at_desk, loan, stock):
    lending.loan(session, stock, "2026-10-27T10:00", "2026-10-30T10:00", units=3)
    latest, *_earlier = (
        longer(at_desk, loan, "2026-10-29", "19:00").submit(headers=ENGLISH, status=409).html.select(".notice button")
    )
    assert latest.text == "Monday 26 October, 19:00"


def test_the_desk_reads_why_a_loan_cannot_last_longer_and_nothing_of_itself(session, at_desk, loan, stock):
    lending.loan(session, stock, "2026-10-24T10:00", "2026-10-30T10:00", units=3)
    page = at_desk.get(f"/desk/loans/{loan.id}/extend", headers=ENGLISH)
    assert "It is needed elsewhere from then on." in page.html.select_one("#why-not").text
    assert "extend" not in page.forms
    assert " you " not in page.html.main.text.lower()


def test_the_desk_reads_that_the_borrower_lacks_a_training_before_it_lends_longer(session, at_desk, loan, stock):
    lending.policy(session, model_id=stock.model_id, requires=["prise-de-son"])
    page = at_desk.get(f"/desk/loans/{loan.id}/extend", headers=ENGLISH)
    assert "prise de son" in page.html.select_one("#why-not").text
    assert " you " not in page.html.main.text.lower()


def test_the_desk_reads_that_a_mandate_has_ended_before_it_lends_longer(session, at_desk, loan):
    loan.organisation = people.organisation(session)
    session.flush()
    page = at_desk.get(f"/desk/loans/{loan.id}/extend", headers=ENGLISH)
    assert "Only who may act for this organisation" in page.html.select_one("#why-not").text


def test_what_is_late_is_not_lent_until_a_time_that_is_over(session, at_desk, stock):
    late = lending.loan(session, stock, "2026-10-20T10:00", "2026-10-21T18:00", state=LoanState.OUT)
    lending.custody(session, late.lines[0])
    page = longer(at_desk, late, "2026-10-22", "10:00").submit(headers=ENGLISH, status=409)
    assert "This is in the past" in page.html.select_one("#extend-return-error").text
    assert late.return_at == lending.instant("2026-10-21T18:00")


def test_nobody_came(session, at_desk, stock):
    missed = lending.loan(session, stock, "2026-10-22T10:00", "2026-10-24T10:00")
    sent = people.with_csrf(at_desk, {"no_show": "no_show"})
    at_desk.post(f"/desk/loans/{missed.id}", sent, status=303)
    assert missed.state is LoanState.NO_SHOW
    assert not any(claim.live for line in missed.lines for claim in line.claims)


def test_nobody_can_have_missed_what_is_still_to_come(at_desk, loan):
    sent = people.with_csrf(at_desk, {"no_show": "no_show"})
    at_desk.post(f"/desk/loans/{loan.id}", sent, status=409)
    assert loan.state is LoanState.CONFIRMED


# Write off ------------------------------------------------------------------------------------------------------------


def write_off(at_desk, loan, *lost, reason="Volé sur le port", sure=True, status=303):
    form = at_desk.get(f"/desk/loans/{loan.id}", headers=ENGLISH).forms["write_off"]
    for box in form.fields["lost"]:
        box.checked = box._value in lost
    form["reason"], form["sure"] = reason, sure
    return form.submit("write_off", headers=ENGLISH, status=status)


def test_what_is_late_and_lost_is_written_off_which_the_loans_history_tells(session, browse, at_desk, loan, out, clock):
    clock.at = NOW + timedelta(days=9)
    lost = [custody.item.asset_tag for custody in out]
    page = write_off(at_desk, loan, *lost).follow(headers=ENGLISH)
    assert "not all returned" in page
    assert "Volé sur le port" in page
    assert "write_off" not in page.forms
    assert loan.state is LoanState.CLOSED
    people.signed_in(browse, loan.borrower)
    history = browse.get(f"/loans/{loan.id}", headers=ENGLISH).html.find("section", {"aria-labelledby": "history"}).text
    assert f"({lost[0]}) written off" in history


def test_what_is_written_off_is_chosen_confirmed_and_explained(session, at_desk, loan, out):
    tag = out[0].item.asset_tag
    for given, status in (({"sure": False}, 422), ({"reason": ""}, 422)):
        page = write_off(at_desk, loan, tag, **given, status=status)
        assert page.html.find("details", open=True)
    page = write_off(at_desk, loan, status=409)
    assert "Nothing is chosen" in page
    assert loan.state is LoanState.OUT
    assert all(custody.in_at is None for custody in out)


def test_a_loan_with_nothing_out_has_nothing_to_write_off(at_desk, loan):
    assert "write_off" not in at_desk.get(f"/desk/loans/{loan.id}").forms


# Remind ---------------------------------------------------------------------------------------------------------------


def reminder(at_desk, loan):
    page = at_desk.get(f"/desk/loans/{loan.id}", headers=ENGLISH)
    return next((form for form in page.forms.values() if "remind" in form.fields), None)


def test_a_desk_reminds_of_what_is_late_once_a_day_and_the_trail_says_so(session, browse, at_desk, loan, out, clock):
    assert reminder(at_desk, loan) is None
    clock.at = loan.return_at + timedelta(days=1)
    people.signed_in(browse, people.staff(session, Role.DESK, "lambezellec"))
    first = reminder(at_desk, loan).submit("remind", headers=ENGLISH, status=303).follow(headers=ENGLISH)
    assert "gets an e-mail" in first.html.select_one(".flash").text
    again = reminder(at_desk, loan).submit("remind", headers=ENGLISH, status=303).follow(headers=ENGLISH)
    assert "today already" in again.html.select_one(".flash").text
    (asked,) = session.scalars(select(Job).where(Job.kind == "lending.remind"))
    assert asked.payload == {"person_id": str(loan.borrower_id), "point_id": str(loan.return_point_id)}
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.act == "lending.remind"))
    assert entry.detail == {"loan": loan.number}


def test_whoever_reads_no_e_mail_cannot_be_reminded_by_one(session, browse, at_desk, loan, out, clock):
    clock.at = loan.return_at + timedelta(days=1)
    loan.borrower.email = None
    people.signed_in(browse, people.staff(session, Role.DESK, "lambezellec"))
    assert reminder(at_desk, loan) is None
