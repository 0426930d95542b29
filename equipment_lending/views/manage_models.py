"""The catalogue as those see it who fill it: categories, models with their photos, and the items of each."""

from collections.abc import Mapping
from typing import Any

from pyramid.view import view_config, view_defaults

from equipment_lending.models import Category, EquipmentModel, Item
from equipment_lending.permissions import Lending
from equipment_lending.queries import desk
from equipment_lending.queries.catalogue import categories, models, points
from equipment_lending.rules.naming import consecutive_tags
from equipment_lending.schemas.managing import (
    CategorySchema,
    ItemSchema,
    ItemsSchema,
    ModelSchema,
    PhotoSchema,
    PhotoTextSchema,
)
from equipment_lending.services.catalogue import MOST_PHOTOS, Guardians
from equipment_lending.terms import Condition, RefusalCode
from equipment_lending.views.managing import FORM, LIST, TEMPLATES, Managing
from equipment_lending.views.words import CONDITIONS
from portal.forms import fail
from portal.i18n import _
from portal.media.images import PhotoFlaw, UnusablePhoto, photo
from portal.media.photos import Photos

ICONS = (
    ("microphone", _("Microphone")),
    ("camera", _("Camera")),
    ("video", _("Video camera")),
    ("projector", _("Projector")),
    ("speaker", _("Loudspeaker")),
    ("headphones", _("Headphones")),
    ("light", _("Light")),
    ("computer", _("Computer")),
    ("tent", _("Tent")),
    ("bike", _("Bicycle")),
    ("tool", _("Tools")),
    ("kitchen", _("Kitchen")),
    ("book", _("Book")),
    ("game", _("Game")),
    ("box", _("Box")),
)

PHOTO_FLAWS = {
    PhotoFlaw.NOT_A_PHOTO: _("This is not a photo that we can read. Send a JPEG, PNG or WebP file."),
    PhotoFlaw.TOO_MANY_PIXELS: _(
        "This photo is too large. Make it smaller, to 50 million pixels at most, a WebP to 25."
    ),
    PhotoFlaw.TOO_SMALL: _("This photo is too small to show anything. Send one of at least 64 pixels on each side."),
}


# Categories ---------------------------------------------------------------------------------------------------------


@view_defaults(route_name="lending.manage.categories", renderer=LIST, permission=Lending.MANAGE_FLEET)
class Categories(Managing):
    """The shelves of the catalogue."""

    @view_config(request_method="GET")
    def show(self):
        path, words = self.request.route_path, self.request.words
        return {
            "title": self.said(_("Categories")),
            "trail": self.trail((_("Categories"), None)),
            "rows": [
                (words.of(one.name), one.slug, path("lending.manage.category", slug=one.slug))
                for one in categories(self.request.db)
            ],
            "add": (_("Add a category"), path("lending.manage.category.new")),
            "empty": _("There is no category yet."),
        }


@view_defaults(renderer=FORM, permission=Lending.MANAGE_FLEET)
class CategoryPage(Managing):
    """A shelf of the catalogue, new or not."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.category: Category | None = getattr(context, "category", None)
        self.category_form = self.form(CategorySchema(), new=self.category is None, icons=ICONS)

    @view_config(route_name="lending.manage.category.new", request_method="GET")
    @view_config(route_name="lending.manage.category", request_method="GET")
    def show(self):
        if self.category is not None:
            self.fill(
                self.category_form,
                {"name": self.category.name, "icon": self.category.icon, "position": self.category.position},
            )
        return self._page()

    @view_config(route_name="lending.manage.category.new", request_method="POST")
    def add(self):
        if not self.done(
            self.category_form, lambda sent: self.catalogue.add_category(**sent), {RefusalCode.SLUG_TAKEN: "slug"}
        ):
            return self._page()
        return self.saved("lending.manage.categories")

    @view_config(route_name="lending.manage.category", request_method="POST")
    def change(self):
        if not self.done(self.category_form, lambda sent: self.catalogue.change_category(self.category, **sent)):
            return self._page()
        return self.saved("lending.manage.categories")

    def _page(self):
        path = self.request.route_path
        title = self.request.words.of(self.category.name) if self.category else self.said(_("Add a category"))
        return {
            "title": title,
            "trail": self.trail((_("Categories"), path("lending.manage.categories")), (title, None)),
            "form": self.category_form,
            "others": [(_("Rules"), path("lending.manage.category.rules", slug=self.category.slug))]
            if self.category
            else [],
        }


# Models -------------------------------------------------------------------------------------------------------------


@view_defaults(route_name="lending.manage.models", renderer=LIST, permission=Lending.MANAGE_FLEET)
class Models(Managing):
    """Every model of the catalogue."""

    @view_config(request_method="GET")
    def show(self):
        path, words = self.request.route_path, self.request.words
        return {
            "title": self.said(_("Catalogue")),
            "trail": self.trail((_("Catalogue"), None)),
            "rows": [
                (words.of(one.name), words.of(one.category.name), path("lending.manage.model", slug=one.slug))
                for one in models(self.request.db)
            ],
            "add": (_("Add a model"), path("lending.manage.model.new")),
            "empty": _("The catalogue is empty."),
        }


@view_defaults(renderer=TEMPLATES + "model.jinja2", permission=Lending.MANAGE_FLEET)
class ModelPage(Managing):
    """A sheet of the catalogue, new or not: texts, photos, items."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.model: Any = getattr(context, "model", None)
        self.shelves = {one.slug: one for one in categories(request.db)}
        shelves = [(one.slug, request.words.of(one.name)) for one in self.shelves.values()]
        self.model_form = self.form(ModelSchema(), name="model", new=self.model is None, categories=shelves)
        self.photo_form = self.form(PhotoSchema(), _("Add this photo"), button="add_photo", name="photo")
        self.describing: dict[str, Any] = {
            shown.key: self.form(PhotoTextSchema(), button="describe_photo", name=f"photo-{shown.position + 1}")
            for shown in (self.model.photos if self.model else ())
        }

    @view_config(route_name="lending.manage.model.new", request_method="GET")
    @view_config(route_name="lending.manage.model", request_method="GET")
    def show(self):
        self._fill()
        return self._page()

    @view_config(route_name="lending.manage.model.new", request_method="POST")
    def add(self):
        if not self.done(
            self.model_form,
            lambda sent: self.catalogue.add_model(**self._details(sent)),
            {RefusalCode.SLUG_TAKEN: "slug"},
        ):
            return self._page()
        return self.saved("lending.manage.models")

    @view_config(route_name="lending.manage.model", request_method="POST", request_param="save")
    def change(self):
        if not self.done(self.model_form, lambda sent: self.catalogue.change_model(self.model, **self._details(sent))):
            return self._page()
        return self._saved()

    @view_config(route_name="lending.manage.model", request_method="POST", request_param="add_photo")
    def add_photo(self):
        try:
            done = self.done(self.photo_form, self._add_photo, {RefusalCode.TOO_MANY_PHOTOS: "photo"})
        except UnusablePhoto as no:
            fail(self.photo_form, "photo", PHOTO_FLAWS[no.flaw])
            self.request.response.status_int, done = 422, False
        if not done:
            self._fill()
            return self._page()
        return self._saved()

    @view_config(route_name="lending.manage.model", request_method="POST", request_param="describe_photo")
    def describe_photo(self):
        form = self.describing.get(self._key)
        if form is not None and not self.done(form, self._describe_photo):
            self._fill(without=self._key)
            return self._page()
        return self._saved()

    @view_config(route_name="lending.manage.model", request_method="POST", request_param="photo_earlier")
    def photo_earlier(self):
        self.catalogue.move_photo(self.model, self._key, -1)
        return self._saved()

    @view_config(route_name="lending.manage.model", request_method="POST", request_param="photo_later")
    def photo_later(self):
        self.catalogue.move_photo(self.model, self._key, 1)
        return self._saved()

    @view_config(route_name="lending.manage.model", request_method="POST", request_param="remove_photo")
    def remove_photo(self):
        self.catalogue.remove_photo(self.model, self._key)
        return self._saved()

    @property
    def _key(self) -> str:
        """Which photo is meant; what is none of them means none."""
        return self.request.typed.get("key", "")

    def _saved(self):
        return self.saved("lending.manage.model", slug=self.model.slug)

    def _add_photo(self, sent) -> None:
        taken = photo(sent["photo"].content)
        self.catalogue.add_photo(self.model, taken.key, sent["photo_text"])
        self.request.find_service(Photos).keep(taken)  # once it is sure that it will be shown

    def _describe_photo(self, sent) -> None:
        self.catalogue.describe_photo(self.model, sent["key"], sent["photo_text"])

    def _details(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        return dict(sent) | {"category": self.shelves[sent["category"]], "accessories": list(sent["accessories"])}

    def _fill(self, without: str | None = None) -> None:
        """Fill the forms in with what is known, except the words of one photo, which are being written."""
        if self.model is None:
            return
        texts = {name: getattr(self.model, name) for name in ("name", "description", "notice")}
        self.fill(
            self.model_form,
            texts
            | {
                "category": self.model.category.slug,
                "accessories": "\n".join(self.model.accessories),
                "replacement_value": self.model.replacement_value,
            },
        )
        for shown in self.model.photos:
            if shown.key != without:
                self.fill(self.describing[shown.key], {"key": shown.key, "photo_text": shown.text})

    def _page(self):
        path = self.request.route_path
        title = self.request.words.of(self.model.name) if self.model else self.said(_("Add a model"))
        return {
            "title": title,
            "trail": self.trail((_("Catalogue"), path("lending.manage.models")), (title, None)),
            "form": self.model_form,
            "model": self.model,
            "photos": [(shown, self.describing[shown.key]) for shown in self.model.photos] if self.model else [],
            "photo_form": self.photo_form if len(self.describing) < MOST_PHOTOS or self.photo_form.error else None,
            "items": desk.items_of(self.request.db, self.model) if self.model else [],
            "conditions": CONDITIONS,
            "points": points(self.request.db) if self.model else [],
        }


# Items --------------------------------------------------------------------------------------------------------------


@view_defaults(route_name="lending.manage.model.items", renderer=FORM, permission=Lending.MANAGE_FLEET)
class AddItems(Managing):
    """The page on which items of a model are added: one, many, a lot, parts of a kit."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.model: EquipmentModel = context.model
        self.points = {point.slug: point for point in points(request.db)}
        self.items_form = self.form(
            ItemsSchema(), _("Add"), button="add", points=[(one.slug, one.name) for one in self.points.values()]
        )

    @view_config(request_method="GET")
    def show(self):
        owner = self.request.city.owner
        self.fill(self.items_form, {"owner": owner, "insurer": owner, "maintainer": owner})
        return self._page()

    @view_config(request_method="POST")
    def send(self):
        beside = {RefusalCode.TAG_TAKEN: "tag", RefusalCode.NO_SUCH_ITEM: "parent", RefusalCode.NOT_A_KIT: "parent"}
        if not self.done(self.items_form, self._add, beside):
            return self._page()
        return self.saved("lending.manage.model", slug=self.model.slug)

    def _add(self, sent) -> None:
        point = self.points[sent["point"]]
        self.catalogue.add_items(
            self.model,
            point,
            consecutive_tags(sent["tag"], sent["count"]),
            Guardians(sent["owner"], sent["insurer"], sent["maintainer"]),
            units=sent["units"],
            serial=sent["serial"],
            condition=Condition(sent["condition"]),
            parent=self.catalogue.kit(sent["parent"], point) if sent["parent"] else None,
        )

    def _page(self):
        path = self.request.route_path
        name = self.request.words.of(self.model.name)
        return {
            "title": self.said(_("Add items")),
            "trail": self.trail(
                (_("Catalogue"), path("lending.manage.models")),
                (name, path("lending.manage.model", slug=self.model.slug)),
                (_("Add items"), None),
            ),
            "form": self.items_form,
        }


@view_defaults(route_name="lending.manage.item", renderer=FORM, permission=Lending.MANAGE_FLEET)
class ItemRecord(Managing):
    """What an item's record says. What happens to it is on its own page."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.item: Item = context.item
        self.record = self.form(ItemSchema())

    @view_config(request_method="GET")
    def show(self):
        names = ("serial", "condition", "condition_note", "owner", "insurer", "maintainer")
        self.fill(self.record, {name: getattr(self.item, name) for name in names})
        return self._page()

    @view_config(request_method="POST")
    def send(self):
        def act(sent) -> None:
            self.catalogue.change_item(self.item, **sent | {"condition": Condition(sent["condition"])})

        if not self.done(self.record, act):
            return self._page()
        return self.saved("lending.item", tag=self.item.asset_tag)

    def _page(self):
        path, model = self.request.route_path, self.item.stock.model
        return {
            "title": self.item.asset_tag,
            "trail": self.trail(
                (self.request.words.of(model.name), path("lending.manage.model", slug=model.slug)),
                (self.item.asset_tag, None),
            ),
            "form": self.record,
            "others": [(_("What happens to it"), path("lending.item", tag=self.item.asset_tag))],
        }
