"""The house as a browser meets it: served on a free loopback port, with real commits, on a database of its own."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pyramid.i18n import make_localizer
from pyramid.interfaces import ITranslationDirectories
from pyramid.registry import Registry
from sqlalchemy import select
from sqlalchemy.orm import Session
from waitress.server import create_server
from waitress.wasyncore import close_all

from portal.app import configure
from portal.mail.models import OutgoingMail
from portal.migrations import history
from portal.people.models import Organisation, Person
from portal.security.cookies import CookieJar
from portal.security.identify import COOKIE
from tests.cluster import free_port
from tests.conftest import NOW
from tests.factories import people
from tests.houses import own_settings, own_url


@contextmanager
def served(app, port: int = 0) -> Iterator[str]:
    """Serve a WSGI application on a loopback port, a free one unless it is given, and give its address."""
    server = create_server(app, host="127.0.0.1", port=port, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        # In its own thread: one that waits for what another one closes ends with an error.
        server.trigger.pull_trigger(partial(close_all, server._map))
        thread.join(timeout=5)
        server.task_dispatcher.shutdown()


@dataclass(frozen=True)
class Site:
    """A served house, whose clock was set to ``NOW`` when it opened."""

    address: str
    registry: Registry

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Give a session whose rows are committed at the end and stay readable."""
        with Session(self.registry.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def cookie(self, who: Person, acting_for: Organisation | None = None) -> dict[str, str]:
        """Return the cookie of a browser in which ``who`` is signed in."""
        with self.session() as session:
            speaking_for = acting_for and session.get(Organisation, acting_for.id)
            secret = people.sign_in(session, session.get(Person, who.id), speaking_for)
        return {"name": CookieJar(secure=False).name(COOKIE), "value": secret, "url": self.address}

    def last_letter(self, email: str) -> str:
        """Return the text of the last letter that was written to an address."""
        written = select(OutgoingMail.text).where(OutgoingMail.to == email).order_by(OutgoingMail.created_at.desc())
        with self.session() as session:
            text = session.scalars(written.limit(1)).first()
        assert text, f"no letter to {email}"
        return text

    def link_in_last_letter(self, email: str) -> str:
        return re.findall(rf"{re.escape(self.address)}/\S+", self.last_letter(email))[0]

    def words(self, language: str) -> Callable[..., str]:
        """Return the function that says a text of ours in a language, as pages say it: ``say("Borrow")``."""
        localizer = make_localizer(language, self.registry.queryUtility(ITranslationDirectories))

        def say(message: str, **values: object) -> str:
            said = localizer.translate(message, domain="portal", mapping=values)
            return said % values if "%(" in said else said

        return say


@contextmanager
def opened(folder: Path, kind: str = "sqlite") -> Iterator[Site]:
    """Open a house on a new, empty database of ``kind``."""
    port = free_port()
    given = {"base_url": f"http://127.0.0.1:{port}", "now": NOW.isoformat()}
    config = configure(own_settings(own_url(kind, folder), folder, **given))
    history.upgrade(config.registry.engine)
    with served(config.make_wsgi_app(), port) as address:
        yield Site(address, config.registry)
    config.registry.engine.dispose()
