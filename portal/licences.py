"""The open licences under which things are published here, and what a work under one of them may become.

The list is closed: whatever the portal hands out, others may use, change and pass on. Licences that forbid changes or
commerce are not open, and not in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence by its SPDX identifier, what it is called for short, and where it is written."""

    spdx: str
    label: str
    url: str
    credit: bool = True
    """Must the author be named?"""
    share_alike: bool = False
    """Must what is made of it be under the same licence, or one that says the same?"""


LICENCES: Mapping[str, Licence] = {
    one.spdx: one
    for one in (
        Licence("CC-BY-SA-4.0", "CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/", share_alike=True),
        Licence("CC-BY-4.0", "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
        Licence("CC0-1.0", "CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/", credit=False),
        Licence("LAL-1.3", "Art libre 1.3", "https://artlibre.org/licence/lal/", share_alike=True),
        Licence("etalab-2.0", "Licence Ouverte 2.0", "https://spdx.org/licenses/etalab-2.0.html"),
    )
}
"""By identifier, the one that we propose first."""

_CREDITED = frozenset({"CC-BY-4.0", "CC-BY-SA-4.0", "LAL-1.3"})
_ALIKE = frozenset({"CC-BY-SA-4.0", "LAL-1.3"})
BECOMES: Mapping[str, frozenset[str]] = {
    "CC0-1.0": frozenset(LICENCES),
    "etalab-2.0": _CREDITED | {"etalab-2.0"},
    "CC-BY-4.0": _CREDITED,
    "CC-BY-SA-4.0": _ALIKE,
    "LAL-1.3": _ALIKE,
}
"""Under which licences a work made of one under the first may be published.

Sources: the licences themselves; Creative Commons' list of licences compatible with BY-SA 4.0, on which Art libre 1.3
is; article «Compatibilité» of the Licence Ouverte 2.0.
"""


def may_become(source: str, wanted: str) -> bool:
    """May something made of a work under ``source`` be published under ``wanted``? Raises ``KeyError`` on others."""
    return LICENCES[wanted].spdx in BECOMES[source]
