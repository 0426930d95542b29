"""How each service of lending is made from a request."""

from pyramid.config import Configurator
from pyramid.request import Request

from equipment_lending.services.catalogue import Catalogue
from equipment_lending.services.desk import Desk
from equipment_lending.services.fleet import Fleet
from equipment_lending.services.inventory import InventoryImport
from equipment_lending.services.letters import Letters
from equipment_lending.services.reminding import Reminding
from equipment_lending.services.requests import LoanRequests
from equipment_lending.services.telling import Telling
from equipment_lending.services.turns import Turns
from equipment_lending.services.waitlist import Waitlist
from portal.audit.services import Audit
from portal.index.services import PublicIndex
from portal.jobs.services import Jobs
from portal.mail.services import Outbox
from portal.ports.certifications import Certifications


def includeme(config: Configurator) -> None:
    config.add_service(LoanRequests, _loan_requests)
    config.add_service(Turns, _turns)
    config.add_service(Waitlist, _waitlist)
    config.add_service(Desk, _desk)
    config.add_service(Reminding, _reminding)
    config.add_service(Letters, _letters)
    config.add_service(Telling, _telling)
    config.add_service(Fleet, lambda request: Fleet(request.db, request.clock, request.find_service(Audit)))
    config.add_service(Catalogue, _catalogue)
    config.add_service(InventoryImport, _inventory_import)


def _desk(request: Request) -> Desk:
    return Desk(request.db, request.clock, request.ask(Certifications), request.find_service(Audit))


def _reminding(request: Request) -> Reminding:
    return Reminding(request.clock, request.find_service(Jobs), request.find_service(Audit))


def _loan_requests(request: Request) -> LoanRequests:
    return LoanRequests(
        request.db,
        request.clock,
        request.ask(Certifications),
        request.find_service(Audit),
        request.find_service(Outbox),
        request.registry.portal_settings.base_url,
    )


def _letters(request: Request) -> Letters:
    return Letters(request.db, request.find_service(Outbox), request.registry.portal_settings.base_url)


def _telling(request: Request) -> Telling:
    return Telling(request.db, request.clock, request.find_service(Jobs), request.find_service(Letters))


def _turns(request: Request) -> Turns:
    return Turns(
        request.db,
        request.clock,
        request.ask(Certifications),
        request.find_service(Outbox),
        request.registry.portal_settings.base_url,
    )


def _waitlist(request: Request) -> Waitlist:
    return Waitlist(request.db, request.clock, request.find_service(LoanRequests), request.find_service(Turns))


def _catalogue(request: Request) -> Catalogue:
    return Catalogue(
        request.db, request.find_service(Audit), request.find_service(PublicIndex), request.find_service(Fleet)
    )


def _inventory_import(request: Request) -> InventoryImport:
    return InventoryImport(
        request.db, request.find_service(Catalogue), request.find_service(Fleet), request.find_service(Audit)
    )
