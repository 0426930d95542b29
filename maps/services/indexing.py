"""What the public index knows of the map: trails with their lines, stops, places.

Whoever changes one calls this in the same transaction; it leaves in the index exactly what everybody may see.
"""

from collections.abc import Iterable, Mapping, Sequence
from textwrap import shorten
from typing import Any
from uuid import UUID

from sqlalchemy import Select, false, select, update
from sqlalchemy.orm import Session

from maps.models import MapPlace, MapPlaceMedia, Stop, StopMedia, Trail
from maps.queries.contents import place_content, trail_content
from maps.queries.media import facts, media_of, transcripts
from maps.terms import MEDIA, PLACE, STOP, TRAIL, Access, AccessLevel, StopContent, Texts, TrailContent, TrailState
from portal.clock import Clock
from portal.db import lock
from portal.index.models import IndexEntry
from portal.index.services import PublicIndex
from portal.moderation.queries import standing_of, standings
from portal.moderation.terms import Standing

SUMMARY = 280
"""How many characters of a text a list shows."""


class MapIndex:
    """Enters trails, stops and places into the public index, and takes them out of it."""

    def __init__(self, session: Session, clock: Clock, index: PublicIndex) -> None:
        self._session = session
        self._clock = clock
        self._index = index

    def trail(self, trail: Trail) -> None:
        """Let the index say of a trail and its stops what their current revision says, to everybody or to nobody.

        What is hidden or taken back keeps its entry out of sight, so that it comes back as it was. Whoever calls it has
        flushed the trail's rows.
        """
        stand = standing_of(self._session, TRAIL, trail.id)
        rows = self._session.scalars(select(Stop).where(Stop.trail_id == trail.id)).all()
        if trail.state is TrailState.DRAFT or stand is Standing.REMOVED:
            self._forget(TRAIL, [trail.id])
            self._forget(STOP, [row.id for row in rows])
            return
        content = trail_content(self._session, trail)
        shown = trail.state is TrailState.PUBLISHED and stand is Standing.VISIBLE
        stops = self._shown_stops(content, rows, shown)
        self._enter(
            TRAIL,
            trail.id,
            path=f"/trails/{trail.slug}",
            title=content.title,
            summary=content.summary,
            body=_words(content.text, content.access.obstacles, *(stop.title for stop in stops)),
            theme=content.theme.value,
            language=content.language,
            licence=content.licence,
            access=_access(content.access),
            place_id=trail.place_id,
            visible=shown,
        )

    def _shown_stops(self, content: TrailContent, rows: Sequence[Stop], shown: bool) -> list[StopContent]:
        """Enter the stops, forget those that are gone; return those that whoever sees the trail sees."""
        said = self._said(media_of(content))
        stand = standings(self._session, STOP, [row.id for row in rows])
        there = {stop.id: stop for stop in content.stops if stand.get(stop.id) is not Standing.REMOVED}
        self._forget(STOP, [row.id for row in rows if row.id not in there])
        for row in rows:
            if row.id in there:
                self._stop(content, there[row.id], row, said, shown and stand[row.id] is Standing.VISIBLE)
        return [stop for stop in there.values() if stand.get(stop.id) is Standing.VISIBLE]

    def _stop(
        self, content: TrailContent, told: StopContent, row: Stop, said: Mapping[UUID, Sequence[str]], shown: bool
    ) -> None:
        heard = [text for media_id in told.media for text in said.get(media_id, ())]
        self._enter(
            STOP,
            row.id,
            path=f"/stops/{row.id}",
            title=told.title or content.title,
            summary=_beginning(told.text),
            body=_words(told.text, told.directions, content.title, {"": " ".join(heard)}),
            theme=content.theme.value,
            language=content.language,
            licence=content.licence,
            access=_access(content.access),
            place_id=row.place_id,
            visible=shown,
        )

    def place(self, place: MapPlace) -> None:
        """Let the index say of a place what its current revision says, to nobody while it is hidden."""
        stand = standing_of(self._session, PLACE, place.id)
        if stand is Standing.REMOVED:
            self._forget(PLACE, [place.id])
            return
        content = place_content(self._session, place)
        heard = [text for texts in self._said(content.media).values() for text in texts]
        self._enter(
            PLACE,
            place.id,
            path=f"/places/{place.slug}",
            title=content.title,
            summary=_beginning(content.text),
            body=_words(content.text, content.access.obstacles, {"": " ".join([content.address, *heard])}),
            theme=content.theme.value,
            language=content.language,
            licence=content.licence,
            access=_access(content.access),
            place_id=place.place_id,
            visible=stand is Standing.VISIBLE,
        )

    def reflect(self, kind: str, subject_id: UUID) -> None:
        """Hold all that shows a thing of any kind we know, then let the index follow what became of the thing."""
        trails = self._held(Trail, _trails_showing(kind, subject_id))
        places = self._held(MapPlace, _places_showing(kind, subject_id))
        self._session.expire_all()
        for trail_id in trails:
            self.trail(self._session.get_one(Trail, trail_id))
        for place_id in places:
            self.place(self._session.get_one(MapPlace, place_id))

    def _held(self, whose: type[Trail | MapPlace], ids: Select[UUID]) -> list[UUID]:
        """Hold all of these, also those that join them while others are waited for, and return their ids."""
        held: set[UUID] = set()
        while new := set(self._session.scalars(ids)) - held:
            lock(self._session, whose, new)
            held |= new
        return sorted(held)

    def line_changed(self, trail: Trail) -> None:
        """Count a change of a trail's line, which the index does not hold itself, as a change of its entry."""
        theirs = select(IndexEntry).where(IndexEntry.kind == TRAIL, IndexEntry.source_id == trail.id)
        for entry in self._session.scalars(theirs):
            entry.updated_at = self._clock.now()  # not in one statement: what programs are told of it says it, too
        self._session.flush()

    def _enter(self, kind: str, source_id: UUID, *, visible: bool, **values: Any) -> None:
        """Put a thing into the index. To come out of sight, or back, is no change of what it says."""
        theirs = IndexEntry.kind == kind, IndexEntry.source_id == source_id, IndexEntry.visible.is_not(visible)
        self._session.execute(
            update(IndexEntry).where(*theirs).values(visible=visible),
            execution_options={"synchronize_session": "fetch"},
        )
        self._index.put(kind, source_id, visible=visible, **values)

    def _forget(self, kind: str, ids: Iterable[UUID]) -> None:
        for source_id in ids:
            self._index.remove(kind, source_id)

    def _said(self, ids: Iterable[UUID]) -> dict[UUID, list[str]]:
        """Return what is said in the media that everybody may hear."""
        known = facts(self._session, set(ids))
        return transcripts(self._session, [media_id for media_id, one in known.items() if one.ready])


def _trails_showing(kind: str, subject_id: UUID) -> Select[UUID]:
    """Return the query for the ids of the trails that a thing is, is a stop of, or is heard at a stop of."""
    stops = select(Stop.trail_id)
    if kind == STOP:
        return stops.where(Stop.id == subject_id)
    if kind == MEDIA:
        return stops.join(Stop.sounds).where(StopMedia.media_id == subject_id)
    return select(Trail.id).where(Trail.id == subject_id if kind == TRAIL else false())


def _places_showing(kind: str, subject_id: UUID) -> Select[UUID]:
    """Return the query for the ids of the places that a thing is, or is shown at."""
    if kind == MEDIA:
        return select(MapPlaceMedia.map_place_id).where(MapPlaceMedia.media_id == subject_id)
    return select(MapPlace.id).where(MapPlace.id == subject_id if kind == PLACE else false())


def _beginning(texts: Texts) -> Texts:
    """Return how each text begins, for lists."""
    return {language: shorten(text, SUMMARY, placeholder="…") for language, text in texts.items()}


def _access(access: Access) -> str | None:
    return access.level.value if access.level is not AccessLevel.UNKNOWN else None


def _words(*texts: Texts) -> str:
    return " ".join(text for one in texts for text in one.values())
