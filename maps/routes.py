"""Where the pages of maps are, and what programs ask; one function for each group."""

from maps.contexts import PlaceContext, StopContext, TrackFileContext, TrailContext
from maps.exports import LISTS, TRAIL_FILES


def includeme(config) -> None:
    everything(config)
    atlas(config)
    trail_pages(config)
    trail_making(config)
    walking(config)
    place_pages(config)
    programs(config)
    exports(config)


def everything(config) -> None:
    """The map of all there is."""
    config.add_route("maps.map", "/map")


def atlas(config) -> None:
    """What programs read of everything public: OGC API - Features, tiles, marks. Open to other sites."""
    addresses = {
        "ogc.without_slash": "/ogc",
        "ogc": "/ogc/",
        "ogc.conformance": "/ogc/conformance",
        "ogc.api": "/ogc/api",
        "ogc.collections": "/ogc/collections",
        "ogc.collection": "/ogc/collections/{collection}",
        "ogc.items": "/ogc/collections/{collection}/items",
        "ogc.item": "/ogc/collections/{collection}/items/{item}",
        "tiles": r"/tiles/{zoom:\d{1,2}}/{column:\d{1,7}}/{row:\d{1,7}}.mvt",
        "api.map": "/api/v1/map",
    }
    for name, address in addresses.items():
        config.add_route(name, address)
    config.share(*addresses)


def trail_pages(config) -> None:
    """Trails and stops as everybody sees them, and every version there was."""
    config.add_route("maps.trails", "/trails")
    config.add_route("maps.trail.new", "/trails/new")
    config.add_route("maps.trail", "/trails/{slug:[a-z0-9-]+}", factory=TrailContext)
    config.add_route("maps.trail.history", "/trails/{slug}/history", factory=TrailContext)
    config.add_route("maps.trail.difference", "/trails/{slug}/history/difference", factory=TrailContext)
    config.add_route("maps.trail.revert", "/trails/{slug}/history/{number}/revert", factory=TrailContext)
    config.add_route("maps.stop", "/stops/{id}", factory=StopContext)


def trail_making(config) -> None:
    """Where trails are made, by anybody who is signed in."""
    config.add_route("maps.trail.edit", "/trails/{slug}/edit", factory=TrailContext)
    config.add_route("maps.trail.about", "/trails/{slug}/edit/about", factory=TrailContext)
    config.add_route("maps.trail.access", "/trails/{slug}/edit/access", factory=TrailContext)
    config.add_route("maps.trail.line", "/trails/{slug}/edit/line", factory=TrailContext)
    config.add_route("maps.trail.line.file", "/trails/{slug}/edit/line/file", factory=TrailContext)
    config.add_route("maps.trail.line.take", "/trails/{slug}/edit/line/take", factory=TrailContext)
    config.add_route("maps.track_file", "/track-files/{id}", factory=TrackFileContext)
    config.add_route("maps.track_file.remove", "/track-files/{id}/remove", factory=TrackFileContext)
    config.add_route("maps.trail.order", "/trails/{slug}/edit/order", factory=TrailContext)
    config.add_route("maps.trail.stop.new", "/trails/{slug}/edit/stops/new", factory=TrailContext)
    config.add_route("maps.trail.stop", "/trails/{slug}/edit/stops/{id}", factory=TrailContext)
    config.add_route("maps.trail.stop.remove", "/trails/{slug}/edit/stops/{id}/remove", factory=TrailContext)
    config.add_route("maps.trail.stop.sounds", "/trails/{slug}/edit/stops/{id}/sounds", factory=TrailContext)
    config.add_route("maps.trail.sound", "/trails/{slug}/edit/sound", factory=TrailContext)
    config.add_route("maps.trail.translate", "/trails/{slug}/edit/translate", factory=TrailContext)
    config.add_route("maps.trail.authors", "/trails/{slug}/edit/authors", factory=TrailContext)
    config.add_route("maps.trail.publish", "/trails/{slug}/publish", factory=TrailContext)
    config.add_route("maps.trail.withdraw", "/trails/{slug}/withdraw", factory=TrailContext)
    config.add_route("maps.trail.remix", "/trails/{slug}/remix", factory=TrailContext)


def walking(config) -> None:
    """A trail in the street, with a network or without."""
    config.add_route("maps.worker", "/trails/sw.js")
    config.add_route("maps.trail.walk", "/trails/{slug}/walk", factory=TrailContext)
    config.add_route("maps.trail.offline", "/trails/{slug}/offline", factory=TrailContext)
    config.add_route("maps.trail.pack", "/trails/{slug}/pack.json", factory=TrailContext)


def place_pages(config) -> None:
    """Places, and where they are put on the map and corrected."""
    config.add_route("maps.place.new", "/places/new")
    config.add_route("maps.place", "/places/{slug:[a-z0-9-]+}", factory=PlaceContext)
    config.add_route("maps.place.edit", "/places/{slug}/edit", factory=PlaceContext)
    config.add_route("maps.place.media", "/places/{slug}/edit/media", factory=PlaceContext)
    config.add_route("maps.place.translate", "/places/{slug}/edit/translate", factory=PlaceContext)
    config.add_route("maps.place.history", "/places/{slug}/history", factory=PlaceContext)
    config.add_route("maps.place.difference", "/places/{slug}/history/difference", factory=PlaceContext)
    config.add_route("maps.place.revert", "/places/{slug}/history/{number}/revert", factory=PlaceContext)


def programs(config) -> None:
    """The API of trails and places."""
    config.add_route("api.maps.trails", "/api/v1/trails")
    config.add_route("api.maps.trail", "/api/v1/trails/{slug}", factory=TrailContext)
    config.add_route("api.maps.trail.revisions", "/api/v1/trails/{slug}/revisions", factory=TrailContext)
    config.add_route("api.maps.trail.act", "/api/v1/trails/{slug}/{act}", factory=TrailContext)
    config.add_route("api.maps.places", "/api/v1/places")
    config.add_route("api.maps.place", "/api/v1/places/{slug}", factory=PlaceContext)


def exports(config) -> None:
    """Trails, and whatever is on the map, as files, on paper, and on other sites."""
    files, lists = (f"{{format:{'|'.join(forms)}}}" for forms in (TRAIL_FILES, LISTS))
    config.add_route("maps.trail.file", "/trails/{slug:[a-z0-9-]+}." + files, factory=TrailContext)
    config.add_route("maps.trail.sheet", "/trails/{slug}/sheet", factory=TrailContext)
    config.add_route("maps.places.file", f"/places.{lists}")
    config.add_route("maps.map.file", f"/map.{lists}")
    config.add_route("maps.stop.code", "/stops/{id}/qr.svg", factory=StopContext)
    config.add_route("maps.embed", "/embed/trails/{slug}", factory=TrailContext)
    config.add_route("maps.oembed", "/oembed")
    config.share("maps.trail.file", "maps.places.file", "maps.map.file", "maps.oembed")
