"""The public index: one row for everything a visitor may see."""

from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Table, UniqueConstraint, event, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db.guards import guard
from portal.db.row import Row, Translated
from portal.index.telling import told
from portal.places.grid import NOWHERE
from portal.places.models import Place


class IndexEntry(Row):
    """What the lists, the search, the map, the feeds and the sitemap know of one thing of ``kind``.

    ``words`` is everything it can be found by, already unaccented and stemmed (see ``portal.index.words``);
    ``title_words`` is the title's share of them, which counts for more.
    ``language`` is the one the thing is written in, if it is in one; ``access`` says who gets there in a wheelchair.
    ``told`` is what programs are told of it (see ``portal.index.telling``).
    ``longitude``, ``latitude`` and ``cell`` (see ``portal.places.grid``) repeat those of its place, so that what is
    where is found in one index; ``has_path`` says that the place has a line, too. ``visible`` is what counts: it is
    false for what moderation hid, though its owner have ``offered`` it.
    """

    __tablename__ = "index_entry"
    __table_args__ = (
        UniqueConstraint("kind", "source_id"),
        Index("ix_index_entry_listing", "visible", "kind", "created_at"),
        Index("ix_index_entry_cells", "visible", "kind", "cell", "id", "longitude", "latitude"),
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
    told: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    place: Mapped[Place | None] = relationship()


@event.listens_for(IndexEntry, "before_insert")
@event.listens_for(IndexEntry, "before_update")
def _keep_told(_mapper, _connection, entry: IndexEntry) -> None:
    entry.told = told(entry)


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
    """Says by one number whether what was made of the entries of a kind still holds: it grows with every change.

    The database sees to it, in the transaction of the change: whoever reads a version reads all that is in it. It is
    the hour of the change in milliseconds, or one more than before, so that none comes back when a backup does.
    """

    __tablename__ = "index_version"

    id: Mapped[str] = mapped_column("kind", primary_key=True)  # type: ignore[assignment]
    version: Mapped[int] = mapped_column(BigInteger)


def _grow(source: str, hour: str, later: str) -> str:
    """Return the statement that lets the versions of the kinds in ``source`` grow."""
    return (
        f"INSERT INTO index_version(kind, version) SELECT kind, {hour} FROM {source} GROUP BY kind "  # noqa: S608 (ours)
        "ORDER BY kind "  # in one order, so that two cannot wait for each other
        f"ON CONFLICT (kind) DO UPDATE SET version = {later}(index_version.version + 1, excluded.version);"
    )


def _on_sqlite(event: str, source: str) -> str:
    hour = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
    return f"CREATE TRIGGER index_version_{event} BEGIN {_grow(source, hour, 'max')} END"


def _on_postgresql(function: str, source: str) -> str:
    hour = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)"
    grow = _grow(source, hour, "greatest")
    return f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {grow} RETURN NULL; END $$"


# Its triggers stand on the tables of what it counts, so those are created first.
for _counted in (IndexEntry, Place):
    cast(Table, IndexVersion.__table__).add_is_dependent_on(cast(Table, _counted.__table__))
guard(
    IndexVersion,
    sqlite=(
        _on_sqlite("insert AFTER INSERT ON index_entry", "(SELECT new.kind AS kind) WHERE true"),
        _on_sqlite("update AFTER UPDATE ON index_entry", "(SELECT new.kind AS kind) WHERE true"),
        _on_sqlite("delete AFTER DELETE ON index_entry", "(SELECT old.kind AS kind) WHERE true"),
        _on_sqlite("place AFTER UPDATE ON place", "index_entry WHERE place_id = new.id"),
    ),
    postgresql=(
        _on_postgresql("index_version_count", "changed"),
        _on_postgresql("index_version_count_placed", "index_entry WHERE place_id IN (SELECT id FROM changed)"),
        *(
            f"CREATE TRIGGER index_version_{event} REFERENCING {rows} TABLE AS changed "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
            for event, rows, function in (
                ("insert AFTER INSERT ON index_entry", "NEW", "index_version_count"),
                ("update AFTER UPDATE ON index_entry", "NEW", "index_version_count"),
                ("delete AFTER DELETE ON index_entry", "OLD", "index_version_count"),
                ("place AFTER UPDATE ON place", "NEW", "index_version_count_placed"),
            )
        ),
    ),
)


def includeme(_config) -> None:
    """The table exists by being imported."""
