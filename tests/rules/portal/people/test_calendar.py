"""The iCalendar feed is read by programs that forgive little."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.people.calendar import feed
from portal.ports.agenda import Appointment

CAMERA = Appointment(
    uid="loan-1@example.org",
    sequence=0,
    title="Caméra Sony, à chercher",
    starts_at=datetime(2026, 10, 24, 8, 0, tzinfo=UTC),
    ends_at=datetime(2026, 10, 26, 9, 0, tzinfo=UTC),
    zone="Europe/Paris",
    where="Maison de quartier, 2 rue des Genêts",
    description="Deux batteries; un trépied,\nune housse",
    path="/loans/1",
    cancelled=False,
    changed_at=datetime(2026, 10, 20, 12, 0, tzinfo=UTC),
)
NEW_YEAR = datetime(2024, 1, 1, tzinfo=UTC)


def events(*appointments):
    return icalendar.Calendar.from_ical(feed(appointments, "Mes prêts", "https://communs.example")).events


def told(written: bytes, name: str) -> str:
    """Return the text of a property as RFC 5545 reads it; icalendar reads a backslash before an N as a line's end."""
    line = next(line for line in written.decode().replace("\r\n ", "").split("\r\n") if line.startswith(f"{name}:"))
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], line[len(name) + 1 :])


def test_a_text_is_written_as_the_standard_says():
    title = "a\\N; b,\r\nc\\"
    written = feed([replace(CAMERA, title=title)], "", "https://communs.example")
    assert b"SUMMARY:a\\\\N\\; b\\,\\nc\\\\\r\n" in written
    assert told(written, "SUMMARY") == title.replace("\r\n", "\n")


def test_times_are_on_the_clock_of_the_place_on_both_sides_of_the_change_of_hour():
    (event,) = events(CAMERA)
    assert event.start.isoformat() == "2026-10-24T10:00:00+02:00"
    assert event.end.isoformat() == "2026-10-26T10:00:00+01:00"


@pytest.mark.parametrize("hour", [0, 1])
def test_the_hour_that_comes_twice_is_told_apart(hour):
    start = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)  # 02:30 in Paris, both times
    (event,) = events(replace(CAMERA, starts_at=start))
    assert event.start.astimezone(UTC) == start


def test_the_rules_of_the_zone_are_in_the_feed():
    text = feed([CAMERA], "Mes prêts", "https://communs.example").decode()
    assert "BEGIN:VTIMEZONE\r\nTZID:Europe/Paris" in text
    assert "DTSTART;TZID=Europe/Paris:20261024T100000" in text


def test_a_cancelled_appointment_stays_in_the_feed_and_says_so():
    (event,) = events(replace(CAMERA, cancelled=True, sequence=3))
    assert (event["STATUS"], event["SEQUENCE"], event["UID"]) == ("CANCELLED", 3, CAMERA.uid)


def test_programs_are_told_when_to_come_back():
    text = feed([], "Mes prêts", "https://communs.example").decode()
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in text
    assert "X-WR-CALNAME:Mes prêts" in text


def test_the_same_appointments_give_the_same_bytes():
    assert feed([CAMERA], "Prêts", "https://a.example") == feed([CAMERA], "Prêts", "https://a.example")


@pytest.mark.parametrize("zone", ["Europe/Paris", "Indian/Reunion", "America/Martinique", "Pacific/Noumea", "UTC"])
@given(
    title=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200),
    minutes=st.integers(0, 60 * 24 * 365 * 10),
    length=st.integers(1, 60 * 24 * 30),
)
@settings(deadline=None, max_examples=20)
def test_what_goes_in_comes_out(zone, title, minutes, length):
    start = NEW_YEAR + timedelta(minutes=minutes)
    end = start + timedelta(minutes=length)
    appointment = replace(CAMERA, title=title, starts_at=start, ends_at=end, zone=zone)
    (event,) = events(appointment)
    assert (event.start.astimezone(UTC), event.end.astimezone(UTC)) == (start, end)
    assert told(feed([appointment], "", "https://communs.example"), "SUMMARY") == title
    assert str(event["DESCRIPTION"]) == CAMERA.description
