"""The composition root: which rooms the house has. Nothing else in the kernel knows that features exist."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType

from pyramid.config import Configurator
from pyramid.router import Router

from portal import logs
from portal.settings import Settings

FEATURES = ("equipment_lending", "maps")

KERNEL = (
    "portal.routing",
    "portal.requests",
    "portal.logs",
    "portal.services",
    "portal.clock",
    "portal.transport",
    "portal.i18n",
    "portal.db",
    "portal.ports",
    "portal.security",
    "portal.audit",
    "portal.jobs",
    "portal.mail",
    "portal.people",
    "portal.places",
    "portal.index",
    "portal.moderation",
    "portal.media",
    "portal.forms",
    "portal.api",
    "portal.pages",
    "portal.operations",
)


def main(global_config: dict[str, str] | None, **ini: str):
    """Return the WSGI application for the ini file's ``[app:main]`` section. Raises ``BadSetting`` on a bad value."""
    settings = Settings.from_ini(ini)
    logs.dress(settings)
    return application(settings)


def application(settings: Settings) -> Router:
    """Return the house as a WSGI application."""
    with no_garbage():
        return configure(settings).make_wsgi_app()


@contextmanager
def no_garbage() -> Iterator[None]:
    """Look for no garbage while nearly all that is made stays: to look takes a quarter of the start."""
    looked_for = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looked_for:
            gc.enable()


def configure(settings: Settings) -> Configurator:
    """Return the configured house, not yet committed to a WSGI application, so that tests may add to it."""
    config = Configurator(settings=settings.for_pyramid())
    config.registry.portal_settings = settings
    config.include("pyramid_jinja2")
    config.include("pyramid_retry")
    config.include("pyramid_tm")
    for package in KERNEL + FEATURES:
        config.include(package)
    return config


def rooms(name: str) -> Iterator[ModuleType]:
    """Import and yield the room of that name (``commands``) of every package that has one, in the house's order."""
    for package in KERNEL + FEATURES:
        try:
            room = import_module(f"{package}.{name}")
        except ModuleNotFoundError as missing:
            if missing.name != f"{package}.{name}":
                raise
            continue
        yield room
