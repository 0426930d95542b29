"""What pages, exports and the API show of media, and what is served under which name."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from portal.db import Found
from portal.licences import LICENCES, Licence
from portal.media.models import Media, PlayTally, Rendition, Transcript
from portal.media.terms import MediaFlaw, MediaKind, MediaState, Rendering, TranscriptForm, Voices
from portal.media.transcripts import Cue, cues
from portal.media.waveform import path_of
from portal.moderation.queries import is_visible
from portal.moderation.terms import Standing
from portal.people.models import Person

SUBJECT = "media"
"""What moderation calls a media."""

BEGINNING = 300
"""How many characters of a transcript stand for it in a list."""

HEARD = (Rendering.AAC, Rendering.OPUS)
SEEN = (Rendering.MP4,)
PICTURES = (Rendering.SMALL, Rendering.MEDIUM, Rendering.LARGE)


@dataclass(frozen=True, slots=True)
class Source:
    """A file to play or to show: its address on this site, its type, its size in bytes, and the hash of all of it."""

    path: str
    media_type: str
    size: int
    sha256: str
    rendering: Rendering
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class ShownTranscript:
    """The latest transcript in a language, and the address where it is read alone."""

    language: str
    form: TranscriptForm
    text: str
    path: str
    author_id: UUID
    created_at: datetime

    @property
    def cues(self) -> list[Cue]:
        """What is said when; nothing where it is mere text."""
        return cues(self.text) if self.form is TranscriptForm.WEBVTT else []


@dataclass(frozen=True, slots=True)
class ShownMedia:
    """A media as it is shown. ``sources`` are what plays it, best first; ``pictures`` an image's sizes, small to large.

    ``poster`` is a still of a video. ``seconds`` is how long it lasts, ``peaks`` what its waveform is drawn from:
    signed 8-bit pairs, least and greatest. ``transcripts`` are by language.
    """

    id: UUID
    kind: MediaKind | None
    state: MediaState
    flaw: MediaFlaw | None
    progress: int
    title: str
    description: str
    language: str | None
    licence: Licence
    attribution: str
    voices: Voices
    sender_id: UUID
    created_at: datetime
    version: int
    hidden: bool
    seconds: float | None
    width: int | None
    height: int | None
    peaks: bytes | None
    sources: tuple[Source, ...] = ()
    poster: Source | None = None
    pictures: Mapping[Rendering, Source] | None = None
    transcripts: Mapping[str, ShownTranscript] | None = None

    @property
    def wants_transcript(self) -> bool:
        """Does it say something that who cannot hear has no way to know yet?"""
        return self.kind is not MediaKind.IMAGE and not self.transcripts

    @property
    def wave(self) -> str:
        """The path of its waveform; "" for what has none."""
        return path_of(self.peaks) if self.peaks else ""

    @property
    def path(self) -> str:
        """Where its own page is."""
        return f"/library/{self.id}"

    @property
    def picture(self) -> Source | None:
        """The picture that stands for it where there is room for one: an image of medium size, or a poster."""
        return (self.pictures or {}).get(Rendering.MEDIUM) or self.poster


def shown(
    session: Session, ids: Collection[UUID], *, everything: bool = False, sender_id: UUID | None = None
) -> dict[UUID, ShownMedia]:
    """Return those of the media that may be shown to everybody, by id, in three statements however many they are.

    With ``everything``, also those that are not ready, are hidden or were removed: for who moderates them. With a
    ``sender_id``, those of this person in whatever state.
    """
    if not ids:
        return {}
    wanted = _media().where(Media.id.in_(set(ids)))
    if not everything:
        told = Media.voices != Voices.NOT_TOLD
        public = and_(Media.state == MediaState.READY, told, is_visible(SUBJECT, Media.id))
        wanted = wanted.where(public if sender_id is None else or_(public, Media.sender_id == sender_id))
    return {one.id: one for one in _complete(session, session.execute(wanted).all())}


def one_shown(session: Session, media_id: UUID, *, everything: bool = False) -> ShownMedia | None:
    """Return one media, None when it is not there or not to be shown."""
    return shown(session, (media_id,), everything=everything).get(media_id)


def sent_by(session: Session, person_id: UUID, *, limit: int, offset: int = 0) -> Found[ShownMedia]:
    """Return a page of what somebody sent, the latest first, in any state but removed."""
    theirs = Media.sender_id == person_id, Media.state != MediaState.REMOVED
    page = _media().where(*theirs).order_by(Media.created_at.desc(), Media.id).limit(limit).offset(offset)
    total = session.scalar(select(func.count()).select_from(Media).where(*theirs)) or 0
    return Found(_complete(session, session.execute(page).all()), total)


_COLUMNS = (
    Media.id,
    Media.kind,
    Media.state,
    Media.flaw,
    Media.progress,
    Media.title,
    Media.description,
    Media.language,
    Media.licence,
    Media.attribution,
    Media.voices,
    Media.sender_id,
    Media.created_at,
    Media.lock_version,
)
_MEASURES = (Media.milliseconds, Media.width, Media.height, Media.peaks)


def _media() -> Select:
    return select(*_COLUMNS, ~is_visible(SUBJECT, Media.id), *_MEASURES)


def _complete(session: Session, rows: Sequence) -> list[ShownMedia]:
    """Return media with their files and transcripts."""
    ids = [row[0] for row in rows]
    files, transcripts = _files(session, ids), _transcripts(session, ids)
    return [_one(row, files[row[0]], transcripts[row[0]]) for row in rows]


def _one(row, files: Mapping[Rendering, Source], transcripts: Mapping[str, ShownTranscript]) -> ShownMedia:
    *told, hidden, milliseconds, width, height, peaks = row
    values = dict(zip((column.key for column in _COLUMNS), told, strict=True))
    version, licence = values.pop("lock_version"), LICENCES[values.pop("licence")]
    return ShownMedia(
        **values,
        licence=licence,
        version=version,
        hidden=hidden,
        seconds=None if milliseconds is None else milliseconds / 1000,
        width=width,
        height=height,
        peaks=peaks,
        sources=tuple(files[rendering] for rendering in HEARD + SEEN if rendering in files),
        poster=files.get(Rendering.POSTER),
        pictures={rendering: files[rendering] for rendering in PICTURES if rendering in files},
        transcripts=transcripts,
    )


def _files(session: Session, ids: Collection[UUID]) -> dict[UUID, dict[Rendering, Source]]:
    found: dict[UUID, dict[Rendering, Source]] = defaultdict(dict)
    columns = (Rendition.name, Rendition.media_type, Rendition.size, Rendition.width, Rendition.height)
    for media_id, rendering, name, media_type, size, width, height in session.execute(
        select(Rendition.media_id, Rendition.rendering, *columns).where(Rendition.media_id.in_(ids))
    ):
        path, digest = f"/media/{name}", name.partition(".")[0]
        found[media_id][rendering] = Source(path, media_type, size, digest, rendering, width, height)
    return found


def _transcripts(session: Session, ids: Collection[UUID]) -> dict[UUID, dict[str, ShownTranscript]]:
    found: dict[UUID, dict[str, ShownTranscript]] = defaultdict(dict)
    latest = select(Transcript).where(Transcript.media_id.in_(ids), is_latest())
    for one in session.scalars(latest.order_by(Transcript.created_at, Transcript.id)):
        path = f"/media/{one.media_id}/transcripts/{one.language}"
        found[one.media_id][one.language] = ShownTranscript(
            one.language, one.form, one.text, path, one.author_id, one.created_at
        )
    return found


def is_latest() -> ColumnElement[bool]:
    """Return the condition that a transcript is the one that counts: the latest of its media in its language."""
    later = aliased(Transcript)
    of_the_same = later.media_id == Transcript.media_id, later.language == Transcript.language
    after_it = tuple_(later.created_at, later.id) > tuple_(Transcript.created_at, Transcript.id)
    return ~select(later.id).where(*of_the_same, after_it).exists()


@dataclass(frozen=True, slots=True)
class Wording:
    """A transcript among all that there were: who wrote it ("": nobody who is still here), when, and how it begins."""

    id: UUID
    language: str
    author: str
    created_at: datetime
    beginning: str
    counts: bool

    @property
    def goes_on(self) -> bool:
        """Is there more of it than its beginning?"""
        return len(self.beginning) == BEGINNING


def wordings(session: Session, media_id: UUID, *, limit: int, offset: int = 0) -> tuple[list[Wording], int]:
    """Return a page of all transcripts of a media, the latest first, and how many there are."""
    columns = Transcript.id, Transcript.language, Person.name, Transcript.created_at
    written = select(*columns, func.substr(Transcript.text, 1, BEGINNING), is_latest()).join(Transcript.author)
    page = written.where(Transcript.media_id == media_id).order_by(Transcript.created_at.desc(), Transcript.id.desc())
    rows = session.execute(page.limit(limit).offset(offset)).all()
    total = select(func.count()).select_from(Transcript).where(Transcript.media_id == media_id)
    return [Wording(*row) for row in rows], session.scalar(total) or 0


def one_wording(session: Session, media_id: UUID, transcript_id: UUID) -> Transcript | None:
    """Return a transcript of a media, be it the latest or not."""
    return session.scalar(select(Transcript).where(Transcript.media_id == media_id, Transcript.id == transcript_id))


@dataclass(frozen=True, slots=True)
class Served:
    """What is known of a file by its name: of which type it is, and where the best of its media stands."""

    media_type: str
    standing: Standing


def served(session: Session, name: str) -> Served | None:
    """Return what is behind a rendition's name; None for a name that is no rendition's.

    The same file may have been made of several media: one that may be shown is enough.
    """
    hidden = ~is_visible(SUBJECT, Media.id)
    known = select(Rendition.media_type, Media.state, hidden).join(Rendition.media).where(Rendition.name == name)
    standings = {(_standing(state, out), media_type) for media_type, state, out in session.execute(known)}
    for standing in Standing:  # visible first, removed last
        for found, media_type in standings:
            if found is standing:
                return Served(media_type, standing)
    return None


def _standing(state: MediaState, hidden: bool) -> Standing:
    if state is MediaState.REMOVED:
        return Standing.REMOVED
    return Standing.HIDDEN if hidden else Standing.VISIBLE


def still_named(session: Session, names: Iterable[str]) -> set[str]:
    """Return those of the files that a media which was not removed still needs."""
    wanted, kept = list(names), Media.state != MediaState.REMOVED
    renditions = select(Rendition.name).join(Rendition.media).where(Rendition.name.in_(wanted), kept)
    originals = select(Media.original).where(Media.original.in_(wanted))
    return {name for statement in (renditions, originals) for name in session.scalars(statement) if name}


@dataclass(frozen=True, slots=True)
class Listened:
    """How often something was begun, and heard to its end."""

    starts: int = 0
    completions: int = 0


def listened(session: Session, ids: Collection[UUID]) -> dict[UUID, Listened]:
    """Return how often each was heard, over all days; those that never were are left out."""
    counts = func.sum(PlayTally.starts), func.sum(PlayTally.completions)
    tallies = select(PlayTally.media_id, *counts).where(PlayTally.media_id.in_(ids)).group_by(PlayTally.media_id)
    return {media_id: Listened(int(starts), int(ends)) for media_id, starts, ends in session.execute(tallies)}
