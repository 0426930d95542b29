"""What the pages have in common on which trails and places are worked on.

A form is filled in from a revision and says which (``base``). What it asks is changed in that revision's content, and
the service puts it together with what others did meanwhile. Where it cannot, both versions are shown beside what they
come from (:mod:`maps.views.settling`): nothing that somebody wrote is lost.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from pyramid.httpexceptions import HTTPBadRequest, HTTPSeeOther
from pyramid.i18n import TranslationString

from maps.models import MapPlace, MapPlaceRevision, Trail, TrailRevision
from maps.permissions import Maps
from maps.queries.contents import place_content, trail_content
from maps.queries.revisions import revision
from maps.queries.trails import readable
from maps.rules.content import place_as_json, trail_as_json
from maps.rules.trails import far_stops
from maps.services.places import Places
from maps.services.trails import Trails
from maps.terms import (
    Flaw,
    FlawCode,
    NoSuchRevision,
    NotPublishable,
    PlaceContent,
    Stale,
    TrailContent,
    TrailState,
)
from maps.views.settling import chosen_content, conflict_page
from maps.views.speaking import speaker
from maps.views.telling import telling
from maps.views.words import FORMER, flaw_words
from portal.forms import Button, fail, submitted
from portal.i18n import _

TEMPLATES = "maps:templates/maps/edit/"
FORM = TEMPLATES + "form.jinja2"
SAVED = _("Saved. It is in the history, with your name.")


class Editing(ABC):
    """A page on which something is worked on that has revisions. ``content`` is what it says now.

    ``sees_hidden`` says whether the reader sees stops and sounds that moderators hid.
    """

    content: TrailContent | PlaceContent
    sees_hidden: bool

    def __init__(self, context, request) -> None:
        self.context = context
        self.request = request
        self.told = telling(request, self.content)
        self.refused: list[str] = []

    def form(self, schema, label: str = "", *, name: str | None = None, kind: str = "", action: str = "", **bind):
        """Return a form with one button."""
        return self.request.new_form(
            schema, buttons=(Button("", label or _("Save"), kind),), name=name, action=action, **bind
        )

    def fill(self, form, values: Mapping[str, object]) -> None:
        """Fill a form in; what is None stays empty."""
        form.set_appstruct({name: value for name, value in values.items() if value is not None})

    def frame(self, title: str, **more: Any) -> dict[str, Any]:
        """Return what each of these pages shows: where one is, and what the page is for."""
        said = self.said(title)
        return {"trail": [*self.crumbs(), (said, None)], "title": said, "told": self.told, **more}

    @abstractmethod
    def crumbs(self) -> list[tuple[str, str | None]]: ...

    def said(self, message: str, **values: object) -> str:
        """Return one of our messages in the reader's language, and what somebody wrote as it is."""
        if isinstance(message, TranslationString):
            return self.request.localizer.translate(message, mapping=values)
        return message

    # What is sent --------------------------------------------------------------------------------------------------

    def change(self, form, make: Callable[[Any, Mapping[str, Any]], Any], told: str = SAVED):
        """Do what a form asks. Return the answer, or None: then the form says why it was not done."""
        sent = submitted(form, self.request)
        if sent is None:
            return None
        return self.revise(form, sent["base"], lambda content: make(content, sent), sent.get("comment", ""), told)

    def revise(self, form, base: int, make: Callable[[Any], Any], comment: str = "", told: str = SAVED):
        """Make a revision of what the revision ``base`` said. Return the answer, None where the form says why not."""
        try:
            self._record(base, make(self.content_at(base)), comment)
        except NoSuchRevision:
            raise HTTPBadRequest from None
        except Stale as no:
            return conflict_page(self, no, base)
        except NotPublishable as no:
            self.request.response.status_int = 409
            self.refuse(form, no.flaws)
            return None
        self.request.tell("good", told)
        return HTTPSeeOther(self.after)

    def _record(self, base: int, mine: Any, comment: str) -> None:
        """Record a content, or what was chosen where somebody else had changed the same. Raises as the service does."""
        try:
            self.record(base, mine, comment)
        except Stale as no:
            chosen = chosen_content(no, self.request.typed)
            if chosen is None:
                raise
            self.record(no.theirs, chosen, comment)

    def refuse(self, form, flaws: Sequence[Flaw]) -> None:
        """Say why something was not done: above the form, or where there is none, above the page."""
        for flaw in flaws:
            if form is None:
                self.refused.append(flaw_words(flaw, self.request))
            else:
                fail(form, None, flaw_words(flaw, self.request))

    def asked_base(self) -> int:
        """Return the revision that a small form was shown with. Raises ``HTTPBadRequest``."""
        return self.asked_number("base")

    def asked_number(self, name: str) -> int:
        written = self.request.typed.get(name, "")
        digits = written.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
            raise HTTPBadRequest
        return int(written)

    def asked_id(self, name: str) -> UUID:
        try:
            return UUID(self.request.typed.get(name, ""))
        except ValueError:
            raise HTTPBadRequest from None

    @abstractmethod
    def path(self, route: str, **given: Any) -> str:
        """Return the address of a page about the same thing."""

    # What it is of ---------------------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def number(self) -> int:
        """The revision that counts now."""

    @property
    @abstractmethod
    def after(self) -> str:
        """Where one is led when it is saved."""

    @abstractmethod
    def content_at(self, number: int): ...

    def seen(self, content):
        """Return a content as the reader sees it."""
        return content

    @abstractmethod
    def as_json(self, content) -> dict[str, Any]: ...

    @abstractmethod
    def record(self, base: int, content, comment: str) -> None: ...

    @abstractmethod
    def who_wrote(self, number: int) -> str:
        """Return the name of who made a revision."""


class EditingTrail(Editing):
    """A page on which a trail is worked on."""

    def __init__(self, context, request) -> None:
        self.trail: Trail = context.trail
        self.trails = request.find_service(Trails)
        self.sees_hidden = sees_hidden(request, context)
        self.request = request
        self.content: TrailContent = self.seen(trail_content(request.db, self.trail))
        self.far = False
        super().__init__(context, request)

    def seen(self, content: TrailContent) -> TrailContent:
        return content if self.sees_hidden else readable(self.request.db, content)

    @property
    def number(self) -> int:
        return self.trail.current

    @property
    def after(self) -> str:
        return self.path("maps.trail.edit")

    @property
    def is_published(self) -> bool:
        return self.trail.state is TrailState.PUBLISHED

    def path(self, route: str, **given: Any) -> str:
        """Return the address of a page about this trail."""
        return self.request.route_path(route, slug=self.trail.slug, **given)

    def crumbs(self) -> list[tuple[str, str | None]]:
        return [
            (self.said(_("Audio trails")), self.request.route_path("maps.trails")),
            (self.told.of(self.content.title), self.path("maps.trail")),
            (self.said(_("Work on it")), self.path("maps.trail.edit")),
        ]

    def content_at(self, number: int) -> TrailContent:
        return trail_content(self.request.db, self.trail, number)

    def as_json(self, content: TrailContent) -> dict[str, Any]:
        return trail_as_json(content)

    def record(self, base: int, content: TrailContent, comment: str) -> None:
        meant = far_stops(content) if "meant" in self.request.typed else ()
        self.trails.revise(
            self.trail.id,
            base,
            content,
            comment=comment,
            meant=meant,
            sees_hidden=self.sees_hidden,
            **speaker(self.request),
        )

    def who_wrote(self, number: int) -> str:
        return contributor(revision(self.request.db, TrailRevision, self.trail.id, number), self.request)

    def refuse(self, form, flaws: Sequence[Flaw]) -> None:
        """Say why not; where a stop is ``far`` from the way, offer to say that it is meant so."""
        super().refuse(form, flaws)
        self.far = any(flaw.code is FlawCode.FAR_FROM_LINE for flaw in flaws)
        if form is not None and self.far:
            form.buttons = [*form.buttons, Button("meant", _("It is meant so: save it"), "quiet")]


class EditingPlace(Editing):
    """A page on which a place is worked on."""

    def __init__(self, context, request) -> None:
        self.place: MapPlace = context.place
        self.places = request.find_service(Places)
        self.sees_hidden = sees_hidden(request, context)
        self.content: PlaceContent = place_content(request.db, self.place)
        super().__init__(context, request)

    @property
    def number(self) -> int:
        return self.place.current

    @property
    def after(self) -> str:
        return self.path("maps.place")

    def path(self, route: str, **given: Any) -> str:
        """Return the address of a page about this place."""
        return self.request.route_path(route, slug=self.place.slug, **given)

    def crumbs(self) -> list[tuple[str, str | None]]:
        return [(self.told.of(self.content.title), self.path("maps.place"))]

    def content_at(self, number: int) -> PlaceContent:
        return place_content(self.request.db, self.place, number)

    def as_json(self, content: PlaceContent) -> dict[str, Any]:
        return place_as_json(content)

    def record(self, base: int, content: PlaceContent, comment: str) -> None:
        self.places.revise(self.place.id, base, content, comment=comment, **speaker(self.request))

    def who_wrote(self, number: int) -> str:
        return contributor(revision(self.request.db, MapPlaceRevision, self.place.id, number), self.request)


def say_flaws(form, flaws: Sequence[Flaw], request) -> None:
    """Say above a form why nothing was made of it."""
    request.response.status_int = 409
    for flaw in flaws:
        fail(form, None, flaw_words(flaw, request))


def sees_hidden(request, context) -> bool:
    """Does the reader see what moderators hid: as an author of it, or as one of them?"""
    return bool(request.has_permission(Maps.EDIT_DRAFT, context))


def contributor(told: TrailRevision | MapPlaceRevision, request) -> str:
    """Return who made a revision: somebody, for an organisation, or who is not here any more."""
    name = told.author.name or request.localizer.translate(FORMER)
    if told.organisation is None:
        return name
    return request.localizer.translate(
        _("${name}, for ${organisation}"), mapping={"name": name, "organisation": told.organisation.name}
    )
