"""Maps in words: themes, ways and surfaces, how long and how far, and what is still wrong with a trail or a place."""

from collections.abc import Iterable, Mapping

from maps.queries.trails import ShownTrail, TrailCard
from maps.terms import (
    Access,
    AccessLevel,
    Difficulty,
    Flaw,
    FlawCode,
    Hint,
    HintCode,
    Mode,
    Surface,
    Theme,
    TrailState,
)
from portal.i18n import SPOKEN, _
from portal.licences import LICENCES

THEMES = {
    Theme.HERITAGE: _("Heritage"),
    Theme.WORK: _("Work and trades"),
    Theme.NATURE: _("Nature"),
    Theme.SEA: _("The sea"),
    Theme.MUSIC: _("Music"),
    Theme.MEMORY: _("Memories"),
    Theme.ART: _("Art"),
    Theme.LANGUAGE: _("Languages"),
    Theme.MAKING: _("Making and repairing"),
    Theme.GARDEN: _("Gardens"),
    Theme.MEETING: _("Meeting places"),
    Theme.WATER: _("Rivers and springs"),
}

MODES = {Mode.FOOT: _("on foot"), Mode.BIKE: _("by bike")}

DIFFICULTIES = {Difficulty.EASY: _("easy"), Difficulty.MODERATE: _("moderate"), Difficulty.HARD: _("hard")}

ACCESS_LEVELS = {
    AccessLevel.UNKNOWN: _("nobody has said yet"),
    AccessLevel.WHEELCHAIR: _("in a wheelchair, alone"),
    AccessLevel.HELPED: _("in a wheelchair, with help"),
    AccessLevel.NOT: _("not in a wheelchair"),
}

ACCESS_TAGS = {
    AccessLevel.WHEELCHAIR: _("for wheelchairs"),
    AccessLevel.HELPED: _("for wheelchairs with help"),
}
"""Said in front of everything else, where it is good news."""

SURFACES = {
    Surface.HARD: _("hard: asphalt, paving, boards"),
    Surface.COMPACT: _("compact: trodden earth, fine gravel"),
    Surface.LOOSE: _("loose: sand, gravel, grass, mud"),
    Surface.STEPS: _("steps"),
    Surface.MIXED: _("mixed"),
}

STATES = {
    TrailState.DRAFT: (_("draft"), "warn"),
    TrailState.PUBLISHED: (_("published"), "good"),
    TrailState.WITHDRAWN: (_("withdrawn"), None),
}

FORMER = _("former contributor")
"""Who made something and is not here any more."""


def choices(words: Mapping, request) -> list[tuple[str, str]]:
    """Return what a list offers, ``(value, words)``, in the order of the vocabulary."""
    return [(one.value, request.localizer.translate(said)) for one, said in words.items()]


# In which language --------------------------------------------------------------------------------------------------


def language_choices(request, *others: str) -> list[tuple[str, str]]:
    """Return ``(code, name)`` of the languages that can be chosen, with ``others`` that something is in already."""
    codes = dict.fromkeys((*SPOKEN, *sorted(others)))
    return [(code, request.words.tongue(code)) for code in codes]


# How far and how long -----------------------------------------------------------------------------------------------


def distance_words(metres: float, request) -> str:
    """Return «850 m», «2,4 km» or «7 791 km»."""
    if metres < 1000:
        return request.localizer.translate(_("${n} m"), mapping={"n": int(round(metres, -1 if metres > 100 else 0))})
    kilometres = round(metres / 1000, 1) if metres < 100_000 else round(metres / 1000)
    return request.localizer.translate(_("${n} km"), mapping={"n": request.words.number(kilometres)})


def size_words(octets: int, request) -> str:
    """Return «850 kB» or «2,4 MB»."""
    if octets < 1_000_000:
        return request.localizer.translate(_("${n} kB"), mapping={"n": -(-octets // 1000)})
    return request.localizer.translate(_("${n} MB"), mapping={"n": request.words.number(round(octets / 1_000_000, 1))})


def sound_words(seconds: float, request) -> str:
    """Return how long a sound lasts: «45 s», «3 min 05 s»."""
    whole = round(seconds)
    if whole < 60:
        return request.localizer.translate(_("${s} s"), mapping={"s": whole})
    minutes, rest = divmod(whole, 60)
    if rest == 0:
        return request.localizer.translate(_("${min} min"), mapping={"min": minutes})
    return request.localizer.translate(_("${min} min ${s} s"), mapping={"min": minutes, "s": f"{rest:02d}"})


def minutes_words(trail: ShownTrail | TrailCard, request) -> str:
    """Return how long a walk takes: «50 min», «1 h 20», «2 h–2 h 30»."""
    least, most = trail.minutes, trail.minutes_most
    said = _minutes_words(least, request)
    return f"{said}–{_minutes_words(most, request)}" if most and most > least else said


def _minutes_words(minutes: int, request) -> str:
    if minutes < 60:
        return request.localizer.translate(_("${min} min"), mapping={"min": minutes})
    hours, rest = divmod(minutes, 60)
    if rest == 0:
        return request.localizer.translate(_("${h} h"), mapping={"h": hours})
    return request.localizer.translate(_("${h} h ${min}"), mapping={"h": hours, "min": f"{rest:02d}"})


def access_facts(access: Access, request) -> list[tuple[str, str | None]]:
    """Return what is known of who gets there, as ``(name, value)``; what is not known has None."""
    say = request.localizer.translate
    slope, width = access.slope_percent, access.width_cm
    return [
        (say(_("Who can go there")), say(ACCESS_LEVELS[access.level])),
        (say(_("Ground")), say(SURFACES[access.surface]) if access.surface else None),
        (say(_("Steepest slope")), None if slope is None else say(_("${n} %"), mapping={"n": slope})),
        (say(_("Narrowest passage")), None if width is None else say(_("${n} cm"), mapping={"n": width})),
    ]


# What is still wrong ------------------------------------------------------------------------------------------------

FLAWS = {
    FlawCode.NO_TITLE: _("It has no title. Give it one."),
    FlawCode.NO_STOPS: _("It has no stop. Add at least one."),
    FlawCode.NO_LABEL: _("The stop in place ${rank} has no number. Give it one, such as 01."),
    FlawCode.LABEL_TWICE: _("Two stops have the number ${stop}. Give one of them another."),
    FlawCode.STOP_SAYS_NOTHING: _("Stop ${stop} says nothing yet. Add a sound, or write a text."),
    FlawCode.NO_SUCH_MEDIA: _("A sound of stop ${stop} is not there any more. Take it out, or choose another."),
    FlawCode.MEDIA_NOT_READY: _("A sound of stop ${stop} cannot be heard yet. Wait until it is ready, or take it out."),
    FlawCode.MEDIA_WITHOUT_LICENCE: _("A sound of stop ${stop} has no open licence. Choose one on its page."),
    FlawCode.MEDIA_WITHOUT_CREDIT: _("A sound of stop ${stop} does not say who made it. Say so on its page."),
    FlawCode.VOICES_NOT_TOLD: _(
        "A sound of stop ${stop} does not say whether those who are heard in it agreed. Say so on its page."
    ),
    FlawCode.UNKNOWN_LICENCE: _("Its licence is not one of those in use here. Choose one of the list."),
    FlawCode.LICENCE_NOT_KEPT: _(
        "What it was made of is under ${source}, which does not allow ${licence}. Choose another licence."
    ),
    FlawCode.OFF_THE_GLOBE: _("Stop ${stop} is not on the globe. Correct where it is."),
    FlawCode.FAR_FROM_LINE: _(
        "Stop ${stop} is ${distance} away from the way. Move one of them, or confirm that it is meant so."
    ),
    FlawCode.ACROSS_180: _("The way jumps from one side of the world to the other. Correct its points."),
    FlawCode.STOP_TWICE: _("A stop is there twice. Take one of the two out."),
    FlawCode.STOP_ELSEWHERE: _("One of its stops belongs to another trail. Make a new one instead."),
    FlawCode.TOO_MANY_STOPS: _("It has ${stops} stops; ${most} are possible. Make two trails of it."),
    FlawCode.TOO_MANY_VERTICES: _(
        "The way has ${vertices} points; ${most} are possible. Bring it in from its file, and it is simplified."
    ),
    FlawCode.TOO_MANY_MEDIA: _("Stop ${stop} has too many sounds and pictures: at most ${most} are possible."),
    FlawCode.TOO_LONG: _("A text of stop ${stop} is too long: at most ${most} characters are possible."),
}

WITHOUT_STOP = {
    FlawCode.NO_SUCH_MEDIA: _("One of its sounds or pictures is not there any more. Take it out, or choose another."),
    FlawCode.MEDIA_NOT_READY: _("One of its sounds or pictures is not ready. Wait until it is, or take it out."),
    FlawCode.MEDIA_WITHOUT_LICENCE: _("One of its sounds or pictures has no open licence. Choose one on its page."),
    FlawCode.MEDIA_WITHOUT_CREDIT: _("One of its sounds or pictures does not say who made it. Say so on its page."),
    FlawCode.VOICES_NOT_TOLD: _(
        "One of its sounds or pictures does not say whether those heard or seen in it agreed. Say so on its page."
    ),
    FlawCode.OFF_THE_GLOBE: _("It is not on the globe. Correct where it is."),
    FlawCode.TOO_MANY_MEDIA: _("It has too many sounds and pictures: at most ${most} are possible."),
    FlawCode.TOO_LONG: _("One of its texts is too long: at most ${most} characters are possible."),
}
"""What is said of a place, or of a way, where no stop is concerned."""

HINTS = {
    HintCode.OFF_THE_LINE: _("Stop ${stop} is ${distance} away from the way. Is it where it should be?"),
    HintCode.SMALL_RADIUS: _(
        "Stop ${stop} begins within ${metres} m only. A phone seldom knows better than 15 m where it is."
    ),
    HintCode.OVERLAPPING: _("Stops ${stop} and ${other} can begin at the same spot. Walkers hear one after the other."),
    HintCode.NO_TRANSCRIPT: _(
        "A sound of stop ${stop} has no transcript. Its page says that one is wanted, and anybody can write it."
    ),
    HintCode.LONG_SOUND: _("A sound of stop ${stop} lasts ${minutes} minutes. Few will stand still that long."),
}

PART = {
    FlawCode.NO_TITLE: "about",
    FlawCode.UNKNOWN_LICENCE: "about",
    FlawCode.LICENCE_NOT_KEPT: "about",
    FlawCode.TOO_LONG: "about",
    FlawCode.TOO_MANY_VERTICES: "line",
    FlawCode.ACROSS_180: "line",
    FlawCode.OFF_THE_GLOBE: "line",
}
"""Which part of a trail a flaw is mended in, where it does not name a stop."""


def flaw_words(flaw: Flaw, request) -> str:
    """Return why it cannot be published as it is, and what to do."""
    plain = "stop" not in flaw.values and flaw.code in WITHOUT_STOP
    return _said(WITHOUT_STOP[flaw.code] if plain else FLAWS[flaw.code], flaw.values, request)


def hint_words(hint: Hint, request) -> str:
    """Return what to look at again, and why."""
    return _said(HINTS[hint.code], hint.values, request)


def beside(found: Iterable[Flaw | Hint], request) -> dict[str, list[str]]:
    """Return sentences by where they belong: the part of the trail, or the label of a stop."""
    places: dict[str, list[str]] = {}
    for one in found:
        words = flaw_words(one, request) if isinstance(one, Flaw) else hint_words(one, request)
        part = PART.get(one.code, "stops") if isinstance(one, Flaw) else "stops"
        label = one.values.get("stop")
        sentences = places.setdefault(f"stop {label}" if label else part, [])
        if words not in sentences:
            sentences.append(words)
    return places


def _said(message: str, values: Mapping[str, object], request) -> str:
    told = {name: _value(name, value) for name, value in values.items()}
    if isinstance(metres := values.get("metres"), int | float):
        told["distance"] = distance_words(metres, request)
    return request.localizer.translate(message, mapping=told)


def _value(name: str, value: object) -> object:
    if name in ("licence", "source") and value in LICENCES:
        return LICENCES[str(value)].label
    return round(value) if isinstance(value, float) else value
