"""Other points that a refusal names: asking there is granted."""

import pytest

from equipment_lending.services.requests import LoanRequests
from equipment_lending.terms import LoanState, Refused, Wish, WishedLine
from portal.audit.services import Audit
from portal.ports.certifications import NobodyIsCertified
from tests.factories import lending, people

NOTHING: dict = {}


@pytest.fixture
def requests(session, clock):
    clock.at = lending.instant("2026-10-22T14:00")
    return LoanRequests(session, clock, NobodyIsCertified(), Audit(session, clock, None), None)


def wish(stock):
    pickup, back = lending.instant("2026-10-24T10:00"), lending.instant("2026-10-26T10:00")
    lines = (WishedLine(stock.model.slug, 1),)
    return Wish(point=stock.point.slug, pickup_at=pickup, return_at=back, lines=lines, purpose="Un film")


@pytest.mark.parametrize(
    ("there", "rules", "named"),
    [
        (NOTHING, NOTHING, True),
        ({"lead_days": 5}, NOTHING, False),
        ({"max_visits": 0}, NOTHING, False),
        (NOTHING, {"lead_days": 5}, False),
        (NOTHING, {"horizon_days": 1}, False),
        (NOTHING, {"max_days": 1}, False),
        (NOTHING, {"max_units_per_person": 0}, False),
        (NOTHING, {"requires": ["velo-cargo"]}, False),
    ],
)
def test_a_point_is_named_if_and_only_if_it_would_say_yes(session, requests, there, rules, named):
    model, who = lending.model(session), people.person(session)
    here = lending.stock(session, of=model)
    other = lending.stock(session, of=model, at=lending.point(session, **there))
    if rules:
        lending.policy(session, point_id=other.point_id, **rules)
    lending.loan(session, here, "2026-10-24T10:00", "2026-10-26T10:00")
    with pytest.raises(Refused) as refused:
        requests.request(wish(here), who.id, who.id)
    assert refused.value.alternatives.points == ((other.point.slug,) if named else ())
    if named:
        assert requests.request(wish(other), who.id, who.id).state is LoanState.CONFIRMED
    else:
        with pytest.raises(Refused):
            requests.request(wish(other), who.id, who.id)
