"""What time it is. The only caller of "now"; everybody else is handed an instant or a :class:`Clock`."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo


class Clock:
    """A clock that ticks, from ``start`` on when one is given, otherwise the machine's."""

    def __init__(self, start: datetime | None = None) -> None:
        self._shift = start - datetime.now(UTC) if start else timedelta(0)

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return datetime.now(UTC) + self._shift

    def today(self) -> date:
        """Return the present day, which begins at midnight in UTC."""
        return self.now().date()


class CivilClock(Clock):
    """A clock whose day begins at midnight in the zone that ``zone`` names when it is asked."""

    def __init__(self, clock: Clock, zone: Callable[[], tzinfo]) -> None:
        self._clock = clock
        self._zone = zone

    def now(self) -> datetime:
        return self._clock.now()

    def today(self) -> date:
        return self.now().astimezone(self._zone()).date()


class StoppedClock(Clock):
    """A clock that stands where it is put; tests set ``at``."""

    def __init__(self, at: datetime) -> None:
        self.at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self.at


def includeme(config) -> None:
    config.registry.clock = Clock(config.registry.portal_settings.now)
    config.registry.zone_of = lambda _request: UTC  # until the city says otherwise, in portal.pages.city
    config.add_request_method(clock_of, "clock", property=True)


def clock_of(request) -> CivilClock:
    """Return ``request.clock``, whose days are the city's: roles and mandates begin and end at its midnight."""
    return CivilClock(request.registry.clock, lambda: request.registry.zone_of(request))
