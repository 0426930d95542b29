"""What the database itself refuses, said once for both engines.

A guard is DDL that SQLAlchemy's tables cannot express: exclusion constraints, triggers. ``guard`` attaches it to its
table, so that creating the table creates it; the migrations carry the same statements as text.
"""

from sqlalchemy import DDL, event

from portal.db.row import Row

GUARDS: list[tuple[str, str, str]] = []
"""``(dialect, table name, statement)`` in the order in which they were declared."""


def guard(kind: type[Row], *, sqlite: tuple[str, ...] = (), postgresql: tuple[str, ...] = ()) -> None:
    """Attach statements to the table of ``kind`` that run after it is created, on their own engine."""
    for dialect, statements in (("sqlite", sqlite), ("postgresql", postgresql)):
        for statement in statements:
            GUARDS.append((dialect, kind.__tablename__, statement))
            escaped = statement.replace("%", "%%")
            event.listen(kind.__table__, "after_create", DDL(escaped).execute_if(dialect=dialect))


def append_only(kind: type[Row]) -> None:
    """Refuse every change and deletion in the table of ``kind``, with the message ``<table>_append_only``."""
    name = kind.__tablename__
    guard(
        kind,
        sqlite=tuple(
            f"CREATE TRIGGER {name}_no_{act.lower()} BEFORE {act} ON {name} "
            f"BEGIN SELECT RAISE(ABORT, '{name}_append_only'); END"
            for act in ("UPDATE", "DELETE")
        ),
        postgresql=(
            f"CREATE FUNCTION {name}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{name}_append_only' USING ERRCODE = 'restrict_violation'; END $$",
            f"CREATE TRIGGER {name}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {name} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}_append_only()",
        ),
    )
