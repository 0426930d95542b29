"""What the demo city lends, where, by which rules: points, clerks, hours, shelves, sheets, tagged items."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from itertools import count
from random import Random
from typing import Any

from equipment_lending.demo.staff import Staff
from equipment_lending.models import EquipmentModel, Item, LendingPoint
from equipment_lending.opening_hours import read
from equipment_lending.queries.layers import Subject
from equipment_lending.services.catalogue import Catalogue, Guardians
from equipment_lending.terms import Condition, DayException, DayKind, Hours
from portal.own_files import read_yaml
from portal.people.demo import Newcomers
from portal.people.models import Person
from portal.people.services import People
from portal.people.terms import Role

ZONE = "Europe/Paris"
A_MONTH = timedelta(days=30)
WORN, SERIAL_NUMBERED = 0.08, 15_000
"""The share of items that are no longer new, and from how many cents on a model has serial numbers."""

Sheet = dict[str, Any]


def told(name: str) -> Any:
    """Return what one of the demo city's own files says."""
    return read_yaml(__package__, f"{name}.yaml")


def staffed(request, chance: Random) -> None:
    """Let every point have its clerks, and the clerks open accounts for those who came by without an e-mail address."""
    newcomers = Newcomers(request, chance)
    for sheet in told("points"):
        clerks = [newcomers.add(one["who"], one["name"]) for one in sheet["desk"]]
        for clerk in clerks:
            newcomers.trust(clerk, Role.DESK, sheet["slug"])
        for one in sheet.get("registered", ()):
            person = request.find_service(People).register_at_desk(**one, by=clerks[0].id, language="fr")
            person.created_at = clerks[0].created_at + A_MONTH


class Founding:
    """Fills the catalogue, as the administrator did when lending began."""

    def __init__(self, staff: Staff, admin: Person, chance: Random) -> None:
        self._clock = staff.clock
        self._catalogue: Catalogue = staff.catalogue(admin)
        self._chance = chance
        self._tags: dict[str, Iterator[int]] = {}
        self._points: dict[str, LendingPoint] = {}
        self._models: dict[str, EquipmentModel] = {}
        self._guardians: dict[str, Guardians] = {}

    def points(self, today: date) -> None:
        """Open the points, with their usual weeks and what differs from them around ``today``."""
        for sheet in told("points"):
            point = self._catalogue.add_point(zone=ZONE, **{name: sheet[name] for name in POINT_FIELDS})
            self._catalogue.set_timetable(point, read(sheet["hours"]))
            for exception, note in _exceptions(sheet.get("exceptions", ()), today):
                self._catalogue.add_exception(point, exception, note)
            self._points[point.slug] = point
            self._guardians[point.slug] = Guardians(sheet["owner"], sheet["insurer"], sheet["maintainer"])

    def catalogue(self) -> None:
        """Enter the shelves, the sheets with their rules, and the items: the kits once their parts have sheets."""
        shelves = {
            sheet["slug"]: self._catalogue.add_category(position=position, **sheet)
            for position, sheet in enumerate(told("categories"), 1)
        }
        sheets = told("models")
        for sheet in sheets:
            model = self._catalogue.add_model(
                sheet["slug"],
                category=shelves[sheet["category"]],
                name=sheet["name"],
                description=sheet["description"],
                accessories=sheet["accessories"],
                replacement_value=sheet["value"] * 100,
            )
            self._clock.at += timedelta(minutes=10)
            self._models[model.slug] = model
            self._rules(model, sheet)
        for sheet in sheets:
            for slug, number in sheet["items"].items():
                self._items(sheet, self._points[slug], number)

    def _rules(self, model: EquipmentModel, sheet: Sheet) -> None:
        rules = dict(sheet.get("rules", {}))
        lead = rules.pop("lead_days", None)
        if rules:
            self._catalogue.set_rules(Subject(model_id=model.id), rules)
        for slug in sheet["items"] if lead is not None else ():  # a point's own lead time goes before a model's
            point = self._points[slug]
            subject = Subject(model_id=model.id, point_id=point.id)
            self._catalogue.set_rules(subject, {"lead_days": max(lead, point.lead_days)})

    def _items(self, sheet: Sheet, point: LendingPoint, number: int) -> None:
        for _ in range(number):
            item = self._item(sheet, point)
            for slug, parts in sheet.get("parts", {}).items():
                for _ in range(parts):
                    self._item(sheet | {"slug": slug, "lot": 1}, point, parent=item)

    def _item(self, sheet: Sheet, point: LendingPoint, **details: Any) -> Item:
        model = self._models[sheet["slug"]]
        usual = self._guardians[point.slug]
        guardians = Guardians(
            sheet.get("owner", usual.owner),
            sheet.get("insurer", usual.insurer),
            sheet.get("maintainer", usual.maintainer),
        )
        numbered = (model.replacement_value or 0) >= SERIAL_NUMBERED
        (item,) = self._catalogue.add_items(
            model,
            point,
            [self._tag(point)],
            guardians,
            units=sheet.get("lot", 1),
            serial=f"{self._chance.randrange(16**8):08X}" if numbered else None,
            condition=Condition.WORN if self._chance.random() < WORN else Condition.GOOD,
            **details,
        )
        return item

    def _tag(self, point: LendingPoint) -> str:
        """Return the next tag of a point: LAMB-0001, LAMB-0002 and so on."""
        numbers = self._tags.setdefault(point.slug, count(1))
        return f"{point.slug[:4].upper()}-{next(numbers):04}"


POINT_FIELDS = (
    "slug",
    "name",
    "address",
    "quarter",
    "longitude",
    "latitude",
    "lead_days",
    "max_visits",
    "email",
    "phone",
    "notice",
)


def _exceptions(sheets: Any, today: date) -> Iterator[tuple[DayException, str]]:
    monday = today - timedelta(days=today.weekday())
    for sheet in sheets:
        first, last = (monday + timedelta(weeks=sheet["week"], days=day) for day in sheet["days"])
        hours = (_hours(sheet["hours"]),) if "hours" in sheet else ()
        kind = DayKind.OPEN if hours else DayKind.PREPARING if sheet.get("preparing") else DayKind.CLOSED
        yield DayException(first, last, kind, hours), sheet["note"]


def _hours(text: str) -> Hours:
    opens, closes = text.split("-")
    return Hours(time.fromisoformat(opens), time.fromisoformat(closes))
