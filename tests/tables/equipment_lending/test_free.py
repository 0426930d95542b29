"""What the catalogue calls free for a period is what a request of that period gets: buffers, plans and all."""

from datetime import timedelta
from random import Random

import pytest

from equipment_lending.queries.catalogue import Filter, sheets
from equipment_lending.queries.occupation import availability
from equipment_lending.services.requests import LoanRequests
from equipment_lending.terms import Period, RefusalCode, Refused, ServiceState, Wish, WishedLine
from portal.audit.services import Audit
from portal.ports.certifications import NobodyIsCertified
from tests.factories import desk, lending, people
from tests.factories.lending import instant

RULES = (
    {},
    {"buffer_before_minutes": 45, "buffer_after_minutes": 120},
    {"whole_days": True},
    {"whole_days": True, "buffer_after_minutes": 90},
)


@pytest.fixture
def now(clock):
    clock.at = instant("2026-11-02T10:00")
    return clock.at


def free(session, now, stock, period) -> int:
    """Return what the catalogue says of one point."""
    found, _total = sheets(session, Filter(point=stock.point.slug, period=period), now)
    return next((offer.free for sheet in found for offer in sheet.offers if offer.stock_id == stock.id), 0)


def granted(session, clock, stock, period, units) -> bool:
    """Is a request granted? Nothing but a lack of units stands in its way, and nothing of it is kept."""
    requests = LoanRequests(session, clock, NobodyIsCertified(), Audit(session, clock, None), None)
    who = people.person(session)
    wish = Wish(stock.point.slug, period.start, period.end, (WishedLine(stock.model.slug, units),), purpose="essai")
    reasons = []
    with session.begin_nested() as trial:
        try:
            requests.request(wish, who.id, who.id)
        except Refused as no:
            reasons = no.reasons
        trial.rollback()
    assert {reason.code for reason in reasons} <= {RefusalCode.NOT_ENOUGH}
    return not reasons


@pytest.mark.parametrize("seed", range(8))
def test_what_is_called_free_is_granted_and_one_more_is_not(session, clock, now, seed):
    chance = Random(seed)
    model = lending.model(session)
    stock = lending.stock(session, units=3, at=lending.point(session, windows=lending.ROUND_THE_CLOCK), of=model)
    lending.policy(session, model_id=model.id, **chance.choice(RULES))
    day = timedelta(hours=6)

    def stretch() -> tuple[str, str]:
        start = now + chance.randrange(1, 40) * day
        return tuple(
            f"{at.astimezone(lending.PARIS):%Y-%m-%dT%H:%M}" for at in (start, start + chance.randint(1, 9) * day)
        )

    late = lending.loan(session, stock, "2026-10-28T10:00", "2026-11-01T10:00") if chance.random() < 0.4 else None
    if late:
        desk.handed_out(session, late, at=instant("2026-10-28T10:00"))
    for _ in range(chance.randint(2, 6)):
        lending.loan(session, stock, *stretch())
    for item in chance.sample(stock.items, chance.randint(0, 2)):  # the one that is late may be in repair, too
        lending.maintenance(session, item, *stretch())
    if chance.random() < 0.3:
        lending.offer(session, stock, *stretch(), offer_until=now + timedelta(days=1))
    for _ in range(6):
        wanted = Period(*map(instant, stretch()))
        told = free(session, now, stock, wanted)
        assert told == 0 or granted(session, clock, stock, wanted, told)
        assert not granted(session, clock, stock, wanted, told + 1)


def test_of_the_time_around_a_loan_each_model_and_point_has_its_own(session, now):
    here, there = lending.point(session), lending.point(session)
    model, other = lending.model(session), lending.model(session)
    stocks = [lending.stock(session, at=point, of=of) for of in (model, other) for point in (here, there)]
    lending.policy(session, model_id=model.id, buffer_after_minutes=60)
    lending.policy(session, model_id=model.id, point_id=there.id, buffer_after_minutes=0)
    lending.policy(session, point_id=there.id, buffer_before_minutes=30)
    for stock in stocks:
        lending.loan(session, stock, "2026-11-05T12:00", "2026-11-05T14:00")
    before, after = (
        lending.period("2026-11-05T09:00", "2026-11-05T12:00"),
        lending.period("2026-11-05T14:00", "2026-11-05T15:00"),
    )
    assert [free(session, now, stock, before) for stock in stocks] == [0, 1, 1, 1]
    assert [free(session, now, stock, after) for stock in stocks] == [1, 0, 1, 0]


def test_what_is_retired_out_of_repair_is_missing_once(session, now):
    stock = lending.stock(session, units=2)
    lending.maintenance(session, stock.items[0], "2026-11-01T10:00", "2027-11-01T10:00")
    stock.items[0].service_state = ServiceState.RETIRED
    assert free(session, now, stock, lending.period("2026-11-05T10:00", "2026-11-06T10:00")) == 1


def test_what_is_late_and_in_repair_at_once_is_missing_once(session, clock, now):
    """In the catalogue, in the month, in the answer to programs, and in what is decided."""
    stock = lending.stock(session, units=2, at=lending.point(session, windows=lending.ROUND_THE_CLOCK))
    desk.handed_out(
        session, lending.loan(session, stock, "2026-10-28T10:00", "2026-11-01T10:00"), at=instant("2026-10-28T10:00")
    )
    lending.maintenance(session, stock.items[0], "2026-11-02T09:00", "2026-11-20T09:00")
    wanted = lending.period("2026-11-05T10:00", "2026-11-06T10:00")
    assert free(session, now, stock, wanted) == 1
    assert granted(session, clock, stock, wanted, 1)
    steps = availability(session, stock.model_id, stock.point.slug, Period(now, wanted.end), now)
    assert [step.free for step in steps] == [1]


def test_of_a_period_that_is_over_nothing_is_free(session, now):
    stock = lending.stock(session)
    assert free(session, now, stock, Period(now - timedelta(days=2), now - timedelta(days=1))) == 0
    assert free(session, now, stock, Period(now - timedelta(days=2), now + timedelta(days=1))) == 1
