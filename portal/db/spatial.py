"""GeoAlchemy2, without Shapely, which it would load for conversions that nobody here asks for.

Shapely and what it stands on take a tenth of a web process's memory. Who needs them loads them.
"""

import sys

_unknown = "shapely" not in sys.modules
if _unknown:
    sys.modules["shapely"] = None  # type: ignore[assignment]  # for the next import it is not installed

from geoalchemy2.admin.dialects.sqlite import load_spatialite_driver  # noqa: E402

if _unknown:
    del sys.modules["shapely"]

__all__ = ["load_spatialite_driver"]
