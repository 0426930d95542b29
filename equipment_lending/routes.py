"""Where the pages of lending are."""

from equipment_lending.contexts import LoanContext, ModelContext, PointContext


def includeme(config) -> None:
    residents(config)


def residents(config) -> None:
    """What everybody sees, and what a borrower does."""
    config.add_route("lending.catalogue", "/equipment")
    config.add_route("lending.equipment", "/equipment/{slug}", factory=ModelContext)
    config.add_route("lending.equipment.borrow", "/equipment/{slug}/borrow", factory=ModelContext)
    config.add_route("lending.loans", "/loans")
    config.add_route("lending.loan.calendar", "/loans/{id}.ics", factory=LoanContext)
    config.add_route("lending.loan", "/loans/{id}", factory=LoanContext)
    config.add_route("lending.loan.cancel", "/loans/{id}/cancel", factory=LoanContext)
    config.add_route("lending.loan.extend", "/loans/{id}/extend", factory=LoanContext)
    config.add_route("lending.points", "/points")
    config.add_route("lending.point", "/points/{slug}", factory=PointContext)
