"""How often something may be tried: guessing a password, asking for letters. Counted in the database, for everybody.

A count is kept only if its transaction is: a page that refuses must *return* its answer. Views that try something name
``decorator=says_too_many``, which returns the page for :class:`TooMany`.
"""

import hashlib
import hmac
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
from uuid import uuid4

from pyramid.renderers import render_to_response
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.clock import Clock
from portal.db.insert import insert_into
from portal.security.models import Window

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Limit:
    """``act`` may be tried ``most`` times by one key in each window of ``length``; windows are counted from 1970."""

    act: str
    most: int
    length: timedelta

    def window_start(self, at: datetime) -> datetime:
        """Return when the window that ``at`` falls into began."""
        return at - (at - EPOCH) % self.length

    def wait(self, count: int, at: datetime) -> timedelta | None:
        """Return how long the ``count``-th try of its window must wait; None when it need not."""
        return None if count <= self.most else self.window_start(at) + self.length - at


class TooMany(Exception):
    """It was tried too often; ``wait`` is how long until it may be tried again."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"too many attempts, wait {wait}")
        self.wait = wait


class Attempts:
    """Counts what was tried. Keys (an account's e-mail, a network address) are kept only as a keyed hash."""

    def __init__(self, session: Session, clock: Clock, secret: str) -> None:
        self._session = session
        self._clock = clock
        self._secret = secret.encode()

    def spend(self, limit: Limit, key: str) -> None:
        """Count one try. Raises :class:`TooMany`, the count kept, when it is one too many."""
        now = self._clock.now()
        count = self._session.scalars(
            insert_into(self._session, Window)
            .values(id=uuid4(), act=limit.act, key=self._kept(key), window_start=limit.window_start(now), count=1)
            .on_conflict_do_update(index_elements=["act", "key", "window_start"], set_={"count": Window.count + 1})
            .returning(Window.count)
        ).one()
        wait = limit.wait(count, now)
        if wait is not None:
            raise TooMany(wait)

    def give_back(self, limit: Limit, key: str) -> None:
        """Take back one try that turned out to be right."""
        self._session.execute(
            update(Window)
            .where(
                Window.act == limit.act,
                Window.key == self._kept(key),
                Window.window_start == limit.window_start(self._clock.now()),
                Window.count > 0,
            )
            .values(count=Window.count - 1),
            execution_options={"synchronize_session": False},
        )

    def forget(self, before: datetime) -> None:
        """Forget the windows that began before an instant."""
        self._session.execute(delete(Window).where(Window.window_start < before))

    def _kept(self, key: str) -> str:
        return hmac.new(self._secret, key.casefold().encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def client_address(request) -> str:
    """Return whom to count for: the client's address, of IPv6 the network that one household is given."""
    address, proxy = request.remote_addr or "", request.registry.portal_settings.trusted_proxy
    if proxy and address in (proxy, ""):  # a proxy in front, by address or by a socket, adds whom it answers
        address = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or address
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:100]
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(IPv6Network((int(parsed), 64), strict=False))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def says_too_many(view: Callable) -> Callable:
    """Let a view answer 429 when something was tried too often."""

    def answer(context, request):
        try:
            return view(context, request)
        except TooMany as no:
            return too_many(request, no.wait)

    return answer


def too_many(request, wait: timedelta, *, guessing: bool = True):
    """Return the page that asks for patience; ``guessing`` says that it is about passwords and letters."""
    seconds = math.ceil(wait.total_seconds())
    page = "portal:templates/portal/people/too_many.jinja2"
    response = render_to_response(page, {"minutes": math.ceil(seconds / 60), "guessing": guessing}, request)
    response.status_int = 429
    response.retry_after = seconds
    return response


def includeme(config) -> None:
    secret = config.registry.portal_settings.signing_secret
    config.add_service(Attempts, lambda request: Attempts(request.db, request.clock, secret))
