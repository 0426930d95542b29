"""The words of maps: trails, their stops and revisions, places, and why something cannot be published as it is.

Values only, standard library only. Texts in several languages are ``{"fr": …, "br": …}``; coordinates are WGS 84 in
degrees, longitude first.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

Texts: TypeAlias = Mapping[str, str]
Position: TypeAlias = tuple[float, float]
"""Longitude and latitude."""

Vertex: TypeAlias = tuple[float, float] | tuple[float, float, float]
"""A position, with its height in metres above the sea where that is known."""

TRAIL, STOP, PLACE, MEDIA = "trail", "stop", "place", "media"
"""The kinds of things that the index and moderation know, as far as the map has to do with them."""

USUAL_RADIUS = 30
"""How near a walker must come to a stop for it to begin by itself, in metres, unless the stop says otherwise."""


class TrailState(StrEnum):
    """Where a trail stands. ``DRAFT -> PUBLISHED``, and to and fro between ``PUBLISHED`` and ``WITHDRAWN``."""

    DRAFT = "draft"  # seen by its authors alone
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"  # taken back by its authors


class Mode(StrEnum):
    """How a trail is meant to be followed."""

    FOOT = "foot"
    BIKE = "bike"


class Difficulty(StrEnum):
    EASY = "easy"
    MODERATE = "moderate"
    HARD = "hard"


class AccessLevel(StrEnum):
    """Who can go there in a wheelchair."""

    UNKNOWN = "unknown"
    WHEELCHAIR = "wheelchair"  # alone
    HELPED = "helped"  # with somebody's help
    NOT = "not"


class Surface(StrEnum):
    """What is underfoot."""

    HARD = "hard"  # asphalt, concrete, smooth stone
    COMPACT = "compact"  # trodden earth, fine gravel
    LOOSE = "loose"  # sand, gravel, grass, mud
    STEPS = "steps"
    MIXED = "mixed"


class Theme(StrEnum):
    """What a trail or a place is about."""

    HERITAGE = "heritage"
    WORK = "work"
    NATURE = "nature"
    SEA = "sea"
    MUSIC = "music"
    MEMORY = "memory"
    ART = "art"
    LANGUAGE = "language"
    MAKING = "making"
    GARDEN = "garden"
    MEETING = "meeting"
    WATER = "water"


@dataclass(frozen=True, slots=True)
class Access:
    """What somebody in a wheelchair, with a pram or on crutches needs to know before leaving home."""

    level: AccessLevel = AccessLevel.UNKNOWN
    slope_percent: int | None = None
    """The steepest that one meets."""
    width_cm: int | None = None
    """The narrowest that one must pass."""
    surface: Surface | None = None
    obstacles: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StopContent:
    """A stop as one revision of its trail has it. ``id`` never changes; ``label`` is what the post says: 01, S1.

    ``media`` are heard in this order. ``directions`` lead from here to the next stop.
    """

    id: UUID
    label: str
    title: Texts
    longitude: float
    latitude: float
    text: Texts = field(default_factory=dict)
    directions: Texts = field(default_factory=dict)
    media: tuple[UUID, ...] = ()
    radius: int = USUAL_RADIUS
    optional: bool = False

    @property
    def position(self) -> Position:
        return self.longitude, self.latitude


@dataclass(frozen=True, slots=True)
class TrailContent:
    """All that one revision of a trail says. ``stops`` are in walking order; ``line`` is empty where none was drawn.

    ``language`` is the one it was written in, ``minutes`` how long it takes, listening included, as its authors say;
    ``minutes_most`` how long for those who take their time, where they say that, too.
    """

    title: Texts
    language: str
    licence: str
    summary: Texts = field(default_factory=dict)
    text: Texts = field(default_factory=dict)
    theme: Theme = Theme.HERITAGE
    mode: Mode = Mode.FOOT
    minutes: int | None = None
    minutes_most: int | None = None
    difficulty: Difficulty | None = None
    access: Access = field(default_factory=Access)
    line: tuple[Vertex, ...] = ()
    stops: tuple[StopContent, ...] = ()

    def stop(self, stop_id: UUID) -> StopContent | None:
        return next((stop for stop in self.stops if stop.id == stop_id), None)


@dataclass(frozen=True, slots=True)
class PlaceContent:
    """All that one revision of a place says."""

    title: Texts
    language: str
    licence: str
    longitude: float
    latitude: float
    text: Texts = field(default_factory=dict)
    theme: Theme = Theme.HERITAGE
    access: Access = field(default_factory=Access)
    address: str = ""
    media: tuple[UUID, ...] = ()

    @property
    def position(self) -> Position:
        return self.longitude, self.latitude


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What is known of a sound, picture or video that somebody wants to publish. ``seconds`` is None for a picture.

    ``ready`` means that it can be seen or heard, and that nobody has hidden it; ``transcripts`` are languages;
    ``voices_told``, that its sender said whether somebody is heard or seen in it, and agreed.
    """

    id: UUID
    sound: bool = True
    ready: bool = True
    licence: str = ""
    attribution: str = ""
    seconds: float | None = None
    transcripts: frozenset[str] = frozenset()
    voices_told: bool = True


class FlawCode(StrEnum):
    """Why a trail or a place cannot be published as it is."""

    NO_TITLE = "no_title"
    NO_STOPS = "no_stops"
    NO_LABEL = "no_label"
    LABEL_TWICE = "label_twice"
    STOP_SAYS_NOTHING = "stop_says_nothing"  # neither text nor a sound that is ready
    NO_SUCH_MEDIA = "no_such_media"
    MEDIA_NOT_READY = "media_not_ready"
    MEDIA_WITHOUT_LICENCE = "media_without_licence"
    MEDIA_WITHOUT_CREDIT = "media_without_credit"
    VOICES_NOT_TOLD = "voices_not_told"  # nobody said whether those who are heard or seen agreed
    UNKNOWN_LICENCE = "unknown_licence"
    LICENCE_NOT_KEPT = "licence_not_kept"  # a remix under a licence that the original does not allow
    OFF_THE_GLOBE = "off_the_globe"
    FAR_FROM_LINE = "far_from_line"  # more than a kilometre, and nobody said that it is meant so
    ACROSS_180 = "across_180"  # a line that jumps over the meridian on the other side of the earth
    STOP_TWICE = "stop_twice"  # two stops with one id
    STOP_ELSEWHERE = "stop_elsewhere"  # the id is another trail's
    TOO_MANY_STOPS = "too_many_stops"
    TOO_MANY_VERTICES = "too_many_vertices"
    TOO_MANY_MEDIA = "too_many_media"  # at one stop, or of a place
    TOO_LONG = "too_long"  # a text; which one is its value


class HintCode(StrEnum):
    """What the authors should look at again; it may be published all the same."""

    OFF_THE_LINE = "off_the_line"  # more than 50 metres
    SMALL_RADIUS = "small_radius"  # a position is seldom known better than 15 metres
    OVERLAPPING = "overlapping"  # two stops can begin at the same spot
    NO_TRANSCRIPT = "no_transcript"
    LONG_SOUND = "long_sound"  # more than ten minutes


@dataclass(frozen=True, slots=True)
class Flaw:
    """A reason for a no, with its values: which ``stop`` (its label), which ``media``, how many metres."""

    code: FlawCode
    values: Mapping[str, Hashable] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Hint:
    code: HintCode
    values: Mapping[str, Hashable] = field(default_factory=dict, hash=False)


class NotPublishable(Exception):
    """It cannot be published as it is. ``flaws`` are all the reasons, at least one."""

    def __init__(self, flaws: list[Flaw]) -> None:
        super().__init__(", ".join(flaw.code.value for flaw in flaws))
        self.flaws = flaws


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two people changed the same thing in two ways, or one changed what the other took away (None).

    ``path`` leads to it in the content as JSON, a stop by its id: ``("stops", "6f1…", "title", "fr")``.
    """

    path: tuple[str, ...]
    base: object
    mine: object
    theirs: object


class Stale(Exception):
    """Somebody else changed the same things meanwhile; ``theirs`` is the number of the revision that there is now.

    ``conflicts`` are those things, and ``merged`` is everything put together, theirs where there is a conflict.
    """

    def __init__(
        self, theirs: int, conflicts: Sequence[Conflict] = (), merged: "TrailContent | PlaceContent | None" = None
    ) -> None:
        super().__init__(f"revision {theirs} came in between")
        self.theirs = theirs
        self.conflicts = tuple(conflicts)
        self.merged = merged


class NoSuchRevision(Exception):
    """The trail or the place never had a revision of that number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"there is no revision {number}")
        self.number = number


class LastAuthor(Exception):
    """A trail has at least one author."""
