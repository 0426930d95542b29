"""Every version of a trail or a place: who made it and why, what is different between two, and the way back."""

import re
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.view import view_config

from maps.models import MapPlaceRevision, TrailRevision
from maps.permissions import Maps
from maps.queries.revisions import HistoryLine, revision, versions
from maps.queries.trails import in_sight
from maps.rules.content import Json
from maps.rules.differences import changes
from maps.terms import NoSuchRevision, NotPublishable, Stale, TrailState
from maps.views.editing import Editing, EditingPlace, EditingTrail, contributor
from maps.views.settling import sayer
from maps.views.showing import credit_words
from maps.views.speaking import speaker
from maps.views.words import flaw_words
from portal.i18n import _
from portal.index.views import page_of

PAGE = 30
TEMPLATES = "maps:templates/maps/"


class Versions(Editing):
    """What the pages about versions have in common, of a trail or a place."""

    kind = ""

    def show_all(self):
        page = page_of(self.request)
        lines, total = self.lines((page - 1) * PAGE)
        if not lines:
            raise HTTPNotFound
        first, last = (page - 1) * PAGE + 1, (page - 1) * PAGE + len(lines)
        return self.frame(
            _("History"),
            revisions=[self._line(line) for line in lines],
            latest=self.number,
            compare_url=self.path(f"maps.{self.kind}.difference"),
            where=self.said(_("${first} to ${last} of ${total}"), first=first, last=last, total=total),
            previous_url=self.path(f"maps.{self.kind}.history", _query={"page": page - 1}) if page > 1 else None,
            next_url=self.path(f"maps.{self.kind}.history", _query={"page": page + 1}) if last < total else None,
        )

    def show_difference(self):
        before, after = self._asked("before", self.number - 1), self._asked("after", self.number)
        try:
            old, new = self.revision(before), self.revision(after)
        except NoSuchRevision:
            raise HTTPNotFound from None
        told = [new.content, old.content] if self.sees_hidden else self.in_sight([new.content, old.content])
        say = sayer(self.request, told)
        found = [
            {
                "title": say.path(change.path),
                "before": say.value(change.path, change.before),
                "after": say.value(change.path, change.after),
            }
            for change in changes(told[1], told[0])
        ]
        may_go_back = self.request.has_permission(Maps.REVISE, self.context) and before != self.number
        return self.frame(
            self.said(_("From version ${before} to version ${after}"), before=before, after=after),
            changes=found,
            who=self._who(new),
            before=before,
            current=self.number,
            revert_url=self.path(f"maps.{self.kind}.revert", number=before) if may_go_back else None,
        )

    def go_back(self):
        number = self._number(self.request.matchdict["number"])
        try:
            self.revert_to(self.asked_base(), number)
        except NoSuchRevision:
            raise HTTPNotFound from None
        except Stale:
            self.request.tell("wrong", _("Somebody changed it meanwhile. This is what is different now."))
            return HTTPSeeOther(self.path(f"maps.{self.kind}.difference", _query={"before": number}))
        except NotPublishable as no:
            self.request.tell("wrong", " ".join(flaw_words(flaw, self.request) for flaw in no.flaws))
            return HTTPSeeOther(self.path(f"maps.{self.kind}.history"))
        self.request.tell("good", self.said(_("It says again what version ${number} said."), number=number))
        return HTTPSeeOther(self.path(f"maps.{self.kind}"))

    def _line(self, line: HistoryLine) -> dict[str, Any]:
        return {
            "number": line.number,
            "when": self.request.words.datetime(line.at, self.request.city.zone),
            "by": credit_words(line.author, self.request),
            "comment": line.comment,
            "current": line.number == self.number,
            "shown": self.is_shown,
        }

    def _who(self, revision) -> str:
        when = self.request.words.datetime(revision.created_at, self.request.city.zone)
        who = f"{contributor(revision, self.request)}, {when}"
        return f"{who} · {revision.comment}" if revision.comment else who

    def _asked(self, name: str, usual: int) -> int:
        written = self.request.GET.get(name)
        return max(usual, 1) if written is None else self._number(written)

    def _number(self, written: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", written, re.ASCII):
            raise HTTPNotFound
        return int(written)

    @property
    @abstractmethod
    def is_shown(self) -> bool:
        """Does everybody see the version that counts?"""

    @abstractmethod
    def lines(self, offset: int) -> tuple[list[HistoryLine], int]: ...

    @abstractmethod
    def revision(self, number: int): ...

    def in_sight(self, contents: Sequence[Json]) -> Sequence[Json]:
        """Return contents without what moderators hid."""
        return contents

    @abstractmethod
    def revert_to(self, base: int, number: int) -> None: ...


class TrailVersions(Versions, EditingTrail):
    """The versions of a trail."""

    kind = "trail"

    def crumbs(self) -> list[tuple[str, str | None]]:
        return [*super().crumbs()[:-1], (self.said(_("History")), self.path("maps.trail.history"))]

    @property
    def is_shown(self) -> bool:
        return self.trail.state is TrailState.PUBLISHED

    def lines(self, offset: int) -> tuple[list[HistoryLine], int]:
        return versions(self.request.db, TrailRevision, self.trail.id, limit=PAGE, offset=offset)

    def revision(self, number: int):
        return revision(self.request.db, TrailRevision, self.trail.id, number)

    def in_sight(self, contents: Sequence[Json]) -> Sequence[Json]:
        return in_sight(self.request.db, contents)

    def revert_to(self, base: int, number: int) -> None:
        comment = self.said(BACK, number=number)
        self.trails.revert(
            self.trail.id, base, number, comment=comment, sees_hidden=self.sees_hidden, **speaker(self.request)
        )

    @view_config(
        route_name="maps.trail.history",
        request_method="GET",
        permission=Maps.BROWSE,
        renderer=TEMPLATES + "history.jinja2",
    )
    def history(self):
        page = self.show_all()
        return page | {"trail": page["trail"][:-1]}

    @view_config(
        route_name="maps.trail.difference",
        request_method="GET",
        permission=Maps.BROWSE,
        renderer=TEMPLATES + "difference.jinja2",
    )
    def difference(self):
        return self.show_difference()

    @view_config(route_name="maps.trail.revert", request_method="POST", permission=Maps.REVISE)
    def revert(self):
        return self.go_back()


class PlaceVersions(Versions, EditingPlace):
    """The versions of a place."""

    kind = "place"

    def crumbs(self) -> list[tuple[str, str | None]]:
        return [*super().crumbs(), (self.said(_("History")), self.path("maps.place.history"))]

    @property
    def is_shown(self) -> bool:
        return True

    def lines(self, offset: int) -> tuple[list[HistoryLine], int]:
        return versions(self.request.db, MapPlaceRevision, self.place.id, limit=PAGE, offset=offset)

    def revision(self, number: int):
        return revision(self.request.db, MapPlaceRevision, self.place.id, number)

    def revert_to(self, base: int, number: int) -> None:
        self.places.revert(self.place.id, base, number, comment=self.said(BACK, number=number), **speaker(self.request))

    @view_config(
        route_name="maps.place.history",
        request_method="GET",
        permission=Maps.BROWSE,
        renderer=TEMPLATES + "history.jinja2",
    )
    def history(self):
        page = self.show_all()
        return page | {"trail": page["trail"][:-1]}

    @view_config(
        route_name="maps.place.difference",
        request_method="GET",
        permission=Maps.BROWSE,
        renderer=TEMPLATES + "difference.jinja2",
    )
    def difference(self):
        return self.show_difference()

    @view_config(route_name="maps.place.revert", request_method="POST", permission=Maps.REVISE)
    def revert(self):
        return self.go_back()


BACK = _("Back to version ${number}")
