"""What changed in a trail or a place, in words: where something is in a content as JSON, and what it says there."""

from collections.abc import Mapping, Sequence
from typing import Any

from maps.rules.content import ORDER
from maps.terms import AccessLevel, Difficulty, Mode, Surface, Theme
from maps.views.words import ACCESS_LEVELS, DIFFICULTIES, MODES, SURFACES, THEMES
from portal.i18n import _
from portal.licences import LICENCES

Path = tuple[str, ...]

PARTS = {
    "title": _("Title"),
    "language": _("In which language it is told"),
    "licence": _("Licence"),
    "summary": _("In one or two sentences"),
    "text": _("What there is to know"),
    "theme": _("Theme"),
    "mode": _("How it is followed"),
    "minutes": _("How many minutes it takes, listening included"),
    "minutes_most": _("How many minutes at most"),
    "difficulty": _("How hard it is"),
    "line": _("The way"),
    "level": _("Who can go there"),
    "slope_percent": _("Steepest slope, in percent"),
    "width_cm": _("Narrowest passage, in centimetres"),
    "surface": _("Ground"),
    "obstacles": _("Obstacles"),
    "label": _("Number"),
    "position": _("Where it is"),
    "directions": _("How to get to the next stop"),
    "media": _("Sounds"),
    "radius": _("From how many metres away it begins by itself"),
    "optional": _("A detour, which one may leave out"),
    "address": _("Address"),
}

VOCABULARIES: dict[str, tuple[type, Mapping]] = {
    "theme": (Theme, THEMES),
    "mode": (Mode, MODES),
    "difficulty": (Difficulty, DIFFICULTIES),
    "level": (AccessLevel, ACCESS_LEVELS),
    "surface": (Surface, SURFACES),
}


class Sayer:
    """Says it for a reader. ``stops`` are those of all versions, ``media`` the titles of the sounds in them."""

    def __init__(
        self, request, stops: Sequence[Mapping[str, Any]] = (), media: Mapping[str, str] | None = None
    ) -> None:
        self.request = request
        self.stops = {stop["id"]: stop for stop in reversed(stops)}  # the first counts
        self.media = media or {}

    def path(self, path: Path) -> str:
        """Return where something is: «Stop 03 · Title, in French»."""
        if path == ("stops", ORDER):
            return self._say(_("Order of the stops"))
        parts = list(path)
        said = []
        if parts[0] == "stops":
            said.append(self.stop(parts[1]))
            parts = parts[2:]
        named = [part for part in parts if part in PARTS]
        if named:
            said.append(self._say(PARTS[named[-1]]))
        if parts and parts[-1] not in PARTS and parts[-1] != ORDER:
            language = self.request.words.tongue(parts[-1])
            said[-1] = self._say(_("${what}, in ${language}"), mapping={"what": said[-1], "language": language})
        return " · ".join(said)

    def stop(self, stop_id: str) -> str:
        """Return what a stop is called: «Stop 03, The lift bridge»."""
        stop = self.stops.get(stop_id)
        if stop is None:
            return self._say(_("A stop"))
        values = {"label": stop["label"], "title": self.request.words.of(stop["title"])}
        return self._say(_("Stop ${label}, ${title}"), mapping=values)

    def value(self, path: Path, value: Any) -> str:
        """Return what a value says, an empty text for none."""
        if value is None or value == [] or value == "":
            return ""
        if path == ("stops", ORDER):
            return "\n".join(self.stop(stop_id) for stop_id in value)
        if isinstance(value, Mapping):  # a whole stop
            return self.request.words.of(value["title"])
        return self._plain(path[-2] if path[-1] == ORDER else path[-1], value)

    def _plain(self, name: str, value: Any) -> str:
        if name in VOCABULARIES:
            vocabulary, words = VOCABULARIES[name]
            return self._say(words[vocabulary(value)])
        if name == "licence":
            return LICENCES[value].label if value in LICENCES else value
        if name == "language":
            return self.request.words.tongue(value)
        if name == "position":
            return f"{value[1]}, {value[0]}"
        if name == "media":
            return "\n".join(self.media.get(one) or self._say(_("a sound that cannot be heard now")) for one in value)
        if name == "line":
            return self.request.ngettext("${n} point", "${n} points", len(value))
        if isinstance(value, bool):
            return self._say(_("yes") if value else _("no"))
        return str(value)

    def _say(self, message: str, **given: Any) -> str:
        return self.request.localizer.translate(message, **given)
