"""What the pages show of trails, stops and places, beyond what they say themselves: in words, sounds at hand."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from maps.permissions import Maps
from maps.queries.revisions import Credit
from maps.queries.trails import ShownStop, ShownTrail
from maps.rules.durations import way
from maps.terms import PlaceContent, TrailContent
from maps.views.plan import Plan, plan
from maps.views.telling import Telling
from maps.views.words import (
    ACCESS_TAGS,
    DIFFICULTIES,
    FORMER,
    access_facts,
    distance_words,
    minutes_words,
    sound_words,
)
from portal.i18n import _
from portal.licences import LICENCES, Licence
from portal.media.queries import ShownMedia, shown

UNKNOWN = Licence("", "", "")


def licence_of(content: TrailContent | PlaceContent) -> Licence:
    """Return the licence of what a content says, for its name and where it is written."""
    return LICENCES.get(content.licence, UNKNOWN)


def sounds_of(request, ids: Sequence[UUID]) -> dict[UUID, ShownMedia]:
    """Return what can be heard and seen of these, by id, each with whom to name in the reader's language."""
    found = shown(request.db, set(ids)).values()
    return {one.id: replace(one, attribution=request.credit_of(one)) for one in found}


def known_media(request, ids: Collection[UUID]) -> dict[UUID, ShownMedia]:
    """Return what the reader may know of these, in whatever state: what they sent, everything for who moderates.

    Whose trail or place it is does not count: anybody can name any sound in a draft.
    """
    sender_id = request.identity.person_id if request.identity else None
    return shown(request.db, ids, everything=bool(request.has_permission(Maps.MODERATE)), sender_id=sender_id)


def stop_card(stop: ShownStop, media: Mapping[UUID, ShownMedia], request) -> dict[str, Any]:
    """Return what is shown of a stop: itself, its sounds, and in a few words how many and how long."""
    sounds = [media[one] for one in stop.media if one in media]
    return {"stop": stop.content, "hidden": stop.hidden, "sounds": sounds, "facts": stop_facts(stop, sounds, request)}


def stop_facts(stop: ShownStop, sounds: Sequence[ShownMedia], request) -> list[str]:
    """Return «2 sounds», «4 min 54 s», who made them, «optional»."""
    said = []
    if len(sounds) > 1:
        said.append(request.ngettext("${n} sound", "${n} sounds", len(sounds)))
    if stop.seconds:
        said.append(sound_words(stop.seconds, request))
    said += list(dict.fromkeys(one.attribution for one in sounds if one.attribution))[:2]
    if stop.content.optional:
        said.append(request.localizer.translate(_("optional")))
    return said


def credit_words(credit: Credit, request) -> str:
    """Return who made something: a name, for an organisation, or who is not here any more."""
    name = credit.name or request.localizer.translate(FORMER)
    if credit.organisation is None:
        return name
    return request.localizer.translate(
        _("${name}, for ${organisation}"), mapping={"name": name, "organisation": credit.organisation}
    )


def names(makers: Sequence[Credit], request) -> str:
    """Return everybody who made something, each once."""
    return ", ".join(dict.fromkeys(credit_words(maker, request) for maker in makers))


def credit_of(trail: ShownTrail, makers: Sequence[Credit], request) -> str:
    """Return who is named with a trail wherever it goes: who made it, and who made what it was made of."""
    said = [names(makers, request)]
    for source in trail.sources:
        after = _("after “${title}” by ${makers} (${licence})")
        hidden = _("after a trail by ${makers} (${licence})")
        values = {
            "title": request.words.of(source.title),
            "makers": names(source.credits, request),
            "licence": LICENCES.get(source.licence, UNKNOWN).label,
        }
        said.append(request.localizer.translate(after if source.title else hidden, mapping=values))
    return "; ".join(said)


def trail_facts(trail: ShownTrail, told: Telling, request) -> list[tuple[str, str | None]]:
    """Return the facts beside a trail: how long, how hard, who gets there, by whom."""
    say, content = request.localizer.translate, trail.content
    long = distance_words(trail.length, request)
    listening = trail.duration.listening
    hard = content.difficulty
    facts = [
        (say(_("Length")), say(_("${length}, a loop"), mapping={"length": long}) if trail.loop else long),
        (say(_("Duration")), say(_("${time}, listening included"), mapping={"time": minutes_words(trail, request)})),
        (say(_("To listen to")), sound_words(listening, request) if listening else None),
        (say(_("How hard")), say(DIFFICULTIES[hard]) if hard else None),
    ]
    if trail.climb is not None:
        up = {"up": round(trail.climb.up), "down": round(trail.climb.down)}
        facts.append((say(_("Climb")), say(_("${up} m up, ${down} m down"), mapping=up)))
    facts += access_facts(content.access, request)
    facts.append((say(_("Obstacles")), told.of(content.access.obstacles)))
    facts.append((say(_("By")), names(trail.authors, request)))
    others = [one for one in trail.contributors if one.person_id not in {author.person_id for author in trail.authors}]
    facts.append((say(_("With")), names(others, request)))
    return facts if len(way(content)) > 1 else facts[1:]


def access_tag(content: TrailContent | PlaceContent, request) -> str | None:
    """Return the good news that somebody in a wheelchair can go there, else None."""
    words = ACCESS_TAGS.get(content.access.level)
    return request.localizer.translate(words) if words else None


def plan_of(content: TrailContent, told: Telling) -> Plan | None:
    """Return the plan of a trail, None where there is nothing to draw yet."""
    return plan(way(content) if content.line else (), content.stops, [told.of(stop.title) for stop in content.stops])


def plan_words(content: TrailContent, told: Telling, request) -> str:
    """Return what the plan shows, for those who do not see it."""
    stops = "; ".join(f"{stop.label} {told.of(stop.title)}" for stop in content.stops)
    return request.localizer.translate(_("Plan of the trail, north up. Stops: ${stops}"), mapping={"stops": stops})


def geo_url(longitude: float, latitude: float) -> str:
    """Return the address at which OpenStreetMap shows a position."""
    at = f"{latitude:.6f}", f"{longitude:.6f}"
    return f"https://www.openstreetmap.org/?mlat={at[0]}&mlon={at[1]}#map=18/{at[0]}/{at[1]}"


def library_url(request, back: str) -> str:
    """Return where a sound is recorded or sent; from there one comes back to ``back``, with its id as ``media``."""
    return f"{request.script_name}/library/new?{urlencode({'return': back})}"
