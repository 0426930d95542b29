"""Article 4, continued: the days on which a desk that observes public holidays is closed."""

from collections.abc import Container
from datetime import date, timedelta
from functools import lru_cache

from dateutil.easter import easter

FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
AFTER_EASTER = (1, 39, 50)
"""Days from Easter Sunday to its Monday, Ascension Day and Whit Monday."""


@lru_cache(maxsize=32)
def public_holidays(year: int) -> frozenset[date]:
    """Return the French public holidays of a year, since 1982 the same eleven. Brittany has no others.

    Source: Code du travail, article L3133-1.
    """
    sunday = easter(year)
    moving = (sunday + timedelta(days=days) for days in AFTER_EASTER)
    return frozenset((*(date(year, month, day) for month, day in FIXED), *moving))


class PublicHolidays(Container[date]):
    """The French public holidays of any year, reckoned once one is asked for."""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in public_holidays(day.year)


PUBLIC_HOLIDAYS = PublicHolidays()
