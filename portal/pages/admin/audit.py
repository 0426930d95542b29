"""The audit trail: found, read, and taken away as a spreadsheet."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

import colander
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config

from portal.audit.queries import Entry, Sought, acts, each_entry, found_entries
from portal.db import Found
from portal.forms import Button, submitted
from portal.forms.widgets import SearchInput, Select
from portal.i18n import _
from portal.index.words import without_accents
from portal.pages.admin.schemas import SECTIONS
from portal.pages.permissions import Upkeep
from portal.spreadsheets import csv_chunks

PAGE = 50
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d)?")
"""A day or an instant, as the trail keeps them."""


@colander.deferred
def choice_of_acts(_node, bound):
    return Select(values=bound["acts"], blank=_("All"))


class AuditSchema(colander.Schema):
    """What to look for in the trail; each part may be left out."""

    person = colander.SchemaNode(colander.String(), title=_("Who: name or e-mail"), widget=SearchInput(), missing="")
    act = colander.SchemaNode(colander.String(), title=_("Act"), widget=choice_of_acts, missing="")
    subject = colander.SchemaNode(
        colander.String(),
        title=_("On what"),
        description=_("A kind of thing, such as person or loan, or the number of one thing."),
        missing="",
    )
    first = colander.SchemaNode(colander.Date(), title=_("From"), missing=None)
    last = colander.SchemaNode(colander.Date(), title=_("Until"), missing=None)

    def validator(self, node, sought) -> None:
        if sought["first"] and sought["last"] and sought["last"] < sought["first"]:
            wrong = colander.Invalid(node)
            wrong["last"] = _("This is before the first day.")
            raise wrong


class AuditPage:
    """The trail, a page at a time."""

    def __init__(self, request) -> None:
        self.request = request
        self.zone = request.city.zone
        self.form = request.new_form(
            AuditSchema(),
            buttons=(Button("", _("Search"), ""),),
            method="GET",
            action=request.route_path("admin.audit"),
            acts=sorted(
                ((act, self._say(request.registry.acts.get(act, act))) for act in acts(request.db)),
                key=lambda named: without_accents(named[1]).casefold(),
            ),
        )
        sent = submitted(self.form, request)
        self.sought = self._sought(**sent) if sent is not None else None

    def _sought(self, *, subject: str, **other: Any) -> Sought:
        """Return what is sought, a kind of thing by its own name."""
        kinds = {without_accents(self._thing(kind)).casefold(): kind for kind in self.request.registry.audit_things}
        return Sought(subject=kinds.get(without_accents(subject).casefold(), subject), **other)

    @view_config(
        route_name="admin.audit",
        renderer="portal:templates/portal/admin/audit.jinja2",
        permission=Upkeep.READ_AUDIT,
        request_method="GET",
    )
    def show(self):
        offset = self._offset()
        url = partial(self._url, "admin.audit")
        found: Found[Entry] = Found([], 0)
        if self.sought:
            found = found_entries(self.request.db, self.sought, self.zone, limit=PAGE, offset=offset)
        last = offset + len(found.rows)
        position = {"first": offset + 1, "last": last, "total": found.total}
        return {
            "form": self.form,
            "found": found,
            "zone": self.zone,
            "act_words": self.request.registry.acts,
            "thing": self._thing,
            "called": self._called,
            "notes": self._notes,
            "position": _("${first} to ${last} of ${total}", mapping=position),
            "previous_url": url(offset=max(0, offset - PAGE)) if offset else None,
            "next_url": url(offset=offset + PAGE) if last < found.total else None,
            "csv_url": self._url("admin.audit.csv"),
        }

    @view_config(route_name="admin.audit.csv", permission=Upkeep.READ_AUDIT, request_method="GET")
    def download(self):
        if self.sought is None:
            return HTTPSeeOther(self._url("admin.audit"))  # says what is wrong
        header = ("at", "person", "acting_for", "act", "subject_kind", "subject_id", "detail")
        # Read whole before the response leaves: its transaction ends with the view.
        entries = [_cells(entry) for entry in each_entry(self.request.db, self.sought, self.zone)]
        page = csv_chunks(header, entries, mark=True)
        response = Response(app_iter=page, content_type="text/csv", charset="utf-8")
        response.content_disposition = 'attachment; filename="audit.csv"'
        response.cache_control = "no-store"
        return response

    def _thing(self, kind: str) -> str:
        return self._say(self.request.registry.audit_things.get(kind, kind))

    def _called(self, entry: Entry) -> str:
        if entry.subject_kind != "setting":
            return entry.subject
        titles = {node.name: node.title for section in SECTIONS.values() for node in section.schema()}
        return self._say(titles.get(entry.subject, entry.subject))

    def _notes(self, entry: Entry) -> list[tuple[str, str]]:
        """Return in words what was noted of an act."""
        values = self.request.registry.audit_values
        return [
            (self._named(name), self._said(name, value, values.get(f"{entry.subject_kind}.{name}")))
            for name, value in entry.told
        ]

    def _named(self, note: str) -> str:
        return self._say(self.request.registry.audit_notes.get(note, note))

    def _said(self, name: str, value: object, words: Mapping[str, str] | None = None) -> str:
        if value is None:
            return "–"
        if isinstance(value, bool):
            return self._say(_("yes") if value else _("no"))
        if isinstance(value, list):
            return ", ".join(self._said(name, one, words) for one in value)
        if isinstance(value, str) and MOMENT.fullmatch(value):
            with suppress(ValueError, OverflowError):  # a name may look like a day that there is not
                return self._moment(value)
        if isinstance(value, dict):
            return " · ".join(f"{self._named(key)} {self._said(key, inner)}" for key, inner in value.items())
        return self._say((words or self.request.registry.audit_values.get(name, {})).get(str(value), str(value)))

    def _moment(self, written: str) -> str:
        words = self.request.words
        if "T" in written:
            return words.datetime(datetime.fromisoformat(written), self.zone)
        return words.date(date.fromisoformat(written))

    def _say(self, words: str) -> str:
        return self.request.localizer.translate(words)

    def _offset(self) -> int:
        given = self.request.GET.get("offset", "")
        return int(given) if given.isascii() and given.isdigit() and len(given) < 8 else 0

    def _url(self, route: str, **more: object) -> str:
        kept = {name: value for name, value in self.request.GET.items() if name != "offset" and value}
        return f"{self.request.route_path(route)}?{urlencode(kept | more)}"


def _cells(entry: Entry) -> tuple[object, ...]:
    detail = json.dumps(entry.detail, ensure_ascii=False, sort_keys=True) if entry.detail else ""
    who = (entry.at.isoformat(), entry.actor, entry.acting_for)
    return (*who, entry.act, entry.subject_kind, entry.subject_id, detail)
