"""What the properties of the lending charter are tried on: hours of one week, claims, items, calendars in Brest."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from equipment_lending.rules.opening import OpeningCalendar
from equipment_lending.terms import DayException, DayKind, Hours, ItemUse, Period, WeeklyWindow

PARIS = ZoneInfo("Europe/Paris")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MIDNIGHT = datetime(2030, 1, 1, tzinfo=UTC)


wall = datetime.fromisoformat
"""What a clock shows, in no zone: ``2027-03-28T02:30``."""


def at(hour):
    """The instant that many hours into the week the properties play in."""
    return MIDNIGHT + hour * HOUR


def instant(wall):
    """The instant of a wall clock in Brest, ``2026-10-24T10:00``; with an offset, as it says."""
    told = datetime.fromisoformat(wall)
    return (told if told.tzinfo else told.replace(tzinfo=PARIS)).astimezone(UTC)


def period(start, end):
    return Period(instant(start), instant(end))


def days(first, last, units=1):
    """A claim of whole civil days in Brest, both included."""
    end = date.fromisoformat(last) + DAY
    return instant(f"{first}T00:00"), instant(f"{end}T00:00"), units


def hours(opens, closes):
    return Hours(time.fromisoformat(opens), time.fromisoformat(closes))


def week(*weekdays, opens="09:00", closes="18:00", **more):
    """A calendar in Brest, open on those weekdays (Monday is 0)."""
    windows = tuple(WeeklyWindow(weekday, hours(opens, closes)) for weekday in weekdays)
    return OpeningCalendar(zone=PARIS, weekly=windows, **more)


EVERY_DAY = week(*range(7))
MONDAY_TO_FRIDAY = week(*range(5))


@st.composite
def stretches(draw, latest=30, longest=12):
    start = draw(st.integers(0, latest))
    return start, start + draw(st.integers(1, longest))


periods = stretches().map(lambda hours: Period(at(hours[0]), at(hours[1])))
claims = st.builds(lambda hours, units: (at(hours[0]), at(hours[1]), units), stretches(), st.integers(1, 3))


@st.composite
def single_items(draw, most=3):
    """Items of one unit, bound for stretches, of which some begin in the future; an item may be late and in repair."""
    found = []
    for number in range(draw(st.integers(1, most))):
        bound, hour = [], 0
        for idle, busy in draw(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4)), max_size=2)):
            bound.append((at(hour + idle), at(hour + idle + busy), 1))
            hour += idle + busy
        late = [(at(start), at(end), 1) for start, end in draw(st.lists(stretches(8, 5), max_size=1))]
        found.append(ItemUse(number, 1, (*bound, *late)))
    return found


unbound = st.lists(
    st.builds(lambda h, units: (at(h[0]), at(h[1]), units), stretches(8, 5), st.sampled_from([1, 1, 2])), max_size=4
)

around_the_clock_changes = st.one_of(
    st.dates(date(2026, 10, 20), date(2026, 10, 30)), st.dates(date(2027, 3, 24), date(2027, 4, 2))
)
quarters = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))


@st.composite
def some_hours(draw):
    opens, closes = draw(quarters), draw(st.one_of(quarters, st.just(time.min)))
    return (
        Hours(*sorted((opens, closes)))
        if time.min not in (opens, closes) and opens != closes
        else Hours(opens, time.min)
    )


@st.composite
def exceptions(draw):
    first = draw(around_the_clock_changes)
    kind = draw(st.sampled_from(DayKind))
    own = draw(st.lists(some_hours(), min_size=1, max_size=2)) if kind is DayKind.OPEN else []
    return DayException(first, first + draw(st.integers(0, 5)) * DAY, kind, tuple(own))


calendars = st.builds(
    OpeningCalendar,
    zone=st.sampled_from([PARIS, ZoneInfo("America/Cayenne"), ZoneInfo("Australia/Lord_Howe")]),
    weekly=st.lists(st.builds(WeeklyWindow, st.integers(0, 6), some_hours()), max_size=10).map(tuple),
    exceptions=st.lists(exceptions(), max_size=3).map(tuple),
    holidays=st.frozensets(around_the_clock_changes, max_size=2),
)
