"""What one line of each file says, once it is well formed, and an inventory: all the lines together.

The field names are the files' columns. Two rows are equal when they say the same, wherever they stand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType

from equipment_lending.opening_hours import Timetable
from equipment_lending.terms import Approval, Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRow:
    """A line of ``points.csv``. ``max_visits`` None sets no limit."""

    slug: str
    name: str
    address: str
    latitude: float
    longitude: float
    timezone: str
    opening_hours: Timetable
    lead_days: int
    max_visits: int | None
    line: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        return self.slug


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow:
    """A line of ``models.csv``. ``replacement_value`` is in cents, ``min_hours`` in minutes.

    A rule that is None is left to the category and the city.
    """

    slug: str
    name: str
    category: str
    description: str
    replacement_value: int | None
    buffer_minutes: int | None
    min_hours: int | None
    max_days: int | None
    approval: Approval | None
    requires: frozenset[str] | None
    line: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        return self.slug


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """A line of ``items.csv``. ``parent`` is the key of its kit; ``out``: the portal knows it in somebody's hands."""

    asset_tag: str = field(compare=False)
    model: str
    point: str
    serial: str | None
    condition: Condition
    units: int
    parent: str | None
    out: bool = field(default=False, compare=False)
    line: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        """The tag as tags are told apart: large and small letters are the same."""
        return self.asset_tag.upper()


Line = PointRow | ModelRow | ItemRow
FILES: Mapping[str, type[Line]] = MappingProxyType(
    {"points.csv": PointRow, "models.csv": ModelRow, "items.csv": ItemRow}
)
"""The files of an import, in the order in which they are applied."""


def columns(kind: type[Line]) -> tuple[str, ...]:
    """Return the columns of a file, in the order in which the contract names them."""
    return tuple(field.name for field in fields(kind) if field.name not in ("line", "out"))


@dataclass(frozen=True, slots=True)
class Inventory:
    """Rows by file and key."""

    points: Mapping[str, PointRow] = field(default_factory=dict)
    models: Mapping[str, ModelRow] = field(default_factory=dict)
    items: Mapping[str, ItemRow] = field(default_factory=dict)
    categories: frozenset[str] = frozenset()
