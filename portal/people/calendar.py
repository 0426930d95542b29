"""A person's diary as an iCalendar feed (RFC 5545, RFC 7986)."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vText

from portal.ports.agenda import Appointment

REFRESHED = timedelta(hours=1)


class Text(vText):
    """A text as RFC 5545 writes it (3.3.11). The library takes a backslash before an N for the end of a line."""

    def to_ical(self) -> bytes:
        escaped = re.sub(r"[\\;,]", r"\\\g<0>", self)
        return re.sub(r"\r\n?|\n", r"\\n", escaped).encode()


def feed(appointments: Sequence[Appointment], name: str, base_url: str) -> bytes:
    """Return the calendar called ``name`` with all the appointments, its links beginning with ``base_url``.

    Times are on the clock of where the appointment is, with the rules of its zone. The same appointments give the same
    bytes, so that nothing seems to have changed when nothing has.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//commons portal//diary//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for key in ("name", "x-wr-calname"):  # the standard's name, and the one that programs read
        calendar.add(key, Text(name))
    calendar.add("refresh-interval", REFRESHED, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for appointment in appointments:
        calendar.add_component(_event(appointment, base_url))
    for zone in sorted({appointment.zone for appointment in appointments}):
        there = [appointment for appointment in appointments if appointment.zone == zone]
        first = min(appointment.starts_at for appointment in there).year
        calendar.add_component(_timezone(zone, first, max(appointment.ends_at for appointment in there).year))
    return calendar.to_ical()


@lru_cache(maxsize=64)
def _timezone(zone: str, first_year: int, last_year: int) -> Timezone:
    """Return the rules of a zone's clock for some years; kept, as working them out takes longer than all the rest."""
    return Timezone.from_tzid(zone, first_date=date(first_year, 1, 1), last_date=date(last_year + 1, 1, 1))


def _event(appointment: Appointment, base_url: str) -> Event:
    event = Event()
    event.add("uid", appointment.uid)
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", appointment.changed_at)
    event.add("last-modified", appointment.changed_at)
    event.add("dtstart", _on_the_clock(appointment.starts_at, appointment.zone))
    event.add("dtend", _on_the_clock(appointment.ends_at, appointment.zone))
    event.add("summary", Text(appointment.title))
    event.add("status", "CANCELLED" if appointment.cancelled else "CONFIRMED")
    event.add("url", base_url + appointment.path)
    if appointment.where:
        event.add("location", Text(appointment.where))
    if appointment.description:
        event.add("description", Text(appointment.description))
    return event


def _on_the_clock(instant: datetime, zone: str) -> datetime:
    """Return the instant on a zone's clock, or in UTC: of an hour that comes twice, iCalendar means the first."""
    local = instant.astimezone(ZoneInfo(zone))
    return instant.astimezone(UTC) if local.fold else local
