"""The portal's own pages: home, about, the legal ones, errors, what a city may change, and the health of the process."""


def includeme(config) -> None:
    config.include("portal.pages.health")
