"""Our answers to the kernel's questions: what somebody gave to the map, figures, what is public."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from maps.models import MapPlace, Trail, TrailAuthor
from maps.queries.figures import places_shared, sounds_shared, trails_shared
from maps.queries.personal import drafts_of, place_revisions_written, trail_revisions_written, trails_written
from maps.services.indexing import MapIndex
from portal.ports.figures import Figure, Figures, LoopStep
from portal.ports.personal_data import PersonalData
from portal.ports.publications import Publications


def includeme(config) -> None:
    config.answer(PersonalData, MapData)
    config.answer(Figures, MapFigures)
    config.answer(Publications, MapPublications)


class MapData:
    """The trails and places that somebody made or changed."""

    def __init__(self, request) -> None:
        self._session = request.db

    def export(self, person_id: UUID) -> dict[str, Any]:
        return {
            "trails": trails_written(self._session, person_id),
            "trail_revisions": trail_revisions_written(self._session, person_id),
            "place_revisions": place_revisions_written(self._session, person_id),
        }

    def hindrances(self, person_id: UUID) -> list[str]:
        """Return nothing: what was published stays, by a former contributor."""
        return []

    def erase(self, person_id: UUID, at: datetime) -> None:
        """Let nobody own what was never published. What was, stays: its licence was given to everybody, for good.

        The name goes with the person's row: revisions then are a former contributor's.
        """
        drafts = drafts_of(self._session, person_id)
        theirs = TrailAuthor.person_id == person_id, TrailAuthor.trail_id.in_(drafts)
        self._session.execute(delete(TrailAuthor).where(*theirs))


class MapFigures:
    """How much is shared; nothing is said as long as nothing is."""

    def __init__(self, request) -> None:
        self._request = request

    def figures(self) -> list[Figure]:
        db, ngettext, number = self._request.db, self._request.ngettext, self._request.words.number
        places, sounds, trails = places_shared(db), sounds_shared(db), trails_shared(db)
        walks = ngettext("${count} audio trail", "${count} audio trails", trails, count=number(trails))
        said = [
            (places, ngettext("${count} place", "${count} places", places, count=number(places)), "/map"),
            (sounds, ngettext("${count} sound", "${count} sounds", sounds, count=number(sounds)), "/map"),
            (trails, walks, "/trails"),
        ]
        return [Figure(LoopStep.SHARE, sentence, path) for count, sentence, path in said if count]


class MapPublications:
    """Every published trail with its stops, and every place."""

    def __init__(self, request) -> None:
        self._session = request.db
        self._index = request.find_service(MapIndex)

    def publish(self) -> None:
        for trail in self._session.scalars(select(Trail).order_by(Trail.id)):
            self._index.trail(trail)
        for place in self._session.scalars(select(MapPlace).order_by(MapPlace.id)):
            self._index.place(place)
