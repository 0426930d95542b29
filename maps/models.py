"""What the map remembers: trails and places, every revision of them, and who made them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship, synonym

from maps.terms import TrailState
from portal.db.guards import append_only
from portal.db.row import Row, Translated, Versioned
from portal.media.models import Media
from portal.people.models import Organisation, Person
from portal.places.models import Place


class Trail(Versioned, Row):
    """A trail. What it says is in its revisions, of which ``current`` is the number of the one that counts.

    ``place`` is where it begins, and its line; ``metres`` is how long the way is, to be found by. Both are those of the
    revision that was published last.
    """

    __tablename__ = "maps_trail"
    __table_args__ = (
        CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name="published_at"),
        CheckConstraint("current >= 1", name="current"),
    )

    slug: Mapped[str] = mapped_column(unique=True)
    state: Mapped[TrailState]
    current: Mapped[int]
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    metres: Mapped[float | None]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    place: Mapped[Place | None] = relationship()
    revisions: Mapped[list["TrailRevision"]] = relationship(back_populates="trail", order_by="TrailRevision.number")
    authors: Mapped[list["TrailAuthor"]] = relationship(back_populates="trail", order_by="TrailAuthor.since")
    stops: Mapped[list["Stop"]] = relationship(back_populates="trail", order_by="Stop.rank")


class Revision:
    """What a trail or a place said from an instant on; never changed. ``content`` is a content as JSON values.

    ``base`` is the number of the revision that its author had before them, None for the first. ``of_id`` says whose
    revision it is.
    """

    number: Mapped[int]
    base: Mapped[int | None]
    content: Mapped[dict]
    comment: Mapped[str]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    created_at: Mapped[datetime]

    @declared_attr
    @classmethod
    def author(cls) -> Mapped[Person]:
        return relationship()

    @declared_attr
    @classmethod
    def organisation(cls) -> Mapped[Organisation | None]:
        return relationship()


class TrailRevision(Revision, Row):
    """What a trail said from an instant on, a ``TrailContent``."""

    __tablename__ = "maps_trail_revision"
    __table_args__ = (
        UniqueConstraint("trail_id", "number"),
        CheckConstraint("number >= 1 AND (base IS NULL OR base < number)", name="number"),
    )

    trail_id: Mapped[UUID] = mapped_column(ForeignKey("maps_trail.id"))
    of_id: Mapped[UUID] = synonym("trail_id")

    trail: Mapped[Trail] = relationship(back_populates="revisions")


append_only(TrailRevision)


class TrackFile(Row):
    """A file in which somebody sent the way of a trail, untouched; what the trail keeps is a line of fewer points.

    Seen by its ``sender`` alone, since it may say where they live and when they walk. ``content`` is compressed (zlib),
    ``size`` is that of the file in bytes. ``revision`` is the one that took it in; what is not taken in is forgotten.
    """

    __tablename__ = "maps_track_file"

    trail_id: Mapped[UUID] = mapped_column(ForeignKey("maps_trail.id"), index=True)
    revision: Mapped[int | None]
    file_name: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sender_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]

    trail: Mapped[Trail] = relationship()


class TrailAuthor(Row):
    """Somebody who may publish a trail, take it back, and work on it before it is published."""

    __tablename__ = "maps_trail_author"
    __table_args__ = (UniqueConstraint("trail_id", "person_id"),)

    trail_id: Mapped[UUID] = mapped_column(ForeignKey("maps_trail.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    since: Mapped[datetime]

    trail: Mapped[Trail] = relationship(back_populates="authors")
    person: Mapped[Person] = relationship()


class Remix(Row):
    """A trail was made of a revision of another one."""

    __tablename__ = "maps_remix"

    trail_id: Mapped[UUID] = mapped_column(ForeignKey("maps_trail.id"), unique=True)
    source_id: Mapped[UUID] = mapped_column(ForeignKey("maps_trail_revision.id"), index=True)

    trail: Mapped[Trail] = relationship()
    source: Mapped[TrailRevision] = relationship()


class Stop(Versioned, Row):
    """A stop as the current revision of its trail has it; ``rank`` counts from 1, and is None once it is gone from it.

    The id stays for good: it is in the code on the post. ``title`` and ``text`` are there to be found and shown alone.
    """

    __tablename__ = "maps_stop"
    __table_args__ = (
        Index("uq_maps_stop_rank", "trail_id", "rank", unique=True),
        Index("uq_maps_stop_label", "trail_id", "label", unique=True),
        CheckConstraint("rank IS NULL OR rank >= 1", name="rank"),
        CheckConstraint("(rank IS NULL) = (label IS NULL)", name="there_or_gone"),
    )

    trail_id: Mapped[UUID] = mapped_column(ForeignKey("maps_trail.id"))
    rank: Mapped[int | None]
    label: Mapped[str | None]
    title: Mapped[dict] = mapped_column(Translated)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))

    trail: Mapped[Trail] = relationship(back_populates="stops")
    place: Mapped[Place] = relationship()
    sounds: Mapped[list["StopMedia"]] = relationship(
        back_populates="stop", cascade="all, delete-orphan", order_by="StopMedia.position"
    )


class StopMedia(Row):
    """What is heard at a stop, in this order, by the current revision of its trail."""

    __tablename__ = "maps_stop_media"
    __table_args__ = (UniqueConstraint("stop_id", "media_id"),)

    stop_id: Mapped[UUID] = mapped_column(ForeignKey("maps_stop.id"))
    media_id: Mapped[UUID] = mapped_column(ForeignKey("media.id"), index=True)
    position: Mapped[int]

    stop: Mapped[Stop] = relationship(back_populates="sounds")
    media: Mapped[Media] = relationship()


class MapPlace(Versioned, Row):
    """A place that somebody put on the map. What it says is in its revisions, as with trails."""

    __tablename__ = "maps_place"
    __table_args__ = (CheckConstraint("current >= 1", name="current"),)

    slug: Mapped[str] = mapped_column(unique=True)
    current: Mapped[int]
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    created_at: Mapped[datetime]

    place: Mapped[Place] = relationship()
    revisions: Mapped[list["MapPlaceRevision"]] = relationship(
        back_populates="map_place", order_by="MapPlaceRevision.number"
    )
    media: Mapped[list["MapPlaceMedia"]] = relationship(
        back_populates="map_place", cascade="all, delete-orphan", order_by="MapPlaceMedia.position"
    )


class MapPlaceRevision(Revision, Row):
    """What a place said from an instant on, a ``PlaceContent``."""

    __tablename__ = "maps_place_revision"
    __table_args__ = (
        UniqueConstraint("map_place_id", "number"),
        CheckConstraint("number >= 1 AND (base IS NULL OR base < number)", name="number"),
    )

    map_place_id: Mapped[UUID] = mapped_column(ForeignKey("maps_place.id"))
    of_id: Mapped[UUID] = synonym("map_place_id")

    map_place: Mapped[MapPlace] = relationship(back_populates="revisions")


append_only(MapPlaceRevision)


class MapPlaceMedia(Row):
    """What is seen and heard of a place, by its current revision."""

    __tablename__ = "maps_place_media"
    __table_args__ = (UniqueConstraint("map_place_id", "media_id"),)

    map_place_id: Mapped[UUID] = mapped_column(ForeignKey("maps_place.id"))
    media_id: Mapped[UUID] = mapped_column(ForeignKey("media.id"), index=True)
    position: Mapped[int]

    map_place: Mapped[MapPlace] = relationship(back_populates="media")
    media: Mapped[Media] = relationship()


def includeme(_config) -> None:
    """The tables exist by being imported."""
