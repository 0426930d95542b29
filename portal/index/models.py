"""The public index: one row for everything a visitor may see."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db.guards import guard
from portal.db.row import Row, Translated
from portal.places.models import Place


class IndexEntry(Row):
    """What the lists, the search, the map, the feeds and the sitemap know of one thing of ``kind``.

    ``words`` is everything it can be found by, already unaccented and stemmed (see ``portal.index.words``);
    ``title_words`` is the title's share of them, which counts for more.
    ``language`` is the one the thing is written in, if it is in one.
    """

    __tablename__ = "index_entry"
    __table_args__ = (
        UniqueConstraint("kind", "source_id"),
        Index("ix_index_entry_listing", "visible", "kind", "created_at"),
    )

    # A whole number, because the full-text table refers to SQLite's rowid, which VACUUM keeps only for such a key.
    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)  # type: ignore[assignment]
    kind: Mapped[str]
    source_id: Mapped[UUID]
    path: Mapped[str]
    title: Mapped[dict] = mapped_column(Translated)
    summary: Mapped[dict] = mapped_column(Translated)
    theme: Mapped[str | None]
    language: Mapped[str | None]
    licence: Mapped[str | None]
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"), index=True)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    visible: Mapped[bool]
    title_words: Mapped[str]
    words: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    place: Mapped[Place | None] = relationship()


# Neither database may part the words again in its own way: they are taken as they are, parted by spaces.
guard(
    IndexEntry,
    postgresql=(
        "CREATE INDEX index_entry_words ON index_entry USING gin (array_to_tsvector(string_to_array(words, ' ')))",
    ),
    sqlite=(
        "CREATE VIRTUAL TABLE index_words "
        "USING fts5(words, content='index_entry', content_rowid='id', tokenize='ascii')",
        "CREATE TRIGGER index_words_insert AFTER INSERT ON index_entry BEGIN "
        "INSERT INTO index_words(rowid, words) VALUES (new.id, new.words); END",
        "CREATE TRIGGER index_words_delete AFTER DELETE ON index_entry BEGIN "
        "INSERT INTO index_words(index_words, rowid, words) VALUES ('delete', old.id, old.words); END",
        "CREATE TRIGGER index_words_update AFTER UPDATE ON index_entry BEGIN "
        "INSERT INTO index_words(index_words, rowid, words) VALUES ('delete', old.id, old.words); "
        "INSERT INTO index_words(rowid, words) VALUES (new.id, new.words); END",
    ),
)


def includeme(_config) -> None:
    """The table exists by being imported."""
