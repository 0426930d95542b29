"""Trails to take away: the same trail as a file for a GPS, a map, a globe, a spreadsheet, a podcast player.

Each is a function from an :class:`Export` to bytes, the same bytes as long as the trail says the same. Those that begin
with ``listed`` make one file of whatever is public.
"""

from maps.exports.cover import cover
from maps.exports.csv import csv, listed_csv
from maps.exports.export import Export, Site
from maps.exports.geojson import geojson, listed_geojson
from maps.exports.gpx import gpx
from maps.exports.kml import kml, listed_kml
from maps.exports.rss import rss

__all__ = [
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
