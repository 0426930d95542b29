"""Making a trail of somebody else's: under which licences, and what it takes along."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from uuid import UUID

from maps.terms import Flaw, FlawCode, Texts, TrailContent
from portal.licences import BECOMES, LICENCES, may_become


def licences_for(source: str) -> tuple[str, ...]:
    """Return the licences under which a remix of something under ``source`` may be published, its own first."""
    return tuple(sorted(BECOMES.get(source, ()), key=lambda spdx: (spdx != source, list(LICENCES).index(spdx))))


def licence_flaws(sources: Iterable[str], wanted: str) -> list[Flaw]:
    """Return why something made of works under these licences cannot be published under the one wanted."""
    if wanted not in LICENCES:
        return [Flaw(FlawCode.UNKNOWN_LICENCE, {"licence": wanted})]
    kept = (source for source in dict.fromkeys(sources) if source in LICENCES)
    return [
        Flaw(FlawCode.LICENCE_NOT_KEPT, {"licence": wanted, "source": source})
        for source in kept
        if not may_become(source, wanted)
    ]


def remixed(content: TrailContent, title: Texts, licence: str, ids: Iterator[UUID]) -> TrailContent:
    """Return what a remix begins with: everything of the original, under its own title, its stops with ids of its own.

    A stop's id is on a post: two trails never share one. Sounds are the same ones, under their own licences.
    """
    stops = tuple(replace(stop, id=next(ids)) for stop in content.stops)
    return replace(content, title=title, licence=licence, stops=stops)
