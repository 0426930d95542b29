"""The database: one engine, one session a request, one story on SpatiaLite and on PostGIS."""

from pyramid.tweens import EXCVIEW

from portal.db.engine import create_engine, reading
from portal.db.found import Found
from portal.db.locking import lock
from portal.db.row import Row, Translated, UtcMoment

__all__ = ["Found", "Row", "Translated", "UtcMoment", "create_engine", "lock"]


def includeme(config) -> None:
    engine = create_engine(config.registry.portal_settings.database_url)
    config.registry.engine, config.registry.reading_engine = engine, reading(engine)
    config.add_request_method("portal.db.session.session_of", "db", reify=True)
    config.add_tween("portal.db.session.retry_tween_factory", under=EXCVIEW)  # which turns errors into answers
