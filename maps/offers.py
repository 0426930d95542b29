"""Our answers to the kernel's questions: what somebody gave to the map, figures, what is public, what is moderated."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from maps.models import MapPlace, Stop, TrackFile, Trail, TrailAuthor
from maps.queries.figures import places_shared, sounds_shared, trails_shared
from maps.queries.personal import (
    drafts_of,
    place_revisions_written,
    track_files_sent,
    trail_revisions_written,
    trails_written,
)
from maps.queries.subjects import subjects
from maps.services.indexing import MapIndex
from maps.terms import PLACE, STOP, TRAIL
from portal.db import lock
from portal.i18n import _
from portal.jobs.services import Jobs
from portal.moderation.terms import Standing
from portal.ports.figures import Figure, Figures, LoopStep
from portal.ports.media_use import MediaUse
from portal.ports.moderation import Moderated, Subject
from portal.ports.personal_data import PersonalData
from portal.ports.publications import Publications


def includeme(config) -> None:
    config.answer(PersonalData, MapData)
    config.answer(Figures, MapFigures)
    config.answer(Publications, MapPublications)
    config.answer(Moderated, MapThings)
    config.answer(MediaUse, SoundsOnTrails)


class MapData:
    """The trails and places that somebody made or changed."""

    def __init__(self, request) -> None:
        self._session = request.db

    def export(self, person_id: UUID) -> dict[str, Any]:
        return {
            "trails": trails_written(self._session, person_id),
            "trail_revisions": trail_revisions_written(self._session, person_id),
            "place_revisions": place_revisions_written(self._session, person_id),
            "track_files": track_files_sent(self._session, person_id),
        }

    def hindrances(self, person_id: UUID) -> list[str]:
        """Return nothing: what was published stays, by a former contributor."""
        return []

    def erase(self, person_id: UUID, at: datetime) -> None:
        """Let nobody own what was never published. What was, stays: its licence was given to everybody, for good.

        The name goes with the person's row: revisions then are a former contributor's. The files that they recorded,
        which say more than what was published of them, go too.
        """
        self._session.execute(delete(TrackFile).where(TrackFile.sender_id == person_id))
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
        for trail_id in self._session.scalars(select(Trail.id).order_by(Trail.id)).all():
            self._index.reflect(TRAIL, trail_id)
        for place_id in self._session.scalars(select(MapPlace.id).order_by(MapPlace.id)).all():
            self._index.reflect(PLACE, place_id)


class MapThings:
    """Trails, stops and places can be taken out of sight. A trail takes its stops along."""

    NAMES: Mapping[str, str] = {TRAIL: _("Audio trail"), STOP: _("Stop of a trail"), PLACE: _("Place")}

    def __init__(self, request) -> None:
        self._session = request.db
        self._request = request
        self._index = request.find_service(MapIndex)

    def kinds(self) -> Mapping[str, str]:
        return {kind: self._request.localizer.translate(name) for kind, name in self.NAMES.items()}

    def subjects(self, kind: str, ids: Collection[UUID]) -> dict[UUID, Subject]:
        return subjects(self._session, kind, ids, self._request.words)

    def hold(self, kind: str, subject_id: UUID) -> None:
        """Hold the trail of which it is, or the place: whoever revises it holds the same."""
        if kind == PLACE:
            lock(self._session, MapPlace, [subject_id])
        elif kind == STOP:
            lock(self._session, Trail, self._session.scalars(select(Stop.trail_id).where(Stop.id == subject_id)).all())
        else:
            lock(self._session, Trail, [subject_id])

    def reflect(self, kind: str, subject_id: UUID, standing: Standing) -> None:
        """Write the index of all that shows the thing: a sound is heard at stops, and its words are found there."""
        self._index.reflect(kind, subject_id)


class SoundsOnTrails:
    """What is heard and read at stops and places is followed by the index, soon and in a transaction of its own."""

    def __init__(self, request) -> None:
        self._jobs = request.find_service(Jobs)

    def changed(self, media_id: UUID) -> None:
        self._jobs.add("maps.follow", {"media_id": str(media_id)})
