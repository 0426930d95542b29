"""The only room that writes about people: accounts and sign-ins, letters with links, organisations, roles, tokens."""

from collections.abc import Callable
from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request

from portal.audit.services import Audit
from portal.mail.services import Outbox
from portal.people.services.accounts import Accounts
from portal.people.services.calendars import CalendarTokens
from portal.people.services.erasure import Erasure
from portal.people.services.letters import Letters
from portal.people.services.organisations import Organisations
from portal.people.services.people import People
from portal.people.services.roles import Roles
from portal.people.services.sign_ins import SignIns
from portal.people.services.tokens import ApiTokens
from portal.ports.personal_data import PersonalData
from portal.security.limits import Attempts
from portal.security.passwords import Passwords

__all__ = [
    "Accounts",
    "ApiTokens",
    "CalendarTokens",
    "Erasure",
    "Letters",
    "Organisations",
    "People",
    "Roles",
    "SignIns",
]


def includeme(config: Configurator) -> None:
    config.add_service(Letters, lambda request: Letters(request.db, request.clock))
    config.add_service(CalendarTokens, lambda request: CalendarTokens(request.db))
    config.add_service(ApiTokens, lambda request: ApiTokens(request.db, request.clock))
    for kind, wanted in (
        (Accounts, (Passwords, Attempts, Letters, SignIns, Outbox)),
        (People, (Passwords, Letters, Outbox, Audit)),
        (SignIns, (Passwords, Attempts)),
        (Organisations, (Attempts, Outbox, Audit)),
        (Roles, (Audit,)),
    ):
        config.add_service(kind, _made(kind, wanted))
    config.add_service(Erasure, lambda request: Erasure(request.db, request.clock, request.ask_all(PersonalData)))


def _made(kind: type, wanted: tuple[type, ...]) -> Callable[[Request], Any]:
    """Return how a service is made that needs the session, the clock and other services."""
    return lambda request: kind(request.db, request.clock, *(request.find_service(service) for service in wanted))
