"""How the API shows a point, a model, a loan and a refusal."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from equipment_lending.models import Custody, LendingPoint, Loan, LoanLine
from equipment_lending.opening_hours import written
from equipment_lending.queries.alternatives import Alternatives
from equipment_lending.queries.catalogue import Offer, Sheet
from equipment_lending.queries.loans import is_overdue, units_to_hand_out
from equipment_lending.queries.timetables import timetable_of
from equipment_lending.queries.waiting import Place
from equipment_lending.terms import Period, Refused
from equipment_lending.views.words import sentence
from portal.api import Problem, money
from portal.i18n import in_language


def shown_period(period: Period) -> dict[str, Any]:
    return {"from": period.start.astimezone(UTC), "to": period.end.astimezone(UTC)}


def shown_point(point: LendingPoint) -> dict[str, Any]:
    return {
        "slug": point.slug,
        "name": point.name,
        "address": point.place.address,
        "quarter": point.place.quarter,
        "latitude": point.place.latitude,
        "longitude": point.place.longitude,
        "timezone": point.zone,
        "opening_hours": written(timetable_of(point)),
        "lead_days": point.lead_days,
        "email": point.email,
        "phone": point.phone,
    }


def shown_sheet(sheet: Sheet, language: str) -> dict[str, Any]:
    """Return a model with where it is lent; ``free`` only when a period was asked for."""
    model = sheet.model
    found = {
        "slug": model.slug,
        "name": in_language(model.name, language)[0],
        "description": in_language(model.description, language)[0],
        "category": model.category.slug,
        "accessories": model.accessories,
        "replacement_value": money(model.replacement_value) if model.replacement_value is not None else None,
        "units": sheet.units,
        "points": [_offer(offer) for offer in sheet.offers],
    }
    return found if sheet.free is None else found | {"free": sheet.free}


def _offer(offer: Offer) -> dict[str, Any]:
    found = {"point": offer.point.slug, "units": offer.units}
    return found if offer.free is None else found | {"free": offer.free}


def shown_loan(loan: Loan, now) -> dict[str, Any]:
    return {
        "id": loan.id,
        "number": loan.number,
        "state": loan.state,
        "overdue": is_overdue(loan, now),
        "point": loan.point.slug,
        "return_point": loan.return_point.slug,
        "pickup_at": loan.pickup_at.astimezone(UTC),
        "return_at": loan.return_at.astimezone(UTC),
        "borrower": {"id": loan.borrower_id, "name": loan.borrower.name},
        "organisation": {"id": loan.organisation_id, "name": loan.organisation.name} if loan.organisation else None,
        "project": loan.project,
        "purpose": loan.purpose,
        "reason": loan.reason,
        "lines": [_line(line) for line in loan.lines],
    }


def _line(line: LoanLine) -> dict[str, Any]:
    return {
        "equipment": line.stock.model.slug,
        "units": line.units,
        "to_hand_out": units_to_hand_out(line),
        "items": [_custody(custody) for custody in sorted(line.custodies, key=lambda c: c.item.asset_tag)],
    }


def _custody(custody: Custody) -> dict[str, Any]:
    return {
        "asset_tag": custody.item.asset_tag,
        "units": custody.units,
        "out_at": custody.out_at.astimezone(UTC),
        "due_at": custody.due_at.astimezone(UTC),
        "in_at": custody.in_at.astimezone(UTC) if custody.in_at else None,
        "condition": custody.condition_in or custody.condition_out,
        "missing": custody.missing,
        "written_off": custody.is_lost,
    }


def shown_place(place: Place) -> dict[str, Any]:
    """Return a place in line; ``position`` 1 is the head of it."""
    entry = place.entry
    return {
        "id": entry.id,
        "state": place.state,
        "position": place.ahead + 1,
        "equipment": entry.stock.model.slug,
        "point": entry.stock.point.slug,
        "from": entry.pickup_at.astimezone(UTC),
        "to": entry.return_at.astimezone(UTC),
        "units": entry.units,
        "joined_at": entry.joined_at.astimezone(UTC),
        "offer_until": entry.offer_until.astimezone(UTC) if entry.offer_until else None,
    }


def at_risk(loans: list[Loan], now) -> dict[str, Any]:
    """Return what an act on an item answers with: the loans that can no longer be served."""
    return {"at_risk": [shown_loan(loan, now) for loan in loans]}


def refused(no: Refused, request, point: LendingPoint | None = None) -> Problem:
    """Return the problem that tells every reason, in codes with their values and in words, by the clocks of a point."""
    zone = point.zone if point else request.city.zone
    reasons = [
        _plain({"code": reason.code, "detail": sentence(reason, request, zone)} | dict(reason.values))
        for reason in no.reasons
    ]
    more: dict[str, Any] = (
        {"alternatives": _alternatives(no.alternatives)} if isinstance(no.alternatives, Alternatives) else {}
    )
    return Problem(409, reasons=reasons, **more)


def _alternatives(found: Alternatives) -> dict[str, Any]:
    periods = [shown_period(period) for period in found.periods]
    return {"periods": periods, "points": list(found.points), "units": dict(found.units)}


def _plain(value: Any) -> Any:
    """Return a reason's value as JSON has it: periods as ``{from, to}``."""
    if isinstance(value, Period):
        return shown_period(value)
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    return value
