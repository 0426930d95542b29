"""What every table is made of: an id, named constraints, instants in UTC, texts in several languages."""

from datetime import UTC, datetime
from enum import Enum
from uuid import UUID, uuid4

from sqlalchemy import JSON, DateTime, MetaData, Text, TypeDecorator, Uuid
from sqlalchemy import Enum as EnumType
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcMoment(TypeDecorator):
    """An instant. Naive values are refused; what comes back is aware and in UTC, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} is naive; an instant needs its offset")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Translated(TypeDecorator):
    """A short text in one or several languages, ``{"fr": "vélo cargo", "en": "cargo bike"}``."""

    impl = JSON
    cache_ok = True


def vocabulary(kind: type[Enum], name: str | None = None) -> EnumType:
    """Return the column type of an enum, its values checked by the database; ``name`` tells two in a table apart."""
    return EnumType(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        values_callable=lambda members: [m.value for m in members],
    )


class Row(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy's own name and shape)
        datetime: UtcMoment,
        UUID: Uuid,
        str: Text,
        Enum: vocabulary(Enum),
        dict: JSON,
        list: JSON,
    }

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-1)


class Versioned:
    """A row that decisions are taken on: ``lock(session, row)`` lets one decision at a time past it."""

    lock_version: Mapped[int] = mapped_column(default=0, server_default="0")
