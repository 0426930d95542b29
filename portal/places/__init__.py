"""Places: the one table that holds geometry. Features hold a ``place_id``."""


def includeme(config) -> None:
    config.include("portal.places.models")
