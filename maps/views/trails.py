"""Trails as everybody sees them: all of them, each, and each of its stops."""

from collections.abc import Iterable
from typing import Any

from pyramid.view import view_config, view_defaults

from maps.permissions import Maps
from maps.queries.trails import (
    ANY_LENGTH,
    Range,
    ShownStop,
    ShownTrail,
    Source,
    TrailCard,
    found_trails,
    shown,
    trails_of,
)
from maps.schemas.contributing import ListSchema
from maps.schemas.translating import readable
from maps.terms import TrailState
from maps.views.editing import sees_hidden
from maps.views.showing import (
    access_tag,
    geo_url,
    licence_of,
    names,
    plan_of,
    plan_words,
    sounds_of,
    stop_card,
    trail_facts,
)
from maps.views.telling import offered, telling
from maps.views.words import (
    ACCESS_TAGS,
    MODES,
    STATES,
    THEMES,
    choices,
    distance_words,
    language_choices,
    minutes_words,
)
from portal.forms import Button, submitted
from portal.i18n import _
from portal.index.queries import WHEELCHAIR, Filter
from portal.licences import LICENCES

PAGE = 24
LENGTHS: dict[str, tuple[str, Range]] = {
    "short": (_("up to 2 km"), (None, 2000)),
    "medium": (_("2 to 5 km"), (2000, 5000)),
    "long": (_("more than 5 km"), (5000, None)),
}
FORMATS = (
    (_("Line and stops for a GPS (GPX)"), "gpx"),
    (_("Map data (GeoJSON)"), "geojson"),
    (_("For a globe (KML)"), "kml"),
    (_("Table of the stops (CSV)"), "csv"),
    (_("Podcast (RSS)"), "rss"),
)


@view_defaults(
    route_name="maps.trails",
    renderer="maps:templates/maps/trails.jinja2",
    permission=Maps.BROWSE,
    request_method="GET",
)
class Trails:
    """The page on which a visitor chooses a trail."""

    def __init__(self, request) -> None:
        self.request = request
        self.form = request.new_form(
            ListSchema(),
            buttons=(Button("", _("Show them")),),
            method="GET",
            themes=choices(THEMES, request),
            languages=language_choices(request),
            lengths=[(name, request.localizer.translate(words)) for name, (words, _metres) in LENGTHS.items()],
        )

    @view_config(public=True)
    def show(self):
        asked = submitted(self.form, self.request)
        if asked is None:
            return self._page(None, 0, 1)
        _words, metres = LENGTHS.get(asked["length"], ("", ANY_LENGTH))
        wanted = Filter(
            q=asked["q"],
            theme=asked["theme"],
            language=asked["language"],
            access=WHEELCHAIR if asked["wheelchair"] else None,
        )
        page = asked["page"]
        found = self._found(wanted, metres, page)
        if found.total and not found.cards:  # further than the list goes
            page = -(-found.total // PAGE)
            found = self._found(wanted, metres, page)
        narrowed = wanted != Filter() or metres != ANY_LENGTH
        return self._page(found.cards, found.total, page, narrowed=narrowed)

    def _found(self, wanted: Filter, metres: Range, page: int):
        return found_trails(self.request.db, wanted, metres, limit=PAGE, offset=(page - 1) * PAGE)

    def _page(self, cards: Iterable[TrailCard] | None, total: int, page: int, *, narrowed: bool = False):
        shown_cards = None if cards is None else [self._card(card) for card in cards]
        return {
            "form": self.form,
            "cards": shown_cards,
            "total": total,
            "mine": self._mine(),
            "shown": ((page - 1) * PAGE + 1, (page - 1) * PAGE + len(shown_cards or ())),
            "previous_url": self._url(page - 1) if page > 1 else None,
            "next_url": self._url(page + 1) if page * PAGE < total else None,
            "narrowed": narrowed,
        }

    def _mine(self):
        """Return the trails that somebody works on and nobody else sees yet."""
        if self.request.identity is None:
            return []
        theirs = trails_of(self.request.db, self.request.identity.person_id)
        say = self.request.localizer.translate
        return [
            {
                "url": self.request.route_path("maps.trail.edit", slug=one.slug),
                "title": one.title,
                "state": (say(STATES[one.state][0]), STATES[one.state][1]),
            }
            for one in theirs
            if one.state is not TrailState.PUBLISHED
        ]

    def _card(self, card: TrailCard):
        request = self.request
        stops = request.ngettext("${n} stop", "${n} stops", card.stops)
        facts = [minutes_words(card, request), distance_words(card.length, request), stops]
        tags: list[tuple[str, str | None]] = [(request.localizer.translate(THEMES[card.theme]), "map")]
        if card.access.level in ACCESS_TAGS:
            tags.append((request.localizer.translate(ACCESS_TAGS[card.access.level]), None))
        facts.append(request.words.tongue(card.language))
        facts.append(LICENCES[card.licence].label)
        return {
            "url": request.route_path("maps.trail", slug=card.slug),
            "title": card.title,
            "summary": card.summary,
            "tags": tags,
            "facts": facts,
        }

    def _url(self, page: int) -> str:
        asked = {name: value for name, value in self.request.GET.items() if value and name != "page"}
        return self.request.route_path("maps.trails", _query=asked | ({"page": str(page)} if page > 1 else {}))


@view_defaults(permission=Maps.BROWSE, request_method="GET")
class TrailPage:
    """A trail: what it is about, how long and how hard, and all that is heard and read at its stops."""

    def __init__(self, context, request) -> None:
        self.context = context
        self.request = request
        self.trail: ShownTrail = shown(request.db, context.trail)
        self.content = self.trail.content
        self.told = telling(request, self.content)

    @view_config(route_name="maps.trail", renderer="maps:templates/maps/trail.jinja2", public=True)
    def show(self):
        trail, request = self.trail, self.request
        media = sounds_of(request, [one for stop in trail.stops for one in stop.media])
        return {
            "slug": trail.slug,
            "id": trail.id,
            "standing": trail.standing,
            "content": self.content,
            "told": self.told,
            "languages": offered(request, self.content, readable(self.content)),
            "stops": [stop_card(stop, media, request) for stop in trail.stops],
            "plan": plan_of(self.content, self.told),
            "sheet": self._sheet(),
            "sources": [self._related(one) for one in trail.sources],
            "remixes": [self._related(one) for one in trail.remixes],
            "revisions": trail.current,
            "acts": self._acts(),
            "downloads": self._downloads(),
        }

    def _sheet(self) -> dict[str, Any]:
        request, trail = self.request, self.trail
        say = request.localizer.translate
        state = STATES[trail.state]
        public = trail.state is TrailState.PUBLISHED
        changed = request.words.date(trail.revised_at, request.city.zone)
        return {
            "address": request.route_path("maps.trail", slug=trail.slug),
            "licence": licence_of(self.content),
            "theme": say(THEMES[self.content.theme]),
            "access_tag": access_tag(self.content, request),
            "draft": not public,
            "state": None if public else (say(state[0]), state[1]),
            "unseen": None if public else say(UNSEEN[trail.state]),
            "facts": trail_facts(trail, self.told, request),
            "plan_words": plan_words(self.content, self.told, request),
            "short": self._short(),
            "changed": say(_("the last of ${day}"), mapping={"day": changed}),
        }

    def _short(self) -> list[str]:
        """Return how long it takes, how far it is, on foot or by bike, in a few words."""
        trail, request = self.trail, self.request
        said = [minutes_words(trail, request)] if trail.stops else []
        if trail.length:
            said.append(distance_words(trail.length, request))
        return [*said, request.localizer.translate(MODES[self.content.mode])]

    def _related(self, source: Source) -> dict[str, Any]:
        untitled = {self.request.locale_name: self.request.localizer.translate(_("a trail that is not shown any more"))}
        title = source.title or untitled
        return {"title": title, "url": source.path, "by": names(source.credits, self.request)}

    def _acts(self) -> list[tuple[str, str, str]]:
        """Return what a resident can do with a trail: label, address, picture."""
        slug = self.trail.slug
        acts = [
            (_("Add a sound"), "maps.trail.sound", "microphone"),
            (_("Correct or complete it"), "maps.trail.edit", "edit"),
            (_("Translate it"), "maps.trail.translate", "globe"),
        ]
        if self.trail.state is TrailState.PUBLISHED:
            acts.append((_("Make your own of it"), "maps.trail.remix", "make"))
        say, path = self.request.localizer.translate, self.request.route_path
        return [(say(label), path(route, slug=slug), picture) for label, route, picture in acts]

    def _downloads(self) -> list[tuple[str, str]]:
        address, say = self.request.route_path("maps.trail", slug=self.trail.slug), self.request.localizer.translate
        files = [(say(label), f"{address}.{extension}") for label, extension in FORMATS]
        return [*files, (say(_("Sheet to print")), f"{address}/sheet")]


UNSEEN = {
    TrailState.DRAFT: _("Only its authors and the moderators see this draft yet."),
    TrailState.WITHDRAWN: _("Its authors took it back: only they and the moderators see it."),
}


@view_defaults(route_name="maps.stop", permission=Maps.BROWSE, request_method="GET")
class StopPage:
    """One stop, at an address that stays: what the code on its post leads to."""

    def __init__(self, context, request) -> None:
        self.context = context
        self.request = request
        self.trail: ShownTrail = shown(request.db, context.trail, everything=sees_hidden(request, context))
        self.content = self.trail.content
        self.told = telling(request, self.content)

    @view_config(renderer="maps:templates/maps/stop.jinja2", public=True)
    def show(self):
        at = next((at for at, one in enumerate(self.trail.stops) if one.id == self.context.stop.id), None)
        trail_url = self.request.route_path("maps.trail", slug=self.trail.slug)
        common = {"content": self.content, "told": self.told, "trail_url": trail_url, "id": self.context.stop.id}
        common["standing"] = self.context.stop_standing
        if at is None:
            return common | {"one": {"stop": None}, "title": self.context.stop.title, "next": None}
        stop, stops = self.trail.stops[at], self.trail.stops
        media = sounds_of(self.request, stop.media)
        card = stop_card(stop, media, self.request)
        return common | {
            "one": card,
            "title": stop.content.title,
            "previous": self._other(stops[at - 1]) if at else None,
            "next": self._other(stops[at + 1]) if at + 1 < len(stops) else None,
            "plan": plan_of(self.content, self.told),
            "plan_words": plan_words(self.content, self.told, self.request),
            "geo_url": geo_url(*stop.content.position),
            "walk_url": self.request.route_path(
                "maps.trail.walk",
                slug=self.trail.slug,
                _query=self.request.GET,
                _anchor=f"stop-{stop.content.label}",
            ),
            "sound_url": self.request.route_path(
                "maps.trail.sound", slug=self.trail.slug, _query={"stop": str(stop.id)}
            ),
        }

    def _other(self, stop: ShownStop) -> dict[str, Any]:
        return {"stop": stop.content, "url": self.request.route_path("maps.stop", id=stop.id)}
