"""For tests with real commits and real processes: a migrated database that nobody else uses, and the house on it."""

from pathlib import Path
from uuid import uuid4

from pyramid.registry import Registry

from portal.app import configure
from portal.migrations import history
from portal.settings import Settings
from tests import cluster


def own_url(kind: str, folder: Path) -> str:
    """Return the URL of an empty database of ``kind`` (``sqlite`` in ``folder``, or ``postgresql``)."""
    return f"sqlite:///{folder / 'portal.db'}" if kind == "sqlite" else cluster.database_for(f"own_{uuid4().hex[:8]}")


def own_settings(url: str, folder: Path, **more: str) -> Settings:
    given = {"database_url": url, "data": str(folder), "hash_memory_kib": "8", "hash_rounds": "1"} | more
    return Settings.from_ini({f"portal.{name}": value for name, value in given.items()}, environ={})


def own_registry(settings: Settings, *, migrate: bool = True) -> Registry:
    """Return the registry of a house of one's own, its database migrated. Its ``engine`` wants to be disposed of."""
    config = configure(settings)
    if migrate:
        history.upgrade(config.registry.engine)
    config.make_wsgi_app()
    return config.registry
