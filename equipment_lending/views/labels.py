"""Labels for items: a code that leads to the item's page, its tag in large type, what it is and where it belongs."""

from itertools import groupby
from urllib.parse import quote

from pyramid.view import view_config, view_defaults

from equipment_lending.models import Item, LendingPoint
from equipment_lending.permissions import Lending
from equipment_lending.queries import desk
from portal.index.words import folded
from portal.pages.codes import qr

A_SHEET = 24


@view_defaults(
    route_name="lending.desk.labels",
    renderer="equipment_lending:templates/equipment_lending/desk/labels.jinja2",
    permission=Lending.SERVE,
    request_method="GET",
)
class Labels:
    """The page on which labels are chosen, and printed. ``skip`` leaves so many empty, on a sheet begun before."""

    def __init__(self, context, request) -> None:
        self.point: LendingPoint = context.point
        self.request = request

    @view_config()
    def show(self):
        items = sorted(desk.items_at(self.request.db, self.point), key=self._place)
        wanted = {tag.lower() for tag in self.request.GET.getall("tag")}
        chosen = [item for item in items if item.asset_tag.lower() in wanted]
        return {
            "point": self.point,
            "items": items,
            "models": [(model, list(those)) for model, those in groupby(items, key=lambda item: item.stock.model)],
            "wanted": wanted,
            "labels": [(item, qr(self._address(item))) for item in chosen],
            "skip": self._skip(),
            "most_skipped": A_SHEET - 1,
        }

    def _place(self, item: Item) -> tuple[list[str], str]:
        """Return what puts an item where one looks for it: the name of its model in the reader's language, its tag."""
        return folded(self.request.words.of(item.stock.model.name)), item.asset_tag

    def _address(self, item: Item) -> str:
        """Return the address of an item's page as a label must say it: in full, and for good."""
        base = self.request.registry.portal_settings.base_url
        return f"{base}/items/{quote(item.asset_tag)}"

    def _skip(self) -> int:
        written = self.request.GET.get("skip", "")
        return min(int(written), A_SHEET - 1) if written.isascii() and written.isdigit() and len(written) < 3 else 0
