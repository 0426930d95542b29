"""The portal's own pages: home, about, the legal ones, errors, what a city may change, and the process's health."""


def includeme(config) -> None:
    config.include("portal.pages.markdown")
    config.include("portal.pages.city")
    config.include("portal.pages.services")
    config.include("portal.pages.health")
    config.include("portal.pages.failures")
    config.include("portal.pages.admin")
