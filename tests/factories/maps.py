"""Believable sounds, trails and places. Contents are values; what is kept goes through the services, flushed."""

from dataclasses import replace
from itertools import count
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from maps.models import MapPlace, Trail
from maps.services.indexing import MapIndex
from maps.services.places import Places
from maps.services.tracks import TrackFiles
from maps.services.trails import Trails
from maps.terms import PlaceContent, StopContent, TrailContent
from portal.audit.services import Audit
from portal.clock import Clock, StoppedClock
from portal.index.services import PublicIndex
from portal.media.models import Media, Transcript
from portal.media.terms import MediaKind, MediaState, TranscriptForm, Voices
from portal.moderation.models import ModerationAct
from portal.moderation.terms import Act
from tests.conftest import NOW
from tests.factories import people

_number = count(1)

HARBOUR = ((-4.4790, 48.3830), (-4.4760, 48.3826), (-4.4725, 48.3818), (-4.4690, 48.3812))
"""A line of about 780 metres along the quays of the commercial harbour."""


def _kept(session, row):
    session.add(row)
    session.flush()
    return row


def sound(session: Session, **given) -> Media:
    """A sound that is ready, under an open licence, of 2 min 43 s."""
    said = given.pop("transcript", None)
    usual = {
        "kind": MediaKind.AUDIO,
        "state": MediaState.READY,
        "progress": 100,
        "title": "La criée avant l’aube",
        "description": "",
        "language": "fr",
        "licence": "CC-BY-SA-4.0",
        "attribution": "Son’ar Mein",
        "voices": Voices.AGREED,
        "sender_id": given.pop("sender_id", None) or people.person(session).id,
        "created_at": NOW,
        "ready_at": NOW,
        "file_name": "criee.wav",
        "original": f"{next(_number):064x}.wav",
        "size": 1_000_000,
        "milliseconds": 163_000,
    }
    row = _kept(session, Media(**usual | given))
    if said is not None:
        transcript(session, row, said)
    return row


def transcript(session: Session, of: Media, text: str, language: str = "fr") -> Transcript:
    """What is said in a sound."""
    return _kept(
        session,
        Transcript(
            media_id=of.id,
            language=language,
            form=TranscriptForm.TEXT,
            text=text,
            author_id=of.sender_id,
            created_at=NOW,
        ),
    )


def stop(label: str = "01", longitude: float = -4.4790, latitude: float = 48.3830, **given) -> StopContent:
    """A stop that says something, without a sound."""
    usual = {"title": {"fr": f"Étape {label}"}, "text": {"fr": "On entend les drisses."}, "id": uuid4()}
    return StopContent(**usual | given, label=label, longitude=longitude, latitude=latitude)


def content(*stops: StopContent, **given) -> TrailContent:
    """A trail along the harbour, of two stops unless told otherwise."""
    usual = {
        "title": {"fr": "Les voix du port de commerce"},
        "language": "fr",
        "licence": "CC-BY-SA-4.0",
        "summary": {"fr": "Dockers, réparateurs, oiseaux."},
        "line": HARBOUR,
    }
    return TrailContent(**usual | given, stops=stops or (stop("01"), stop("02", -4.4725, 48.3818)))


def place_content(**given) -> PlaceContent:
    """A shared garden in Recouvrance."""
    usual = {
        "title": {"fr": "Le jardin partagé de Recouvrance"},
        "language": "fr",
        "licence": "CC-BY-SA-4.0",
        "longitude": -4.4985,
        "latitude": 48.3842,
        "text": {"fr": "On y échange des graines."},
    }
    return PlaceContent(**usual | given)


def index(session: Session, clock: Clock | None = None) -> MapIndex:
    at = clock or StoppedClock(NOW)
    return MapIndex(session, at, PublicIndex(session, at))


def trails(session: Session, clock: Clock | None = None) -> Trails:
    """The service, as nobody uses it."""
    at = clock or StoppedClock(NOW)
    return Trails(session, at, Audit(session, at, None), index(session, at))


def tracks(session: Session, clock: Clock | None = None) -> TrackFiles:
    return TrackFiles(session, clock or StoppedClock(NOW))


def places(session: Session, clock: Clock | None = None) -> Places:
    """The service, as nobody uses it."""
    at = clock or StoppedClock(NOW)
    return Places(session, at, index(session, at))


def trail(session: Session, *stops: StopContent, author_id: UUID | None = None, draft: bool = False, **given) -> Trail:
    """A published trail, or a draft."""
    who = author_id or people.person(session).id
    row = trails(session).begin(content(*stops, **given), who)
    return row if draft else trails(session).publish(row.id)


def place(session: Session, author_id: UUID | None = None, **given) -> MapPlace:
    """A place on the map."""
    return places(session).add(place_content(**given), author_id or people.person(session).id)


def moderate(session: Session, kind: str, subject_id: UUID, *acts: Act) -> None:
    """Let moderation do this to a thing, and the index follow."""
    moderator = people.person(session)
    for act in acts:
        number = session.query(ModerationAct).filter_by(subject_kind=kind, subject_id=subject_id).count() + 1
        _kept(
            session,
            ModerationAct(
                subject_kind=kind,
                subject_id=subject_id,
                number=number,
                act=act,
                reason="Une voix sans accord",
                actor_id=moderator.id,
                at=NOW,
            ),
        )
    index(session).reflect(kind, subject_id)


def moved(one: StopContent, longitude: float, latitude: float) -> StopContent:
    return replace(one, longitude=longitude, latitude=latitude)
