"""Where the pages of lending are."""

from equipment_lending.contexts import (
    BorrowerContext,
    CategoryContext,
    CityContext,
    CounterContext,
    ItemContext,
    LoanContext,
    ModelAtPointContext,
    ModelContext,
    PickupContext,
    PointContext,
    ReturnContext,
    WaitingContext,
)


def includeme(config) -> None:
    residents(config)
    counter(config)
    management(config)
    programs(config)


def programs(config) -> None:
    """The API."""
    config.add_route("api.lending.points", "/api/v1/points")
    config.add_route("api.lending.equipment", "/api/v1/equipment")
    config.add_route("api.lending.availability", "/api/v1/equipment/{slug}/availability", factory=ModelContext)
    config.add_route("api.lending.equipment.waitlist", "/api/v1/equipment/{slug}/waitlist", factory=ModelContext)
    config.add_route("api.lending.waitlist", "/api/v1/waitlist")
    config.add_route("api.lending.waiting", "/api/v1/waitlist/{id}", factory=WaitingContext)
    config.add_route("api.lending.waiting.accept", "/api/v1/waitlist/{id}/accept", factory=WaitingContext)
    config.add_route("api.lending.loans", "/api/v1/loans")
    config.add_route("api.lending.loan", "/api/v1/loans/{id}", factory=LoanContext)
    config.add_route("api.lending.loan.check_in", "/api/v1/loans/{id}/check-in", factory=ReturnContext)
    config.add_route("api.lending.loan.extend", "/api/v1/loans/{id}/extend", factory=LoanContext)
    config.add_route("api.lending.loan.act", "/api/v1/loans/{id}/{act}", factory=PickupContext)
    config.add_route("api.lending.item.act", "/api/v1/items/{tag}/{act}", factory=ItemContext)


def residents(config) -> None:
    """What everybody sees, and what a borrower does."""
    config.add_route("lending.catalogue", "/equipment")
    config.add_route("lending.equipment", "/equipment/{slug}", factory=ModelContext)
    config.add_route("lending.equipment.borrow", "/equipment/{slug}/borrow", factory=ModelContext)
    config.add_route("lending.equipment.wait", "/equipment/{slug}/wait", factory=ModelContext)
    config.add_route("lending.waiting.accept", "/waiting/{id}/accept", factory=WaitingContext)
    config.add_route("lending.waiting.leave", "/waiting/{id}/leave", factory=WaitingContext)
    config.add_route("lending.loans", "/loans")
    config.add_route("lending.loan.calendar", "/loans/{id}.ics", factory=LoanContext)
    config.add_route("lending.loan", "/loans/{id}", factory=LoanContext)
    config.add_route("lending.loan.cancel", "/loans/{id}/cancel", factory=PickupContext)
    config.add_route("lending.loan.extend", "/loans/{id}/extend", factory=LoanContext)
    config.add_route("lending.points", "/points")
    config.add_route("lending.point", "/points/{slug}", factory=PointContext)


def counter(config) -> None:
    """Where items leave and come back."""
    config.add_route("desk", "/desk")
    config.add_route("lending.desk.loan", "/desk/loans/{id}", factory=CounterContext)
    config.add_route("lending.desk.change", "/desk/loans/{id}/change", factory=PickupContext)
    config.add_route("lending.desk.extend", "/desk/loans/{id}/extend", factory=LoanContext)
    config.add_route("lending.desk.keep", "/desk/loans/{id}/keep", factory=LoanContext)
    config.add_route("lending.desk.check_out", "/desk/loans/{id}/check-out", factory=PickupContext)
    config.add_route("lending.desk.check_in", "/desk/loans/{id}/check-in", factory=ReturnContext)
    config.add_route("lending.desk", "/desk/{slug}", factory=PointContext)
    config.add_route("lending.desk.lend", "/desk/{slug}/lend/{person}", factory=BorrowerContext)
    config.add_route("lending.desk.picks", "/desk/{slug}/pick-list", factory=PointContext)
    config.add_route("lending.desk.labels", "/desk/{slug}/labels", factory=PointContext)
    config.add_route("lending.item", "/items/{tag}", factory=ItemContext)


def management(config) -> None:
    """What is lent, where and by which rules."""
    config.add_route("lending.manage", "/manage")
    config.add_route("lending.manage.points", "/manage/points")
    config.add_route("lending.manage.point.new", "/manage/new-point")
    config.add_route("lending.manage.point", "/manage/points/{slug}", factory=PointContext)
    config.add_route("lending.manage.hours", "/manage/points/{slug}/hours", factory=PointContext)
    config.add_route("lending.manage.point.rules", "/manage/points/{slug}/rules", factory=PointContext)
    config.add_route("lending.manage.categories", "/manage/categories")
    config.add_route("lending.manage.category.new", "/manage/new-category")
    config.add_route("lending.manage.category", "/manage/categories/{slug}", factory=CategoryContext)
    config.add_route("lending.manage.category.rules", "/manage/categories/{slug}/rules", factory=CategoryContext)
    config.add_route("lending.manage.models", "/manage/models")
    config.add_route("lending.manage.model.new", "/manage/new-model")
    config.add_route("lending.manage.model", "/manage/models/{slug}", factory=ModelContext)
    config.add_route("lending.manage.model.items", "/manage/models/{slug}/items", factory=ModelContext)
    config.add_route("lending.manage.model.rules", "/manage/models/{slug}/rules", factory=ModelContext)
    config.add_route(
        "lending.manage.model.point.rules", "/manage/models/{slug}/rules/{point}", factory=ModelAtPointContext
    )
    config.add_route("lending.manage.item", "/manage/items/{tag}", factory=ItemContext)
    config.add_route("lending.manage.rules", "/manage/rules", factory=CityContext)
    config.add_route("lending.manage.import", "/manage/spreadsheets")
