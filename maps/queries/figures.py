"""A few numbers for the home page: what everybody may walk, hear and find."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from maps.models import MapPlaceMedia, Stop, StopMedia
from maps.terms import MEDIA, PLACE, STOP, TRAIL
from portal.index.models import IndexEntry
from portal.media.models import Media
from portal.media.terms import MediaKind, MediaState
from portal.moderation.queries import is_visible


def trails_shared(session: Session) -> int:
    """Return how many trails everybody may walk."""
    return _entries(session, TRAIL)


def places_shared(session: Session) -> int:
    """Return how many places everybody may find."""
    return _entries(session, PLACE)


def sounds_shared(session: Session) -> int:
    """Return how many sounds can be heard at a stop or of a place."""
    stops = select(StopMedia.media_id).join(Stop).where(Stop.rank.is_not(None), Stop.id.in_(_shown(STOP)))
    places = select(MapPlaceMedia.media_id).where(MapPlaceMedia.map_place_id.in_(_shown(PLACE)))
    heard = select(func.count(Media.id)).where(
        Media.kind == MediaKind.AUDIO,
        Media.state == MediaState.READY,
        Media.id.in_(stops) | Media.id.in_(places),
        is_visible(MEDIA, Media.id),
    )
    return session.scalar(heard) or 0


def _entries(session: Session, kind: str) -> int:
    return session.scalar(select(func.count()).select_from(_shown(kind).subquery())) or 0


def _shown(kind: str):
    return select(IndexEntry.source_id).where(IndexEntry.kind == kind, IndexEntry.visible)
