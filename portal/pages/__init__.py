"""The portal's own pages: home, about, the legal ones, errors, what a city may change, and the process's health."""


def includeme(config) -> None:
    config.include("portal.pages.markdown")
    config.include("portal.pages.assets")
    config.include("portal.pages.frame")
    config.include("portal.pages.routes")
    config.include("portal.pages.city")
    config.include("portal.pages.services")
    config.include("portal.pages.offers")
    config.include("portal.pages.health")
    config.include("portal.pages.failures")
    config.include("portal.pages.errors")
    config.include("portal.pages.admin")
    config.include("portal.pages.moderation")
    config.include("portal.pages.media")
    config.include("portal.pages.statements")
    config.scan("portal.pages.home")
    config.scan("portal.pages.statements")
    config.scan("portal.pages.language")
