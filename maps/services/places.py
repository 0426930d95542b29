"""Places on the map: put there by anybody, corrected by anybody, every revision kept."""

from dataclasses import replace
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from maps.models import MapPlace, MapPlaceMedia, MapPlaceRevision
from maps.queries.contents import place_content
from maps.queries.media import facts
from maps.queries.revisions import revision
from maps.rules.content import place_as_json, tidied_place
from maps.rules.merging import merged_place
from maps.rules.naming import slugs_for
from maps.rules.remixing import licence_flaws
from maps.rules.trails import place_flaws
from maps.services.indexing import MapIndex
from maps.services.revising import alone_with, keep, put_together, refuse
from maps.services.slugs import named
from maps.terms import Flaw, PlaceContent, Position, Stale
from portal.clock import Clock
from portal.db import lock
from portal.media.models import Media
from portal.places.models import Place, place, point

UNNAMED = "lieu"
"""The short name of a place whose title has no letter that an address can have."""


class Places:
    """Add and revise; each in one transaction with the public index. What is added is public at once."""

    def __init__(self, session: Session, clock: Clock, index: MapIndex) -> None:
        self._session = session
        self._clock = clock
        self._index = index

    def add(
        self, content: PlaceContent, author_id: UUID, *, organisation_id: UUID | None = None, comment: str = ""
    ) -> MapPlace:
        """Put a place on the map and return it. Raises :class:`NotPublishable` with every flaw, and adds nothing."""
        content = tidied_place(content)
        refuse(self._flaws(content))
        title = _title(content)
        where = put_place(self._session, None, title, content.address, content.position)
        now = self._clock.now()
        found = named(
            self._session,
            MapPlace,
            slugs_for(title, UNNAMED),
            lambda slug: MapPlace(slug=slug, current=1, place_id=where.id, created_at=now),
        )
        self._keep(found, None, content, author_id, organisation_id, comment)
        self._show(found, content)
        return found

    def revise(
        self,
        map_place_id: UUID,
        base: int,
        content: PlaceContent,
        author_id: UUID,
        *,
        organisation_id: UUID | None = None,
        comment: str = "",
    ) -> MapPlaceRevision:
        """Record what a place says from now on, and return the revision; the current one where nothing is new.

        ``base`` is the number of the revision that the author had before them; what others changed since is kept.
        Raises :class:`Stale` with every conflict, :class:`NotPublishable` with every flaw that the place did not have
        before, and :class:`NoSuchRevision`; nothing is recorded then.
        """
        found = alone_with(self._session, MapPlace, map_place_id)
        theirs = place_content(self._session, found)
        then = partial(place_content, self._session, found)
        mine = put_together(found.current, base, tidied_place(content), theirs, then, merged_place)
        if mine == theirs:
            return revision(self._session, MapPlaceRevision, found.id, found.current)
        known = self._flaws(theirs)
        flaws = [flaw for flaw in self._flaws(mine) if flaw not in known]
        refuse([*flaws, *licence_flaws([theirs.licence], mine.licence)])
        found.current += 1
        kept = self._keep(found, base, mine, author_id, organisation_id, comment)
        self._show(found, mine)
        return kept

    def revert(
        self,
        map_place_id: UUID,
        base: int,
        number: int,
        author_id: UUID,
        *,
        organisation_id: UUID | None = None,
        comment: str = "",
    ) -> MapPlaceRevision:
        """Let a place say again what it said in revision ``number``, under its present licence; return the new one.

        Raises as :meth:`maps.services.trails.Trails.revert` does.
        """
        found = alone_with(self._session, MapPlace, map_place_id)
        if base != found.current:
            raise Stale(found.current)
        now = place_content(self._session, found)
        then = replace(place_content(self._session, found, number), licence=now.licence)
        return self.revise(
            map_place_id, found.current, then, author_id, organisation_id=organisation_id, comment=comment
        )

    def _flaws(self, content: PlaceContent) -> list[Flaw]:
        return place_flaws(content, facts(self._session, set(content.media)))

    def _keep(
        self, found: MapPlace, base: int | None, content: PlaceContent, *said: *tuple[UUID, UUID | None, str]
    ) -> MapPlaceRevision:
        now = self._clock.now()
        return keep(self._session, MapPlaceRevision, found, base, place_as_json(content), *said, now)

    def _show(self, found: MapPlace, content: PlaceContent) -> None:
        known = {one.media_id: one for one in found.media}
        lock(self._session, Media, set(content.media) - known.keys())  # as when a sound is heard at a stop
        put_place(self._session, found.place, _title(content), content.address, content.position)
        found.media = [known.get(media_id) or MapPlaceMedia(media_id=media_id) for media_id in content.media]
        for position, one in enumerate(found.media, 1):
            one.position = position
        self._session.flush()
        self._index.place(found)


def put_place(session: Session, known: Place | None, name: str, address: str, position: Position) -> Place:
    """Return the kernel's row of where something is: the one known, changed, or a new one."""
    if known is None:
        known = place(name, address, *position)
        session.add(known)
    else:
        known.name, known.address = name, address
        if (known.longitude, known.latitude) != position:
            known.longitude, known.latitude = position
            known.geometry = point(*position)
    session.flush()
    return known


def _title(content: PlaceContent) -> str:
    return content.title.get(content.language) or next(iter(content.title.values()))
