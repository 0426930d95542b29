"""What time it is. The only caller of "now"; everybody else is handed an instant or a :class:`Clock`."""

from datetime import UTC, datetime, timedelta


class Clock:
    """A clock that ticks, from ``start`` on when one is given, otherwise the machine's."""

    def __init__(self, start: datetime | None = None) -> None:
        self._shift = start - datetime.now(UTC) if start else timedelta(0)

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return datetime.now(UTC) + self._shift


class StoppedClock(Clock):
    """A clock that stands where it is put; tests set ``at``."""

    def __init__(self, at: datetime) -> None:
        self.at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self.at


def includeme(config) -> None:
    config.registry.clock = Clock(config.registry.portal_settings.now)
    config.add_request_method(lambda request: request.registry.clock, "clock", property=True)
