"""The public index: one row for everything a visitor may see, which lists, search, map, feeds and sitemap all read.

What is made of it is asked for again each time it is wanted (``public=True``), so that what is hidden is gone at once.
"""


def includeme(config) -> None:
    config.include("portal.index.models")
    config.include("portal.index.permissions")
    config.include("portal.index.kinds")
    config.include("portal.index.services")
    config.include("portal.index.routes")
    config.scan("portal.index.views")
