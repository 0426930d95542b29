"""Places on the map: put there by anybody, corrected by anybody, every revision kept."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from maps.models import MapPlace, MapPlaceMedia, MapPlaceRevision
from maps.queries.contents import place_content, place_revision
from maps.queries.media import facts
from maps.rules.content import place_as_json, tidied_place
from maps.rules.merging import merged_place
from maps.rules.naming import slugs_for
from maps.rules.remixing import licence_flaws
from maps.rules.trails import place_flaws
from maps.services.indexing import MapIndex
from maps.services.slugs import named
from maps.terms import Flaw, NoSuchRevision, NotPublishable, PlaceContent, Position, Stale
from portal.clock import Clock
from portal.db import lock
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
        self._refuse(self._flaws(content))
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
        found = self._alone_with(map_place_id)
        theirs = place_content(self._session, found)
        mine = self._merged(found, base, tidied_place(content), theirs)
        if mine == theirs:
            return place_revision(self._session, found.id, found.current)
        known = self._flaws(theirs)
        flaws = [flaw for flaw in self._flaws(mine) if flaw not in known]
        self._refuse([*flaws, *licence_flaws([theirs.licence], mine.licence)])
        found.current += 1
        revision = self._keep(found, base, mine, author_id, organisation_id, comment)
        self._show(found, mine)
        return revision

    def revert(
        self,
        map_place_id: UUID,
        number: int,
        author_id: UUID,
        *,
        organisation_id: UUID | None = None,
        comment: str = "",
    ) -> MapPlaceRevision:
        """Let a place say again what it said in revision ``number``, under its present licence; return the new one."""
        found = self._alone_with(map_place_id)
        now = place_content(self._session, found)
        then = replace(place_content(self._session, found, number), licence=now.licence)
        return self.revise(
            map_place_id, found.current, then, author_id, organisation_id=organisation_id, comment=comment
        )

    def _alone_with(self, map_place_id: UUID) -> MapPlace:
        lock(self._session, MapPlace, [map_place_id])
        self._session.expire_all()
        return self._session.get_one(MapPlace, map_place_id)

    def _merged(self, found: MapPlace, base: int, mine: PlaceContent, theirs: PlaceContent) -> PlaceContent:
        if base == found.current:
            return mine
        if not 1 <= base < found.current:
            raise NoSuchRevision(base)
        merged, conflicts = merged_place(place_content(self._session, found, base), mine, theirs)
        if conflicts:
            raise Stale(found.current, conflicts, merged)
        return merged

    def _flaws(self, content: PlaceContent) -> list[Flaw]:
        return place_flaws(content, facts(self._session, set(content.media)))

    def _refuse(self, flaws: list[Flaw]) -> None:
        if flaws:
            raise NotPublishable(flaws)

    def _keep(
        self,
        found: MapPlace,
        base: int | None,
        content: PlaceContent,
        author_id: UUID,
        organisation_id: UUID | None,
        comment: str,
    ) -> MapPlaceRevision:
        revision = MapPlaceRevision(
            map_place_id=found.id,
            number=found.current,
            base=base,
            content=place_as_json(content),
            comment=comment.strip(),
            author_id=author_id,
            organisation_id=organisation_id,
            created_at=self._clock.now(),
        )
        self._session.add(revision)
        self._session.flush()
        return revision

    def _show(self, found: MapPlace, content: PlaceContent) -> None:
        put_place(self._session, found.place, _title(content), content.address, content.position)
        known = {one.media_id: one for one in found.media}
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
