"""What is lent, where and by which rules: categories, models, items, points, hours. Changes are audited and indexed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from equipment_lending.models import (
    Category,
    EquipmentModel,
    Item,
    LendingPoint,
    ModelPhoto,
    OpeningException,
    OpeningWindow,
    PolicyLayer,
    Stock,
)
from equipment_lending.opening_hours import Timetable
from equipment_lending.queries.layers import Subject, layer_of
from equipment_lending.queries.loans import item_by_tag
from equipment_lending.queries.timetables import timetable_of
from equipment_lending.rules.policy import SETTINGS
from equipment_lending.services.fleet import Fleet
from equipment_lending.services.indexing import index_model, index_point
from equipment_lending.terms import DayException, DayKind, Refusal, RefusalCode, Refused, WeeklyWindow
from portal.audit.services import Audit
from portal.db import lock
from portal.db.insert import insert_into
from portal.db.row import Row
from portal.index.services import PublicIndex
from portal.places.models import Place, place, point

MOST_PHOTOS = 12
"""So many photos show a thing from every side; more would only make its page heavy."""


@dataclass(frozen=True, slots=True)
class Guardians:
    """Who owns an item, who insures and who repairs it. They need not be the point that lends it."""

    owner: str
    insurer: str
    maintainer: str


class Catalogue:
    """Adds and changes what a city lends. Nothing is deleted here: what was lent once stays on record."""

    def __init__(self, session: Session, audit: Audit, index: PublicIndex, fleet: Fleet) -> None:
        self._session = session
        self._audit = audit
        self._index = index
        self._fleet = fleet

    # Categories and models ------------------------------------------------------------------------------------------

    def add_category(self, slug: str, **details: Any) -> Category:
        """Add a shelf to the catalogue and return it. Raises :class:`Refused` when its short name is taken."""
        category = Category(**{"name": {"fr": slug}, "icon": "box", "slug": slug} | details)
        self._add(category)
        self._audit.record("lending.category_added", "category", category.id, category=slug)
        return category

    def change_category(self, category: Category, **details: Any) -> None:
        """Change a shelf's name, icon or position. What is on it is found by its name, so that is indexed again."""
        if changed := _assign(category, details):
            self._audit.record(
                "lending.category_changed", "category", category.id, category=category.slug, fields=changed
            )
            self._session.flush()
            for model in self._session.scalars(select(EquipmentModel).where(EquipmentModel.category == category)):
                index_model(self._index, model)

    def add_model(self, slug: str, *, category: Category, name: Mapping[str, str], **details: Any) -> EquipmentModel:
        """Add a sheet to the catalogue and return it. Raises :class:`Refused` when its short name is taken."""
        usual: dict[str, Any] = {"description": {}, "notice": {}, "accessories": []}
        model = EquipmentModel(slug=slug, category=category, name=dict(name), **usual | details)
        self._add(model)
        self._audit.record("lending.model_added", "model", model.id, model=slug)
        index_model(self._index, model)
        return model

    def change_model(self, model: EquipmentModel, **details: Any) -> None:
        """Change what a sheet says."""
        if changed := _assign(model, details):
            self._audit.record("lending.model_changed", "model", model.id, model=model.slug, fields=changed)
            self._session.flush()
            index_model(self._index, model)

    # Photos ---------------------------------------------------------------------------------------------------------

    def add_photo(self, model: EquipmentModel, key: str, text: Mapping[str, str]) -> None:
        """Show one more photo of a model, after the others; one that is among them already gets the new words.

        Raises :class:`Refused` where a model has as many as it may have.
        """
        shown = self._photos(model)
        if key not in shown and len(shown) >= MOST_PHOTOS:
            raise Refused([Refusal(RefusalCode.TOO_MANY_PHOTOS, {"allowed": MOST_PHOTOS})])
        self._show(model, shown | {key: dict(text)})

    def describe_photo(self, model: EquipmentModel, key: str, text: Mapping[str, str]) -> None:
        """Say anew what a photo shows; nothing, where it is gone."""
        shown = self._photos(model)
        if key in shown:
            self._show(model, shown | {key: dict(text)})

    def move_photo(self, model: EquipmentModel, key: str, by: int) -> None:
        """Show a photo so many places later, earlier where ``by`` is negative; nothing, where it is gone."""
        shown = self._photos(model)
        if key in shown:
            order = [other for other in shown if other != key]
            order.insert(max(0, list(shown).index(key) + by), key)
            self._show(model, {other: shown[other] for other in order})

    def remove_photo(self, model: EquipmentModel, key: str) -> None:
        """Show a photo no longer; nothing, where it is gone already."""
        self._show(model, {other: text for other, text in self._photos(model).items() if other != key})

    def _photos(self, model: EquipmentModel) -> dict[str, dict[str, str]]:
        """Return the words of each photo by its key, in order, alone with the model until the transaction ends."""
        lock(self._session, EquipmentModel, [model.id])
        self._session.expire_all()
        return {photo.key: photo.text for photo in model.photos}

    def _show(self, model: EquipmentModel, wanted: Mapping[str, dict[str, str]]) -> None:
        """Let the photos of a model be these, in this order. Places stay, what is in them changes."""
        before = [(photo.key, photo.text) for photo in model.photos]
        if before == list(wanted.items()):
            return
        del model.photos[len(wanted) :]
        for photo, (key, text) in zip(model.photos, wanted.items(), strict=False):
            photo.key, photo.text = key, text
        more = list(wanted.items())[len(model.photos) :]
        model.photos += [
            ModelPhoto(position=position, key=key, text=text)
            for position, (key, text) in enumerate(more, start=len(model.photos))
        ]
        self._session.flush()
        self._audit.record("lending.model_changed", "model", model.id, model=model.slug, fields=["photos"])

    # Items ----------------------------------------------------------------------------------------------------------

    def add_items(
        self,
        model: EquipmentModel,
        point: LendingPoint,
        tags: Sequence[str],
        guardians: Guardians,
        **details: Any,
    ) -> list[Item]:
        """Add one item for each tag and return them.

        Raises :class:`Refused` for every tag that is taken, and adds none.
        """
        taken = self._session.scalars(
            select(Item.asset_tag).where(func.lower(Item.asset_tag).in_([tag.lower() for tag in tags]))
        ).all()
        if taken:
            raise Refused([_taken(tag) for tag in sorted(taken)])
        try:
            with self._session.begin_nested():
                added = [
                    self._fleet.add_item(
                        model,
                        point,
                        tag,
                        owner=guardians.owner,
                        insurer=guardians.insurer,
                        maintainer=guardians.maintainer,
                        **details,
                    )
                    for tag in tags
                ]
        except IntegrityError as race:
            raise Refused([_taken(tag) for tag in tags]) from race
        index_model(self._index, model)
        return added

    def kit(self, tag: str, point: LendingPoint) -> Item:
        """Return the item with a tag, to which parts can be added at a point.

        Raises :class:`Refused` where there is none, where it is a lot or a part itself, or stands elsewhere.
        """
        found = item_by_tag(self._session, tag)
        if found is None:
            raise Refused([Refusal(RefusalCode.NO_SUCH_ITEM, {"item": tag})])
        if found.parent_id is not None or found.units > 1 or found.stock.point_id != point.id:
            raise Refused([Refusal(RefusalCode.NOT_A_KIT, {"item": found.asset_tag})])
        return found

    def change_item(self, item: Item, **details: Any) -> None:
        """Change what an item's record says. Where it stands and whether it is lent are for :class:`Fleet`."""
        lock(self._session, Stock, [item.stock_id])
        if changed := _assign(item, details):
            self._audit.record("lending.item_changed", "item", item.id, item=item.asset_tag, fields=changed)
            self._session.flush()

    # Points and hours -----------------------------------------------------------------------------------------------

    def add_point(
        self, slug: str, *, name: str, address: str, longitude: float, latitude: float, **details: Any
    ) -> LendingPoint:
        """Open a lending point and return it. Raises :class:`Refused` when its short name is taken."""
        where = place(name, address, longitude, latitude, details.pop("quarter", None))
        self._session.add(where)
        self._session.flush()
        point = LendingPoint(slug=slug, name=name, place=where, **details)
        self._add(point)
        self._audit.record("lending.point_added", "point", point.id, point=slug)
        index_point(self._index, point)
        return point

    def change_point(self, point: LendingPoint, **details: Any) -> None:
        """Change a point: its own fields, and ``address``, ``quarter``, ``longitude`` and ``latitude`` of its place."""
        self._alone_with(point)
        where = {name: details.pop(name) for name in _PLACE if name in details}
        changed = _assign(point, details) + _move(point.place, point.name, where)
        self._changed(point, changed)

    def set_week(self, point: LendingPoint, weekly: Iterable[WeeklyWindow]) -> None:
        """Let a point be open every week at these hours and no others."""
        self._alone_with(point)
        wanted = tuple(sorted(set(weekly)))
        if wanted != timetable_of(point).weekly:
            point.windows = [
                OpeningWindow(weekday=window.weekday, opens=window.hours.opens, closes=window.hours.closes)
                for window in wanted
            ]
            self._changed(point, ["windows"])

    def add_exception(self, point: LendingPoint, exception: DayException, note: str | None = None) -> None:
        """Note dated days on which a point's usual week does not hold; one row for each of its hours.

        What is noted already is not noted again.
        """
        self._alone_with(point)
        known = {_hours(row) for row in point.exceptions}
        if added := [row for row in _rows(exception, note) if _hours(row) not in known]:
            point.exceptions += added
            self._changed(point, ["exceptions"])

    def remove_exception(self, point: LendingPoint, exception_id: UUID) -> None:
        """Let the usual week hold again; does nothing when the exception is gone already."""
        self._alone_with(point)
        left = [row for row in point.exceptions if row.id != exception_id]
        if len(left) < len(point.exceptions):
            point.exceptions = left
            self._changed(point, ["exceptions"])

    def set_timetable(self, point: LendingPoint, timetable: Timetable) -> None:
        """Let a point's hours be those of a timetable: week, exceptions and public holidays. Notes of old ones go."""
        self.set_week(point, timetable.weekly)
        if point.observes_holidays != timetable.observes_holidays:
            self.change_point(point, observes_holidays=timetable.observes_holidays)
        if set(timetable.exceptions) != set(timetable_of(point).exceptions):
            point.exceptions = [row for exception in timetable.exceptions for row in _rows(exception, None)]
            self._changed(point, ["exceptions"])

    # Rules ----------------------------------------------------------------------------------------------------------

    def set_rules(self, subject: Subject, settings: Mapping[str, Any]) -> None:
        """Let these settings hold for a subject; None leaves a question to the less specific rules.

        Settings that are not named stay as they are. Raises ``TypeError`` on one that there is not.
        """
        if unknown := set(settings) - set(SETTINGS):
            raise TypeError(f"there are no rules called {', '.join(sorted(unknown))}")
        layer = layer_of(self._session, subject)
        if layer is None:
            if all(value is None for value in settings.values()):
                return
            layer = self._first_rules(subject)
        kept = {
            name: sorted(value) if isinstance(value, frozenset | set) else value for name, value in settings.items()
        }
        if changed := _assign(layer, kept):
            self._session.flush()
            self._audit.record(
                "lending.rules_changed", "policy", layer.id, rules={name: kept[name] for name in changed}
            )

    def _first_rules(self, subject: Subject) -> PolicyLayer:
        """Return rules that settle nothing yet; two who write the first at once get the same."""
        self._session.execute(
            insert_into(self._session, PolicyLayer).values(**asdict(subject)).on_conflict_do_nothing()
        )
        layer = layer_of(self._session, subject)
        assert layer is not None
        return layer

    # Writing --------------------------------------------------------------------------------------------------------

    def _alone_with(self, point: LendingPoint) -> None:
        lock(self._session, LendingPoint, [point.id])
        self._session.expire_all()

    def _add(self, row: Category | EquipmentModel | LendingPoint) -> None:
        try:
            with self._session.begin_nested():
                self._session.add(row)
                self._session.flush()
        except IntegrityError as taken:
            raise Refused([Refusal(RefusalCode.SLUG_TAKEN, {"slug": row.slug})]) from taken

    def _changed(self, point: LendingPoint, fields: Sequence[str]) -> None:
        if fields:
            self._session.flush()
            self._audit.record("lending.point_changed", "point", point.id, point=point.slug, fields=fields)
            index_point(self._index, point)


_PLACE = ("address", "quarter", "longitude", "latitude")


def _rows(exception: DayException, note: str | None) -> list[OpeningException]:
    hours = [(one.opens, one.closes) for one in exception.hours] if exception.kind is DayKind.OPEN else [(None, None)]
    return [
        OpeningException(
            first_day=exception.first,
            last_day=exception.last,
            kind=exception.kind,
            opens=opens,
            closes=closes,
            note=note,
        )
        for opens, closes in hours
    ]


def _hours(row: OpeningException) -> tuple[object, ...]:
    return row.first_day, row.last_day, row.kind, row.opens, row.closes


def _assign(row: Row, details: Mapping[str, Any]) -> list[str]:
    """Give a row its new values and return the names of those that differ."""
    changed = [name for name, value in details.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, details[name])
    return changed


def _move(where: Place, name: str, details: Mapping[str, Any]) -> list[str]:
    changed = _assign(where, details)
    where.name = name
    if {"longitude", "latitude"} & set(changed):
        where.geometry = point(where.longitude, where.latitude)
    return changed


def _taken(tag: str) -> Refusal:
    return Refusal(RefusalCode.TAG_TAKEN, {"item": tag})
