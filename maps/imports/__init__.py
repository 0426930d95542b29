"""What others have already drawn: GPX, GeoJSON and tables, read into lines to choose from and points to make stops of.

Pure functions, like the rules: bytes in, values or a reason why not out. Nothing is merged that the file keeps apart.
"""

from maps.imports.brought import Brought, Line, Point
from maps.imports.drafting import Drafted, drafted, places_of
from maps.imports.files import MOST_BYTES, is_json, read
from maps.imports.table import is_table
from maps.imports.troubles import Trouble, Unreadable, sentence

__all__ = [
    "MOST_BYTES",
    "Brought",
    "Drafted",
    "Line",
    "Point",
    "Trouble",
    "Unreadable",
    "drafted",
    "is_json",
    "is_table",
    "places_of",
    "read",
    "sentence",
]
