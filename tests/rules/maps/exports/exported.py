"""Trails to take away, made of values: what is heard at their stops, where, and in which language."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from maps.exports import Export, Site
from maps.queries.trails import ShownStop, ShownTrail
from maps.rules.durations import Duration
from maps.terms import StopContent, TrailContent, TrailState
from portal.licences import LICENCES
from portal.media.queries import ShownMedia, ShownTranscript, Source
from portal.media.terms import MediaKind, MediaState, Rendering, TranscriptForm, Voices
from portal.moderation.terms import Standing
from tests.conftest import NOW

SITE = Site("https://communs.example", "Les communs de Brest")
SENDER = UUID(int=29)


def sound(media_id: UUID, *, transcripts: Sequence[str] = ("fr",), **given) -> ShownMedia:
    """A sound as it is shown: AAC and Opus, transcribed in these languages."""
    name = f"{media_id.int:064x}"
    usual = {
        "id": media_id,
        "kind": MediaKind.AUDIO,
        "state": MediaState.READY,
        "flaw": None,
        "progress": 100,
        "title": "La criée avant l’aube",
        "description": "",
        "language": "fr",
        "licence": LICENCES["CC-BY-4.0"],
        "attribution": "Son’ar Mein",
        "voices": Voices.AGREED,
        "sender_id": SENDER,
        "created_at": NOW,
        "version": 1,
        "hidden": False,
        "seconds": 163.2,
        "width": None,
        "height": None,
        "peaks": None,
        "sources": (
            Source(f"/media/{name}.m4a", "audio/mp4", 1_304_000, name, Rendering.AAC),
            Source(f"/media/{name}.opus", "audio/ogg", 652_000, name, Rendering.OPUS),
        ),
        "transcripts": {code: transcript(media_id, code) for code in transcripts},
    }
    return ShownMedia(**usual | given)


def transcript(media_id: UUID, language: str, form: TranscriptForm = TranscriptForm.WEBVTT) -> ShownTranscript:
    path = f"/media/{media_id}/{language}.vtt"
    return ShownTranscript(language, form, "WEBVTT\n", path, SENDER, NOW)


def shown(content: TrailContent, at: datetime = NOW) -> ShownTrail:
    """A published trail that says ``content``, each of whose media can be heard."""
    return ShownTrail(
        id=uuid5(SENDER, "trail"),
        slug="les-voix-du-port",
        state=TrailState.PUBLISHED,
        standing=Standing.VISIBLE,
        number=1,
        current=1,
        content=content,
        stops=tuple(_stop(stop, rank) for rank, stop in enumerate(content.stops, 1)),
        length=780.0,
        loop=False,
        climb=None,
        duration=Duration(700.0, 163.2),
        languages=frozenset(content.title),
        authors=(),
        contributors=(),
        sources=(),
        remixes=(),
        created_at=at,
        published_at=at,
        revised_at=at,
    )


def _stop(content: StopContent, rank: int) -> ShownStop:
    return ShownStop(content, rank, content.media, along=100.0 * rank, leg=100.0, off=0.0, seconds=163.2)


def export(content: TrailContent, *media: ShownMedia, language: str = "fr", **given) -> Export:
    """A trail to take away, with a sound for each id in it unless ``media`` says otherwise."""
    heard = {one.id: one for one in media} or {
        media_id: sound(media_id) for stop in content.stops for media_id in stop.media
    }
    usual = Export(shown(content), heard, language, SITE, "Nolwenn Le Goff")
    return replace(usual, **given)
