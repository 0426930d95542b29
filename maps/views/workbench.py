"""Where a trail begins, is worked on part by part, gets its authors, and is published or taken back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config, view_defaults

from maps.permissions import Maps
from maps.queries.media import facts, media_of
from maps.queries.trails import ShownTrail, hints, shown
from maps.rules.trails import far_stops, trail_flaws
from maps.schemas import changes
from maps.schemas.contributing import AboutSchema, AccessSchema, AuthorSchema, NewTrailSchema
from maps.schemas.translating import languages_of, share
from maps.services.trails import Trails
from maps.terms import Flaw, FlawCode, Hint, HintCode, LastAuthor, NotPublishable, TrailState
from maps.views.editing import FORM, TEMPLATES, EditingTrail, say_flaws
from maps.views.showing import credit_words, licence_of, plan_of, plan_words, sounds_of, stop_card
from maps.views.speaking import speaker
from maps.views.words import (
    ACCESS_LEVELS,
    DIFFICULTIES,
    MODES,
    STATES,
    SURFACES,
    THEMES,
    access_facts,
    beside,
    choices,
    distance_words,
    language_choices,
    minutes_words,
)
from portal.forms import Button, fail, submitted
from portal.i18n import _
from portal.licences import LICENCES
from portal.people.services.accounts import Accounts
from portal.security.limits import Attempts, Limit, says_too_many

LOOKING_FOR_AUTHORS = Limit("maps.author", 20, timedelta(hours=1))
"""How often somebody may ask whether an address has an account."""


def licence_choices() -> list[tuple[str, str]]:
    return [(spdx, licence.label) for spdx, licence in LICENCES.items()]


@view_defaults(route_name="maps.trail.new", renderer=FORM, permission=Maps.CONTRIBUTE)
class NewTrail:
    """The page on which a trail begins: a title is enough, the rest comes step by step."""

    def __init__(self, request) -> None:
        self.request = request
        self.form = request.new_form(
            NewTrailSchema(),
            buttons=(Button("", _("Begin")),),
            themes=choices(THEMES, request),
            languages=language_choices(request),
            licences=licence_choices(),
        )

    @view_config(request_method="GET")
    def show(self):
        self.form.set_appstruct({"language": self.request.locale_name, "licence": next(iter(LICENCES))})
        return self._page()

    @view_config(request_method="POST")
    def send(self):
        sent = submitted(self.form, self.request)
        if sent is None:
            return self._page()
        trails = self.request.find_service(Trails)
        try:
            trail = trails.begin(changes.begun(sent), **speaker(self.request))
        except NotPublishable as no:
            say_flaws(self.form, no.flaws, self.request)
            return self._page()
        self.request.tell("good", _("Your draft is kept. Now add its stops; it is not public until you publish it."))
        return HTTPSeeOther(self.request.route_path("maps.trail.edit", slug=trail.slug))

    def _page(self):
        say = self.request.localizer.translate
        title = say(_("Make a trail"))
        return {
            "trail": [(say(_("Audio trails")), self.request.route_path("maps.trails")), (title, None)],
            "title": title,
            "intro": say(_("A title is enough to begin. Stops, sounds and the way come next, in any order.")),
            "form": self.form,
        }


@view_defaults(renderer=TEMPLATES + "trail.jinja2", permission=Maps.REVISE)
class Workbench(EditingTrail):
    """All the parts of a trail, what is in each, and what is still wrong with it."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.author_form = self.form(
            AuthorSchema(), _("Add them"), name="author", action=self.path("maps.trail.authors")
        )

    @view_config(route_name="maps.trail.edit", request_method="GET")
    def show(self):
        return self._page()

    @view_config(route_name="maps.trail.order", request_method="POST")
    def move(self):
        stop_id, by = self.asked_id("stop"), self.asked_number("by")
        answer = self.revise(
            None,
            self.asked_base(),
            lambda content: changes.moved(self.seen(content), stop_id, by),  # past the next one that is seen
            told=_("The order is changed."),
        )
        return answer or self._page()

    @view_config(route_name="maps.trail.publish", request_method="POST", permission=Maps.PUBLISH)
    def publish(self):
        meant = far_stops(self.content) if "far" in self.request.POST else ()
        try:
            self.trails.publish(self.trail.id, meant=meant)
        except NotPublishable as no:
            self.request.response.status_int = 409
            self.refuse(None, no.flaws)
            return self._page()
        self.request.tell("good", _("It is published: everybody can walk it, listen, and add to it."))
        return HTTPSeeOther(self.path("maps.trail"))

    @view_config(route_name="maps.trail.withdraw", request_method="POST", permission=Maps.PUBLISH)
    def withdraw(self):
        self.trails.withdraw(self.trail.id)
        self.request.tell("good", _("It is taken back: only its authors and the moderators see it now."))
        return HTTPSeeOther(self.after)

    @view_config(
        route_name="maps.trail.authors",
        request_method="POST",
        request_param="person",
        permission=Maps.PUBLISH,
    )
    def remove_author(self):
        person_id = self.asked_id("person")
        try:
            self.trails.remove_author(self.trail.id, person_id)
        except LastAuthor:
            self.request.response.status_int = 409
            self.refused.append(self.said(_("A trail has at least one author. Add another one first.")))
            return self._page()
        self.request.tell("good", _("They are not among its authors any more."))
        mine = person_id == self.request.identity.person_id and not self.is_published
        return HTTPSeeOther(self.request.route_path("maps.trails") if mine else self.after)

    @view_config(
        route_name="maps.trail.authors", request_method="POST", permission=Maps.PUBLISH, decorator=says_too_many
    )
    def add_author(self):
        sent = submitted(self.author_form, self.request)
        if sent is None:
            return self._page()
        self.request.find_service(Attempts).spend(LOOKING_FOR_AUTHORS, str(self.request.identity.person_id))
        person = self.request.find_service(Accounts).by_email(sent["email"])
        if person is None or person.email_confirmed_at is None:
            self.request.response.status_int = 409
            fail(self.author_form, "email", _("Nobody here has this address. Ask them to open an account first."))
            return self._page()
        self.trails.add_author(self.trail.id, person.id)
        self.request.tell("good", _("They are an author of this trail now."))
        return HTTPSeeOther(self.after)

    def _page(self):
        trail = shown(self.request.db, self.trail, everything=self.sees_hidden)
        self.content = trail.content
        found = trail_flaws(self.content, facts(self.request.db, media_of(self.content)))
        media = sounds_of(self.request, [one for stop in trail.stops for one in stop.media])
        may_publish = bool(self.request.has_permission(Maps.PUBLISH, self.context))
        return {
            "trail": self.crumbs()[:-1],
            "content": self.content,
            "told": self.told,
            "state": (self.said(STATES[trail.state][0]), STATES[trail.state][1]),
            "published": self.is_published,
            "intro": self.said(INTRO[trail.state]),
            "wrong": self.refused,
            "flaws": beside(found, self.request),
            "hints": beside(self._hints(found), self.request),
            "flaw_count": len(found),
            "far": any(flaw.code is FlawCode.FAR_FROM_LINE for flaw in found),
            "stops": [self._stop(stop, media) for stop in trail.stops],
            "base": trail.current,
            "plan": plan_of(self.content, self.told),
            "plan_words": plan_words(self.content, self.told, self.request),
            "about": self._about(trail),
            "access": [pair for pair in access_facts(self.content.access, self.request) if pair[1]],
            "line_words": self._line_words(trail),
            "languages": self._languages(),
            "licence": licence_of(self.content),
            "may_publish": may_publish,
            "authors": self._authors(trail, may_publish),
            "author_form": self.author_form if may_publish else None,
            "urls": self._urls(),
        }

    def _hints(self, flaws: Sequence[Flaw]) -> list[Hint]:
        """Return what to look at again, without what is a flaw already."""
        far = {flaw.values["stop"] for flaw in flaws if flaw.code is FlawCode.FAR_FROM_LINE}
        return [
            hint
            for hint in hints(self.request.db, self.content)
            if not (hint.code is HintCode.OFF_THE_LINE and hint.values["stop"] in far)
        ]

    def _stop(self, stop, media):
        card = stop_card(stop, media, self.request)
        return card | {
            "url": self.path("maps.trail.stop", id=stop.id),
            "sounds_url": self.path("maps.trail.stop.sounds", id=stop.id),
        }

    def _urls(self) -> dict[str, str]:
        names = {
            "trail": "maps.trail",
            "about": "maps.trail.about",
            "access": "maps.trail.access",
            "line": "maps.trail.line",
            "translate": "maps.trail.translate",
            "new_stop": "maps.trail.stop.new",
            "order": "maps.trail.order",
            "publish": "maps.trail.publish",
            "withdraw": "maps.trail.withdraw",
            "authors": "maps.trail.authors",
            "history": "maps.trail.history",
        }
        return {name: self.path(route) for name, route in names.items()}

    def _about(self, trail: ShownTrail) -> list[tuple[str, str | None]]:
        content = self.content
        minutes = minutes_words(trail, self.request)
        return [
            (self.said(_("Theme")), self.said(THEMES[content.theme])),
            (self.said(_("Followed")), self.said(MODES[content.mode])),
            (self.said(_("Duration")), minutes if trail.stops else None),
            (self.said(_("How hard")), self.said(DIFFICULTIES[content.difficulty]) if content.difficulty else None),
            (self.said(_("Licence")), licence_of(content).label),
        ]

    def _line_words(self, trail: ShownTrail) -> str:
        if not self.content.line:
            return self.said(_("No way is drawn: walkers go straight from stop to stop."))
        points = self.request.ngettext("${n} point", "${n} points", len(self.content.line))
        return f"{distance_words(trail.length, self.request)}, {points}"

    def _languages(self) -> list[tuple[str, str | None, str]]:
        """Return each language with the page on which it is gone on with, and how much of the trail is in it."""
        found: list[tuple[str, str | None, str]] = []
        for code in languages_of(self.content):
            there, total = share(self.content, code)
            own = code == self.content.language
            url = None if own else self.path("maps.trail.translate", _query={"language": code})
            said = self.said(_("the original")) if own else self.said(_("${n} of ${total} texts"), n=there, total=total)
            found.append((self.request.words.tongue(code), url, said))
        return found

    def _authors(self, trail: ShownTrail, may_change: bool) -> list[dict[str, Any]]:
        me, several = self.request.identity.person_id, len(trail.authors) > 1
        return [
            {
                "name": credit_words(one, self.request),
                "label": self.said(_("Leave")) if one.person_id == me else self.said(_("Take off")),
                "fields": {"person": one.person_id} if may_change and several else None,
            }
            for one in trail.authors
        ]


INTRO = {
    TrailState.DRAFT: _(
        "This is a draft: only its authors and the moderators see it. Each part can be done in any order."
    ),
    TrailState.PUBLISHED: _(
        "What you change is public at once, and in the history with your name. Others can change it too."
    ),
    TrailState.WITHDRAWN: _(
        "It was taken back: only its authors and the moderators see it. It can be published again."
    ),
}


@view_defaults(route_name="maps.trail.about", renderer=FORM, permission=Maps.REVISE)
class About(EditingTrail):
    """What a trail says of itself."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.about = self.form(
            AboutSchema(),
            themes=choices(THEMES, request),
            languages=language_choices(request, self.content.language),
            licences=licence_choices(),
            modes=choices(MODES, request),
            difficulties=choices(DIFFICULTIES, request),
        )

    @view_config(request_method="GET")
    def show(self):
        content, own = self.content, self.content.language
        texts = {name: getattr(content, name).get(own, "") for name in ("title", "summary", "text")}
        words = {name: getattr(content, name).value for name in ("theme", "mode")}
        takes = {"minutes": content.minutes, "minutes_most": content.minutes_most}
        hard = content.difficulty.value if content.difficulty else None
        rest = {"language": own, "licence": content.licence, "difficulty": hard}
        self.fill(self.about, {"base": self.number, **texts, **words, **takes, **rest})
        return self._page()

    @view_config(request_method="POST")
    def send(self):
        return self.change(self.about, changes.described) or self._page()

    def _page(self):
        intro = _("Write in ${language}. Other languages have a page of their own: Translate.")
        language = self.request.words.tongue(self.content.language)
        return self.frame(_("What it says of itself"), intro=self.said(intro, language=language), form=self.about)


@view_defaults(route_name="maps.trail.access", renderer=FORM, permission=Maps.REVISE)
class WhoGetsThere(EditingTrail):
    """What somebody in a wheelchair, with a pram or on crutches must know before."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.access = self.form(
            AccessSchema(), levels=choices(ACCESS_LEVELS, request), surfaces=choices(SURFACES, request)
        )

    @view_config(request_method="GET")
    def show(self):
        access = self.content.access
        words = {"level": access.level.value, "surface": access.surface.value if access.surface else None}
        measures = {"slope_percent": access.slope_percent, "width_cm": access.width_cm}
        obstacles = access.obstacles.get(self.content.language, "")
        self.fill(self.access, {"base": self.number, **words, **measures, "obstacles": obstacles})
        return self._page()

    @view_config(request_method="POST")
    def send(self):
        return self.change(self.access, changes.accessed) or self._page()

    def _page(self):
        intro = _("Say what you have seen yourself. Leave out what you do not know: a wrong word strands somebody.")
        return self.frame(_("Who gets there"), intro=self.said(intro), form=self.access)
