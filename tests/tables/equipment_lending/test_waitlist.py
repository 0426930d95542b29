"""The waiting list: who joins, whose turn it is, what is held for them, and what becomes of it."""

from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError

from equipment_lending.models import Claim, WaitlistEntry
from equipment_lending.queries.waiting import places_of, waiting_at
from equipment_lending.services.desk import Desk, Lost, Returned
from equipment_lending.services.fleet import Fleet
from equipment_lending.services.requests import LoanRequests
from equipment_lending.services.turns import Turns
from equipment_lending.services.waitlist import Waitlist
from equipment_lending.tasks import take_all_turns, take_turns
from equipment_lending.terms import (
    Approval,
    ClaimKind,
    LoanState,
    RefusalCode,
    Refused,
    WaitlistState,
    Wish,
    WishedLine,
)
from portal.audit.services import Audit
from portal.jobs.models import Job
from portal.mail.models import OutgoingMail
from portal.mail.services import Outbox
from portal.ports.certifications import NobodyIsCertified
from tests.factories import lending, people
from tests.whole.invariants import broken

FROM, TO = "2026-10-24T10:00", "2026-10-26T10:00"


@pytest.fixture
def outbox(asking) -> Outbox:
    return asking.find_service(Outbox)


@pytest.fixture
def requests(session, clock, outbox):
    clock.at = lending.instant("2026-10-22T14:00")
    return LoanRequests(session, clock, NobodyIsCertified(), Audit(session, clock, None), outbox)


@pytest.fixture
def turns(session, clock, outbox):
    return Turns(session, clock, NobodyIsCertified(), outbox)


@pytest.fixture
def waitlist(session, clock, requests, turns):
    return Waitlist(session, clock, requests, turns)


@pytest.fixture
def fleet(session, clock):
    return Fleet(session, clock, Audit(session, clock, None))


@pytest.fixture
def who(session):
    return people.person(session)


@pytest.fixture(autouse=True)
def nothing_broken(session, clock):
    yield
    session.expire_all()
    assert broken(session, clock.now()) == []


def wish(stock, start=FROM, end=TO, units=1, **given) -> Wish:
    line = WishedLine(stock.model.slug, units)
    return Wish(stock.point.slug, lending.instant(start), lending.instant(end), (line,), **given)


def codes(no) -> set[RefusalCode]:
    return {reason.code for reason in no.value.reasons}


def held(session) -> list[tuple[int, int]]:
    """What is held: from when, in hours from the wish's pick-up, and how many."""
    claims = session.scalars(select(Claim).where(Claim.kind == ClaimKind.HOLD, Claim.live))
    start = lending.instant(FROM)
    return sorted(((claim.starts_at - start) // timedelta(hours=1), claim.units) for claim in claims)


def letters(session) -> list[str]:
    return list(session.scalars(select(OutgoingMail.subject).order_by(OutgoingMail.created_at, OutgoingMail.subject)))


def looks_asked_for(session) -> int:
    return session.scalar(select(func.count(Job.id)).where(Job.kind == "lending.turns"))


# Joining ------------------------------------------------------------------------------------------------------------


def test_whoever_finds_too_few_units_joins_the_line(session, clock, waitlist, who):
    stock = lending.stock(session)
    lending.loan(session, stock, FROM, TO)
    first, second = (waitlist.join(wish(stock), one.id) for one in (who, people.person(session)))
    assert [place.ahead for one in (first, second) for place in places_of(session, one.person_id, clock.now())] == [
        0,
        1,
    ]
    assert waiting_at(session, [stock.id], clock.now()) == 2
    assert held(session) == []


def test_only_those_are_ahead_who_want_it_at_a_time_that_meets_ours(session, clock, waitlist, who):
    stock = lending.stock(session)
    lending.loan(session, stock, FROM, "2026-11-02T10:00")
    waitlist.join(wish(stock, end="2026-10-25T10:00"), people.person(session).id)
    waitlist.join(wish(stock, start="2026-10-25T10:00"), who.id)
    (place,) = places_of(session, who.id, clock.now())
    assert place.ahead == 0


def test_whoever_joins_twice_has_one_place(session, waitlist, who):
    stock = lending.stock(session)
    lending.loan(session, stock, FROM, TO)
    assert waitlist.join(wish(stock), who.id) is waitlist.join(wish(stock), who.id)
    with pytest.raises(Refused) as no:
        waitlist.join(wish(stock, start="2026-10-25T10:00"), who.id)
    assert codes(no) == {RefusalCode.ALREADY_WAITING}


def test_nobody_waits_for_what_is_free_what_is_forbidden_or_more_than_there_is(session, waitlist, who):
    stock, guarded = lending.stock(session), lending.stock(session)
    with pytest.raises(Refused) as no:
        waitlist.join(wish(stock), who.id)
    assert codes(no) == {RefusalCode.FREE_NOW}
    with pytest.raises(Refused) as no:
        waitlist.join(wish(stock, units=2), who.id)
    assert codes(no) == {RefusalCode.NOT_ENOUGH}
    lending.policy(session, model_id=guarded.model_id, requires=["velo-cargo"])
    lending.loan(session, guarded, FROM, TO)
    with pytest.raises(Refused) as no:
        waitlist.join(wish(guarded), who.id)
    assert codes(no) == {RefusalCode.NOT_CERTIFIED}
    elsewhere = Wish(stock.point.slug, *_ends(), (WishedLine(guarded.model.slug, 1),))
    with pytest.raises(Refused) as no:
        waitlist.join(elsewhere, who.id)
    assert codes(no) == {RefusalCode.NOT_LENT_HERE}
    assert session.scalar(select(func.count(WaitlistEntry.id))) == 0


def _ends():
    return lending.instant(FROM), lending.instant(TO)


# Turns --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def line(session, requests, waitlist, who):
    """One camera, lent; two people wait for it."""
    stock = lending.stock(session)
    lending.policy(session, model_id=stock.model_id, buffer_before_minutes=60)
    loan = requests.request(wish(stock), who.id, who.id)
    first, second = (waitlist.join(wish(stock), people.person(session).id) for _ in range(2))
    return stock, loan, first, second


def test_what_becomes_free_is_held_for_the_first_in_line_with_its_buffers(session, clock, asking, requests, line):
    stock, loan, first, second = line
    before = set(letters(session))
    requests.cancel(loan.id, "", loan.borrower_id)
    assert looks_asked_for(session) == 1
    take_turns(asking, [str(stock.id)])
    take_turns(asking, [str(stock.id)])
    assert (first.state, second.state) == (WaitlistState.OFFERED, WaitlistState.WAITING)
    assert first.offer_until == clock.now() + timedelta(hours=24)
    assert held(session) == [(-1, 1)]
    assert len(set(letters(session)) - before) == 2  # to whom it was lent, and to whom it is offered


def test_nobody_asks_past_those_who_wait(session, requests, line):
    stock, loan, first, _ = line
    requests.cancel(loan.id, "", loan.borrower_id)
    newcomer = people.person(session).id
    with pytest.raises(Refused) as no:
        requests.request(wish(stock), newcomer, newcomer)
    assert codes(no) == {RefusalCode.NOT_ENOUGH}
    assert requests.request(wish(stock), first.person_id, first.person_id).state is LoanState.CONFIRMED
    assert first.state is WaitlistState.ACCEPTED


def test_an_offer_becomes_a_loan_by_the_usual_rules(session, asking, requests, waitlist, line):
    stock, loan, first, _ = line
    lending.policy(session, model_id=stock.model_id, point_id=stock.point_id, approval=Approval.MANUAL)
    requests.cancel(loan.id, "", loan.borrower_id)
    take_all_turns(asking)
    new = waitlist.accept(first.id, first.person_id)
    assert (new.state, new.purpose, new.period) == (LoanState.REQUESTED, first.purpose, first.period)
    assert (first.state, held(session)) == (WaitlistState.ACCEPTED, [])
    with pytest.raises(Refused) as no:
        waitlist.accept(first.id, first.person_id)
    assert codes(no) == {RefusalCode.NOT_OFFERED}


def test_the_notice_that_a_desk_needs_is_counted_from_the_offer(session, clock, asking, requests, waitlist, line):
    stock, loan, first, _ = line
    stock.point.lead_days = 2
    requests.cancel(loan.id, "", loan.borrower_id)
    take_all_turns(asking)
    clock.at = lending.instant("2026-10-23T13:00")
    assert waitlist.accept(first.id, first.person_id)


def test_what_is_asked_for_besides_an_offer_needs_the_usual_notice(session, clock, asking, requests, line):
    stock, loan, first, _ = line
    other = lending.stock(session, at=stock.point)
    stock.point.lead_days = 2
    requests.cancel(loan.id, "", loan.borrower_id)
    take_all_turns(asking)
    clock.at = lending.instant("2026-10-23T13:00")
    both = Wish(stock.point.slug, *_ends(), tuple(WishedLine(one.model.slug, 1) for one in (stock, other)))
    with pytest.raises(Refused) as no:
        requests.request(both, first.person_id, first.person_id)
    assert codes(no) == {RefusalCode.TOO_SOON}
    assert first.state is WaitlistState.OFFERED


@pytest.mark.parametrize(
    ("limit", "code"),
    [({"max_units_per_person": 1}, RefusalCode.TOO_MANY_UNITS), ({"max_days_in_period": 3}, RefusalCode.TOO_MANY_DAYS)],
)
def test_what_is_held_for_somebody_counts_towards_what_they_may_have(session, requests, who, limit, code):
    """Invariant 7."""
    here = lending.stock(session)
    there = lending.stock(session, of=here.model)
    lending.policy(session, model_id=here.model_id, **limit)
    lending.offer(session, here, FROM, TO, who=who)
    with pytest.raises(Refused) as no:
        requests.request(wish(there), who.id, who.id)
    (reason,) = no.value.reasons
    assert (reason.code, reason.values.get("loans", ["held-1"])) == (code, ["held-1"])
    assert requests.request(wish(here), who.id, who.id).state is LoanState.CONFIRMED


def test_an_offer_that_the_rules_refuse_stands_as_it_did(session, asking, requests, waitlist, line):
    stock, loan, first, _ = line
    requests.cancel(loan.id, "", loan.borrower_id)
    take_all_turns(asking)
    lending.policy(session, model_id=stock.model_id, point_id=stock.point_id, max_days=1)
    with pytest.raises(Refused) as no:
        waitlist.accept(first.id, first.person_id)
    assert codes(no) == {RefusalCode.TOO_LONG}
    session.expire_all()
    assert (first.state, held(session)) == (WaitlistState.OFFERED, [(-1, 1)])


def test_what_is_declined_or_left_unanswered_goes_to_the_next(session, clock, asking, requests, waitlist, line):
    _, loan, first, second = line
    requests.cancel(loan.id, "", loan.borrower_id)
    take_all_turns(asking)
    waitlist.leave(first.id)
    take_all_turns(asking)
    assert (first.state, second.state) == (WaitlistState.LEFT, WaitlistState.OFFERED)
    clock.at = second.offer_until
    with pytest.raises(Refused) as no:
        waitlist.accept(second.id, second.person_id)
    assert codes(no) == {RefusalCode.NOT_OFFERED}
    take_all_turns(asking)
    assert (second.state, held(session)) == (WaitlistState.EXPIRED, [])
    waitlist.leave(second.id)
    assert second.state is WaitlistState.EXPIRED


def test_waiting_ends_with_the_beginning_of_what_is_waited_for(session, clock, asking, line):
    _, _, first, _ = line
    clock.at = lending.instant(FROM)
    assert places_of(session, first.person_id, clock.now()) == []
    take_all_turns(asking)
    assert (first.state, first.settled_at) == (WaitlistState.LAPSED, clock.now())


def test_a_wish_too_big_is_passed_over_and_comes_first_once_there_is_enough(session, asking, requests, waitlist, who):
    stock = lending.stock(session, units=2)
    loans = [requests.request(wish(stock), who.id, who.id) for _ in range(2)]
    big, small = (waitlist.join(wish(stock, units=n), people.person(session).id) for n in (2, 1))
    requests.cancel(loans[0].id, "", who.id)
    take_all_turns(asking)
    assert (big.state, small.state) == (WaitlistState.WAITING, WaitlistState.OFFERED)
    waitlist.leave(small.id)
    requests.cancel(loans[1].id, "", who.id)
    take_all_turns(asking)
    assert (big.state, held(session)) == (WaitlistState.OFFERED, [(0, 2)])


def test_whoever_could_not_borrow_any_more_keeps_their_place_while_the_next_is_served(session, asking, requests, line):
    stock, loan, first, second = line
    lending.policy(session, point_id=stock.point_id, max_units_per_person=1)
    lending.loan(session, lending.stock(session, of=stock.model), FROM, TO, borrower=first.person)
    requests.cancel(loan.id, "", loan.borrower_id)
    take_all_turns(asking)
    assert (first.state, second.state) == (WaitlistState.WAITING, WaitlistState.OFFERED)


def test_an_offer_is_withdrawn_when_the_item_breaks_and_comes_back_with_it(
    session, clock, asking, requests, fleet, line
):
    stock, loan, first, second = line
    requests.cancel(loan.id, "", loan.borrower_id)
    take_all_turns(asking)
    (item,) = stock.items
    fleet.out_of_service(item, clock.now(), None, "écran fendu")
    take_all_turns(asking)
    assert (first.state, first.offer_until, held(session)) == (WaitlistState.WAITING, None, [])
    fleet.in_service(item)
    take_all_turns(asking)
    assert (first.state, second.state) == (WaitlistState.OFFERED, WaitlistState.WAITING)
    assert session.scalar(select(func.count(Claim.id)).where(Claim.entry_id == first.id)) == 2


def test_what_comes_back_some_minutes_late_is_not_taken_from_whoever_it_is_offered_to(
    session, clock, asking, requests, line
):
    stock, loan, first, _ = line
    desk = Desk(session, clock, NobodyIsCertified(), Audit(session, clock, None))
    today = lending.loan(session, stock, "2026-10-22T14:00", "2026-10-22T17:00")
    desk.check_out(today.id, [stock.items[0].asset_tag], people.staff(session).id)
    requests.cancel(loan.id, "", loan.borrower_id)
    take_all_turns(asking)
    assert first.state is WaitlistState.OFFERED
    clock.at = lending.instant("2026-10-22T17:05")
    take_all_turns(asking)
    assert first.state is WaitlistState.OFFERED


def test_whatever_frees_units_asks_for_a_look_and_only_where_somebody_waits(
    session, clock, requests, fleet, waitlist, who
):
    stock, idle = lending.stock(session), lending.stock(session)
    desk = Desk(session, clock, NobodyIsCertified(), Audit(session, clock, None))
    clerk = people.staff(session)
    loan = requests.request(wish(stock, start="2026-10-22T14:00"), who.id, who.id)
    waitlist.join(wish(stock), people.person(session).id)
    (item,) = stock.items
    desk.check_out(loan.id, [item.asset_tag], clerk.id)
    assert looks_asked_for(session) == 0
    desk.check_in(loan.id, [Returned(item.asset_tag)], clerk.id)
    assert looks_asked_for(session) == 1
    fleet.add_item(stock.model, stock.point, "BR-NEW", owner="", insurer="", maintainer="")
    assert looks_asked_for(session) == 2
    fleet.move(idle.items[0], stock.point)
    assert looks_asked_for(session) == 2


def test_writing_off_the_last_that_is_out_frees_what_was_never_fetched(session, clock, asking, requests, waitlist, who):
    stock = lending.stock(session, units=2)
    desk = Desk(session, clock, NobodyIsCertified(), Audit(session, clock, None))
    clerk = people.staff(session)
    loan = requests.request(wish(stock, start="2026-10-22T14:00", units=2), who.id, who.id)
    entry = waitlist.join(wish(stock), people.person(session).id)
    lost, _ = stock.items
    desk.check_out(loan.id, [lost.asset_tag], clerk.id)
    desk.write_off(loan.id, [Lost(lost.asset_tag)], "volé", clerk.id)
    assert looks_asked_for(session) == 1
    take_turns(asking, [str(stock.id)])
    assert entry.state is WaitlistState.OFFERED


def test_whoever_leaves_every_line_takes_the_locks_in_their_order(session, waitlist, who):
    stocks = sorted((lending.stock(session) for _ in range(3)), key=lambda stock: stock.id, reverse=True)
    mine = [lending.waiting(session, stock, FROM, TO, who=who) for stock in stocks]
    theirs = lending.waiting(session, stocks[0], FROM, TO)
    locked = []

    @event.listens_for(session, "do_orm_execute")
    def note(state):
        if state.is_update:
            locked.append(state.statement.whereclause.right.value)

    waitlist.leave_all(who.id)
    assert locked == sorted(stock.id for stock in stocks)
    assert {one.state for one in mine} == {WaitlistState.LEFT}
    assert (theirs.state, looks_asked_for(session)) == (WaitlistState.WAITING, 1)


def test_an_offer_letter_is_in_the_language_of_whoever_waits(session, asking, requests, waitlist, line):
    _, loan, first, _ = line
    first.person.language = "en"
    requests.cancel(loan.id, "", loan.borrower_id)
    take_all_turns(asking)
    letter = session.scalars(select(OutgoingMail).where(OutgoingMail.to == first.person.email)).one()
    assert letter.subject == "It is your turn: Field recorder"
    assert "/loans" in letter.text


def diary(letter) -> dict[str, tuple[int, str]]:
    """Return what a letter puts into a diary: ``{uid: (sequence, status)}``."""
    events = Calendar.from_ical(letter.calendar).walk("VEVENT")
    return {str(event["uid"]): (int(event["sequence"]), str(event["status"])) for event in events}


def test_an_offer_is_in_the_diary_for_as_long_as_it_stands(session, clock, asking, requests, waitlist, fleet, line):
    stock, loan, first, _ = line
    uid, (item,) = f"{first.id}@waiting", stock.items
    requests.cancel(loan.id, "", loan.borrower_id)
    take_all_turns(asking)
    clock.at += timedelta(minutes=1)
    fleet.out_of_service(item, clock.now(), None, "courroie cassée")
    take_all_turns(asking)
    clock.at += timedelta(minutes=1)
    fleet.in_service(item)
    take_all_turns(asking)
    clock.at += timedelta(minutes=1)
    new = waitlist.accept(first.id, first.person_id)
    theirs = select(OutgoingMail).where(OutgoingMail.person_id == first.person_id).order_by(OutgoingMail.created_at)
    offer, withdrawn, again, taken = session.scalars(theirs)
    assert diary(offer) == {uid: (1, "CONFIRMED")}
    assert diary(withdrawn) == {uid: (2, "CANCELLED")}
    assert diary(again) == {uid: (3, "CONFIRMED")}
    assert diary(taken) == {uid: (4, "CANCELLED"), f"{new.id}@loans": (0, "CONFIRMED")}
    (event,) = Calendar.from_ical(offer.calendar).walk("VEVENT")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == _ends()
    assert str(event["url"]).endswith("/loans#waiting")


# What the database refuses -------------------------------------------------------------------------------------------


def test_the_database_refuses_to_hold_something_twice_for_one_turn(session, asking, requests, line):
    stock, loan, first, _ = line
    requests.cancel(loan.id, "", loan.borrower_id)
    take_all_turns(asking)
    when = lending.period(FROM, TO)
    again = Claim(
        stock_id=stock.id, entry_id=first.id, kind=ClaimKind.HOLD, units=1, starts_at=when.start, ends_at=when.end
    )
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(again)


def test_the_database_refuses_two_places_in_one_line_at_a_time(session, who, requests):
    stock = lending.stock(session)
    lending.waiting(session, stock, FROM, TO, who=who)
    lending.waiting(session, stock, TO, "2026-10-28T10:00", who=who)
    gone = lending.waiting(session, stock, FROM, TO, who=who, state=WaitlistState.LEFT)
    for again in (
        lambda: lending.waiting(session, stock, "2026-10-25T10:00", TO, who=who),
        lambda: setattr(gone, "state", WaitlistState.WAITING) or session.flush(),
    ):
        with pytest.raises(IntegrityError), session.begin_nested():
            again()
