"""Where the portal's own pages are."""


def includeme(config) -> None:
    config.add_route("home", "/")
    config.add_route("about", "/about")
    config.add_route("terms", "/terms")
    config.add_route("privacy", "/privacy")
    config.add_route("legal", "/legal")
    config.add_route("accessibility", "/accessibility")
    config.add_route("opendata", "/opendata")
    config.add_route("language", "/language")
