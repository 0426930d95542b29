"""Where people, feed readers and search engines read the index."""


def includeme(config) -> None:
    config.add_route("search", "/search")
    config.add_route("feed", "/feed.atom")
    config.add_route("sitemap", "/sitemap.xml")
    config.add_route("robots", "/robots.txt")
