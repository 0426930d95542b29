"""Background work of the map: its entries follow the sounds that are heard there."""

from datetime import timedelta
from uuid import UUID

from maps.services.indexing import MapIndex
from maps.services.tracks import TrackFiles
from maps.terms import MEDIA


def includeme(config) -> None:
    config.add_task("maps.follow", follow)
    config.add_task("maps.forget", forget, every=timedelta(hours=1))


def follow(request, media_id: str) -> None:
    """Let stops and places be found by what is said in a sound, now that it is ready, put into words or gone."""
    request.find_service(MapIndex).reflect(MEDIA, UUID(media_id))


def forget(request) -> None:
    request.find_service(TrackFiles).forget_late()
