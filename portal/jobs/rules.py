"""When failed work is tried again, when it is given up, and at which turns periodic work is due."""

from datetime import UTC, datetime, timedelta

MOST_ATTEMPTS = 11
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=12)
MIDNIGHT = datetime(1970, 1, 1, tzinfo=UTC)


def pause(attempts: int) -> timedelta:
    """Return how long to wait after so many failed attempts: three times as long each time, 12 hours at most."""
    return min(FIRST_PAUSE * int(3 ** min(attempts - 1, 20)), LONGEST_PAUSE)


def is_hopeless(attempts: int) -> bool:
    """Has work been tried often enough to be given up? That takes a day and a half."""
    return attempts >= MOST_ATTEMPTS


def turn(now: datetime, every: timedelta) -> datetime:
    """Return the latest turn of work that is due ``every`` so often, counted from midnight UTC: ``turn <= now``."""
    return now - (now - MIDNIGHT) % every
