"""What the public index knows of the map: trails with their lines, stops, places.

Whoever changes one calls this in the same transaction; it leaves in the index exactly what everybody may see.
"""

from collections.abc import Iterable, Mapping, Sequence
from textwrap import shorten
from uuid import UUID

from sqlalchemy import false, select, update
from sqlalchemy.orm import Session

from maps.models import MapPlace, MapPlaceMedia, Stop, StopMedia, Trail
from maps.queries.contents import place_content, trail_content
from maps.queries.media import facts, media_of, transcripts
from maps.queries.standing import PLACE, STOP, TRAIL, standing, standings
from maps.terms import Access, AccessLevel, StopContent, Texts, TrailContent, TrailState
from portal.clock import Clock
from portal.index.models import IndexEntry
from portal.index.services import PublicIndex
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
        """Let the index say of a trail and its stops what their current revision says; nothing while it is not public.

        Whoever calls it has flushed the trail's rows.
        """
        stops = self._session.scalars(select(Stop).where(Stop.trail_id == trail.id)).all()
        shown = trail.state is TrailState.PUBLISHED and standing(self._session, TRAIL, trail.id) is Standing.VISIBLE
        content = trail_content(self._session, trail) if shown else None
        stand = standings(self._session, STOP, [stop.id for stop in stops])
        here: list[StopContent] = []
        for stop in stops:
            told = content.stop(stop.id) if content else None
            if told is None or stand[stop.id] is not Standing.VISIBLE:
                self._index.remove(STOP, stop.id)
            else:
                here.append(told)
        if content is None:
            self._index.remove(TRAIL, trail.id)
            return
        said = self._said(media_of(content))
        for told in here:
            row = next(stop for stop in stops if stop.id == told.id)
            self._stop(content, told, row, said)
        self._index.put(
            TRAIL,
            trail.id,
            path=f"/trails/{trail.slug}",
            title=content.title,
            summary=content.summary,
            body=_words(content.text, content.access.obstacles, *(told.title for told in here)),
            theme=content.theme.value,
            language=content.language,
            licence=content.licence,
            access=_access(content.access),
            place_id=trail.place_id,
        )

    def _stop(self, content: TrailContent, told: StopContent, row: Stop, said: Mapping[UUID, Sequence[str]]) -> None:
        heard = [text for media_id in told.media for text in said.get(media_id, ())]
        self._index.put(
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
        )

    def place(self, place: MapPlace) -> None:
        """Let the index say of a place what its current revision says, or nothing while it is hidden."""
        if standing(self._session, PLACE, place.id) is not Standing.VISIBLE:
            self._index.remove(PLACE, place.id)
            return
        content = place_content(self._session, place)
        heard = [text for texts in self._said(content.media).values() for text in texts]
        self._index.put(
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
        )

    def reflect(self, kind: str, subject_id: UUID) -> None:
        """Let the index follow what moderation, or whoever keeps the media, did to a thing of any kind we know."""
        trails = select(Trail)
        places = select(MapPlace)
        match kind:
            case "trail":
                trails, places = trails.where(Trail.id == subject_id), places.where(false())
            case "stop":
                its = select(Stop.trail_id).where(Stop.id == subject_id)
                trails, places = trails.where(Trail.id.in_(its)), places.where(false())
            case "place":
                trails, places = trails.where(false()), places.where(MapPlace.id == subject_id)
            case "media":
                its = select(Stop.trail_id).join(Stop.sounds).where(StopMedia.media_id == subject_id)
                theirs = select(MapPlaceMedia.map_place_id).where(MapPlaceMedia.media_id == subject_id)
                trails, places = trails.where(Trail.id.in_(its)), places.where(MapPlace.id.in_(theirs))
            case _:
                return
        for trail in self._session.scalars(trails.order_by(Trail.id)):
            self.trail(trail)
        for place in self._session.scalars(places.order_by(MapPlace.id)):
            self.place(place)

    def line_changed(self, trail: Trail) -> None:
        """Count a change of a trail's line, which the index does not hold itself, as a change of its entry."""
        now = self._clock.now()
        theirs = IndexEntry.kind == TRAIL, IndexEntry.source_id == trail.id
        self._session.execute(update(IndexEntry).where(*theirs).values(updated_at=now))

    def _said(self, ids: Iterable[UUID]) -> dict[UUID, list[str]]:
        """Return what is said in the media that everybody may hear."""
        known = facts(self._session, set(ids))
        return transcripts(self._session, [media_id for media_id, one in known.items() if one.ready])


def _beginning(texts: Texts) -> Texts:
    """Return how each text begins, for lists."""
    return {language: shorten(text, SUMMARY, placeholder="…") for language, text in texts.items()}


def _access(access: Access) -> str | None:
    return access.level.value if access.level is not AccessLevel.UNKNOWN else None


def _words(*texts: Texts) -> str:
    return " ".join(text for one in texts for text in one.values())
