"""The audit trail: what staff did to what, when and in whose name."""

from portal.audit.services import Audit


def includeme(config) -> None:
    config.include("portal.audit.acts")
    config.include("portal.audit.offers")
    config.add_service(Audit, lambda request: Audit(request.db, request.clock, request.identity))
