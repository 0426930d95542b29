"""Asking for a loan, deciding on it, changing it: what is recorded, and what a refusal leaves behind."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from equipment_lending.models import Claim, LendingPoint, Loan, OpeningException, PolicyLayer
from equipment_lending.queries.agenda import appointment
from equipment_lending.queries.changed_hours import closed_cases, closed_in_time
from equipment_lending.services.desk import Desk, Returned
from equipment_lending.services.requests import LoanRequests
from equipment_lending.terms import Approval, LoanState, RefusalCode, Refused, Wish, WishedLine
from portal.audit.models import AuditEntry
from portal.audit.services import Audit
from portal.i18n import Words
from portal.mail.models import OutgoingMail
from portal.mail.services import Outbox
from portal.ports.certifications import NobodyIsCertified
from tests.factories import lending, people
from tests.whole.invariants import broken


@pytest.fixture
def requests(session, clock, outbox):
    clock.at = lending.instant("2026-10-22T14:00")
    return LoanRequests(session, clock, NobodyIsCertified(), Audit(session, clock, None), outbox)


@pytest.fixture
def outbox(asking) -> Outbox:
    return asking.find_service(Outbox)


@pytest.fixture
def desk(session, clock):
    return Desk(session, clock, NobodyIsCertified(), Audit(session, clock, None))


@pytest.fixture
def borrower(session):
    return people.person(session)


@pytest.fixture(autouse=True)
def nothing_broken(session, clock):
    yield
    session.expire_all()
    assert broken(session, clock.now()) == []


def wish(stock, start="2026-10-24T10:00", end="2026-10-26T10:00", units=1, **given) -> Wish:
    return Wish(
        **{
            "point": stock.point.slug,
            "pickup_at": lending.instant(start),
            "return_at": lending.instant(end),
            "lines": (WishedLine(stock.model.slug, units),),
            "purpose": "Les voix du port",
        }
        | given
    )


def codes(no) -> set[RefusalCode]:
    return {reason.code for reason in no.value.reasons}


def count(session, kind) -> int:
    return session.scalar(select(func.count()).select_from(kind))


def test_a_request_that_the_charter_allows_is_confirmed_at_once(session, requests, borrower):
    stock = lending.stock(session)
    loan = requests.request(wish(stock), borrower.id, borrower.id)
    assert loan.state is LoanState.CONFIRMED
    (claim,) = loan.lines[0].claims
    assert (claim.starts_at, claim.ends_at, claim.item_id) == (loan.pickup_at, loan.return_at, None)
    assert count(session, OutgoingMail) == 1


def test_where_approval_is_manual_a_request_waits_and_claims_all_the_same(session, requests, borrower):
    stock = lending.stock(session)
    lending.policy(session, model_id=stock.model_id, approval=Approval.MANUAL)
    assert requests.request(wish(stock), borrower.id, borrower.id).state is LoanState.REQUESTED
    other = people.person(session)
    with pytest.raises(Refused) as no:
        requests.request(wish(stock), other.id, other.id)
    assert codes(no) == {RefusalCode.NOT_ENOUGH}


def test_a_refusal_names_every_reason_and_records_nothing(session, requests, borrower):
    stock = lending.stock(session)
    lending.policy(session, model_id=stock.model_id, max_days=1, requires=["velo-cargo"])
    lending.loan(session, stock, "2026-10-24T10:00", "2026-10-25T10:00")
    before = count(session, Loan), count(session, Claim)
    with pytest.raises(Refused) as no:
        requests.request(wish(stock, start="2026-10-24T07:00"), borrower.id, borrower.id)
    assert codes(no) == {
        RefusalCode.TOO_LONG,
        RefusalCode.PICKUP_CLOSED,
        RefusalCode.NOT_ENOUGH,
        RefusalCode.NOT_CERTIFIED,
    }
    assert (count(session, Loan), count(session, Claim)) == before
    assert count(session, OutgoingMail) == 0


def test_a_refusal_for_lack_of_units_proposes_other_times_and_points(session, requests, borrower):
    model = lending.model(session)
    here = lending.stock(session, of=model)
    there = lending.stock(session, of=model)
    lending.loan(session, here, "2026-10-24T10:00", "2026-10-26T10:00")
    with pytest.raises(Refused) as no:
        requests.request(wish(here), borrower.id, borrower.id)
    assert no.value.alternatives.points == (there.point.slug,)
    first = no.value.alternatives.periods[0]
    assert (first.start, first.end) == (lending.instant("2026-10-26T10:00"), lending.instant("2026-10-28T10:00"))
    for period in no.value.alternatives.periods:
        with session.begin_nested() as trial:
            requests.request(wish(here, pickup_at=period.start, return_at=period.end), borrower.id, borrower.id)
            trial.rollback()


def test_a_point_is_proposed_only_where_the_time_around_the_loan_is_free_too(session, requests, borrower):
    model = lending.model(session)
    here, there = lending.stock(session, of=model), lending.stock(session, of=model)
    lending.policy(session, model_id=model.id, buffer_after_minutes=3 * 24 * 60)
    lending.loan(session, here, "2026-10-24T10:00", "2026-10-26T10:00")
    lending.loan(session, there, "2026-10-28T10:00", "2026-10-30T10:00")
    with pytest.raises(Refused) as no:
        requests.request(wish(here), borrower.id, borrower.id)
    assert no.value.alternatives.points == ()


def test_loans_that_touch_do_not_conflict(session, requests, borrower):
    """E2: one ends at 12:00, the next begins at 12:00."""
    stock = lending.stock(session)
    requests.request(wish(stock, "2026-10-24T10:00", "2026-10-24T12:00"), borrower.id, borrower.id)
    requests.request(wish(stock, "2026-10-24T12:00", "2026-10-24T14:00"), borrower.id, borrower.id)


def test_a_buffer_keeps_loans_apart(session, requests, borrower):
    """E2: with half an hour to turn around, nothing before 12:30."""
    stock = lending.stock(session)
    lending.policy(session, model_id=stock.model_id, buffer_after_minutes=30)
    requests.request(wish(stock, "2026-10-24T10:00", "2026-10-24T12:00"), borrower.id, borrower.id)
    with pytest.raises(Refused):
        requests.request(wish(stock, "2026-10-24T12:29", "2026-10-24T14:00"), borrower.id, borrower.id)
    requests.request(wish(stock, "2026-10-24T12:30", "2026-10-24T14:00"), borrower.id, borrower.id)


def test_maintenance_far_ahead_decides_which_item_is_left_for_today(session, requests, borrower):
    stock = lending.stock(session, units=2)
    first, second = sorted(stock.items, key=lambda item: item.asset_tag)
    lending.maintenance(session, first, "2026-11-12T10:00", "2026-11-13T10:00")
    lending.maintenance(session, second, "2026-11-07T10:00", "2026-11-07T18:00")
    lending.loan(session, stock, "2026-11-09T10:00", "2026-11-14T10:00")  # so has the second
    lending.loan(session, stock, "2026-11-08T10:00", "2026-11-10T10:00")  # so has the first
    with pytest.raises(Refused) as no:  # who could only have the first, too
        requests.request(wish(stock, "2026-11-07T10:00", "2026-11-08T18:00"), borrower.id, borrower.id)
    assert codes(no) == {RefusalCode.NOT_ENOUGH}
    requests.request(wish(stock, "2026-11-07T10:00", "2026-11-08T10:00"), borrower.id, borrower.id)


def test_two_requests_cannot_pass_a_limit_of_units_together(session, requests, borrower):
    stock = lending.stock(session, units=4)
    lending.policy(session, model_id=stock.model_id, max_units_per_person=2)
    requests.request(wish(stock, units=2), borrower.id, borrower.id)
    with pytest.raises(Refused) as no:
        requests.request(wish(stock), borrower.id, borrower.id)
    assert codes(no) == {RefusalCode.TOO_MANY_UNITS}


def test_fair_use_names_the_loans_that_used_the_days_up(session, requests, borrower):
    """Scenario 13: two days in thirty, loans on +1 and +4, a third on +6 is refused naming the first two."""
    stock = lending.stock(session, units=3)
    lending.policy(session, model_id=stock.model_id, max_days_in_period=2, fair_use_period_days=30)
    first = requests.request(wish(stock, "2026-10-23T10:00", "2026-10-23T18:00"), borrower.id, borrower.id)
    second = requests.request(wish(stock, "2026-10-26T10:00", "2026-10-26T18:00"), borrower.id, borrower.id)
    with pytest.raises(Refused) as no:
        requests.request(wish(stock, "2026-10-28T10:00", "2026-10-28T18:00"), borrower.id, borrower.id)
    (reason,) = no.value.reasons
    assert reason.code is RefusalCode.TOO_MANY_DAYS
    assert set(reason.values["loans"]) == {first.number, second.number}


@pytest.fixture
def approved(session):
    """Nine units that somebody at the desk has to say yes to."""
    stock = lending.stock(session, units=9)
    lending.policy(session, point_id=stock.point_id, approval=Approval.MANUAL)
    return stock


@pytest.mark.parametrize("decided", [False, True])
def test_an_undecided_request_takes_of_what_one_person_may_have_as_a_loan_does(
    session, requests, borrower, approved, decided
):
    lending.policy(session, model_id=approved.model_id, max_units_per_person=3)
    asked = requests.request(wish(approved, units=2), borrower.id, borrower.id)
    if decided:
        requests.confirm(asked.id, people.person(session).id)
    with pytest.raises(Refused) as no:
        requests.request(wish(approved, units=2), borrower.id, borrower.id)
    assert [(reason.code, reason.values["held"]) for reason in no.value.reasons] == [(RefusalCode.TOO_MANY_UNITS, 2)]
    assert requests.request(wish(approved), borrower.id, borrower.id).state is LoanState.REQUESTED


@pytest.mark.parametrize("decided", [False, True])
def test_the_days_of_an_undecided_request_are_used_up_as_those_of_a_loan_are(
    session, requests, borrower, approved, decided
):
    lending.policy(session, model_id=approved.model_id, max_days_in_period=2, fair_use_period_days=30)
    asked = requests.request(wish(approved), borrower.id, borrower.id)
    if decided:
        requests.confirm(asked.id, people.person(session).id)
    with pytest.raises(Refused) as no:
        requests.request(wish(approved, "2026-10-28T10:00", "2026-10-28T18:00"), borrower.id, borrower.id)
    assert [(reason.code, tuple(reason.values["loans"])) for reason in no.value.reasons] == [
        (RefusalCode.TOO_MANY_DAYS, (asked.number,))
    ]


@pytest.mark.parametrize("decided", [False, True])
def test_an_undecided_request_is_a_visit_at_the_desk_as_a_loan_is(session, requests, borrower, approved, decided):
    approved.point.max_visits = 1
    asked = requests.request(wish(approved), borrower.id, borrower.id)
    if decided:
        requests.confirm(asked.id, people.person(session).id)
    other = people.person(session)
    with pytest.raises(Refused) as no:
        requests.request(wish(approved, "2026-10-24T15:00", "2026-10-26T15:00"), other.id, other.id)
    assert codes(no) == {RefusalCode.PICKUP_FULL, RefusalCode.RETURN_FULL}


def test_a_request_that_came_to_nothing_counts_no_more(session, requests, borrower, approved):
    lending.policy(session, model_id=approved.model_id, max_units_per_person=1, max_days_in_period=2)
    approved.point.max_visits = 1
    for ends in (
        lambda one: requests.reject(one.id, "Pas cette semaine", people.person(session).id),
        lambda one: requests.cancel(one.id, "", borrower.id),
    ):
        ends(requests.request(wish(approved), borrower.id, borrower.id))
    assert requests.request(wish(approved), borrower.id, borrower.id).state is LoanState.REQUESTED


def test_the_shortest_loan_of_a_model_holds_for_who_asks_for_it(session, requests, borrower):
    stock = lending.stock(session)
    lending.policy(session, model_id=stock.model_id, min_minutes=90)
    with pytest.raises(Refused) as no:
        requests.request(wish(stock, "2026-10-24T10:00", "2026-10-24T11:29"), borrower.id, borrower.id)
    (reason,) = no.value.reasons
    assert (reason.code, reason.values["minutes"], reason.values["allowed"]) == (RefusalCode.TOO_SHORT, 89, 90)
    requests.request(wish(stock, "2026-10-24T10:00", "2026-10-24T11:30"), borrower.id, borrower.id)


def test_how_far_ahead_a_model_is_lent_holds_for_who_asks_for_it(session, requests, borrower):
    stock = lending.stock(session)
    lending.policy(session, model_id=stock.model_id, horizon_days=7)
    with pytest.raises(Refused) as no:
        requests.request(wish(stock, "2026-10-30T08:00", "2026-10-31T10:00"), borrower.id, borrower.id)
    (reason,) = no.value.reasons
    assert (reason.code, reason.values["latest"]) == (RefusalCode.TOO_FAR, date(2026, 10, 29))
    requests.request(wish(stock, "2026-10-29T19:00", "2026-10-31T10:00"), borrower.id, borrower.id)


def test_a_desk_that_has_its_fill_of_visits_takes_no_more(session, requests, borrower):
    """Scenario 11: one visit a day, one on +4 and one on +12."""
    point = lending.point(session, max_visits=1)
    stock = lending.stock(session, units=9, at=point)
    requests.request(wish(stock, "2026-10-26T10:00", "2026-11-03T10:00"), borrower.id, borrower.id)
    with pytest.raises(Refused) as no:
        requests.request(wish(stock, "2026-10-26T15:00", "2026-10-28T10:00"), borrower.id, borrower.id)
    assert codes(no) == {RefusalCode.PICKUP_FULL}
    with pytest.raises(Refused) as no:
        requests.request(wish(stock, "2026-10-25T15:00", "2026-11-03T12:00"), borrower.id, borrower.id)
    assert codes(no) == {RefusalCode.RETURN_FULL}
    requests.request(wish(stock, "2026-10-25T10:00", "2026-11-02T10:00"), borrower.id, borrower.id)


def test_who_comes_twice_in_one_opening_takes_two_of_its_visits(session, requests, borrower):
    for most, given in ((1, False), (2, True)):
        stock = lending.stock(session, at=lending.point(session, max_visits=most))
        same_day = wish(stock, "2026-10-26T10:00", "2026-10-26T15:00")
        if given:
            requests.request(same_day, borrower.id, borrower.id)
            continue
        with pytest.raises(Refused) as no:
            requests.request(same_day, borrower.id, borrower.id)
        assert codes(no) == {RefusalCode.RETURN_FULL}


def test_what_was_never_handed_out_is_free_and_what_is_not_back_is_not(session, requests, desk, borrower, clock):
    """Scenario 5 of the field: not returned."""
    never, kept = lending.stock(session), lending.stock(session)
    lending.loan(session, never, "2026-10-16T10:00", "2026-10-20T10:00")
    clock.at = lending.instant("2026-10-16T10:00")
    out = lending.loan(session, kept, "2026-10-16T10:00", "2026-10-20T10:00")
    desk.check_out(out.id, [kept.items[0].asset_tag], borrower.id)
    clock.at = lending.instant("2026-10-22T14:00")
    requests.request(wish(never), borrower.id, borrower.id)
    with pytest.raises(Refused) as no:
        requests.request(wish(kept), borrower.id, borrower.id)
    assert codes(no) == {RefusalCode.NOT_ENOUGH}


def test_only_an_officer_borrows_in_an_organisations_name(session, requests, borrower):
    stock = lending.stock(session, units=2)
    theirs, others = people.organisation(session), people.organisation(session)
    people.membership(session, organisation=theirs, person=borrower, officer=True)
    loan = requests.request(wish(stock, organisation_id=theirs.id), borrower.id, borrower.id)
    assert (loan.borrower_id, loan.organisation_id) == (borrower.id, theirs.id)
    with pytest.raises(Refused) as no:
        requests.request(wish(stock, organisation_id=others.id), borrower.id, borrower.id)
    assert codes(no) == {RefusalCode.NOT_OFFICER}


def test_a_mandate_ends_at_midnight_where_it_is_used(session, requests, borrower, clock):
    stock = lending.stock(session)
    ended = people.membership(session, person=borrower, officer=True, until=lending.instant("2026-10-22T00:00").date())
    clock.at = lending.instant("2026-10-23T00:30")
    with pytest.raises(Refused) as no:
        requests.request(wish(stock, organisation_id=ended.organisation_id), borrower.id, borrower.id)
    assert codes(no) == {RefusalCode.NOT_OFFICER}


def test_what_a_point_does_not_lend_and_a_point_that_does_not_exist_are_refused(session, requests, borrower):
    stock, other = lending.stock(session), lending.stock(session)
    with pytest.raises(Refused) as no:
        requests.request(wish(stock, lines=(WishedLine(other.model.slug, 1),)), borrower.id, borrower.id)
    assert codes(no) == {RefusalCode.NOT_LENT_HERE}
    with pytest.raises(Refused) as no:
        requests.request(wish(stock, point="nowhere"), borrower.id, borrower.id)
    assert codes(no) == {RefusalCode.NO_SUCH_POINT}


def test_confirming_and_rejecting_decide_once(session, requests, borrower):
    stock = lending.stock(session, units=2)
    lending.policy(session, model_id=stock.model_id, approval=Approval.MANUAL)
    yes = requests.request(wish(stock), borrower.id, borrower.id)
    no_ = requests.request(wish(stock), borrower.id, borrower.id)
    clerk = people.person(session)
    assert requests.confirm(yes.id, clerk.id).state is LoanState.CONFIRMED
    with pytest.raises(Refused) as no:
        requests.confirm(yes.id, clerk.id)
    assert codes(no) == {RefusalCode.WRONG_STATE}
    with pytest.raises(Refused) as no:
        requests.reject(no_.id, "  ", clerk.id)
    assert codes(no) == {RefusalCode.REASON_MISSING}
    assert requests.reject(no_.id, "pas cette semaine", clerk.id).state is LoanState.REJECTED
    assert not no_.lines[0].claims[0].live


def test_on_approval_length_fair_use_and_rights_are_asked_anew(session, requests, borrower):
    """Invariant 11: what held when it was asked for may hold no longer when it is approved."""
    stock = lending.stock(session, units=3)
    rules = lending.policy(session, model_id=stock.model_id, approval=Approval.MANUAL, max_units_per_person=1)
    friends = people.organisation(session)
    mandate = people.membership(session, person=borrower, organisation=friends)
    loan = requests.request(wish(stock, organisation_id=friends.id), borrower.id, borrower.id)
    clerk = people.person(session)
    rules.requires, rules.max_days, rules.max_units_per_person = ["prise-de-son"], 1, 0
    mandate.until = date(2026, 10, 20)
    session.flush()
    with pytest.raises(Refused) as no:
        requests.confirm(loan.id, clerk.id, override="formé hier")
    assert codes(no) == {RefusalCode.TOO_LONG, RefusalCode.TOO_MANY_UNITS, RefusalCode.NOT_OFFICER}
    with pytest.raises(Refused) as no:
        requests.confirm(loan.id, clerk.id)
    assert RefusalCode.NOT_CERTIFIED in codes(no)
    assert (loan.state, loan.revision, count(session, AuditEntry)) == (LoanState.REQUESTED, 0, 0)
    rules.max_days, rules.max_units_per_person, mandate.until = None, None, None
    session.flush()
    with pytest.raises(Refused) as no:
        requests.confirm(loan.id, clerk.id, override="  ")
    assert codes(no) == {RefusalCode.NOT_CERTIFIED}
    requests.confirm(loan.id, clerk.id, override="Formée hier")
    assert (loan.state, loan.reason) == (LoanState.CONFIRMED, "Formée hier")
    assert session.scalars(select(AuditEntry)).one().detail == {"loan": loan.number, "overridden": True}


def test_what_a_loan_itself_counts_for_does_not_stand_in_the_way_of_its_approval(session, requests, borrower):
    stock = lending.stock(session, units=1)
    rules = {"max_units_per_person": 1, "max_days_in_period": 2}
    lending.policy(session, model_id=stock.model_id, approval=Approval.MANUAL, **rules)
    loan = requests.request(wish(stock), borrower.id, borrower.id)
    assert requests.confirm(loan.id, people.person(session).id, override="sans objet").reason is None
    assert session.scalars(select(AuditEntry)).one().detail == {"loan": loan.number, "overridden": None}


def test_a_cancelled_loan_gives_its_units_back(session, requests, borrower):
    stock = lending.stock(session)
    loan = requests.request(wish(stock), borrower.id, borrower.id)
    requests.cancel(loan.id, "", borrower.id)
    assert requests.request(wish(stock), borrower.id, borrower.id).state is LoanState.CONFIRMED


def test_an_extension_meets_another_claim_until_part_of_the_loan_is_back(session, requests, desk, borrower, clock):
    """Scenario 21: A and B are out, another loan waits for one of them; once A is back, B may stay."""
    stock = lending.stock(session, units=2)
    loan = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-24T12:00", units=2)
    tags = [item.asset_tag for item in stock.items]
    desk.check_out(loan.id, tags, borrower.id)
    lending.loan(session, stock, "2026-10-24T12:00", "2026-10-27T12:00")
    later = lending.instant("2026-10-26T12:00")
    with pytest.raises(Refused) as no:
        requests.extend(loan.id, later, borrower.id)
    assert codes(no) == {RefusalCode.NOT_ENOUGH}
    desk.check_in(loan.id, [Returned(tags[0])], borrower.id)
    assert requests.extend(loan.id, later, borrower.id).return_at == later
    assert {custody.due_at for custody in loan.lines[0].custodies if custody.in_at is None} == {later}


def test_a_loan_that_lasts_longer_is_told_to_calendars_as_a_change(session, requests, borrower, clock):
    stock = lending.stock(session)
    loan = requests.request(wish(stock), borrower.id, borrower.id)
    before = appointment(loan, Words("en"))
    clock.at += timedelta(hours=1)
    after = appointment(requests.extend(loan.id, lending.instant("2026-10-26T12:00"), borrower.id), Words("en"))
    assert (after.changed_at, before.changed_at) == (clock.at, loan.requested_at)
    assert after.sequence > before.sequence


def test_an_extension_is_longer_and_within_the_charter(session, requests, borrower):
    stock = lending.stock(session)
    lending.policy(session, model_id=stock.model_id, max_days=3)
    loan = requests.request(wish(stock), borrower.id, borrower.id)
    with pytest.raises(Refused) as no:
        requests.extend(loan.id, loan.return_at, borrower.id)
    assert codes(no) == {RefusalCode.NOT_LONGER}
    with pytest.raises(Refused) as no:
        requests.extend(loan.id, lending.instant("2026-10-28T23:00"), borrower.id)
    assert codes(no) == {RefusalCode.TOO_LONG, RefusalCode.RETURN_CLOSED}
    offered = [lending.instant(end) for end in ("2026-10-27T10:00", "2026-10-26T20:00")]
    assert [period.end for period in no.value.alternatives.periods] == offered
    assert loan.return_at == lending.instant("2026-10-26T10:00")


@pytest.mark.parametrize("until", ["2026-10-22T12:00", "2026-10-22T14:00"])
def test_what_is_late_cannot_last_until_a_time_that_is_over(session, requests, borrower, until):
    stock = lending.stock(session)
    loan = lending.loan(session, stock, "2026-10-20T10:00", "2026-10-22T10:00", borrower=borrower, state="out")
    lending.custody(session, loan.lines[0])
    with pytest.raises(Refused) as no:
        requests.extend(loan.id, lending.instant(until), borrower.id)
    assert codes(no) == {RefusalCode.IN_THE_PAST}
    assert requests.extend(loan.id, lending.instant("2026-10-22T14:01"), borrower.id).revision == 1


def test_what_the_desk_approves_it_alone_makes_longer(session, requests, borrower):
    stock, other = lending.stock(session), lending.stock(session)
    lending.policy(session, model_id=other.model_id, approval=Approval.MANUAL)
    loan = lending.loan(session, stock, "2026-10-24T10:00", "2026-10-26T10:00", borrower=borrower)
    later = lending.instant("2026-10-26T12:00")
    assert requests.extend(loan.id, later, borrower.id, alone=True).return_at == later
    decided = lending.loan(session, other, "2026-10-24T10:00", "2026-10-26T10:00", borrower=borrower)
    with pytest.raises(Refused) as no:
        requests.extend(decided.id, later, borrower.id, alone=True)
    assert codes(no) == {RefusalCode.DESK_DECIDES}
    assert requests.extend(decided.id, later, people.person(session).id).return_at == later


def test_who_may_not_have_it_any_more_cannot_keep_it_longer(session, requests, borrower):
    """Invariant 11: a training and a mandate are asked for when a loan is to last longer, too."""
    stock = lending.stock(session)
    ended = people.membership(session, person=borrower, officer=True, until=date(2026, 10, 21))
    loan = lending.loan(session, stock, "2026-10-22T10:00", "2026-10-26T10:00", borrower=borrower)
    loan.organisation_id = ended.organisation_id
    lending.policy(session, model_id=stock.model_id, requires=["prise-de-son"])
    with pytest.raises(Refused) as no:
        requests.extend(loan.id, lending.instant("2026-10-26T12:00"), borrower.id)
    assert codes(no) == {RefusalCode.NOT_CERTIFIED, RefusalCode.NOT_OFFICER}


def test_a_training_that_ran_out_meanwhile_does_not_make_a_loan_longer(session, requests, borrower, clock):
    class UntilThursday:
        def holds(self, person_id, achievement, at):
            return at < lending.instant("2026-10-22T12:00")

    stock = lending.stock(session)
    lending.policy(session, model_id=stock.model_id, requires=["prise-de-son"])
    loan = lending.loan(session, stock, "2026-10-22T10:00", "2026-10-26T10:00", borrower=borrower)
    requests = LoanRequests(session, clock, UntilThursday(), Audit(session, clock, None), None)
    later = lending.instant("2026-10-26T12:00")
    with pytest.raises(Refused) as no:
        requests.extend(loan.id, later, borrower.id)
    assert codes(no) == {RefusalCode.NOT_CERTIFIED}
    clock.at = lending.instant("2026-10-22T11:59")
    assert requests.extend(loan.id, later, borrower.id).return_at == later


def test_a_loan_cannot_last_into_another_that_makes_more_than_one_person_may_have(session, requests, borrower):
    """Invariant 7: what limits a request limits an extension too."""
    stock = lending.stock(session, units=3)
    lending.policy(session, model_id=stock.model_id, max_units_per_person=1)
    loan = requests.request(wish(stock), borrower.id, borrower.id)
    requests.request(wish(stock, "2026-10-27T10:00", "2026-10-28T10:00"), borrower.id, borrower.id)
    requests.extend(loan.id, lending.instant("2026-10-27T10:00"), borrower.id)
    with pytest.raises(Refused) as no:
        requests.extend(loan.id, lending.instant("2026-10-27T11:00"), borrower.id)
    assert codes(no) == {RefusalCode.TOO_MANY_UNITS}


@pytest.fixture
def one_each(session):
    """Three units, of which nobody has more than one at a time."""
    stock = lending.stock(session, units=3)
    lending.policy(session, model_id=stock.model_id, max_units_per_person=1)
    return stock


@pytest.mark.parametrize("due", ["2026-10-22T10:00", "2026-07-01T10:00"])
def test_who_is_late_with_all_one_may_have_gets_no_more_until_it_is_back(
    session, requests, desk, borrower, one_each, due
):
    late = lending.loan(session, one_each, "2026-06-30T10:00", due, borrower=borrower, state="out")
    custody = lending.custody(session, late.lines[0])
    with pytest.raises(Refused) as no:
        requests.request(wish(one_each), borrower.id, borrower.id)
    assert [(reason.code, reason.values["held"]) for reason in no.value.reasons] == [(RefusalCode.TOO_MANY_UNITS, 1)]
    desk.check_in(late.id, [Returned(custody.item.asset_tag)], borrower.id)
    assert requests.request(wish(one_each), borrower.id, borrower.id).state is LoanState.CONFIRMED


def test_what_is_back_before_its_day_counts_no_more(session, requests, desk, borrower, clock, one_each):
    """Brought back on Saturday instead of Thursday: on Sunday one may have another."""
    loan = requests.request(wish(one_each, end="2026-10-29T10:00"), borrower.id, borrower.id)
    clock.at = lending.instant("2026-10-24T10:00")
    tag = one_each.items[0].asset_tag
    desk.check_out(loan.id, [tag], borrower.id)
    sunday = wish(one_each, "2026-10-25T10:00", "2026-10-26T10:00")
    with pytest.raises(Refused) as no:
        requests.request(sunday, borrower.id, borrower.id)
    assert codes(no) == {RefusalCode.TOO_MANY_UNITS}
    desk.check_in(loan.id, [Returned(tag)], borrower.id)
    assert requests.request(sunday, borrower.id, borrower.id).state is LoanState.CONFIRMED


def test_part_of_a_loan_that_is_back_counts_no_more_and_what_is_still_to_fetch_does(
    session, requests, desk, borrower, one_each
):
    session.scalars(select(PolicyLayer)).one().max_units_per_person = 3
    loan = lending.loan(session, one_each, "2026-10-22T10:00", "2026-10-26T10:00", units=3, borrower=borrower)
    tags = [item.asset_tag for item in one_each.items]
    desk.check_out(loan.id, tags[:2], borrower.id)
    desk.check_in(loan.id, [Returned(tags[0])], borrower.id)
    with pytest.raises(Refused) as no:
        requests.request(wish(one_each, units=2), borrower.id, borrower.id)
    assert RefusalCode.TOO_MANY_UNITS in codes(no)
    assert requests.request(wish(one_each), borrower.id, borrower.id).state is LoanState.CONFIRMED


def test_days_count_as_agreed_even_of_what_came_back_before(session, requests, desk, borrower, clock):
    stock = lending.stock(session, units=2)
    lending.policy(session, model_id=stock.model_id, max_days_in_period=3)
    loan = requests.request(wish(stock), borrower.id, borrower.id)
    clock.at = lending.instant("2026-10-24T10:00")
    tag = stock.items[0].asset_tag
    desk.check_out(loan.id, [tag], borrower.id)
    desk.check_in(loan.id, [Returned(tag)], borrower.id)
    with pytest.raises(Refused) as no:
        requests.request(wish(stock, "2026-10-27T10:00", "2026-10-29T10:00"), borrower.id, borrower.id)
    assert codes(no) == {RefusalCode.TOO_MANY_DAYS}


# Changing -----------------------------------------------------------------------------------------------------------


def change(requests, loan, start, end, to=None, back=None):
    point = to or loan.point
    return requests.change(loan.id, lending.period(start, end), point.slug, (back or point).slug)


@pytest.mark.parametrize("state", [LoanState.CONFIRMED, LoanState.REQUESTED])
def test_the_desk_gives_a_loan_other_times_and_another_point(session, requests, borrower, clock, state):
    """E4, E6, E7: staff decides; the loan keeps its number and its place in age. Nobody approves what is lent there."""
    here = lending.stock(session, units=2)
    there = lending.stock(session, units=2, of=here.model, at=lending.point(session, name="Bellevue"))
    lending.policy(session, point_id=there.point_id, buffer_after_minutes=60)
    back = lending.point(session)
    loan = lending.loan(session, here, "2026-10-24T10:00", "2026-10-26T10:00", units=2, borrower=borrower, state=state)
    number, asked_at, before = loan.number, loan.requested_at, appointment(loan, Words("en"))
    clock.at += timedelta(hours=1)
    changed = change(requests, loan, "2026-10-27T10:00", "2026-10-29T10:00", there.point, back)
    session.flush()
    session.expire_all()
    assert (changed.number, changed.state, changed.requested_at) == (number, LoanState.CONFIRMED, asked_at)
    assert (changed.point, changed.return_point, changed.revision) == (there.point, back, 1)
    assert changed.period == lending.period("2026-10-27T10:00", "2026-10-29T10:00")
    (line,) = changed.lines
    (claim,) = line.claims
    assert (line.stock, claim.stock, line.units, claim.units) == (there, there, 2, 2)
    assert claim.period == lending.period("2026-10-27T10:00", "2026-10-29T11:00")
    after = appointment(changed, Words("en"))
    assert (after.changed_at, after.uid) == (clock.at, before.uid)
    assert after.sequence > before.sequence
    assert session.scalars(select(AuditEntry.act)).all() == ["lending.change"]
    letter = session.scalars(select(OutgoingMail)).one()
    assert number in letter.subject
    assert requests.request(wish(here, units=2), borrower.id, borrower.id).state is LoanState.CONFIRMED


def test_another_point_that_approves_what_it_lends_decides_on_what_is_moved_there(session, requests, borrower):
    here = lending.stock(session)
    there = lending.stock(session, of=here.model)
    lending.policy(session, model_id=here.model_id, approval=Approval.MANUAL)
    loan = lending.loan(session, here, "2026-10-24T10:00", "2026-10-26T10:00", borrower=borrower)
    assert change(requests, loan, "2026-10-24T10:00", "2026-10-26T12:00").state is LoanState.CONFIRMED
    moved = change(requests, loan, "2026-10-24T10:00", "2026-10-26T12:00", there.point)
    assert (moved.state, moved.point) == (LoanState.REQUESTED, there.point)


def test_a_change_is_decided_like_a_new_wish_and_a_no_changes_nothing(session, requests, borrower):
    stock = lending.stock(session, units=2)
    lending.policy(session, model_id=stock.model_id, max_days=3, max_units_per_person=2)
    lending.loan(session, stock, "2026-11-02T10:00", "2026-11-04T10:00", units=1)
    loan = lending.loan(session, stock, "2026-10-24T10:00", "2026-10-26T10:00", units=2, borrower=borrower)
    with pytest.raises(Refused) as no:
        change(requests, loan, "2026-11-02T23:00", "2026-11-07T10:00")
    assert codes(no) == {RefusalCode.TOO_LONG, RefusalCode.PICKUP_CLOSED, RefusalCode.NOT_ENOUGH}
    with pytest.raises(Refused) as no:
        change(requests, loan, "2026-11-02T10:00", "2026-11-04T10:00")
    assert codes(no) == {RefusalCode.NOT_ENOUGH}
    assert lending.period("2026-11-04T10:00", "2026-11-06T10:00") in no.value.alternatives.periods
    with pytest.raises(Refused) as no:
        change(requests, loan, "2026-10-24T10:00", "2026-10-26T10:00", lending.point(session))
    assert codes(no) == {RefusalCode.NOT_LENT_HERE}
    with pytest.raises(Refused) as no:
        requests.change(loan.id, loan.period, "nowhere", "nowhere")
    assert codes(no) == {RefusalCode.NO_SUCH_POINT}
    assert loan.period == lending.period("2026-10-24T10:00", "2026-10-26T10:00")
    assert (loan.revision, count(session, AuditEntry), count(session, OutgoingMail)) == (0, 0, 0)


def test_what_a_loan_itself_occupies_does_not_stand_in_the_way_of_its_change(session, requests, borrower):
    stock = lending.stock(session)
    lending.policy(session, model_id=stock.model_id, max_units_per_person=1, max_days_in_period=2)
    stock.point.max_visits = 1
    loan = requests.request(wish(stock), borrower.id, borrower.id)
    changed = change(requests, loan, "2026-10-24T11:00", "2026-10-26T09:00")
    assert changed.period == lending.period("2026-10-24T11:00", "2026-10-26T09:00")
    lending.loan(session, stock, "2026-10-26T10:00", "2026-10-28T10:00")
    with pytest.raises(Refused) as no:
        change(requests, loan, "2026-10-26T10:00", "2026-10-28T10:00")
    assert lending.period("2026-10-24T10:00", "2026-10-26T10:00") in no.value.alternatives.periods


def test_the_notice_that_a_desk_has_had_counts_for_the_change(session, requests, borrower):
    stock = lending.stock(session)
    stock.point.lead_days = 3
    loan = lending.loan(session, stock, "2026-10-23T10:00", "2026-10-26T10:00", borrower=borrower)
    change(requests, loan, "2026-10-23T12:00", "2026-10-26T12:00")
    with pytest.raises(Refused) as no:
        change(requests, loan, "2026-10-23T11:00", "2026-10-26T12:00")
    assert codes(no) == {RefusalCode.TOO_SOON}


@pytest.mark.parametrize("state", [LoanState.OUT, LoanState.CANCELLED])
def test_what_has_left_or_ended_is_not_changed(session, requests, borrower, state):
    stock = lending.stock(session)
    loan = lending.loan(session, stock, "2026-10-20T10:00", "2026-10-26T10:00", borrower=borrower, state=state)
    if state is LoanState.OUT:
        lending.custody(session, loan.lines[0])
    else:
        loan.lines[0].claims[0].live = False
    with pytest.raises(Refused) as no:
        change(requests, loan, "2026-10-27T10:00", "2026-10-28T10:00")
    assert codes(no) == {RefusalCode.WRONG_STATE}


def test_a_loan_that_is_kept_as_it_is_is_not_flagged_until_the_hours_change_again(session, requests, borrower, clock):
    """E6: the desk decides that somebody will be there."""
    stock = lending.stock(session)
    loan = lending.loan(session, stock, "2026-11-03T10:00", "2026-11-05T10:00", borrower=borrower)
    assert not requests.keep(loan.id)

    def close(day):
        point = session.get_one(LendingPoint, stock.point_id)
        point.exceptions.append(OpeningException(first_day=day, last_day=day, kind="closed"))
        session.flush()
        return set(closed_in_time(session, clock.now())), set(closed_cases(session, clock.now()))

    assert close(date(2026, 11, 3)) == ({loan.id}, {loan.id})
    assert requests.keep(loan.id)
    assert not requests.keep(loan.id)  # another clerk was quicker
    assert (closed_in_time(session, clock.now()), closed_cases(session, clock.now())) == ({}, {})
    assert session.scalars(select(AuditEntry.act)).all() == ["lending.keep"]
    assert count(session, OutgoingMail) == 1
    assert close(date(2026, 11, 5)) == ({loan.id}, {loan.id})


def test_what_nobody_fetched_or_decided_ends_by_itself_once(session, requests, borrower, clock):
    stock = lending.stock(session, units=2)
    lending.policy(session, model_id=stock.model_id, no_show_grace_minutes=60)
    fetched_never = requests.request(wish(stock), borrower.id, borrower.id)
    lending.policy(session, model_id=stock.model_id, point_id=stock.point_id, approval=Approval.MANUAL)
    decided_never = requests.request(wish(stock), borrower.id, borrower.id)
    clock.at = lending.instant("2026-10-24T20:59")
    assert requests.expire() == [decided_never]
    clock.at += timedelta(minutes=2)
    assert requests.expire() == [fetched_never]
    assert requests.expire() == []
    assert (fetched_never.state, decided_never.state) == (LoanState.NO_SHOW, LoanState.REJECTED)


def test_a_clerk_who_asks_for_somebody_is_in_the_audit_trail(session, requests, borrower):
    stock = lending.stock(session)
    clerk = people.person(session)
    loan = requests.request(wish(stock), borrower.id, clerk.id)
    assert (loan.borrower_id, loan.requested_by_id) == (borrower.id, clerk.id)
    assert session.scalars(select(AuditEntry.act).where(AuditEntry.subject_id == str(loan.id))).all() == [
        "lending.request_for"
    ]


def test_two_civil_days_over_the_change_of_clocks_are_two(session, requests, borrower):
    """E1: Saturday 10:00 to Monday 10:00 lasts 49 hours and counts as two days."""
    stock = lending.stock(session)
    lending.policy(session, model_id=stock.model_id, max_days=2)
    loan = requests.request(wish(stock, "2026-10-24T10:00", "2026-10-26T10:00"), borrower.id, borrower.id)
    assert loan.return_at - loan.pickup_at == timedelta(hours=49)
