"""What would do instead of what was asked for at a desk, as buttons that fill its form in."""

from zoneinfo import ZoneInfo

from equipment_lending.queries.alternatives import Alternatives
from portal.forms import Proposal
from portal.i18n import _


def other_times(found: Alternatives, zone: str, request) -> list[Proposal]:
    """Return the periods at the same point, for ``pickup_at`` and ``return_at`` on the clocks of ``zone``."""
    return [
        Proposal(
            request.words.period(period.start, zone, period.end, zone),
            {
                name: f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"
                for name, instant in (("pickup_at", period.start), ("return_at", period.end))
            },
        )
        for period in found.periods
    ]


def elsewhere(point: str, request) -> str:
    """Return in words that another point, by its name, could lend it at that time."""
    return request.localizer.translate(_("At that time, at ${point}"), mapping={"point": point})
