"""What is different between two versions of a trail or a place, in words. Contents are compared as JSON, path by path."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maps.terms import AccessLevel, Difficulty, Mode, Surface, Theme
from maps.views.words import ACCESS_LEVELS, DIFFICULTIES, MODES, SURFACES, THEMES, language_name
from portal.i18n import _
from portal.licences import LICENCES

Path = tuple[str, ...]

PARTS = {
    "title": _("Title"),
    "language": _("In which language it is told"),
    "licence": _("Licence"),
    "summary": _("In one or two sentences"),
    "text": _("What there is to know"),
    "theme": _("What it is about"),
    "mode": _("How it is followed"),
    "minutes": _("How many minutes it takes, listening included"),
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

ORDER = "order"
"""The last step of the path to the order in which stops, or the sounds of one, are."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is not the same in two versions; None where one of them does not have it."""

    path: Path
    before: Any
    after: Any


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Return all that is different between two contents, in the order in which they are read."""
    found = [change for change in _changes((), dict(before, stops=None), dict(after, stops=None))]
    old, new = _by_id(before), _by_id(after)
    for stop_id in [*new, *(gone for gone in old if gone not in new)]:
        if stop_id in old and stop_id in new:
            found += _changes(("stops", stop_id), old[stop_id], new[stop_id])
        else:
            found.append(Change(("stops", stop_id), old.get(stop_id), new.get(stop_id)))
    staying = [one for one in old if one in new]
    if staying != [one for one in new if one in old]:
        found.append(Change(("stops", ORDER), list(old), list(new)))
    return found


def _changes(path: Path, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for key in dict.fromkeys((*before, *after)):
        one, other = before.get(key), after.get(key)
        if isinstance(one, Mapping) or isinstance(other, Mapping):
            yield from _changes((*path, key), one or {}, other or {})
        elif one != other:
            yield Change((*path, key), one, other)


def _by_id(content: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {stop["id"]: stop for stop in content.get("stops") or ()}


class Sayer:
    """Says paths and values for a reader. ``stops`` are those of all versions, ``media`` the titles of what they name."""

    def __init__(
        self, request, stops: Sequence[Mapping[str, Any]] = (), media: Mapping[str, str] | None = None
    ) -> None:
        self.request = request
        self.stops = {stop["id"]: stop for stop in stops}
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
            language = language_name(parts[-1], self.request)
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
            return language_name(value, self.request)
        if name == "position":
            return f"{value[1]}, {value[0]}"
        if name == "media":
            return "\n".join(self.media.get(one) or self._say(_("a sound that is not there any more")) for one in value)
        if name == "line":
            return self.request.ngettext("${n} point", "${n} points", len(value))
        if isinstance(value, bool):
            return self._say(_("yes") if value else _("no"))
        return str(value)

    def _say(self, message: str, **given: Any) -> str:
        return self.request.localizer.translate(message, **given)
