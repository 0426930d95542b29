"""The public index: one row for everything a visitor may see."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db.guards import guard
from portal.db.row import Row, Translated
from portal.places.grid import NOWHERE
from portal.places.models import Place


class IndexEntry(Row):
    """What the lists, the search, the map, the feeds and the sitemap know of one thing of ``kind``.

    ``words`` is everything it can be found by, already unaccented and stemmed (see ``portal.index.words``);
    ``title_words`` is the title's share of them, which counts for more.
    ``language`` is the one the thing is written in, if it is in one; ``access`` says who gets there in a wheelchair.
    ``longitude``, ``latitude`` and ``cell`` (see ``portal.places.grid``) repeat those of its place, so that what is
    where is found in one index; ``has_path`` says that the place has a line, too. ``visible`` is what counts: it is
    false for what moderation hid, though its owner have ``offered`` it.
    """

    __tablename__ = "index_entry"
    __table_args__ = (
        UniqueConstraint("kind", "source_id"),
        Index("ix_index_entry_listing", "visible", "kind", "created_at"),
        Index("ix_index_entry_cells", "visible", "kind", "cell", "longitude", "latitude"),
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
    access: Mapped[str | None]
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"), index=True)
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    cell: Mapped[int] = mapped_column(BigInteger, default=NOWHERE, server_default=text(str(NOWHERE)))
    has_path: Mapped[bool] = mapped_column(default=False, server_default=false())
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    offered: Mapped[bool] = mapped_column(default=True, server_default=true())
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


class IndexVersion(Row):
    """How often the entries of a kind have changed: whoever made something of them knows by it whether it still holds.

    The database counts by itself, in the transaction of the change: whoever reads a version reads all that is in it.
    """

    __tablename__ = "index_version"

    id: Mapped[str] = mapped_column("kind", primary_key=True)  # type: ignore[assignment]
    version: Mapped[int] = mapped_column(BigInteger)


_COUNT = "INSERT INTO index_version(kind, version)"
_KINDS = "SELECT DISTINCT kind, 1 FROM changed ORDER BY kind"
_COUNTED = "ON CONFLICT (kind) DO UPDATE SET version = index_version.version + 1"
guard(
    IndexVersion,  # the younger table: both are there when it is
    sqlite=tuple(
        f"CREATE TRIGGER index_version_{act.lower()} AFTER {act} ON index_entry BEGIN "
        f"{_COUNT} VALUES ({row}.kind, 1) {_COUNTED}; END"
        for act, row in (("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old"))
    ),
    postgresql=(
        "CREATE FUNCTION index_version_count() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{_COUNT} {_KINDS} {_COUNTED}; "
        "RETURN NULL; END $$",
        *(
            f"CREATE TRIGGER index_version_{act.lower()} AFTER {act} ON index_entry "
            f"REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION index_version_count()"
            for act, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
        ),
    ),
)


def includeme(_config) -> None:
    """The table exists by being imported."""
