"""What is taken away is read by programs that are not ours: GDAL, on which most maps are made."""

from uuid import UUID

import pyogrio
import pytest

from maps.exports import geojson, gpx, kml
from tests.factories.maps import HARBOUR, content, stop
from tests.rules.maps.exports.exported import export

TRAIL = export(content(stop("01", media=(UUID(int=1),)), stop("02", -4.4725, 48.3818)))


def read(path, layer=None):
    """Return how many shapes GDAL finds, and the values of each column by its name."""
    info, _ids, shapes, columns = pyogrio.raw.read(path, layer=layer)
    return len(shapes), dict(zip(info["fields"], columns, strict=True))


@pytest.mark.parametrize(("written", "suffix"), [(geojson, "geojson"), (kml, "kml")], ids=["geojson", "kml"])
def test_a_line_and_its_stops(tmp_path, written, suffix):
    path = tmp_path / f"trail.{suffix}"
    path.write_bytes(written(TRAIL))
    assert sum(read(path, layer)[0] for layer, _geometry in pyogrio.list_layers(path)) == 3


def test_a_track_and_its_waypoints(tmp_path):
    path = tmp_path / "trail.gpx"
    path.write_bytes(gpx(TRAIL))
    assert read(path, "track_points")[0] == len(HARBOUR)
    assert read(path, "tracks")[0] == 1
    count, columns = read(path, "waypoints")
    assert (count, list(columns["name"])) == (2, ["01 · Étape 01", "02 · Étape 02"])
