"""Places as everybody sees them, and where they are put on the map and corrected."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config, view_defaults

from maps.permissions import Maps
from maps.queries.middle import FAR_METRES, middle
from maps.queries.places import ShownPlace, shown_place
from maps.rules.lines import distance
from maps.schemas import changes
from maps.schemas.contributing import PlaceChangeSchema, PlaceSchema, PlaceSoundSchema
from maps.schemas.positions import write_position
from maps.schemas.translating import readable
from maps.services.places import Places
from maps.terms import NotPublishable
from maps.views.editing import FORM, EditingPlace, say_flaws
from maps.views.showing import access_tag, geo_url, known_media, library_url, licence_of, names, sounds_of
from maps.views.speaking import speaker
from maps.views.stops import media_line, media_to_add, media_words
from maps.views.telling import offered, telling
from maps.views.touching import surroundings
from maps.views.words import (
    ACCESS_LEVELS,
    THEMES,
    access_facts,
    choices,
    distance_words,
    language_choices,
)
from maps.views.workbench import licence_choices
from portal.forms import Button, fail, submitted
from portal.i18n import _
from portal.licences import LICENCES
from portal.places.grid import around

AROUND_METRES = 500
FAR = _("This is ${far} away from the other places. If it is meant to be there, send it once more.")
SWAPPED = _("This is ${far} away from the other places. Latitude comes first: were the two numbers swapped?")


def bound(request, *languages: str) -> dict[str, Any]:
    """Return what the forms about places let one choose from."""
    return {
        "themes": choices(THEMES, request),
        "languages": language_choices(request, *languages),
        "licences": licence_choices(),
        "levels": choices(ACCESS_LEVELS, request),
    }


def is_doubtful(form, sent: Mapping[str, Any], request) -> bool:
    """Is a place so far from all others that it is asked whether it is meant to be there? Sent again, it is."""
    home, where = middle(request.db), sent["where"]
    far, written = distance(home, where), write_position(where)
    if far < FAR_METRES or sent["sure"] == written:
        return False
    asked = SWAPPED if distance(home, where[::-1]) < FAR_METRES else FAR
    fail(form, "where", request.localizer.translate(asked, mapping={"far": distance_words(far, request)}))
    form["sure"].cstruct = written
    request.response.status_int = 422
    return True


@view_defaults(route_name="maps.place", permission=Maps.BROWSE, request_method="GET")
class PlacePage:
    """A place: what there is to know, to hear and to see, and where it is."""

    def __init__(self, context, request) -> None:
        self.request = request
        self.place: ShownPlace = shown_place(request.db, context.place)
        self.content = self.place.content
        self.told = telling(request, self.content)

    @view_config(renderer="maps:templates/maps/place.jinja2", public=True)
    def show(self):
        media = sounds_of(self.request, self.place.media)
        return {
            "slug": self.place.slug,
            "id": self.place.id,
            "standing": self.place.standing,
            "content": self.content,
            "told": self.told,
            "languages": offered(self.request, self.content, readable(self.content)),
            "shown": [media[one] for one in self.place.media if one in media],
            "sheet": self._sheet(),
            "acts": self._acts(),
            "revisions": self.place.current,
        }

    def _sheet(self) -> dict[str, Any]:
        request, content = self.request, self.content
        say = request.localizer.translate
        facts = [
            (say(_("Address")), content.address),
            (say(_("Position")), f"{content.latitude:.5f}, {content.longitude:.5f}"),
            *access_facts(content.access, request),
            (say(_("Obstacles")), self.told.of(content.access.obstacles)),
            (say(_("By")), names(self.place.contributors, request)),
        ]
        changed = request.words.date(self.place.revised_at, request.city.zone)
        return {
            "theme": say(THEMES[content.theme]),
            "licence": licence_of(content),
            "access_tag": access_tag(content, request),
            "facts": facts,
            "map_url": geo_url(*content.position),
            "around_url": self._around(),
            "changed": say(_("the last of ${day}"), mapping={"day": changed}),
        }

    def _around(self) -> str:
        """Return the address of the map where the place is."""
        box = around(self.content.position, AROUND_METRES)
        sides = ",".join(f"{degrees:.5f}" for degrees in (box.west, box.south, box.east, box.north))
        return self.request.route_path("maps.map", _query={"bbox": sides})

    def _acts(self) -> list[tuple[str, str, str]]:
        acts = [
            (_("Correct or complete it"), "maps.place.edit", "edit"),
            (_("Add a sound or a picture"), "maps.place.media", "microphone"),
            (_("Translate it"), "maps.place.translate", "globe"),
        ]
        say, path = self.request.localizer.translate, self.request.route_path
        return [(say(label), path(route, slug=self.place.slug), picture) for label, route, picture in acts]


@view_defaults(route_name="maps.place.new", renderer=FORM, permission=Maps.CONTRIBUTE)
class NewPlace:
    """The page on which a place is put on the map."""

    def __init__(self, request) -> None:
        self.request = request
        self.form = request.new_form(PlaceSchema(), buttons=(Button("", _("Put it on the map")),), **bound(request))

    @view_config(request_method="GET")
    def show(self):
        self.form.set_appstruct({"language": self.request.locale_name, "licence": next(iter(LICENCES))})
        return self._page()

    @view_config(request_method="POST")
    def send(self):
        sent = submitted(self.form, self.request)
        if sent is None or is_doubtful(self.form, sent, self.request):
            return self._page()
        places = self.request.find_service(Places)
        try:
            place = places.add(changes.placed(sent), **speaker(self.request))
        except NotPublishable as no:
            say_flaws(self.form, no.flaws, self.request)
            return self._page()
        self.request.tell("good", _("The place is on the map. Thank you."))
        return HTTPSeeOther(self.request.route_path("maps.place", slug=place.slug))

    def _page(self):
        say = self.request.localizer.translate
        title = say(_("Put a place on the map"))
        return {
            "trail": [(title, None)],
            "title": title,
            "intro": say(_("A place where something was made, can be heard, or is shared. It is public at once.")),
            "form": self.form,
            "touch": surroundings(self.request),
        }


@view_defaults(route_name="maps.place.edit", renderer=FORM, permission=Maps.REVISE)
class CorrectPlace(EditingPlace):
    """The page on which a place is corrected or completed, by anybody."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.correction = self.form(PlaceChangeSchema(), **bound(request, self.content.language))

    @view_config(request_method="GET")
    def show(self):
        content, own = self.content, self.content.language
        texts = {"title": content.title.get(own, ""), "text": content.text.get(own, "")}
        words = {"theme": content.theme.value, "level": content.access.level.value}
        rest = {"where": content.position, "address": content.address, "language": own, "licence": content.licence}
        self.fill(self.correction, {"base": self.number, **texts, **words, **rest})
        return self._page()

    @view_config(request_method="POST")
    def send(self):
        sent = submitted(self.correction, self.request)
        moved = sent is not None and sent["where"] != self.content.position
        if sent is None or (moved and is_doubtful(self.correction, sent, self.request)):
            return self._page()
        answer = self.revise(
            self.correction, sent["base"], lambda content: changes.placed(sent, content), sent["comment"]
        )
        return answer or self._page()

    def _page(self):
        return self.frame(_("Correct or complete it"), form=self.correction, touch=surroundings(self.request))


@view_defaults(
    route_name="maps.place.media", renderer="maps:templates/maps/edit/place_media.jinja2", permission=Maps.REVISE
)
class PlaceMedia(EditingPlace):
    """The page on which somebody adds a sound or a picture of theirs to a place."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.mine = [one for one in media_to_add(request) if one.id not in self.content.media]
        self.adding = self.form(
            PlaceSoundSchema(),
            _("Add it to the place"),
            media=[(str(one.id), media_words(one, request)) for one in self.mine],
        )

    @view_config(request_method="GET")
    def show(self):
        chosen = self.request.GET.get("media") or (str(self.mine[0].id) if len(self.mine) == 1 else None)
        self.fill(self.adding, {"base": self.number, "media": chosen})
        return self._page()

    @view_config(request_method="POST")
    def send(self):
        answer = self.change(self.adding, lambda content, sent: changes.shown_at(content, UUID(sent["media"])))
        return answer or self._page()

    @view_config(request_method="POST", request_param="out")
    def take_out(self):
        media_id = self.asked_id("out")
        answer = self.revise(None, self.asked_base(), lambda content: changes.not_shown_at(content, media_id))
        return answer or self._page()

    def _page(self):
        here = known_media(self.request, self.content.media)
        return self.frame(
            _("Sounds and pictures of the place"),
            form=self.adding if self.mine else None,
            refused=self.refused,
            sounds=[media_line(here.get(one), one, self.request) for one in self.content.media],
            base=self.number,
            action=self.path("maps.place.media"),
            library_url=library_url(self.request, self.path("maps.place.media")),
        )
