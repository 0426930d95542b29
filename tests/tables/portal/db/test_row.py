"""Instants come back from both databases as they were given."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import StatementError

from portal.jobs.models import WorkerPulse

PARIS = ZoneInfo("Europe/Paris")
WALL = datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001 (an hour that comes twice)


def kept(session, instant):
    row = WorkerPulse(name="tregarvan:1", seen_at=instant)
    session.add(row)
    session.flush()
    session.refresh(row)
    return row.seen_at


@pytest.mark.parametrize(
    "instant",
    [
        WALL.replace(tzinfo=PARIS),
        WALL.replace(tzinfo=PARIS, fold=1),
        WALL.replace(tzinfo=timezone(timedelta(hours=-11, minutes=-30))),
        WALL.replace(tzinfo=UTC, microsecond=123456),
    ],
)
def test_an_instant_comes_back_as_it_was_in_utc(session, instant):
    back = kept(session, instant)
    assert (back, back.tzinfo) == (instant.astimezone(UTC), UTC)


def test_an_instant_without_an_offset_is_refused(session):
    with pytest.raises(StatementError, match="naive"):
        kept(session, WALL)
