"""Working on the stops of a trail: a new one, one that changes or goes, the sounds that are heard there."""

from uuid import UUID, uuid4

from pyramid.httpexceptions import HTTPNotFound
from pyramid.view import view_config, view_defaults

from maps.permissions import Maps
from maps.schemas import changes
from maps.schemas.contributing import NewStopSchema, SoundSchema, StopSchema
from maps.terms import NoSuchRevision, StopContent, TrailContent
from maps.views.editing import FORM, TEMPLATES, EditingTrail
from maps.views.showing import known_media, library_url
from maps.views.touching import surroundings
from maps.views.words import sound_words
from portal.i18n import _
from portal.media.queries import ShownMedia, sent_by
from portal.media.terms import MediaState
from portal.security.addresses import matched_id

MOST_MEDIA = 60
STATES = {
    MediaState.RECEIVED: _("waits to be prepared"),
    MediaState.PREPARING: _("is being prepared"),
    MediaState.FAILED: _("cannot be used"),
    MediaState.REMOVED: _("was removed"),
}


@view_defaults(route_name="maps.trail.stop.new", renderer=FORM, permission=Maps.REVISE)
class NewStop(EditingTrail):
    """The page on which a stop joins a trail, after the others."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        mine = [(str(one.id), media_words(one, request)) for one in media_to_add(request)]
        self.stop = self.form(NewStopSchema(), _("Add it"), name="stop", media=mine)

    @view_config(request_method="GET")
    def show(self):
        label = changes.next_label(self.content_at(self.number))  # those of hidden stops are taken too
        self.fill(self.stop, {"base": self.number, "id": uuid4().hex, "label": label})
        return self._page()

    @view_config(request_method="POST")
    def send(self):
        told = _("The stop is added. Now add a sound to it, or the next stop.")
        return self.change(self.stop, self._with_stop, told) or self._page()

    def _with_stop(self, content: TrailContent, sent) -> TrailContent:
        stop_id = UUID(sent["id"])
        content = changes.with_stop(content, stop_id, sent)
        return changes.with_media(content, stop_id, UUID(sent["media"])) if sent.get("media") else content

    def _page(self):
        return self.frame(_("Add a stop"), form=self.stop, touch=surroundings(self.request, self.content))


class AtStop(EditingTrail):
    """What the pages about one stop of a trail have in common."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        stop_id = matched_id(request, "id")
        found = self.content.stop(stop_id) or self._gone_since(stop_id)
        if found is None:
            raise HTTPNotFound
        self.stop: StopContent = found

    def _gone_since(self, stop_id: UUID) -> StopContent | None:
        """Return a stop that somebody took out while it was worked on here: what was written is not lost for that."""
        if "base" not in self.request.typed:
            return None
        try:
            before = self.content_at(self.asked_base())
        except NoSuchRevision:
            return None
        return self.seen(before).stop(stop_id)

    def crumbs(self) -> list[tuple[str, str | None]]:
        name = f"{self.stop.label} · {self.told.of(self.stop.title)}"
        return [*super().crumbs(), (name, self.path("maps.trail.stop", id=self.stop.id))]

    @property
    def after(self) -> str:
        return self.path("maps.trail.edit", _anchor=f"stop-{self.stop.id}")


@view_defaults(renderer=TEMPLATES + "stop.jinja2", permission=Maps.REVISE)
class StopForm(AtStop):
    """A stop: where it is, what stands on its post, what one reads there, how one goes on."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.asked = self.form(StopSchema())

    @view_config(route_name="maps.trail.stop", request_method="GET")
    def show(self):
        stop, own = self.stop, self.content.language
        texts = {name: getattr(stop, name).get(own, "") for name in ("title", "text", "directions")}
        rest = {"label": stop.label, "where": stop.position, "radius": stop.radius, "optional": stop.optional}
        self.fill(self.asked, {"base": self.number, **texts, **rest})
        return self._page()

    @view_config(route_name="maps.trail.stop", request_method="POST")
    def send(self):
        answer = self.change(self.asked, lambda content, sent: changes.with_stop(content, self.stop.id, sent))
        return answer or self._page()

    @view_config(route_name="maps.trail.stop.remove", request_method="POST")
    def remove(self):
        told = _("The stop is out of the trail. It stays in the history.")
        answer = self.revise(
            None, self.asked_base(), lambda content: changes.without_stop(content, self.stop.id), told=told
        )
        return answer or self.show()

    def _page(self):
        return self.frame(
            _("Change the stop"),
            form=self.asked,
            touch=surroundings(self.request, self.content),
            refused=self.refused,
            base=self.number,
            stop=self.stop,
            remove_url=self.path("maps.trail.stop.remove", id=self.stop.id),
            sounds_url=self.path("maps.trail.stop.sounds", id=self.stop.id),
        )


@view_defaults(route_name="maps.trail.stop.sounds", renderer=TEMPLATES + "sounds.jinja2", permission=Maps.REVISE)
class Sounds(AtStop):
    """What is heard at a stop, in which order."""

    @property
    def after(self) -> str:
        return self.path("maps.trail.stop.sounds", id=self.stop.id)

    @view_config(request_method="GET")
    def show(self):
        media = known_media(self.request, self.stop.media)
        return self.frame(
            _("Sounds of the stop"),
            sounds=[media_line(media.get(one), one, self.request) for one in self.stop.media],
            refused=self.refused,
            base=self.number,
            action=self.after,
            add_url=self.path("maps.trail.sound", _query={"stop": str(self.stop.id)}),
        )

    @view_config(request_method="POST", request_param="out")
    def take_out(self):
        media_id = self.asked_id("out")
        answer = self.revise(
            None,
            self.asked_base(),
            lambda content: changes.without_media(content, self.stop.id, media_id),
            told=_("The sound is not heard here any more. It is still in its owner's library."),
        )
        return answer or self.show()

    @view_config(request_method="POST", request_param="first")
    def put_first(self):
        media_id = self.asked_id("first")
        answer = self.revise(
            None,
            self.asked_base(),
            lambda content: changes.first_media(content, self.stop.id, media_id),
            told=_("The order is changed."),
        )
        return answer or self.show()


@view_defaults(route_name="maps.trail.sound", renderer=TEMPLATES + "sound.jinja2", permission=Maps.REVISE)
class AddSound(EditingTrail):
    """The page on which somebody lets a sound of theirs be heard at a stop of a trail, whoever made the trail."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.mine = media_to_add(request)
        self.sound = self.form(
            SoundSchema(),
            _("Add it to the stop"),
            stops=[(str(one.id), f"{one.label} · {self.told.of(one.title)}") for one in self.content.stops],
            media=[(str(one.id), media_words(one, request)) for one in self.mine],
        )

    @view_config(request_method="GET")
    def show(self):
        asked = self.request.GET
        chosen = {name: asked[name] for name in ("stop", "media") if name in asked}
        if "media" not in chosen and len(self.mine) == 1:
            chosen["media"] = str(self.mine[0].id)
        if "stop" not in chosen and len(self.content.stops) == 1:
            chosen["stop"] = str(self.content.stops[0].id)
        self.fill(self.sound, {"base": self.number, **chosen})
        return self._page()

    @view_config(request_method="POST")
    def send(self):
        told = _("The sound can be heard at the stop. Thank you.")
        answer = self.change(
            self.sound,
            lambda content, sent: changes.with_media(content, UUID(sent["stop"]), UUID(sent["media"])),
            told,
        )
        return answer or self._page()

    @property
    def after(self) -> str:
        return self.path("maps.trail") if self.is_published else self.path("maps.trail.edit")

    def _page(self):
        back = self.request.route_path("maps.trail.sound", slug=self.trail.slug, _query=self._kept())
        return self.frame(
            _("Add a sound"),
            form=self.sound if self.mine and self.content.stops else None,
            has_stops=bool(self.content.stops),
            new_stop_url=self.path("maps.trail.stop.new"),
            library_url=library_url(self.request, back),
        )

    def _kept(self) -> dict[str, str]:
        """Return the stop that was chosen already, to be found again after a sound was recorded or sent."""
        stop = self.request.params.get("stop", "")
        return {"stop": stop} if any(str(one.id) == stop for one in self.content.stops) else {}


def media_to_add(request) -> list[ShownMedia]:
    """Return what somebody sent that may be heard or seen, now or soon, the latest first."""
    sent = sent_by(request.db, request.identity.person_id, limit=MOST_MEDIA).rows
    return [one for one in sent if one.state is not MediaState.FAILED and not one.hidden]


def media_words(media: ShownMedia, request) -> str:
    """Return a sound as it stands in a list: what it is called, how long it lasts, how it stands."""
    parts = [media.title]
    if media.seconds:
        parts.append(sound_words(media.seconds, request))
    if media.state in STATES:
        parts.append(request.localizer.translate(STATES[media.state]))
    return " · ".join(parts)


def media_line(media: ShownMedia | None, media_id: UUID, request):
    """Return what a list shows of a sound, also of one that cannot be heard now."""
    say = request.localizer.translate
    if media is None or not media.title:
        return {"id": media_id, "title": say(_("A sound that cannot be heard now")), "media": None, "state": None}
    ready = media.state is MediaState.READY and not media.hidden
    state = None if ready else say(STATES.get(media.state, _("is hidden")))
    return {"id": media_id, "title": media.title, "media": media if ready else None, "state": state}
