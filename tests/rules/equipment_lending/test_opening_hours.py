"""Opening hours as OpenStreetMap writes them: what we write means what we say, what we cannot keep is refused."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opening_hours import OpeningHours

from equipment_lending.opening_hours import Timetable, UnreadableHours, read, written
from equipment_lending.rules.opening import OpeningCalendar
from equipment_lending.rules.public_holidays import PUBLIC_HOLIDAYS
from equipment_lending.terms import DayException, DayKind, Hours, WeeklyWindow
from tests.rules.equipment_lending.given import DAY, PARIS, hours

AUTUMN = st.dates(date(2026, 10, 26), date(2026, 12, 31))


@st.composite
def parted_hours(draw, most=3):
    """Opening windows of one day that do not touch, on quarters of an hour; the last may close at midnight."""
    edges = sorted(draw(st.sets(st.integers(0, 96), min_size=2, max_size=2 * most)))
    return [
        Hours(_quarter(opens), _quarter(closes))
        for opens, closes in list(pairwise(edges))[::2]
        if (opens, closes) != (0, 0)
    ]


def _quarter(number: int) -> time:
    return time(number // 4 % 24, number % 4 * 15)


@st.composite
def exceptions(draw):
    first, kind = draw(AUTUMN), draw(st.sampled_from(DayKind))
    own = tuple(draw(parted_hours())) if kind is DayKind.OPEN else ()
    return DayException(first, first + draw(st.integers(0, 9)) * DAY, kind, own)


@st.composite
def timetables(draw):
    weekly = [WeeklyWindow(day, one) for day in range(7) for one in draw(st.one_of(st.just([]), parted_hours()))]
    dated = {(one.first, one.last): one for one in draw(st.lists(exceptions(), max_size=4))}
    return Timetable(tuple(weekly), tuple(dated.values()), draw(st.booleans()))


@given(timetables())
def test_what_is_written_is_read_as_it_was(timetable):
    again = read(written(timetable))
    assert (again.weekly, again.observes_holidays) == (timetable.weekly, timetable.observes_holidays)
    assert set(again.exceptions) == set(timetable.exceptions)
    assert read(written(again)) == again


@given(timetables(), st.lists(st.tuples(AUTUMN, st.integers(0, 95)), min_size=10, max_size=10))
def test_others_who_read_it_find_the_desk_open_when_it_is(timetable, moments):
    theirs = OpeningHours(written(timetable), country="FR")
    ours = OpeningCalendar(
        PARIS,
        timetable.weekly,
        timetable.exceptions,
        PUBLIC_HOLIDAYS if timetable.observes_holidays else frozenset(),
    )
    for day, quarter in moments:
        wall = datetime.combine(day, _quarter(quarter)) + timedelta(minutes=7)
        instant = wall.replace(tzinfo=PARIS)
        assert theirs.is_open(wall) == any(window.covers(instant) for window in ours.windows_on(day)), wall


def test_a_week_is_written_with_its_runs_of_days():
    mornings = [WeeklyWindow(day, hours("10:00", "12:00")) for day in (1, 2, 3, 5)]
    afternoons = [WeeklyWindow(day, hours("14:00", "00:00")) for day in (1, 2, 3)]
    timetable = Timetable(tuple(sorted(mornings + afternoons)), observes_holidays=True)
    assert written(timetable) == "Tu-Th 10:00-12:00,14:00-24:00; Sa 10:00-12:00; PH off"


def test_a_day_of_preparation_is_told_from_one_that_is_closed():
    preparing = DayException(date(2026, 11, 12), date(2026, 11, 12), DayKind.PREPARING)
    assert written(Timetable(exceptions=(preparing,))) == '2026 Nov 12 off "preparing"'
    assert read('2026 Nov 12 off "preparing"').exceptions == (preparing,)


def test_a_saturday_opened_within_a_closed_august_is_written_after_it():
    august = DayException(date(2026, 8, 1), date(2026, 8, 31), DayKind.CLOSED)
    saturday = DayException(date(2026, 8, 8), date(2026, 8, 8), DayKind.OPEN, (hours("10:00", "12:00"),))
    assert written(Timetable(exceptions=(saturday, august))) == "2026 Aug 01-2026 Aug 31 off; 2026 Aug 08 10:00-12:00"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("24/7", "Mo-Su 00:00-24:00"),
        ("off", "off"),
        ("Mo-Fr", "Mo-Fr 00:00-24:00"),
        ("10:00-18:00", "Mo-Su 10:00-18:00"),
        ("Fr-Mo 10:00-12:00", "Mo,Fr-Su 10:00-12:00"),
        ("PH,Su off", "PH off"),
        ("Mo-Su,PH 8:00-9:00", "Mo-Su 08:00-09:00"),
        ("Mo-Fr 09:00-12:00, We 14:00-18:00", "Mo-Tu,Th-Fr 09:00-12:00; We 09:00-12:00,14:00-18:00"),
        ("Mo-Fr 09:00-12:00; We off", "Mo-Tu,Th-Fr 09:00-12:00"),
        ("Mo 10:00-18:00 ; PH off ;", "Mo 10:00-18:00; PH off"),
        ("2026 Aug 1-31 off", "2026 Aug 01-2026 Aug 31 off"),
    ],
)
def test_other_ways_to_write_the_same_are_understood(theirs, ours):
    assert written(read(theirs)) == ours


@pytest.mark.parametrize("nonsense", ["", "Mo-Fr 10h-12h", "Mardi 10:00-12:00", "Mo 25:99", "\x00", "é" * 5000])
def test_what_is_not_the_syntax_is_refused_as_such(nonsense):
    with pytest.raises(UnreadableHours) as no:
        read(nonsense)
    assert not no.value.known


@pytest.mark.parametrize(
    "beyond_us",
    [
        "Fr 22:00-02:00",
        "Mo 10:00+",
        "Tu[1] 10:00-12:00",
        "week 10 Mo 10:00-12:00",
        "Aug off",
        "easter off",
        "SH off",
        "sunrise-sunset",
        "PH 10:00-12:00",
        "Mo-Fr,PH 10:00-18:00",
        'Tu 10:00-18:00 "by appointment"',
        "Mo 10:00-12:00 || unknown",
        "2026 Aug 1-31 Tu-Sa 10:00-18:00",
        "2026 Feb 30 off",
        "2026 Aug 31-2026 Aug 1 off",
        "2026 Dec 24 off; Mo-Fr 10:00-18:00",
        "PH off; Mo-Fr 10:00-18:00",
        "2026 Dec 24 10:00-12:00; 2026 Dec 1-31 off",
    ],
)
def test_what_our_rows_cannot_say_is_refused_with_the_piece_in_question(beyond_us):
    with pytest.raises(UnreadableHours) as no:
        read(beyond_us)
    assert no.value.known
    assert no.value.part
