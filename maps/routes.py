"""Where the map and its trails are."""

from maps.queries.kept import Kept


def includeme(config) -> None:
    atlas(config)


def atlas(config) -> None:
    """What programs read of everything public: OGC API - Features, tiles, marks. Open to other sites."""
    config.registry.kept_of_map = Kept()
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
