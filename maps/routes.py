"""Where the pages of maps are."""

from maps.contexts import TrailContext


def includeme(config) -> None:
    everything(config)
    walking(config)
    pages_meanwhile(config)


def everything(config) -> None:
    """The map of all there is."""
    config.add_route("maps.map", "/map")


def pages_meanwhile(config) -> None:
    config.add_route("maps.trails", "/trails")
    config.add_route("maps.trail", "/trails/{slug:[a-z0-9-]+}", factory=TrailContext)


def walking(config) -> None:
    """A trail in the street, with a network or without."""
    config.add_route("maps.worker", "/trails/sw.js")
    config.add_route("maps.trail.walk", "/trails/{slug}/walk", factory=TrailContext)
    config.add_route("maps.trail.offline", "/trails/{slug}/offline", factory=TrailContext)
    config.add_route("maps.trail.pack", "/trails/{slug}/pack.json", factory=TrailContext)
