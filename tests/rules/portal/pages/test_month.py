"""A month as a page draws it."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.i18n import Words
from portal.pages.month import Cell, month_of

firsts = st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(lambda day: day.replace(day=1))


@given(firsts)
def test_a_month_has_each_of_its_days_once_under_its_weekday(first):
    month = month_of(first, {}, Words("fr"))
    drawn = [(day.number, column) for week in month.weeks for column, day in enumerate(week) if day]
    following = (first + timedelta(days=31)).replace(day=1)
    days = [first + timedelta(days=n) for n in range((following - first).days)]
    assert drawn == [(day.day, day.weekday()) for day in days]
    assert all(len(week) == 7 and any(week) for week in month.weeks)


def test_a_day_says_how_it_stands_and_its_full_name():
    first = date(2026, 10, 1)
    month = month_of(
        first,
        {date(2026, 10, 22): Cell("3 libres", "mine", "/x")},
        Words("fr"),
        place="Lambézellec",
        today=date(2026, 10, 22),
    )
    day = month.weeks[3][3]
    assert (day.words, day.label, day.kind, day.today) == ("3 libres", "jeudi 22 octobre", "mine today", True)
    assert month.caption == "Octobre 2026, Lambézellec"
    assert (month.previous_label, month.next_label) == ("Septembre 2026", "Novembre 2026")
    assert month.weekdays[0] == ("lun", "lundi")
