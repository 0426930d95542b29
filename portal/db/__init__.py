"""The database: one engine, one session a request, one story on SpatiaLite and on PostGIS."""

from pyramid.tweens import EXCVIEW

from portal.db.engine import create_engine
from portal.db.locking import lock
from portal.db.row import Row, Translated, UtcMoment
from portal.db.session import open_session

__all__ = ["Row", "Translated", "UtcMoment", "create_engine", "lock", "open_session"]


def includeme(config) -> None:
    config.registry.engine = create_engine(config.registry.portal_settings.database_url)
    config.add_request_method("portal.db.session.session_of", "db", reify=True)
    config.add_tween("portal.db.session.retry_tween_factory", under=EXCVIEW)  # which turns errors into answers
