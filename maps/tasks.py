"""Background work of the map: its entries follow the sounds that are heard there."""

from uuid import UUID

from maps.services.indexing import MapIndex


def includeme(config) -> None:
    config.add_task("maps.follow", follow)


def follow(request, media_id: str) -> None:
    """Let stops and places be found by what is said in a sound, now that it is ready, put into words or gone."""
    request.find_service(MapIndex).follow(UUID(media_id))
