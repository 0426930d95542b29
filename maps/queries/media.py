"""What the rules and the index need to know of sounds, pictures and videos, in a constant number of statements."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from maps.terms import MEDIA, MediaFacts, PlaceContent, TrailContent
from portal.media.models import Media, Transcript
from portal.media.queries import is_latest
from portal.media.terms import MediaKind, MediaState, Voices
from portal.moderation.queries import standings
from portal.moderation.terms import Standing


def media_of(content: TrailContent | PlaceContent) -> set[UUID]:
    """Return the ids of everything that is heard or seen in a content."""
    if isinstance(content, PlaceContent):
        return set(content.media)
    return {media_id for stop in content.stops for media_id in stop.media}


def facts(session: Session, ids: Collection[UUID]) -> dict[UUID, MediaFacts]:
    """Return the facts of those of the media that there are."""
    if not ids:
        return {}
    columns = (Media.id, Media.kind, Media.state, Media.licence, Media.attribution, Media.milliseconds, Media.voices)
    rows = session.execute(select(*columns).where(Media.id.in_(ids))).all()
    stand = standings(session, MEDIA, ids)
    spoken: dict[UUID, set[str]] = {}
    transcribed = select(Transcript.media_id, Transcript.language).where(Transcript.media_id.in_(ids)).distinct()
    for media_id, language in session.execute(transcribed):
        spoken.setdefault(media_id, set()).add(language)
    return {
        row.id: MediaFacts(
            id=row.id,
            sound=row.kind in (MediaKind.AUDIO, None),
            ready=row.state is MediaState.READY and stand[row.id] is Standing.VISIBLE,
            licence=row.licence,
            attribution=row.attribution,
            seconds=row.milliseconds / 1000 if row.milliseconds is not None else None,
            transcripts=frozenset(spoken.get(row.id, ())),
            voices_told=row.voices is not Voices.NOT_TOLD,
        )
        for row in rows
    }


def transcripts(session: Session, ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Return what is said in each media, the latest text of each language."""
    latest = select(Transcript.media_id, Transcript.text).where(Transcript.media_id.in_(set(ids)), is_latest())
    texts: dict[UUID, list[str]] = {}
    for media_id, text in session.execute(latest.order_by(Transcript.created_at, Transcript.id)):
        texts.setdefault(media_id, []).append(text)
    return texts
