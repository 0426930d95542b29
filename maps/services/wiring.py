"""How each service of maps is made from a request."""

from pyramid.config import Configurator
from pyramid.request import Request

from maps.services.indexing import MapIndex
from maps.services.places import Places
from maps.services.tracks import TrackFiles
from maps.services.trails import Trails
from portal.audit.services import Audit
from portal.index.services import PublicIndex


def includeme(config: Configurator) -> None:
    config.add_service(MapIndex, _map_index)
    config.add_service(Trails, _trails)
    config.add_service(Places, _places)
    config.add_service(TrackFiles, lambda request: TrackFiles(request.db, request.clock))


def _map_index(request: Request) -> MapIndex:
    return MapIndex(request.db, request.clock, request.find_service(PublicIndex))


def _trails(request: Request) -> Trails:
    return Trails(request.db, request.clock, request.find_service(Audit), request.find_service(MapIndex))


def _places(request: Request) -> Places:
    return Places(request.db, request.clock, request.find_service(MapIndex))
