"""The field's scenarios and edge cases, a test each, as far as lending is built: through the services, on both engines.

17 and E9 are here as two who come one after the other; that they may come at the same instant is in tests/whole, with
real processes. The arithmetic of each is with its rule too.

Not built, so not here: 7, because nobody belongs to a group and no policy names one; 9, because there is no cart: what
somebody asks for is decided at once, and only an offer to whoever waits holds anything; of 13, that loans may not be
chained, which no city asked for beside the days in a period; of 23, the suspension of whoever is late for long; of E6,
that the borrower chooses among the nearest openings without the desk, and what becomes of it without an answer; of E8,
incidents, and parts that a kit can be lent without; of E12, that what is carried from one point to another is claimed
on its way: it is there at once.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from equipment_lending import tasks
from equipment_lending.models import Claim, Loan, OpeningException, Stock
from equipment_lending.queries.catalogue import Filter, sheets
from equipment_lending.queries.changed_hours import closed_at
from equipment_lending.queries.desk import at_risk, civil_day
from equipment_lending.queries.loans import desk_day, open_custodies
from equipment_lending.queries.occupation import availability
from equipment_lending.services.catalogue import Catalogue
from equipment_lending.services.desk import Desk, Lost, Returned
from equipment_lending.services.fleet import Fleet
from equipment_lending.services.requests import LoanRequests
from equipment_lending.services.turns import Turns
from equipment_lending.services.waitlist import Waitlist
from equipment_lending.terms import (
    ClosedDays,
    Condition,
    DayKind,
    End,
    Hours,
    LoanState,
    RefusalCode,
    Refused,
    ServiceState,
    WaitlistState,
    WeeklyWindow,
    Wish,
    WishedLine,
)
from portal.audit.models import AuditEntry
from portal.audit.services import Audit
from portal.jobs.models import Job
from portal.mail.models import OutgoingMail
from portal.mail.services import Outbox
from portal.ports.certifications import Certifications
from tests.factories import lending, people
from tests.factories.lending import instant
from tests.whole.invariants import broken

ALL_BUT_TUESDAY = [WeeklyWindow(day, Hours(time(8), time(20))) for day in range(7) if day != 1]
MONDAY_TO_FRIDAY = tuple(lending.EVERY_DAY[day] for day in range(5))


@dataclass
class TrainedUntil(Certifications):
    """Everybody holds everything until an instant."""

    until: datetime

    def holds(self, person_id, achievement, at) -> bool:
        return at < self.until


class City:
    """What happens in a scenario, told in its own words."""

    def __init__(self, asking, session, clock):
        self.asking = asking
        self.session, self.clock = session, clock
        self.trained = TrainedUntil(instant("2100-01-01T00:00"))
        audit = Audit(session, clock, None)
        self.requests = LoanRequests(session, clock, self.trained, audit, asking.find_service(Outbox))
        self.turns = Turns(session, clock, self.trained, asking.find_service(Outbox))
        self.waitlist = Waitlist(session, clock, self.requests, self.turns)
        self.desk = Desk(session, clock, self.trained, audit)
        self.fleet = Fleet(session, clock, audit)
        self.clerk = people.staff(session)

    def now(self, wall: str) -> None:
        self.clock.at = instant(wall).astimezone(UTC)

    def borrow(self, stock: Stock, start: str, end: str, units: int = 1, who=None):
        who = who or people.person(self.session)
        line = WishedLine(stock.model.slug, units)
        wish = Wish(stock.point.slug, instant(start), instant(end), (line,), purpose="scenario")
        return self.requests.request(wish, who.id, who.id)

    def refused(self, stock: Stock, start: str, end: str, units: int = 1, who=None) -> Refused:
        with pytest.raises(Refused) as no:
            self.borrow(stock, start, end, units, who)
        return no.value

    def hand_out(self, loan, *tags: str, **more):
        return self.desk.check_out(loan.id, tags, self.clerk.id, **more)

    def take_in(self, loan, *tags: str, at=None):
        return self.desk.check_in(loan.id, [Returned(tag) for tag in tags], self.clerk.id, at and at.id)

    def letters(self) -> list[str]:
        """Return what the worker writes about, looking often; each letter it was asked for is written once."""
        for _ in range(3):
            tasks.ask_for_reminders(self.asking)
        asked = self.session.scalars(select(Job).where(Job.kind == "lending.remind").order_by(Job.created_at)).all()
        for job in asked:
            tasks.remind(self.asking, **job.payload)
            self.session.delete(job)
        written = self.session.scalars(select(OutgoingMail)).all()
        for letter in written:
            self.session.delete(letter)
        self.session.flush()
        return sorted(letter.text for letter in written)

    def free(self, stock: Stock, first: str, last: str) -> int:
        """How many are free on all days from the first to the last, both included."""
        return min(step.free for step in self.steps(stock, first, last))

    def steps(self, stock: Stock, first: str, last: str):
        end = date.fromisoformat(last) + timedelta(days=1)
        days = lending.period(f"{first}T00:00", f"{end}T00:00")
        return availability(self.session, stock.model_id, stock.point.slug, days, self.clock.now())

    def at_risk(self, stock: Stock):
        return at_risk(self.session, stock.point, self.clock.now())


@pytest.fixture(autouse=True)
def nothing_else_broken(session, clock):
    """Promises at risk apart, every invariant holds at the end."""
    yield
    session.expire_all()
    assert [line for line in broken(session, clock.now()) if " promises " not in line] == []


@pytest.fixture
def city(asking, session, clock):
    return City(asking, session, clock)


def lent(session, stock, first: str, last: str, units: int = 1, **given):
    """A loan of whole days, both included."""
    end = date.fromisoformat(last) + timedelta(days=1)
    return lending.loan(session, stock, f"{first}T00:00", f"{end}T00:00", units=units, **given)


def tags(stock: Stock) -> list[str]:
    return sorted(item.asset_tag for item in stock.items)


def codes(no: Refused) -> set[RefusalCode]:
    return {reason.code for reason in no.reasons}


def worked(asking) -> None:
    """Let the worker look whom to tell, and tell them, each piece of work once."""
    session, now = asking.db, asking.clock.now()
    tasks.look_whom_to_tell(asking)
    todo = select(Job).where(Job.kind == "lending.tell", Job.finished_at.is_(None))
    for job in session.scalars(todo).all():
        tasks.tell(asking, **job.payload)
        job.finished_at = now
    session.flush()


def on_days(session, point, kind: DayKind, *days: str) -> None:
    for day in map(date.fromisoformat, days):
        session.add(OpeningException(point=point, first_day=day, last_day=day, kind=kind))
    session.flush()


# Scenarios ----------------------------------------------------------------------------------------------------------


def test_scenario_1_step_function(city, session):
    city.now("2030-03-01T10:00")
    stock = lending.stock(session, units=7)
    lent(session, stock, "2030-03-21", "2030-03-31", 3)
    lent(session, stock, "2030-03-10", "2030-03-24", 2)
    lent(session, stock, "2030-03-23", "2030-04-05", 2)
    told = [
        (f"{step.start.astimezone(lending.PARIS):%d %b}", step.free)
        for step in city.steps(stock, "2030-03-01", "2030-04-10")
    ]
    assert told == [
        ("01 Mar", 7),
        ("10 Mar", 5),
        ("21 Mar", 2),
        ("23 Mar", 0),
        ("25 Mar", 2),
        ("01 Apr", 5),
        ("06 Apr", 7),
    ]


def test_scenario_4_a_loan_of_one_day_blocks_that_day_and_no_other(city, session):
    city.now("2030-01-10T10:00")
    stock = lending.stock(session)
    lent(session, stock, "2030-01-17", "2030-01-17")
    periods = [("15", "16"), ("16", "17"), ("17", "18"), ("18", "20")]
    assert [city.free(stock, f"2030-01-{first}", f"2030-01-{last}") for first, last in periods] == [1, 0, 0, 1]


@pytest.mark.parametrize(("handed_over", "free"), [(False, 1), (True, 0)])
def test_scenario_5_what_was_not_returned_is_not_free_and_what_was_never_handed_over_is(
    city, session, handed_over, free
):
    city.now("2030-01-01T08:00")
    stock = lending.stock(session)
    loan = city.borrow(stock, "2030-01-01T08:00", "2030-01-05T20:00")
    if handed_over:
        city.hand_out(loan, *tags(stock))
    city.now("2030-01-08T10:00")
    assert [city.free(stock, day, day) for day in ("2030-01-08", "2030-01-20", "2030-12-01")] == [free] * 3
    if handed_over:
        assert codes(city.refused(stock, "2030-02-01T10:00", "2030-02-02T10:00")) == {RefusalCode.NOT_ENOUGH}
    else:
        assert city.borrow(stock, "2030-01-08T12:00", "2030-01-09T12:00")


def test_scenario_6_an_item_in_repair_is_not_there_from_the_day_on(city, session):
    city.now("2030-03-01T10:00")
    stock = lending.stock(session, units=7)
    lent(session, stock, "2030-03-21", "2030-03-31", 3)
    city.fleet.out_of_service(stock.items[0], instant("2030-03-18T00:00"), None, "objectif grippé")
    days = ("17", "20", "21")
    assert [city.free(stock, f"2030-03-{day}", f"2030-03-{day}") for day in days] == [7, 6, 3]


def test_scenario_8_several_points_each_lend_their_own(city, session):
    city.now("2030-03-01T10:00")
    model = lending.model(session)
    here, there = lending.stock(session, units=2, of=model), lending.stock(session, units=3, of=model)

    def seen(point=None) -> dict[str, int]:
        period = lending.period("2030-03-04T10:00", "2030-03-05T10:00")
        (sheet,), _ = sheets(session, Filter(point=point, period=period), city.clock.now())
        return {offer.point.slug: offer.free for offer in sheet.offers}

    assert seen() == {here.point.slug: 2, there.point.slug: 3}
    assert seen(there.point.slug) == {there.point.slug: 3}
    loan = city.borrow(here, "2030-03-04T10:00", "2030-03-05T10:00", units=2)
    assert {claim.stock_id for claim in session.scalars(select(Claim))} == {here.id}
    assert loan.point is here.point
    assert seen() == {there.point.slug: 3} | {here.point.slug: 0}
    assert city.refused(here, "2030-03-04T10:00", "2030-03-05T10:00").alternatives.points == (there.point.slug,)


def test_scenario_10_lead_time_counts_the_days_on_which_orders_are_prepared(city, session):
    city.now("2030-03-04T10:00")
    stock = lending.stock(session, at=lending.point(session, lead_days=3))
    on_days(session, stock.point, DayKind.CLOSED, "2030-03-05", "2030-03-07")
    on_days(session, stock.point, DayKind.PREPARING, "2030-03-06", "2030-03-08")
    no = city.refused(stock, "2030-03-08T10:00", "2030-03-11T10:00")
    assert codes(no) == {RefusalCode.TOO_SOON, RefusalCode.PICKUP_CLOSED}
    (soon,) = [reason for reason in no.reasons if reason.code is RefusalCode.TOO_SOON]
    assert soon.values["earliest"] == instant("2030-03-09T08:00")
    assert city.borrow(stock, "2030-03-09T08:00", "2030-03-11T10:00")


def test_scenario_11_a_desk_that_takes_one_visit_a_day(city, session):
    city.now("2030-03-04T10:00")
    stock = lending.stock(session, units=9, at=lending.point(session, max_visits=1))
    elsewhere = lending.point(session)
    fetched = lending.loan(session, stock, "2030-03-08T10:00", "2030-03-20T10:00", return_point_id=elsewhere.id)
    other = lending.stock(session, at=elsewhere)
    brought = lending.loan(session, other, "2030-03-09T10:00", "2030-03-16T12:00", return_point_id=stock.point_id)
    assert codes(city.refused(stock, "2030-03-08T15:00", "2030-03-12T10:00")) == {RefusalCode.PICKUP_FULL}
    assert codes(city.refused(stock, "2030-03-06T15:00", "2030-03-16T10:00")) == {RefusalCode.RETURN_FULL}
    assert city.borrow(stock, "2030-03-07T15:00", "2030-03-15T10:00").state is LoanState.CONFIRMED
    assert fetched.state is brought.state is LoanState.CONFIRMED


@pytest.mark.parametrize(
    ("rules", "possible", "refused", "code"),
    [
        ({"closed_days": ClosedDays.NONE}, ["08", "09"], "10", RefusalCode.TOO_LONG),
        ({"closed_days": ClosedDays.FIRST}, ["08"], "09", RefusalCode.TOO_LONG),
        ({"closed_days": ClosedDays.ALL}, [], "08", RefusalCode.TOO_LONG),
        ({"closed_days": ClosedDays.NONE, "span_closed": False}, [], "08", RefusalCode.SPANS_CLOSED),
    ],
)
def test_scenario_12_over_a_closed_weekend(city, session, rules, possible, refused, code):
    """Three days at most, fetched on Friday 5 April 2030, back on Monday 8, Tuesday 9 or Wednesday 10."""
    city.now("2030-04-01T10:00")
    stock = lending.stock(session, units=9, at=lending.point(session, windows=MONDAY_TO_FRIDAY))
    lending.policy(session, model_id=stock.model_id, max_days=3, **rules)
    for day in possible:
        assert city.borrow(stock, "2030-04-05T10:00", f"2030-04-{day}T18:00")
    assert codes(city.refused(stock, "2030-04-05T10:00", f"2030-04-{refused}T18:00")) == {code}


def test_scenario_13_two_days_in_thirty_and_a_third_is_refused_naming_the_loans_that_used_them(city, session):
    city.now("2030-03-04T10:00")
    stock, who = lending.stock(session, units=3), people.person(session)
    lending.policy(session, model_id=stock.model_id, max_days_in_period=2, fair_use_period_days=30)
    first, second = (
        city.borrow(stock, f"2030-03-0{day}T10:00", f"2030-03-0{day}T18:00", who=who).number for day in (5, 8)
    )
    (no,) = city.refused(stock, "2030-03-10T10:00", "2030-03-10T18:00", who=who).reasons
    assert (no.code, set(no.values["loans"])) == (RefusalCode.TOO_MANY_DAYS, {first, second})
    assert city.borrow(stock, "2030-03-10T10:00", "2030-03-10T18:00").state is LoanState.CONFIRMED
    assert city.borrow(stock, "2030-04-10T10:00", "2030-04-10T18:00", who=who).state is LoanState.CONFIRMED


def test_scenario_14_buffers_keep_loans_apart_but_not_from_maintenance(city, session):
    city.now("2030-03-04T09:00")
    stock, mended = lending.stock(session), lending.stock(session)
    for one in (stock, mended):
        lending.policy(session, model_id=one.model_id, buffer_after_minutes=1)
    city.borrow(stock, "2030-03-05T10:00", "2030-03-05T11:00")
    assert codes(city.refused(stock, "2030-03-05T11:00", "2030-03-05T12:00")) == {RefusalCode.NOT_ENOUGH}
    assert city.borrow(stock, "2030-03-05T11:01", "2030-03-05T12:00")
    city.fleet.out_of_service(mended.items[0], instant("2030-03-05T10:00"), instant("2030-03-05T11:00"), "révision")
    assert city.borrow(mended, "2030-03-05T11:00", "2030-03-05T12:00")


def test_scenario_14_lent_by_whole_days_a_loan_of_an_hour_takes_the_day(city, session):
    city.now("2030-03-04T09:00")
    stock = lending.stock(session)
    lending.policy(session, model_id=stock.model_id, whole_days=True)
    loan = city.borrow(stock, "2030-03-05T12:00", "2030-03-05T13:00")
    (claim,) = loan.lines[0].claims
    assert claim.period == lending.period("2030-03-05T00:00", "2030-03-06T00:00")
    assert codes(city.refused(stock, "2030-03-05T16:00", "2030-03-05T17:00")) == {RefusalCode.NOT_ENOUGH}
    assert codes(city.refused(stock, "2030-03-04T16:00", "2030-03-05T08:00")) == {RefusalCode.NOT_ENOUGH}
    after = city.borrow(stock, "2030-03-06T08:00", "2030-03-06T10:00")
    city.requests.extend(after.id, instant("2030-03-06T18:00"), after.borrower_id)
    assert after.lines[0].claims[0].ends_at == instant("2030-03-07T00:00")
    city.now("2030-03-05T12:00")
    city.hand_out(loan, *tags(stock))
    city.now("2030-03-05T12:30")
    city.take_in(loan, *tags(stock))
    assert codes(city.refused(stock, "2030-03-05T16:00", "2030-03-05T17:00")) == {RefusalCode.NOT_ENOUGH}


def test_scenario_17_of_two_on_the_page_of_the_last_one_the_second_is_told_what_is_free_instead(city, session):
    city.now("2030-03-04T10:00")
    stock = lending.stock(session)
    assert city.borrow(stock, "2030-03-06T10:00", "2030-03-08T10:00").state is LoanState.CONFIRMED
    no = city.refused(stock, "2030-03-06T10:00", "2030-03-08T10:00")
    assert codes(no) == {RefusalCode.NOT_ENOUGH}
    nearest, *_ = no.alternatives.periods
    proposed = (f"{edge.astimezone(lending.PARIS):%FT%R}" for edge in (nearest.start, nearest.end))
    assert city.borrow(stock, *proposed).state is LoanState.CONFIRMED
    assert len(session.scalars(select(Loan)).all()) == 2


def test_scenario_20_the_first_in_line_gets_an_offer_that_holds_the_unit_and_on_refusal_the_second(city, session):
    city.now("2030-03-04T10:00")
    stock = lending.stock(session, units=2)
    when = "2030-03-06T10:00", "2030-03-08T10:00"
    loan, other = (city.borrow(stock, *when) for _ in range(2))
    wish = Wish(stock.point.slug, *map(instant, when), (WishedLine(stock.model.slug, 1),))
    first, second = (city.waitlist.join(wish, people.person(session).id) for _ in range(2))
    for waiting in (first, second):
        with pytest.raises(Refused):
            city.waitlist.accept(waiting.id, waiting.person_id)
        assert codes(city.refused(stock, *when, who=waiting.person)) == {RefusalCode.NOT_ENOUGH}

    city.requests.cancel(loan.id, "", loan.borrower_id)
    city.turns.serve_all()
    assert (first.state, second.state) == (WaitlistState.OFFERED, WaitlistState.WAITING)
    assert first.offer_until == instant("2030-03-05T10:00")
    assert city.free(stock, "2030-03-07", "2030-03-07") == 0

    city.waitlist.leave(first.id)
    city.turns.serve_all()
    assert second.state is WaitlistState.OFFERED
    assert city.free(stock, "2030-03-07", "2030-03-07") == 0
    assert city.waitlist.accept(second.id, second.person_id).state is LoanState.CONFIRMED
    assert city.at_risk(stock) == []
    assert other.state is LoanState.CONFIRMED


def test_scenario_21_an_extension_meets_another_claim_until_part_of_the_loan_is_back(city, session):
    city.now("2029-12-30T10:00")
    stock = lending.stock(session, units=2)
    loan = city.borrow(stock, "2029-12-30T10:00", "2030-01-01T17:00", units=2)
    city.hand_out(loan, *tags(stock))
    city.borrow(stock, "2030-01-02T10:00", "2030-01-03T10:00")
    until = instant("2030-01-03T17:00")
    with pytest.raises(Refused) as no:
        city.requests.extend(loan.id, until, loan.borrower_id)
    assert codes(no.value) == {RefusalCode.NOT_ENOUGH}
    city.take_in(loan, tags(stock)[0])
    assert city.requests.extend(loan.id, until, loan.borrower_id).return_at == until
    (still_out,) = open_custodies(loan)
    assert (still_out.item.asset_tag, still_out.due_at) == (tags(stock)[1], until)


def test_scenario_22_an_item_is_retired_from_the_shelf_with_a_reason_and_can_be_restored(city, session):
    city.now("2030-03-04T10:00")
    stock = lending.stock(session)
    (item,) = stock.items
    loan = city.borrow(stock, "2030-03-04T10:00", "2030-03-05T10:00")
    city.hand_out(loan, item.asset_tag)
    with pytest.raises(Refused) as no:
        city.fleet.retire(item, "usé")
    assert codes(no.value) == {RefusalCode.ITEM_OUT}
    city.take_in(loan, item.asset_tag)
    with pytest.raises(Refused) as no:
        city.fleet.retire(item, "  ")
    assert codes(no.value) == {RefusalCode.REASON_MISSING}
    city.fleet.retire(item, "usé")
    assert (item.service_state, item.state_reason) == (ServiceState.RETIRED, "usé")
    assert codes(city.refused(stock, "2030-03-06T10:00", "2030-03-07T10:00")) == {RefusalCode.NOT_ENOUGH}
    city.fleet.restore(item)
    assert city.borrow(stock, "2030-03-06T10:00", "2030-03-07T10:00")


def test_scenario_23_a_reminder_the_day_before_and_one_a_day_while_it_is_late(city, session):
    """One letter tells all that is to be brought back to a point; none comes on the due day, or once all is back."""
    city.now("2030-03-04T10:00")
    stock = lending.stock(session, units=2)
    who = people.person(session, language="en")
    loans = [city.borrow(stock, "2030-03-04T10:00", f"2030-03-08T{hour}:00", who=who) for hour in (12, 17)]
    for loan, tag in zip(loans, tags(stock), strict=True):
        city.hand_out(loan, tag)
    city.letters()
    written = {}
    for day in (6, 7, 8, 9, 10):
        city.now(f"2030-03-{day:02}T10:00")
        written[day] = city.letters()
    assert {day: len(letters) for day, letters in written.items()} == {6: 0, 7: 1, 8: 0, 9: 1, 10: 1}
    assert all(loan.number in letter for loan in loans for day in (7, 9, 10) for letter in written[day])
    city.take_in(loans[0], tags(stock)[0])
    city.now("2030-03-11T10:00")
    (letter,) = city.letters()
    assert [loan.number in letter for loan in loans] == [False, True]
    city.take_in(loans[1], tags(stock)[1])
    city.now("2030-03-12T10:00")
    assert city.letters() == []


def test_scenario_24_trained_users_only(city, session):
    city.now("2030-03-04T10:00")
    bike = lending.stock(session, units=2)
    lending.policy(session, model_id=bike.model_id, requires=["velo-cargo"])
    city.trained.until = instant("2030-04-01T00:00")
    assert city.borrow(bike, "2030-03-31T10:00", "2030-04-02T10:00")
    no = city.refused(bike, "2030-04-02T10:00", "2030-04-03T10:00")
    assert [(reason.code, reason.values["missing"]) for reason in no.reasons] == [
        (RefusalCode.NOT_CERTIFIED, ["velo-cargo"])
    ]


# Edge cases ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pickup", "back", "hours"),
    [("2026-10-24T10:00", "2026-10-26T10:00", 49), ("2027-03-27T10:00", "2027-03-29T10:00", 47)],
)
def test_E1_scenario_18_a_weekend_in_which_the_clocks_change_is_two_days(city, session, pickup, back, hours):
    city.now(f"{pickup[:7]}-20T10:00")
    stock = lending.stock(session)
    lending.policy(session, model_id=stock.model_id, max_days=2)
    loan = city.borrow(stock, pickup, back)
    assert loan.return_at - loan.pickup_at == timedelta(hours=hours)
    assert city.refused(stock, pickup, back).alternatives.periods[0].start == instant(back)


@pytest.mark.parametrize(("day", "hours"), [("2026-10-25", 25), ("2027-03-28", 23)])
def test_E1_the_day_on_which_the_clocks_change_is_whole_at_the_desk(city, session, day, hours):
    city.now(f"{day}T12:00")
    stock = lending.stock(session, units=3, at=lending.point(session, windows=lending.ROUND_THE_CLOCK))
    first = lending.loan(session, stock, f"{day}T00:00", f"{day}T23:30")
    last = lending.loan(session, stock, f"{day}T23:30", f"{date.fromisoformat(day) + timedelta(days=1)}T23:30")
    morrow = lending.loan(session, stock, f"{date.fromisoformat(day) + timedelta(days=1)}T00:00", f"{day[:8]}30T10:00")
    whole = civil_day(date.fromisoformat(day), stock.point.zone)
    assert whole.length == timedelta(hours=hours)
    fetched = desk_day(session, stock.point, whole, city.clock.now()).pickups
    assert fetched == [first, last]
    assert morrow not in fetched


def test_E1_the_hour_that_comes_twice_is_two_hours(city, session):
    """An instant has an offset, so at this door neither hour is in doubt."""
    city.now("2026-10-24T12:00")
    stock = lending.stock(session, at=lending.point(session, windows=lending.ROUND_THE_CLOCK))
    summer, winter = (datetime.fromisoformat(f"2026-10-25T02:30+0{offset}:00") for offset in (2, 1))
    line, person = (WishedLine(stock.model.slug, 1),), people.person(session)
    city.requests.request(Wish(stock.point.slug, summer, winter, line), person.id, person.id)
    city.requests.request(Wish(stock.point.slug, winter, winter + timedelta(hours=1), line), person.id, person.id)
    assert codes(city.refused(stock, "2026-10-25T02:00", "2026-10-25T03:00")) == {RefusalCode.NOT_ENOUGH}


@pytest.mark.parametrize("lot", [False, True])
def test_E2_a_loan_may_begin_when_another_ends_or_once_it_is_turned_around(city, session, lot):
    city.now("2030-03-04T10:00")
    at_once, turned_around = (lending.stock(session, units=2, lot=lot) for _ in range(2))
    lending.policy(session, model_id=turned_around.model_id, buffer_after_minutes=30)
    for stock in (at_once, turned_around):
        city.borrow(stock, "2030-03-06T09:00", "2030-03-06T12:00", units=2)
    no = city.refused(at_once, "2030-03-06T11:59", "2030-03-06T15:00")
    assert codes(no) == {RefusalCode.NOT_ENOUGH}
    assert city.borrow(at_once, "2030-03-06T12:00", "2030-03-06T15:00", units=2)
    for start in ("12:00", "12:29"):
        no = city.refused(turned_around, f"2030-03-06T{start}", "2030-03-06T15:00")
        assert codes(no) == {RefusalCode.NOT_ENOUGH}
    assert city.borrow(turned_around, "2030-03-06T12:30", "2030-03-06T15:00", units=2)


def test_E3_no_single_unit_is_free_throughout(city, session):
    """As long as nothing is bound, promises can be arranged anew; once they cannot, other times are proposed."""
    city.now("2030-03-01T10:00")
    free, bound = lending.stock(session, units=2), lending.stock(session, units=2)
    for start, end in (("01", "04"), ("05", "08")):
        city.borrow(free, f"2030-03-{start}T10:00", f"2030-03-{end}T18:00")
    assert city.borrow(free, "2030-03-02T10:00", "2030-03-07T18:00")

    out, planned = bound.items
    city.hand_out(city.borrow(bound, "2030-03-01T10:00", "2030-03-04T18:00"), out.asset_tag)
    city.fleet.out_of_service(planned, instant("2030-03-05T10:00"), instant("2030-03-08T18:00"), "révision")
    no = city.refused(bound, "2030-03-02T10:00", "2030-03-07T18:00")
    assert codes(no) == {RefusalCode.NOT_ENOUGH}
    assert no.alternatives.periods
    city.fleet.in_service(planned)
    assert city.borrow(bound, "2030-03-02T10:00", "2030-03-07T18:00")


def test_E4_when_items_break_the_newest_promises_are_at_risk_and_none_is_cancelled(city, session):
    city.now("2030-03-01T10:00")
    stock = lending.stock(session, units=3)
    promised = []
    for day in ("01", "02", "03"):
        city.now(f"2030-03-{day}T10:00")
        promised.append(city.borrow(stock, "2030-03-10T10:00", "2030-03-12T10:00"))
    oldest, newer, newest = promised
    first, second, third = stock.items
    assert list(city.fleet.out_of_service(first, city.clock.now(), None, "écran fendu")) == [newest]
    assert set(city.fleet.lose(second, "introuvable")) == {newer, newest}
    assert set(city.at_risk(stock)) == {newer, newest}
    assert {loan.state for loan in promised} == {LoanState.CONFIRMED}
    assert codes(city.refused(stock, "2030-03-10T10:00", "2030-03-12T10:00")) == {RefusalCode.NOT_ENOUGH}
    city.now("2030-03-10T10:00")
    assert city.hand_out(oldest, third.asset_tag)
    assert city.fleet.in_service(first) == [newest]
    city.fleet.restore(second)
    assert city.at_risk(stock) == []


def test_E5_on_a_closed_day_the_next_open_windows_are_proposed_and_closed_days_inside_are_allowed(city, session):
    city.now("2030-04-01T10:00")
    stock = lending.stock(session, units=2, at=lending.point(session, windows=MONDAY_TO_FRIDAY))
    (no,) = city.refused(stock, "2030-04-05T10:00", "2030-04-07T10:00").reasons
    assert no.code is RefusalCode.RETURN_CLOSED
    assert no.values["next"][0] == lending.period("2030-04-08T08:00", "2030-04-08T20:00")
    no = city.refused(stock, "2030-04-06T10:00", "2030-04-08T10:00")
    assert codes(no) == {RefusalCode.PICKUP_CLOSED}
    assert no.alternatives.periods
    assert city.borrow(stock, "2030-04-05T10:00", "2030-04-08T10:00")


def told_of_hours(asking, session) -> list[tuple[UUID, str]]:
    """Who was told what so far, after the worker has looked, twice, and done what it was asked to."""
    for _ in range(2):
        worked(asking)
    sent = session.scalars(select(OutgoingMail).order_by(OutgoingMail.created_at, OutgoingMail.id))
    return [(one.person_id, one.text) for one in sent if "hours" in one.subject or "horaires" in one.subject]


def test_E6_when_the_desk_changes_its_hours_loans_stay_as_they_are_and_whoever_is_concerned_is_told_once(
    city, asking, session
):
    city.now("2030-03-01T10:00")
    stock = lending.stock(session, units=3)
    point = stock.point
    fetched, kept, free = people.person(session, language="en"), people.person(session), people.person(session)
    coming = city.borrow(stock, "2030-03-12T10:00", "2030-03-14T10:00", who=fetched)  # a Tuesday to a Thursday
    returning = city.borrow(stock, "2030-03-06T10:00", "2030-03-12T18:00", who=kept)
    city.borrow(stock, "2030-03-13T10:00", "2030-03-14T18:00", who=free)
    agreed = [(loan.pickup_at, loan.return_at, loan.revision) for loan in (coming, returning)]
    change = asking.find_service(Catalogue)
    assert closed_at(session, point, city.clock.now()) == []

    change.set_week(point, ALL_BUT_TUESDAY)
    assert [(loan.number, one.end) for loan, one in closed_at(session, point, city.clock.now())] == [
        (coming.number, End.PICKUP),
        (returning.number, End.RETURN),
    ]
    assert [(loan.pickup_at, loan.return_at, loan.revision) for loan in (coming, returning)] == agreed
    assert {loan.state for loan in (coming, returning)} == {LoanState.CONFIRMED}
    assert codes(city.refused(stock, "2030-03-11T10:00", "2030-03-13T10:00", units=2)) == {RefusalCode.NOT_ENOUGH}
    first = told_of_hours(asking, session)
    assert {who for who, _ in first} == {fetched.id, kept.id}
    assert len(first) == 2
    (english,) = [text for who, text in first if who == fetched.id]
    assert "Tuesday 12 March, 10:00" in english
    assert "- Monday 11 March, 08:00–20:00\n- Wednesday 13 March, 08:00–20:00\n" in english

    change.set_week(point, [*ALL_BUT_TUESDAY, WeeklyWindow(1, Hours(time(9), time(20)))])
    assert closed_at(session, point, city.clock.now()) == []
    assert told_of_hours(asking, session) == first
    change.set_week(point, ALL_BUT_TUESDAY)
    assert len(told_of_hours(asking, session)) == 4  # another change is another letter

    city.now("2030-03-12T21:00")
    city.requests.expire()
    assert coming.state is LoanState.CONFIRMED  # whoever could not come is waited for until the desk has been open
    city.now("2030-03-13T21:00")
    city.requests.expire()
    assert coming.state is LoanState.NO_SHOW


def test_E6_where_both_ends_are_concerned_that_is_one_letter_and_stays_one_when_the_first_has_passed(
    city, asking, session
):
    city.now("2030-03-01T10:00")
    stock = lending.stock(session)
    loan = city.borrow(stock, "2030-03-12T10:00", "2030-03-19T10:00")
    asking.find_service(Catalogue).set_week(stock.point, ALL_BUT_TUESDAY)
    (first,) = told_of_hours(asking, session)
    for day, state in (("11", LoanState.CONFIRMED), ("11", LoanState.OUT), ("13", LoanState.OUT)):
        city.now(f"2030-03-{day}T18:00")
        if loan.state is not state:
            city.hand_out(loan, stock.items[0].asset_tag)
        assert told_of_hours(asking, session) == [first]
    asking.find_service(Catalogue).set_week(stock.point, ALL_BUT_TUESDAY[1:])
    assert told_of_hours(asking, session) == [first]  # what concerns others does not concern this


def test_E7_what_is_late_is_offered_to_nobody_and_the_next_loan_is_served_by_another_or_at_risk(city, session):
    city.now("2030-03-04T10:00")
    stock = lending.stock(session, units=2)
    late, other = (city.borrow(stock, "2030-03-04T10:00", "2030-03-05T10:00") for _ in range(2))
    following = city.borrow(stock, "2030-03-06T10:00", "2030-03-07T10:00")
    away, shelved = stock.items
    city.hand_out(late, away.asset_tag)
    city.now("2030-03-06T09:00")
    assert city.at_risk(stock) == []  # the other unit serves it
    assert codes(city.refused(stock, "2030-03-06T10:00", "2030-03-07T10:00")) == {RefusalCode.NOT_ENOUGH}
    assert codes(city.refused(stock, "2030-06-01T10:00", "2030-06-02T10:00", units=2)) == {RefusalCode.NOT_ENOUGH}

    city.fleet.retire(shelved, "usé")
    assert city.at_risk(stock) == [following]
    assert following.state is LoanState.CONFIRMED
    with pytest.raises(Refused):
        city.hand_out(following, away.asset_tag)

    city.take_in(late, away.asset_tag)
    assert city.at_risk(stock) == []
    assert city.hand_out(following, away.asset_tag)
    assert other.state is LoanState.CONFIRMED


def told(asking, session) -> list[tuple[UUID, str]]:
    """Who was told what (the subject) so far, after the worker has looked, twice, and done what it was asked to."""
    for _ in range(2):
        worked(asking)
    letters = session.scalars(select(OutgoingMail).order_by(OutgoingMail.created_at, OutgoingMail.subject))
    about = ("may not be there", "somebody needs it")
    return [(one.person_id, one.subject) for one in letters if any(word in one.subject for word in about)]


def test_E4_whose_loan_is_at_risk_since_items_are_gone_is_told_once_each_time(city, asking, session):
    city.now("2030-03-01T10:00")
    stock = lending.stock(session, units=2)
    first, second = (people.person(session, language="en") for _ in range(2))
    city.borrow(stock, "2030-03-20T10:00", "2030-03-22T10:00", who=first)
    city.now("2030-03-02T10:00")
    newer = city.borrow(stock, "2030-03-20T10:00", "2030-03-22T10:00", who=second)
    assert told(asking, session) == []
    item = stock.items[0]
    city.fleet.out_of_service(item, city.clock.now(), None, "écran fendu")
    once = [(second.id, f"Loan {newer.number} may not be there for you")]
    assert told(asking, session) == once
    city.now("2030-03-04T10:00")
    assert told(asking, session) == once
    city.fleet.in_service(item)
    assert told(asking, session) == once
    city.now("2030-03-05T10:00")
    city.fleet.retire(item, "usé")
    assert told(asking, session) == once * 2
    assert newer.state is LoanState.CONFIRMED


def test_E7_both_borrowers_are_told_when_what_is_late_is_needed_soon(city, asking, session):
    city.now("2030-03-04T10:00")
    stock = lending.stock(session)
    late_one, next_one = (people.person(session, language="en") for _ in range(2))
    late = city.borrow(stock, "2030-03-04T10:00", "2030-03-05T10:00", who=late_one)
    following = city.borrow(stock, "2030-03-08T10:00", "2030-03-09T10:00", who=next_one)
    city.hand_out(late, stock.items[0].asset_tag)
    city.now("2030-03-05T11:00")
    assert city.at_risk(stock) == [following]
    assert told(asking, session) == []  # three days are left, and it is an hour late
    city.now("2030-03-06T10:00")
    both = [
        (late_one.id, f"Loan {late.number} is late, and somebody needs it"),
        (next_one.id, f"Loan {following.number} may not be there for you"),
    ]
    assert sorted(told(asking, session)) == sorted(both)
    city.now("2030-03-07T10:00")
    assert sorted(told(asking, session)) == sorted(both)
    city.take_in(late, stock.items[0].asset_tag)
    assert sorted(told(asking, session)) == sorted(both)
    assert city.at_risk(stock) == []


def test_E8_what_comes_back_without_a_part_is_incomplete_and_not_lent_unless_the_desk_decides_otherwise(city, session):
    city.now("2030-03-04T10:00")
    kept, waived = lending.stock(session), lending.stock(session)
    for stock in (kept, waived):
        loan = city.borrow(stock, "2030-03-04T10:00", "2030-03-05T10:00")
        city.hand_out(loan, *tags(stock))
        back = Returned(*tags(stock), missing=("bonnette",), keep_lending=stock is waived)
        city.desk.check_in(loan.id, [back], city.clerk.id)
        (item,) = stock.items
        assert (item.condition, item.condition_note) == (Condition.INCOMPLETE, "bonnette")
        assert loan.lines[0].custodies[0].missing == ["bonnette"]
    assert codes(city.refused(kept, "2030-03-06T10:00", "2030-03-07T10:00")) == {RefusalCode.NOT_ENOUGH}
    next_one = city.borrow(waived, "2030-03-06T10:00", "2030-03-07T10:00")
    city.now("2030-03-06T10:00")
    (custody,) = city.hand_out(next_one, *tags(waived))
    assert custody.condition_out is Condition.INCOMPLETE
    city.fleet.in_service(kept.items[0])
    assert city.borrow(kept, "2030-03-06T10:00", "2030-03-07T10:00")


def test_E9_two_clicks_are_one_loan_and_an_offer_that_ran_out_is_decided_anew(city, session):
    city.now("2030-03-04T10:00")
    stock, who = lending.stock(session, units=2), people.person(session)
    lending.policy(session, model_id=stock.model_id, max_units_per_person=1)
    when = "2030-03-07T10:00", "2030-03-09T10:00"
    assert city.borrow(stock, *when, who=who)
    assert codes(city.refused(stock, *when, who=who)) == {RefusalCode.TOO_MANY_UNITS}

    other = city.borrow(stock, *when)
    wish = Wish(stock.point.slug, *map(instant, when), (WishedLine(stock.model.slug, 1),))
    waiting = city.waitlist.join(wish, people.person(session).id)
    city.requests.cancel(other.id, "", other.borrower_id)
    city.turns.serve_all()
    city.now("2030-03-05T10:00")
    with pytest.raises(Refused) as no:
        city.waitlist.accept(waiting.id, waiting.person_id)
    assert codes(no.value) == {RefusalCode.NOT_OFFERED}
    assert city.borrow(stock, *when, who=waiting.person)
    assert codes(city.refused(stock, *when)) == {RefusalCode.NOT_ENOUGH}


def test_E10_an_extension_is_served_by_another_unit_or_refused_and_shortens_nobody(city, session):
    city.now("2030-03-04T10:00")
    stock = lending.stock(session, units=2)
    mine = city.borrow(stock, "2030-03-04T10:00", "2030-03-05T10:00")
    city.hand_out(mine, tags(stock)[0])
    next_one = city.borrow(stock, "2030-03-05T10:00", "2030-03-08T10:00")
    city.requests.extend(mine.id, instant("2030-03-06T10:00"), mine.borrower_id)
    assert [custody.due_at for custody in open_custodies(mine)] == [instant("2030-03-06T10:00")]
    city.borrow(stock, "2030-03-06T10:00", "2030-03-09T10:00")
    with pytest.raises(Refused) as no:
        city.requests.extend(mine.id, instant("2030-03-07T10:00"), mine.borrower_id)
    assert codes(no.value) == {RefusalCode.NOT_ENOUGH}
    assert (mine.return_at, next_one.return_at) == (instant("2030-03-06T10:00"), instant("2030-03-08T10:00"))


def test_E11_what_comes_back_early_is_free_after_its_buffer_and_the_rest_stays_due(city, session):
    city.now("2030-03-04T10:00")
    stock = lending.stock(session, units=2)
    lending.policy(session, model_id=stock.model_id, buffer_after_minutes=30)
    loan = city.borrow(stock, "2030-03-04T10:00", "2030-03-08T10:00", units=2)
    city.hand_out(loan, *tags(stock))
    city.now("2030-03-05T10:00")
    city.take_in(loan, tags(stock)[0])
    assert (loan.state, loan.return_at) == (LoanState.OUT, instant("2030-03-08T10:00"))
    assert [custody.due_at for custody in open_custodies(loan)] == [instant("2030-03-08T10:00")]
    assert codes(city.refused(stock, "2030-03-05T10:29", "2030-03-06T10:00")) == {RefusalCode.NOT_ENOUGH}
    assert city.borrow(stock, "2030-03-05T10:30", "2030-03-06T10:00")


@pytest.mark.parametrize("way", ["brought back", "moved"])
def test_E12_what_ends_up_at_another_point_is_lent_there_and_promises_at_the_old_one_are_at_risk(city, session, way):
    city.now("2030-03-04T10:00")
    model = lending.model(session)
    here, there = lending.stock(session, of=model), lending.stock(session, of=model)
    (item,) = here.items
    loan = city.borrow(here, "2030-03-04T10:00", "2030-03-05T10:00")
    promised = city.borrow(here, "2030-03-06T10:00", "2030-03-07T10:00")
    if way == "brought back":
        city.hand_out(loan, item.asset_tag)
        city.take_in(loan, item.asset_tag, at=there.point)
    else:
        city.requests.cancel(loan.id, "", loan.borrower_id)
        assert city.fleet.move(item, there.point) == [promised]
    assert city.at_risk(here) == [promised]
    assert city.borrow(there, "2030-03-06T10:00", "2030-03-07T10:00", units=2)


def test_E12_planned_maintenance_goes_along_with_what_was_brought_back_elsewhere(city, session):
    city.now("2030-03-04T10:00")
    model = lending.model(session)
    here, there = lending.stock(session, of=model), lending.stock(session, of=model)
    (item,) = here.items
    loan = city.borrow(here, "2030-03-04T10:00", "2030-03-05T10:00")
    city.hand_out(loan, item.asset_tag)
    city.fleet.out_of_service(item, instant("2030-03-06T08:00"), instant("2030-03-08T20:00"), "révision")
    city.take_in(loan, item.asset_tag, at=there.point)
    assert (city.free(there, "2030-03-07", "2030-03-07"), city.free(there, "2030-03-09", "2030-03-09")) == (1, 2)
    assert city.refused(there, "2030-03-07T10:00", "2030-03-07T18:00", units=2)


def test_E12_units_of_a_lot_that_come_back_elsewhere_count_where_the_lot_is(city, session):
    city.now("2030-03-04T10:00")
    chairs, there = lending.stock(session, units=40, lot=True), lending.point(session)
    loan = city.borrow(chairs, "2030-03-04T10:00", "2030-03-05T10:00", units=12)
    (lot,) = tags(chairs)
    city.hand_out(loan, lot)
    city.take_in(loan, lot, at=there)
    assert chairs.items[0].stock is chairs
    assert city.borrow(chairs, "2030-03-04T10:01", "2030-03-05T10:00", units=40)


def test_E13_training_that_expired_before_pick_up_blocks_at_hand_over_and_never_a_return(city, session):
    city.now("2030-03-04T10:00")
    bike = lending.stock(session)
    lending.policy(session, model_id=bike.model_id, requires=["velo-cargo"])
    loan = city.borrow(bike, "2030-03-06T10:00", "2030-03-08T10:00")
    city.trained.until = instant("2030-03-05T00:00")
    city.now("2030-03-06T10:00")
    with pytest.raises(Refused) as no:
        city.hand_out(loan, *tags(bike))
    assert [(reason.code, reason.values["missing"]) for reason in no.value.reasons] == [
        (RefusalCode.NOT_CERTIFIED, ["velo-cargo"])
    ]
    city.hand_out(loan, *tags(bike), override="remise en main faite au comptoir")
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.act == "lending.check_out"))
    assert entry.detail["overridden"] is True
    city.take_in(loan, *tags(bike))
    assert loan.state is LoanState.CLOSED


def test_E14_what_is_promised_beyond_a_lowered_limit_stays_and_nothing_new_until_usage_falls(city, session):
    city.now("2030-03-04T10:00")
    stock, person = lending.stock(session, units=3), people.person(session)
    limit = lending.policy(session, model_id=stock.model_id, max_units_per_person=2)
    times = ("2030-03-06T10:00", "2030-03-08T10:00")
    kept, given_up = (city.borrow(stock, *times, who=person) for _ in range(2))
    limit.max_units_per_person = 1
    assert codes(city.refused(stock, *times, who=person)) == {RefusalCode.TOO_MANY_UNITS}
    assert kept.state is given_up.state is LoanState.CONFIRMED
    city.requests.cancel(given_up.id, "", person.id)
    assert codes(city.refused(stock, *times, who=person)) == {RefusalCode.TOO_MANY_UNITS}
    city.requests.cancel(kept.id, "", person.id)
    assert city.borrow(stock, *times, who=person)


def test_E14_where_more_is_promised_than_there_is_the_public_is_told_that_nothing_is_free(city, session):
    city.now("2030-03-04T10:00")
    stock = lending.stock(session, units=2)
    city.borrow(stock, "2030-03-06T10:00", "2030-03-08T10:00", units=2)
    assert len(city.fleet.retire(stock.items[0], "usé")) == 1
    assert city.free(stock, "2030-03-07", "2030-03-07") == 0
    (no,) = city.refused(stock, "2030-03-07T10:00", "2030-03-08T10:00").reasons
    assert (no.code, no.values["free"]) == (RefusalCode.NOT_ENOUGH, 0)


def test_what_is_retired_out_of_repair_is_missing_once(city, session):
    city.now("2030-03-04T10:00")
    stock = lending.stock(session, units=3)
    broken_one = stock.items[0]
    city.fleet.out_of_service(broken_one, city.clock.now(), None, "écran fendu")
    city.fleet.retire(broken_one, "irréparable")
    assert city.free(stock, "2030-03-07", "2030-03-07") == 2
    assert city.borrow(stock, "2030-03-07T10:00", "2030-03-08T10:00", units=2)


def test_a_part_of_a_kit_that_is_being_repaired_takes_nothing_from_its_own_model(city, session):
    """Invariant 10: it was not counted there before either."""
    city.now("2030-03-04T10:00")
    kit, lenses = lending.stock(session), lending.stock(session, units=2)
    lenses.items[0].parent = kit.items[0]
    lenses.point = kit.point
    session.flush()
    city.fleet.out_of_service(lenses.items[0], city.clock.now(), None, "rayée")
    assert city.free(lenses, "2030-03-07", "2030-03-07") == 1


# What goes out of service while it is away --------------------------------------------------------------------------


def test_damage_ends_the_maintenance_that_was_planned_and_lasts_until_further_notice(city, session):
    city.now("2030-03-04T10:00")
    stock = lending.stock(session)
    (item,) = stock.items
    loan = city.borrow(stock, "2030-03-04T10:00", "2030-03-05T10:00")
    city.hand_out(loan, item.asset_tag)
    city.fleet.out_of_service(item, instant("2030-04-01T08:00"), instant("2030-04-08T20:00"), "révision")
    city.desk.check_in(loan.id, [Returned(item.asset_tag, Condition.DAMAGED)], city.clerk.id)
    assert city.free(stock, "2030-05-01", "2030-05-01") == 0
    city.fleet.in_service(item)
    assert city.free(stock, "2030-04-02", "2030-04-02") == 1


def test_a_repair_that_would_be_over_before_the_item_is_back_is_refused(city, session):
    city.now("2030-03-04T10:00")
    stock = lending.stock(session)
    (item,) = stock.items
    city.hand_out(city.borrow(stock, "2030-03-04T10:00", "2030-03-12T10:00"), item.asset_tag)
    with pytest.raises(Refused) as no:
        city.fleet.out_of_service(item, city.clock.now(), instant("2030-03-08T10:00"), "révision")
    assert codes(no.value) == {RefusalCode.ITEM_OUT}
    city.fleet.out_of_service(item, city.clock.now(), instant("2030-03-15T10:00"), "révision")
    assert [city.free(stock, f"2030-03-{day}", f"2030-03-{day}") for day in ("13", "16")] == [0, 1]


def test_what_happens_at_once_happens_with_the_minute(city, session):
    """Invariant 4: whatever the second at which somebody presses the button, periods are whole minutes."""
    city.now("2030-03-04T10:00")
    stock = lending.stock(session, units=2)
    item, lost = stock.items
    loan = city.borrow(stock, "2030-03-04T10:00", "2030-03-05T10:00")
    city.hand_out(loan, lost.asset_tag)
    city.clock.at += timedelta(minutes=7, seconds=29, microseconds=5)
    for _ in range(2):  # twice within the minute
        city.fleet.out_of_service(item, city.clock.now(), None, "pile vide")
        city.clock.at += timedelta(seconds=3)
        city.fleet.in_service(item)
    city.fleet.out_of_service(item, city.clock.now(), None, "écran fendu")
    city.clock.at += timedelta(minutes=3)
    city.fleet.in_service(item)
    city.desk.write_off(loan.id, [Lost(lost.asset_tag)], "volé", city.clerk.id)
    ends = {(claim.starts_at, claim.ends_at) for claim in session.scalars(select(Claim)) if claim.live}
    assert ends == {
        (instant("2030-03-04T10:00"), instant("2030-03-04T10:10")),
        (instant("2030-03-04T10:07"), instant("2030-03-04T10:10")),
    }
