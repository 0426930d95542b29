"""Where things are. Never rebuild this table: on SpatiaLite that silently loses its spatial index."""

from collections.abc import Iterable, Sequence

from geoalchemy2 import Geometry, WKBElement, WKTElement
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.row import Row

WGS84 = 4326


class Place(Row):
    """A point on the ground with the words people use for it. Coordinates are WGS 84, longitude first.

    ``path`` is the line that begins there, of what is walked rather than visited.
    """

    __tablename__ = "place"

    # A whole number, because SpatiaLite's index refers to SQLite's rowid, which VACUUM keeps only for such a key.
    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)  # type: ignore[assignment]
    name: Mapped[str]
    address: Mapped[str]
    quarter: Mapped[str | None]
    longitude: Mapped[float]
    latitude: Mapped[float]
    geometry: Mapped[WKBElement | WKTElement] = mapped_column(Geometry("POINT", srid=WGS84, spatial_index=True))
    path: Mapped[WKBElement | WKTElement | None] = mapped_column(
        Geometry("LINESTRING", srid=WGS84, spatial_index=True), deferred=True
    )


def place(name: str, address: str, longitude: float, latitude: float, quarter: str | None = None) -> Place:
    """Return a place that is not in a session yet. Raises ``ValueError`` for coordinates off the globe."""
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise ValueError(f"{longitude}, {latitude} is not on the globe")
    return Place(
        name=name,
        address=address,
        quarter=quarter,
        longitude=longitude,
        latitude=latitude,
        geometry=point(longitude, latitude),
    )


def point(longitude: float, latitude: float) -> WKTElement:
    """Return a point as the database keeps it."""
    return WKTElement(f"POINT({longitude} {latitude})", srid=WGS84)


def path(positions: Iterable[Sequence[float]]) -> WKTElement | None:
    """Return a line through positions (longitude, latitude, and what follows is left out); None for fewer than two."""
    written = [f"{position[0]} {position[1]}" for position in positions]
    return WKTElement(f"LINESTRING({','.join(written)})", srid=WGS84) if len(written) > 1 else None


def includeme(_config) -> None:
    """The table exists by being imported."""
