"""The public index: one row for everything a visitor may see, which lists, search, map, feeds and sitemap all read."""


def includeme(config) -> None:
    config.include("portal.index.models")
    config.include("portal.index.permissions")
    config.include("portal.index.kinds")
    config.include("portal.index.services")
    config.include("portal.index.routes")
    config.scan("portal.index.views")
