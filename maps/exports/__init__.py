"""Trails to take away: the same trail as a file for a GPS, a map, a globe, a spreadsheet, a podcast player.

Each is a function from an :class:`Export` to bytes, the same bytes as long as the trail says the same. Those that begin
with ``listed`` make one file of whatever is public.
"""

from collections.abc import Callable

from maps.exports.cover import cover
from maps.exports.csv import csv, listed_csv
from maps.exports.export import Export, Site
from maps.exports.geojson import geojson, listed_geojson
from maps.exports.gpx import gpx
from maps.exports.kml import kml, listed_kml
from maps.exports.rss import rss

GEOJSON, KML = "application/geo+json", "application/vnd.google-earth.kml+xml"
TRAIL_FILES: dict[str, tuple[str, Callable[[Export], bytes]]] = {
    "gpx": ("application/gpx+xml", gpx),
    "geojson": (GEOJSON, geojson),
    "kml": (KML, kml),
    "csv": ("text/csv", csv),
    "rss": ("application/rss+xml", rss),
    "png": ("image/png", cover),
}
"""Under which names a trail is taken away, with the type of each file and what writes it."""

LISTS: dict[str, tuple[str, str, Callable[..., bytes]]] = {
    "geojson": ("GeoJSON", GEOJSON, listed_geojson),
    "kml": ("KML", KML, listed_kml),
    "csv": ("CSV", "text/csv", listed_csv),
}
"""The same for whatever is public, with what each form is called first."""

__all__ = [
    "LISTS",
    "TRAIL_FILES",
    "Export",
    "Site",
    "cover",
    "csv",
    "geojson",
    "gpx",
    "kml",
    "listed_csv",
    "listed_geojson",
    "listed_kml",
    "rss",
]
