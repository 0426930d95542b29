"""Changing what the city says."""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator
from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.audit.services import Audit
from portal.clock import Clock
from portal.db.insert import insert_into
from portal.pages.city import DEFAULTS, changed_values
from portal.pages.models import CitySetting


class CitySettings:
    """What was changed from the defaults, kept and audited."""

    def __init__(self, session: Session, clock: Clock, audit: Audit) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit

    def change(self, values: Mapping[str, object]) -> list[str]:
        """Keep ``values`` and return the names of those that are new; one that is the default's is not kept at all.

        Raises ``KeyError`` for a name that the city has not.
        """
        now = {**DEFAULTS, **changed_values(self._session)}
        changed = sorted(name for name, value in values.items() if now[name] != value)
        for name in changed:
            self._keep(name, values[name])
            self._audit.record("settings.change", "setting", name)
        return changed

    def _keep(self, name: str, value: object) -> None:
        if value == DEFAULTS[name]:
            self._session.execute(delete(CitySetting).where(CitySetting.key == name))
            return
        at = self._clock.now()
        kept = insert_into(self._session, CitySetting).values(key=name, value=value, changed_at=at)
        self._session.execute(
            kept.on_conflict_do_update(index_elements=["key"], set_={"value": value, "changed_at": at})
        )


def includeme(config: Configurator) -> None:
    config.add_service(CitySettings, city_settings)


def city_settings(request: Any) -> CitySettings:
    return CitySettings(request.db, request.clock, request.find_service(Audit))
