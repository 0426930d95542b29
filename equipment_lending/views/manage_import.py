"""Spreadsheets brought in: sent, compared with what the portal has, looked at, and only then applied."""

import base64
import binascii
from collections.abc import Mapping

from pyramid.view import view_config, view_defaults

from equipment_lending.imports.difference import Difference, fingerprint
from equipment_lending.imports.rows import FILES, ItemRow, Line, columns
from equipment_lending.imports.troubles import place
from equipment_lending.imports.troubles import sentence as trouble_sentence
from equipment_lending.opening_hours import Timetable, written
from equipment_lending.permissions import Lending
from equipment_lending.schemas.managing import SpreadsheetsSchema
from equipment_lending.services.catalogue import Guardians
from equipment_lending.services.inventory import Comparison, InventoryImport
from equipment_lending.terms import Approval, Condition
from equipment_lending.views.managing import TEMPLATES, Managing
from equipment_lending.views.words import CONDITIONS
from portal.forms import submitted
from portal.i18n import _

NAMED = {name.removesuffix(".csv"): name for name in FILES}
APPROVALS = {Approval.AUTO: _("confirmed at once"), Approval.MANUAL: _("the desk decides")}


@view_defaults(
    route_name="lending.manage.import", renderer=TEMPLATES + "import.jinja2", permission=Lending.MANAGE_FLEET
)
class Import(Managing):
    """The page on which spreadsheets are brought in. The files travel with the page: nothing is kept in between."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.importing = request.find_service(InventoryImport)
        self.spreadsheets = self.form(SpreadsheetsSchema(), _("Compare"), button="compare")

    @view_config(request_method="GET")
    def show(self):
        return self._page()

    @view_config(request_method="POST", request_param="compare")
    def compare(self):
        sent = submitted(self.spreadsheets, self.request)
        if sent is None:
            return self._page()
        files = {NAMED[name]: upload.content.read() for name, upload in sent.items() if upload is not None}
        compared = self.importing.compare(files)
        if compared.troubles:
            self.request.response.status_int = 422
        return self._page(compared, files)

    @view_config(request_method="POST", request_param="apply")
    def apply(self):
        files = self._carried()
        self.importing.alone()
        compared = self.importing.compare(files)
        if compared.troubles or fingerprint(compared.difference) != self.request.typed.get("seen"):
            self.request.response.status_int = 409
            return self._page(compared, files, stale=True)
        owner = self.request.city.owner
        self.importing.bring_in(compared.difference, Guardians(owner, owner, owner))
        return self.saved("lending.manage.import", _("The spreadsheets are brought in."))

    def _carried(self) -> dict[str, bytes]:
        """Return the files as the page carried them; what is no file of ours is not looked at."""
        found = {}
        for name, file in NAMED.items():
            carried = self.request.typed.get(f"file.{name}")
            if carried:
                try:
                    found[file] = base64.b64decode(carried, validate=True)
                except (binascii.Error, ValueError):
                    found[file] = b"\xff"  # no spreadsheet either, and told so
        return found

    def _page(self, compared: Comparison | None = None, files: Mapping[str, bytes] | None = None, stale: bool = False):
        clean = compared.difference if compared and not compared.troubles else None
        return {
            "trail": self.trail((_("Spreadsheets"), None)),
            "form": self.spreadsheets,
            "columns": {name: ",".join(columns(kind)) for name, kind in FILES.items()},
            "troubles": self._troubles(compared) if compared else [],
            "parts": [self._part(part) for part in clean.files] if clean else [],
            "categories": clean.categories if clean else (),
            "nothing_new": clean is not None and not (clean.adds or clean.changes),
            "carried": self._carry(clean, files or {}),
            "stale": stale and clean is not None,
        }

    def _troubles(self, compared: Comparison) -> list[tuple[str, str]]:
        say = self.request.localizer.translate
        return [(place(trouble, say), say(trouble_sentence(trouble))) for trouble in compared.troubles]

    def _part(self, part):
        shown = {
            "file": part.file,
            "added": [self._row(row) for row in part.added],
            "changed": [
                (
                    change.row.key,
                    [(f.column, self._cell(f.column, f.before), self._cell(f.column, f.after)) for f in change.fields],
                )
                for change in part.changed
            ],
        }
        return shown | {"unchanged": part.unchanged, "unmentioned": part.unmentioned}

    def _row(self, row: Line) -> tuple[str, str]:
        return (row.asset_tag, row.model) if isinstance(row, ItemRow) else (row.key, row.name)

    def _cell(self, column: str, value: object) -> str:
        """Return a value as a person reads it."""
        say, words = self.request.localizer.translate, self.request.words
        match value:
            case None | "":
                return "–"
            case Timetable():
                return written(value)
            case Condition():
                return say(CONDITIONS[value])
            case Approval():
                return say(APPROVALS[value])
            case frozenset():
                return " ".join(sorted(value)) or "–"
            case int() if column == "replacement_value":
                return words.money(value)
            case int() if column == "min_hours":
                return words.number(value / 60)
        return str(value)

    def _carry(self, difference: Difference | None, files: Mapping[str, bytes]) -> dict[str, str]:
        if difference is None or not (difference.adds or difference.changes):
            return {}
        encoded = {
            f"file.{name}": base64.b64encode(files[file]).decode() for name, file in NAMED.items() if file in files
        }
        return encoded | {"seen": fingerprint(difference)}
