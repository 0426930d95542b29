"""What people send to be seen and heard: originals, what is made of them, words for those who cannot hear, counts."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db.row import Row, Versioned
from portal.media.terms import MediaFlaw, MediaKind, MediaState, Rendering, TranscriptForm, Voices
from portal.people.models import Organisation, Person


class Media(Versioned, Row):
    """A sound, picture or video that somebody published under an open licence.

    ``language`` is the one spoken in it, None where nobody speaks; ``description`` says in words what a picture shows.
    The ``original`` is the name of the untouched file in the store, seen by its sender alone, until the media is
    removed or its sender forgotten: it may say where it was made, and by whom.
    ``peaks`` are 8-bit pairs (least, greatest) that a waveform is drawn from; ``milliseconds`` is how long it lasts.
    """

    __tablename__ = "media"
    __table_args__ = (
        CheckConstraint("(state = 'failed') = (flaw IS NOT NULL)", name="flaw_when_failed"),
        CheckConstraint("original IS NULL OR state <> 'removed'", name="original_until_removed"),
        CheckConstraint("original IS NOT NULL OR state IN ('ready', 'removed')", name="original_until_ready"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        CheckConstraint("state <> 'ready' OR kind IS NOT NULL", name="known_when_ready"),
    )

    kind: Mapped[MediaKind | None]
    state: Mapped[MediaState]
    flaw: Mapped[MediaFlaw | None]
    progress: Mapped[int] = mapped_column(default=0)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    language: Mapped[str | None]
    licence: Mapped[str]
    attribution: Mapped[str]
    voices: Mapped[Voices]
    sender_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    created_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    file_name: Mapped[str]
    original: Mapped[str | None] = mapped_column(index=True)
    size: Mapped[int]
    milliseconds: Mapped[int | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    loudness: Mapped[float | None]
    true_peak: Mapped[float | None]
    peaks: Mapped[bytes | None] = mapped_column(LargeBinary)

    sender: Mapped[Person] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    renditions: Mapped[list["Rendition"]] = relationship(
        back_populates="media", cascade="all, delete-orphan", order_by="Rendition.rendering"
    )


class Rendition(Row):
    """A file made of an original, under a name that says what is in it (``name``, its SHA-256 and kind)."""

    __tablename__ = "media_rendition"
    __table_args__ = (UniqueConstraint("media_id", "rendering"),)

    media_id: Mapped[UUID] = mapped_column(ForeignKey("media.id"))
    rendering: Mapped[Rendering]
    name: Mapped[str] = mapped_column(index=True)
    media_type: Mapped[str]
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]

    media: Mapped[Media] = relationship(back_populates="renditions")


class Transcript(Row):
    """What is said in a media, in a language; the latest of each counts. Earlier ones stay for as long as the media."""

    __tablename__ = "media_transcript"
    __table_args__ = (Index("ix_media_transcript_latest", "media_id", "language", "created_at"),)

    media_id: Mapped[UUID] = mapped_column(ForeignKey("media.id"))
    language: Mapped[str]
    form: Mapped[TranscriptForm]
    text: Mapped[str]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]

    media: Mapped[Media] = relationship()
    author: Mapped[Person] = relationship()


class Upload(Versioned, Row):
    """A large file on its way here, piece by piece: ``received`` of its ``size`` in bytes. Forgotten when late."""

    __tablename__ = "media_upload"
    __table_args__ = (
        CheckConstraint("received >= 0 AND received <= size", name="received"),
        CheckConstraint("size > 0", name="size"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    file_name: Mapped[str]
    size: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class PlayTally(Row):
    """How often a sound was begun and heard to its end on a day. Nothing is kept of who, from where, in which order."""

    __tablename__ = "media_play_tally"
    __table_args__ = (
        UniqueConstraint("media_id", "day"),
        CheckConstraint("starts >= 0 AND completions >= 0", name="counts"),
    )

    media_id: Mapped[UUID] = mapped_column(ForeignKey("media.id"))
    day: Mapped[date]
    starts: Mapped[int] = mapped_column(default=0)
    completions: Mapped[int] = mapped_column(default=0)


def includeme(_config) -> None:
    """The tables exist by being imported."""
