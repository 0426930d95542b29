"""The map of everything the commons made: a list with a map beside it, both answers to one question."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from pyramid.view import view_config, view_defaults

from maps.exports import LISTS
from maps.permissions import Maps
from maps.queries.facets import chosen_from, reach, without_place
from maps.queries.middle import BREST
from maps.schemas.atlas import MapSchema
from maps.views.words import THEMES
from portal.forms import Button, fail, submitted
from portal.i18n import _
from portal.index.queries import WHEELCHAIR, Filter, filtered
from portal.licences import LICENCES
from portal.places.geocoding import PAUSE_SECONDS, FoundAddress, Unanswered, found_address
from portal.places.grid import around

PAGE = 20
AROUND_METRES = 1_000
NOT_FOUND = _("This address was not found. Write street and town, such as 12 rue de Siam, Brest.")
UNANSWERED = _("Addresses cannot be looked up just now. Try again in a minute.")
HOME_METRES = 12_000
"""How far around home one looks when there is nothing to look at."""


@view_defaults(
    route_name="maps.map",
    renderer="maps:templates/maps/atlas.jinja2",
    permission=Maps.BROWSE,
    request_method="GET",
)
class MapPage:
    """The page with the map."""

    def __init__(self, request) -> None:
        self.request = request
        self.kinds = request.registry.index_kinds
        self.around: FoundAddress | None = None
        self.no_address, self.status = NOT_FOUND, 422
        self.number = 1
        self._look_up(request.GET.get("near", ""))
        say = request.localizer.translate
        there = chosen_from(request.db, list(self.kinds))
        labels = {theme.value: say(label) for theme, label in THEMES.items()}
        self.form = request.new_form(
            MapSchema(),
            buttons=(Button("", _("Show")),),
            method="GET",
            kinds=[(kind.name, say(kind.label)) for kind in self.kinds.values()],
            theme=[(name, labels.get(name, name)) for name in there["theme"]],
            licence=[(spdx, LICENCES[spdx].label if spdx in LICENCES else spdx) for spdx in there["licence"]],
            language=[(code, request.words.tongue(code)) for code in there["language"]],
        )

    @view_config(public=True)
    def show(self) -> dict[str, Any]:
        return self.page(self.wanted())

    def wanted(self) -> Filter | None:
        """Return what is asked for; None where that cannot be read, which the form says."""
        asked = submitted(self.form, self.request)
        if asked is None:
            return None
        if asked["near"] and self.around is None:
            fail(self.form, "near", self.no_address)
            self.request.response.status_int = self.status
            return None
        self.number = asked["page"]
        return self._filter(asked)

    def _look_up(self, near: str) -> None:
        """Find the address that was asked for, before the database is asked: no connection waits for the answer."""
        try:
            self.around = found_address(self.request.city.geocoder, near) if near else None
        except Unanswered:
            self.no_address, self.status = UNANSWERED, 503
            self.request.response.retry_after = PAUSE_SECONDS

    def page(self, wanted: Filter | None) -> dict[str, Any]:
        """Return the page with what is wanted, nothing where the question cannot be read."""
        page, say = self.number, self.request.localizer.translate
        found = filtered(self.request.db, wanted, PAGE, (page - 1) * PAGE) if wanted is not None else None
        return {
            "form": self.form,
            "found": found,
            "kinds": self.kinds,
            "marks": {name: {"label": say(kind.label), "hue": kind.hue} for name, kind in self.kinds.items()},
            "around": self.around.label if self.around else None,
            **self._looked_at(wanted),
            "access": (wanted.access if wanted is not None else None) or "",
            "period": period(wanted) if wanted is not None else "",
            "narrowed": wanted is not None and wanted != Filter(kinds=list(self.kinds)),
            "in_view": wanted is not None and wanted.box is not None,
            "first": (page - 1) * PAGE + 1,
            "whole_url": self._url(bbox=None, near=None),
            "first_url": self._url(),
            "previous_url": self._url(page=page - 1) if page > 1 else None,
            "files": self._files() if found and found.total else {},
            "next_url": self._url(page=page + 1) if found and page * PAGE < found.total else None,
        }

    def _files(self) -> dict[str, str]:
        """Return the addresses at which all that the list shows is taken away, by what the files are called."""
        path, asked = self.request.route_path, self._asked()
        return {name: path("maps.map.file", format=form, _query=asked) for form, (name, *_) in LISTS.items()}

    def _filter(self, asked: Mapping[str, Any]) -> Filter:
        zone = ZoneInfo(self.request.city.zone)
        return Filter(
            kinds=[kind for kind in self.kinds if kind in asked["kinds"]] or list(self.kinds),
            theme=asked["theme"],
            licence=asked["licence"],
            language=asked["language"],
            access=WHEELCHAIR if asked["access"] else None,
            since=asked["since"] and datetime.combine(asked["since"], time.min, zone),
            until=asked["until"] and datetime.combine(asked["until"], time.max, zone),
            box=around((self.around.longitude, self.around.latitude), AROUND_METRES) if self.around else asked["bbox"],
            q=asked["q"],
        )

    def _looked_at(self, wanted: Filter | None) -> dict[str, Any]:
        """Return where the map looks first, and how many of the list it does not show there."""
        box, beyond, placeless = wanted.box if wanted is not None else None, 0, 0
        if wanted is not None and box is None:
            box, beyond = reach(self.request.db, wanted)
            placeless = without_place(self.request.db, wanted)
        box = box or around(BREST, HOME_METRES)
        sides = f"{box.west},{box.south},{box.east},{box.north}"
        return {"box": sides, "beyond": beyond, "without_place": placeless}

    def _url(self, **changed: object) -> str:
        """Return this page's address with other answers; those that are None are left out."""
        kept = [(name, value) for name, value in self._asked() if name not in changed]
        kept += [(name, str(value)) for name, value in changed.items() if value not in (None, 1)]
        return self.request.route_path("maps.map", _query=kept)

    def _asked(self) -> list[tuple[str, str]]:
        """Return what was asked, in the words of the address, but for the page of it."""
        return [(name, value) for name, value in self.request.GET.items() if value and name != "page"]


def period(wanted: Filter) -> str:
    """Return since when and until when something must be, as OGC API - Features asks for it; empty without either."""
    if wanted.since is None and wanted.until is None:
        return ""
    return "/".join(at.isoformat(timespec="seconds") if at else ".." for at in (wanted.since, wanted.until))
