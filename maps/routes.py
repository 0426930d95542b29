"""Where the pages and the API of the map are; one function for each group."""

from maps.contexts import PlaceContext, TrailContext


def includeme(config) -> None:
    programs(config)


def programs(config) -> None:
    """The API of trails and places."""
    config.add_route("api.maps.trails", "/api/v1/trails")
    config.add_route("api.maps.trail", "/api/v1/trails/{slug}", factory=TrailContext)
    config.add_route("api.maps.trail.revisions", "/api/v1/trails/{slug}/revisions", factory=TrailContext)
    config.add_route("api.maps.trail.act", "/api/v1/trails/{slug}/{act}", factory=TrailContext)
    config.add_route("api.maps.places", "/api/v1/places")
    config.add_route("api.maps.place", "/api/v1/places/{slug}", factory=PlaceContext)
