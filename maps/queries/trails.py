"""Trails as pages and programs show them: one with its stops, lists of them, their history, what was made of them.

``media`` are ids only; ``portal.media.queries`` says what a player needs of them. What moderation has hidden, and
sounds that cannot be heard (yet, or any more), are left out everywhere.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from maps.models import Remix, Trail, TrailAuthor, TrailRevision
from maps.queries.media import facts, media_of
from maps.queries.revisions import Credit, contributors, revision
from maps.rules.content import Json, trail_from_json
from maps.rules.durations import Duration, duration, listening, way
from maps.rules.lines import Along, Climb, along, climb, is_loop, length
from maps.rules.merging import orders_without
from maps.rules.trails import trail_hints
from maps.rules.translating import languages
from maps.terms import (
    STOP,
    TRAIL,
    Access,
    Conflict,
    Hint,
    MediaFacts,
    Stale,
    StopContent,
    Texts,
    Theme,
    TrailContent,
    TrailState,
)
from portal.index.models import IndexEntry
from portal.index.queries import Filter, conditions
from portal.moderation.queries import is_visible, standings
from portal.moderation.terms import Standing
from portal.people.models import Person


@dataclass(frozen=True, slots=True)
class ShownStop:
    """A stop. ``along`` is metres from the beginning of the way, ``leg`` metres from the stop before on it.

    ``off`` is how far from the line it is; ``seconds`` how long all that is heard here lasts. ``hidden`` says that only
    authors and moderators see it.
    """

    content: StopContent
    rank: int
    media: tuple[UUID, ...]
    along: float
    leg: float
    off: float
    seconds: float
    hidden: bool = False

    @property
    def id(self) -> UUID:
        return self.content.id

    @property
    def label(self) -> str:
        return self.content.label

    @property
    def path(self) -> str:
        return f"/stops/{self.id}"


@dataclass(frozen=True, slots=True)
class Source:
    """A trail that another one is related to: what it was made of, or what was made of it.

    One that is not public has no path. One that moderators took out of sight has no title either (it is empty): who
    made it is named all the same.
    """

    title: Texts
    licence: str
    number: int
    credits: tuple[Credit, ...]
    path: str | None


@dataclass(frozen=True, slots=True)
class ShownTrail:
    """A trail as one revision has it. ``sources`` are what it was made of, the nearest first, up to the first trail.

    ``length`` is metres, ``duration`` what we reckon; ``content.minutes`` is what its authors say, which counts first.
    """

    id: UUID
    slug: str
    state: TrailState
    standing: Standing
    number: int
    current: int
    content: TrailContent
    stops: tuple[ShownStop, ...]
    length: float
    loop: bool
    climb: Climb | None
    duration: Duration
    languages: frozenset[str]
    authors: tuple[Credit, ...]
    contributors: tuple[Credit, ...]
    sources: tuple[Source, ...]
    remixes: tuple[Source, ...]
    created_at: datetime
    published_at: datetime | None
    revised_at: datetime

    @property
    def path(self) -> str:
        return f"/trails/{self.slug}"

    @property
    def media(self) -> frozenset[UUID]:
        return frozenset(media_id for stop in self.stops for media_id in stop.media)

    @property
    def minutes(self) -> int:
        """How long it takes: as its authors say, otherwise as we reckon."""
        return self.content.minutes or max(1, round(self.duration.total / 60))

    @property
    def minutes_most(self) -> int | None:
        return self.content.minutes_most


@dataclass(frozen=True, slots=True)
class TrailCard:
    """A trail in a list."""

    id: UUID
    slug: str
    state: TrailState
    title: Texts
    summary: Texts
    language: str
    licence: str
    theme: Theme
    access: Access
    stops: int
    length: float
    minutes: int
    minutes_most: int | None
    seconds: float
    longitude: float | None
    latitude: float | None
    published_at: datetime | None
    updated_at: datetime

    @property
    def path(self) -> str:
        return f"/trails/{self.slug}"


Range: TypeAlias = tuple[float | None, float | None]
"""How many at least and at most; None sets no limit."""

ANY_LENGTH: Range = (None, None)


@dataclass(frozen=True, slots=True)
class FoundTrails:
    """One page of the ``total`` trails found."""

    cards: Sequence[TrailCard]
    total: int


# One trail ------------------------------------------------------------------------------------------------------------


def shown(session: Session, trail: Trail, number: int | None = None, *, everything: bool = False) -> ShownTrail:
    """Return a trail as it is now, or as revision ``number`` had it. Raises ``NoSuchRevision``.

    With ``everything``, as authors and moderators see it: hidden stops too.
    """
    found = revision(session, TrailRevision, trail.id, trail.current if number is None else number)
    content = trail_from_json(found.content)
    hidden = hidden_stops(session, content)
    if not everything:
        content = _without(content, hidden)
    known = facts(session, media_of(content))
    seconds = _seconds(known)
    line = way(content)
    return ShownTrail(
        id=trail.id,
        slug=trail.slug,
        state=trail.state,
        standing=standings(session, TRAIL, [trail.id])[trail.id],
        number=found.number,
        current=trail.current,
        content=content,
        stops=_shown_stops(content, known, hidden),
        length=length(line),
        loop=is_loop(line),
        climb=climb(line),
        duration=duration(content, seconds),
        languages=languages(content),
        authors=authors(session, trail.id),
        contributors=contributors(session, TrailRevision, [trail.id])[trail.id],
        sources=sources(session, trail.id),
        remixes=remixes(session, trail.id),
        created_at=trail.created_at,
        published_at=trail.published_at,
        revised_at=found.created_at,
    )


def hints(session: Session, content: TrailContent) -> list[Hint]:
    """Return what the authors of a content should look at again."""
    return trail_hints(content, facts(session, media_of(content)))


def _without(content: TrailContent, hidden: Collection[UUID]) -> TrailContent:
    return replace(content, stops=tuple(stop for stop in content.stops if stop.id not in hidden))


def readable(session: Session, content: TrailContent) -> TrailContent:
    """Return a content as everybody may read it: without the stops that moderation has hidden."""
    return _without(content, hidden_stops(session, content))


def in_sight(session: Session, contents: Sequence[Json]) -> list[Json]:
    """Return contents of trails, as JSON values, as everybody may read them."""
    ids = {UUID(stop["id"]) for content in contents for stop in content["stops"]}
    stand = standings(session, STOP, ids)
    seen = {str(stop_id) for stop_id, one in stand.items() if one is Standing.VISIBLE}
    return [{**content, "stops": [stop for stop in content["stops"] if stop["id"] in seen]} for content in contents]


def conflicts_in_sight(session: Session, no: Stale) -> tuple[Conflict, ...]:
    """Return what two people changed in two ways as everybody may read it."""
    if not isinstance(no.merged, TrailContent):
        return no.conflicts
    return orders_without(no.conflicts, {str(stop_id) for stop_id in hidden_stops(session, no.merged)})


def hidden_stops(session: Session, *contents: TrailContent) -> frozenset[UUID]:
    """Return the stops of some contents that moderation has hidden or removed."""
    stand = standings(session, STOP, [stop.id for content in contents for stop in content.stops])
    return frozenset(stop_id for stop_id, one in stand.items() if one is not Standing.VISIBLE)


def _seconds(known: Mapping[UUID, MediaFacts]) -> dict[UUID, float]:
    return {one.id: one.seconds for one in known.values() if one.ready and one.seconds is not None}


def _shown_stops(
    content: TrailContent, known: Mapping[UUID, MediaFacts], hidden: Collection[UUID]
) -> tuple[ShownStop, ...]:
    seconds = _seconds(known)
    found: list[ShownStop] = []
    before = 0.0
    for rank, (stop, spot) in enumerate(zip(content.stops, _spots(content), strict=True), 1):
        media = tuple(media_id for media_id in stop.media if media_id in known and known[media_id].ready)
        found.append(
            ShownStop(
                content=stop,
                rank=rank,
                media=media,
                along=spot.metres,
                leg=spot.metres - before,
                off=spot.off,
                seconds=listening(stop, seconds),
                hidden=stop.id in hidden,
            )
        )
        before = spot.metres
    return tuple(found)


def _spots(content: TrailContent) -> tuple[Along, ...]:
    """Return where the stops are along the way; where there is no line, that is straight from each to the next."""
    positions = [stop.position for stop in content.stops]
    if len(content.line) > 1:
        return along(content.line, positions)
    return tuple(Along(length(positions[: number + 1]), 0.0) for number in range(len(positions)))


# Who made it ----------------------------------------------------------------------------------------------------------


def authors(session: Session, trail_id: UUID) -> tuple[Credit, ...]:
    """Return whose trail it is, in the order in which they joined."""
    query = select(Person.id, Person.name).join(TrailAuthor, TrailAuthor.person_id == Person.id)
    rows = session.execute(query.where(TrailAuthor.trail_id == trail_id).order_by(TrailAuthor.since, TrailAuthor.id))
    return tuple(Credit(*row) for row in rows)


def sources(session: Session, trail_id: UUID) -> tuple[Source, ...]:
    """Return what a trail was made of, and that of what, up to the first trail."""
    found: list[Source] = []
    while (source := session.scalar(_source_of(trail_id))) is not None:
        found.append(_source(session, source))
        trail_id = source.trail_id
    return tuple(found)


def remixes(session: Session, trail_id: UUID) -> tuple[Source, ...]:
    """Return the published trails that were made of one, the first first."""
    query = (
        select(TrailRevision)
        .join(Trail, (Trail.id == TrailRevision.trail_id) & (Trail.current == TrailRevision.number))
        .join(Remix, Remix.trail_id == Trail.id)
        .where(Remix.source_id.in_(select(TrailRevision.id).where(TrailRevision.trail_id == trail_id)))
        .where(Trail.state == TrailState.PUBLISHED, is_visible(TRAIL, Trail.id))
        .order_by(Trail.published_at, Trail.id)
        .options(joinedload(TrailRevision.trail))
    )
    return tuple(_source(session, one) for one in session.scalars(query))


def _source_of(trail_id: UUID) -> Select[TrailRevision]:
    its = select(TrailRevision).join(Remix, Remix.source_id == TrailRevision.id).where(Remix.trail_id == trail_id)
    return its.options(joinedload(TrailRevision.trail))


def _source(session: Session, told: TrailRevision) -> Source:
    content = trail_from_json(told.content)
    trail = told.trail
    in_sight = standings(session, TRAIL, [trail.id])[trail.id] is Standing.VISIBLE
    there = in_sight and trail.state is TrailState.PUBLISHED
    return Source(
        title=content.title if in_sight else {},
        licence=content.licence,
        number=told.number,
        credits=authors(session, trail.id),
        path=f"/trails/{trail.slug}" if there else None,
    )


# Lists ----------------------------------------------------------------------------------------------------------------


def found_trails(
    session: Session, wanted: Filter, metres: Range = ANY_LENGTH, *, limit: int = 20, offset: int = 0
) -> FoundTrails:
    """Return a page of the public trails that are wanted and as long as wanted, the newest first."""
    of_trails = conditions(session, replace(wanted, kinds=(TRAIL,)))
    entries = _as_long(select(IndexEntry.source_id, IndexEntry.updated_at).where(*of_trails), *metres)
    total = session.scalar(select(func.count()).select_from(entries.subquery())) or 0
    page = entries.order_by(IndexEntry.created_at.desc(), IndexEntry.id).limit(limit).offset(offset)
    updated = {row.source_id: row.updated_at for row in session.execute(page)}
    cards = {card.id: card for card in _cards(session, Trail.id.in_(updated))}
    return FoundTrails([replace(cards[one], updated_at=at) for one, at in updated.items() if one in cards], total)


def _as_long(entries: Select, least: float | None, most: float | None) -> Select:
    """Return those of the entries of trails whose way is as long as wanted."""
    if least is None and most is None:
        return entries
    entries = entries.join(Trail, Trail.id == IndexEntry.source_id)
    if least is not None:
        entries = entries.where(Trail.metres > least)
    return entries if most is None else entries.where(Trail.metres <= most)


def trails_of(session: Session, person_id: UUID) -> list[TrailCard]:
    """Return the trails of one of whose authors somebody is, drafts too, the one changed last first."""
    theirs = Trail.id.in_(select(TrailAuthor.trail_id).where(TrailAuthor.person_id == person_id))
    return sorted(_cards(session, theirs), key=lambda card: (card.updated_at, str(card.id)), reverse=True)


def _cards(session: Session, which: ColumnElement[bool]) -> list[TrailCard]:
    query = (
        select(Trail, TrailRevision)
        .join(TrailRevision, (TrailRevision.trail_id == Trail.id) & (TrailRevision.number == Trail.current))
        .where(which)
    )
    rows = [(trail, told, trail_from_json(told.content)) for trail, told in session.execute(query)]
    hidden = hidden_stops(session, *(content for _trail, _told, content in rows))
    rows = [(trail, told, _without(content, hidden)) for trail, told, content in rows]
    known = facts(session, {media_id for _trail, _told, content in rows for media_id in media_of(content)})
    return [_card(trail, told.created_at, content, _seconds(known)) for trail, told, content in rows]


def _card(trail: Trail, at: datetime, content: TrailContent, seconds: Mapping[UUID, float]) -> TrailCard:
    takes, line = duration(content, seconds), way(content)
    return TrailCard(
        id=trail.id,
        slug=trail.slug,
        state=trail.state,
        title=content.title,
        summary=content.summary,
        language=content.language,
        licence=content.licence,
        theme=content.theme,
        access=content.access,
        stops=len(content.stops),
        length=length(line),
        minutes=content.minutes or max(1, round(takes.total / 60)),
        minutes_most=content.minutes_most,
        seconds=takes.listening,
        longitude=line[0][0] if line else None,
        latitude=line[0][1] if line else None,
        published_at=trail.published_at,
        updated_at=at,
    )
