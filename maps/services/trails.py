"""A trail's life: begun, revised by anybody, published and taken back by its authors, remixed. Nothing said is lost.

Who may do what is for the views to ask (:mod:`maps.permissions`); what may be published is for the rules.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from maps.models import Remix, Stop, StopMedia, Trail, TrailAuthor, TrailRevision
from maps.queries.contents import trail_content
from maps.queries.geometry import path_of
from maps.queries.media import facts, media_of
from maps.queries.revisions import revision
from maps.queries.trails import hidden_stops, readable
from maps.rules.content import tidied, trail_as_json, trail_from_json
from maps.rules.durations import way
from maps.rules.lines import length, simplified
from maps.rules.merging import merged_trail, woven
from maps.rules.naming import slugs_for
from maps.rules.remixing import licence_flaws, remixed
from maps.rules.trails import UNKEEPABLE, far_stops, new_flaws, trail_flaws
from maps.services.indexing import MapIndex
from maps.services.places import put_place
from maps.services.revising import alone_with, keep, put_together, refuse
from maps.services.slugs import named
from maps.terms import (
    Flaw,
    FlawCode,
    LastAuthor,
    NotPublishable,
    Stale,
    StopContent,
    Texts,
    TrailContent,
    TrailState,
)
from portal.audit.services import Audit
from portal.clock import Clock
from portal.db import lock
from portal.media.models import Media
from portal.places.models import path

UNNAMED = "balade"
"""The short name of a trail whose title has no letter that an address can have."""


class Trails:
    """Begin, revise, publish, withdraw, remix; each in one transaction with the rows of stops and the public index."""

    def __init__(
        self,
        session: Session,
        clock: Clock,
        audit: Audit,
        index: MapIndex,
        new_id: Callable[[], UUID] = uuid4,
    ) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._index = index
        self._new_id = new_id

    # Saying something -----------------------------------------------------------------------------------------------

    def begin(
        self, content: TrailContent, author_id: UUID, *, organisation_id: UUID | None = None, comment: str = ""
    ) -> Trail:
        """Keep a new trail as a draft of its author's, and return it. A line of too many points is simplified.

        A draft may lack what a published trail must have; raises :class:`NotPublishable` for what nothing can be made
        of (no title, an unknown licence, off the globe, too many stops), and keeps nothing.
        """
        return self._begin(content, author_id, organisation_id, comment, None)

    def revise(
        self,
        trail_id: UUID,
        base: int,
        content: TrailContent,
        author_id: UUID,
        *,
        organisation_id: UUID | None = None,
        comment: str = "",
        meant: Collection[UUID] = (),
        sees_hidden: bool = False,
    ) -> TrailRevision:
        """Record what a trail says from now on, and return the revision; the current one where nothing is new.

        ``base`` is the number of the revision that the author had before them. What others changed since is kept:
        raises :class:`Stale` with every conflict where both changed the same. Of a published trail, raises
        :class:`NotPublishable` with every flaw that it did not have before; ``meant`` are stops said to be far from the
        line on purpose. Raises :class:`NoSuchRevision`. Nothing is recorded then.

        Stops that moderation has hidden stay as they are, unless the author ``sees_hidden`` ones and leaves them out.
        """
        trail = alone_with(self._session, Trail, trail_id)
        theirs = trail_content(self._session, trail)
        mine = _fit(content)
        if not sees_hidden:
            mine = self._with_hidden(trail, base, mine)
        then = partial(trail_content, self._session, trail)
        mine = put_together(trail.current, base, mine, theirs, then, merged_trail)
        if mine == theirs:
            return revision(self._session, TrailRevision, trail.id, trail.current)
        self._check(trail, mine, theirs, meant)
        return self._record(trail, base, mine, theirs, author_id, organisation_id, comment)

    def revert(
        self,
        trail_id: UUID,
        base: int,
        number: int,
        author_id: UUID,
        *,
        organisation_id: UUID | None = None,
        comment: str = "",
        sees_hidden: bool = False,
    ) -> TrailRevision:
        """Let a trail say again what it said in revision ``number``, under its present licence; return the new one.

        ``base`` is the revision that the author had before them: raises :class:`Stale` where there is a later one,
        since going back undoes all that was said since. Raises :class:`NoSuchRevision`, and :class:`NotPublishable`
        where a sound of then is gone. Stops that were far from the line then are meant to be. Hidden stops are dealt
        with as :meth:`revise` does.
        """
        trail = alone_with(self._session, Trail, trail_id)
        if base != trail.current:
            raise Stale(trail.current)
        now = trail_content(self._session, trail)
        then = replace(trail_content(self._session, trail, number), licence=now.licence)
        return self.revise(
            trail_id,
            trail.current,
            then,
            author_id,
            organisation_id=organisation_id,
            comment=comment,
            meant=far_stops(then),
            sees_hidden=sees_hidden,
        )

    def remix(
        self,
        source: TrailRevision,
        title: Texts,
        licence: str,
        author_id: UUID,
        *,
        organisation_id: UUID | None = None,
        comment: str = "",
    ) -> Trail:
        """Begin a trail of one's own with what a revision of another one says, and return the draft.

        Where it comes from is kept and shown; what moderators hid is not taken along. Raises :class:`NotPublishable`
        under a licence that its own does not allow.
        """
        original = readable(self._session, trail_from_json(source.content))
        ids = iter(self._new_id, None)
        content = remixed(original, title, licence, ids)
        return self._begin(content, author_id, organisation_id, comment, source)

    # Showing it -----------------------------------------------------------------------------------------------------

    def publish(self, trail_id: UUID, *, meant: Collection[UUID] = ()) -> Trail:
        """Let everybody see a trail, and return it; one that is published stays so.

        Raises :class:`NotPublishable` with every flaw. ``meant`` are stops said to be far from the line on purpose.
        """
        trail = alone_with(self._session, Trail, trail_id)
        if trail.state is TrailState.PUBLISHED:
            return trail
        content = trail_content(self._session, trail)
        refuse([*self._flaws(content, meant), *self._elsewhere(content, trail.id)])
        with self._all_or_nothing():
            trail.state = TrailState.PUBLISHED
            trail.published_at = trail.published_at or self._clock.now()
            self._show(trail, content, None)
        self._audit.record("maps.publish", "trail", trail.id, trail=trail.slug)
        return trail

    def withdraw(self, trail_id: UUID) -> Trail:
        """Take a published trail back, and return it: it is in no list any more. Does nothing to one that is not."""
        trail = alone_with(self._session, Trail, trail_id)
        if trail.state is TrailState.PUBLISHED:
            trail.state = TrailState.WITHDRAWN
            self._session.flush()
            self._index.trail(trail)
            self._audit.record("maps.withdraw", "trail", trail.id, trail=trail.slug)
        return trail

    def add_author(self, trail_id: UUID, person_id: UUID) -> None:
        """Let somebody be one of a trail's authors; does nothing when they are."""
        trail = alone_with(self._session, Trail, trail_id)
        if all(author.person_id != person_id for author in trail.authors):
            trail.authors.append(TrailAuthor(person_id=person_id, since=self._clock.now()))
            self._session.flush()
            self._audit.record("maps.author_added", "trail", trail.id, trail=trail.slug, person=person_id)

    def remove_author(self, trail_id: UUID, person_id: UUID) -> None:
        """Let somebody no longer be one of a trail's authors. Raises :class:`LastAuthor` for the only one."""
        trail = alone_with(self._session, Trail, trail_id)
        theirs = [author for author in trail.authors if author.person_id == person_id]
        if not theirs:
            return
        if len(trail.authors) == len(theirs):
            raise LastAuthor
        for author in theirs:
            self._session.delete(author)
        self._session.flush()
        self._session.expire(trail, ["authors"])
        self._audit.record("maps.author_removed", "trail", trail.id, trail=trail.slug, person=person_id)

    # Deciding -------------------------------------------------------------------------------------------------------

    def _begin(
        self,
        content: TrailContent,
        author_id: UUID,
        organisation_id: UUID | None,
        comment: str,
        source: TrailRevision | None,
    ) -> Trail:
        content = _fit(content)
        sources = [trail_from_json(source.content).licence] if source else []
        refuse(_unkeepable([*self._flaws(content), *self._elsewhere(content, None)]))
        refuse(licence_flaws(sources, content.licence))
        title = content.title.get(content.language) or next(iter(content.title.values()))
        now = self._clock.now()
        trail = named(
            self._session,
            Trail,
            slugs_for(title, UNNAMED),
            lambda slug: Trail(
                slug=slug,
                state=TrailState.DRAFT,
                current=1,
                created_at=now,
                authors=[TrailAuthor(person_id=author_id, since=now)],
            ),
        )
        self._keep(trail, None, content, author_id, organisation_id, comment)
        if source is not None:
            self._session.add(Remix(trail_id=trail.id, source_id=source.id))
        self._session.flush()
        return trail

    def _with_hidden(self, trail: Trail, base: int, mine: TrailContent) -> TrailContent:
        """Return the content with the hidden stops of its base, each as and where it was.

        Who does not see them can neither remove nor change them, nor bring others back.
        """
        then = trail_content(self._session, trail, base)
        hidden = hidden_stops(self._session, then, mine)
        if not hidden:
            return mine
        before = {stop.id: stop for stop in then.stops}
        ours = {stop.id: stop for stop in mine.stops if stop.id not in hidden}
        kept = [stop_id for stop_id in before if stop_id in ours or stop_id in hidden]
        order = woven(list(ours), kept, first=True)
        return replace(mine, stops=tuple(ours.get(stop_id) or before[stop_id] for stop_id in order))

    def _check(self, trail: Trail, mine: TrailContent, theirs: TrailContent, meant: Collection[UUID]) -> None:
        """Refuse what nothing can be made of, and of a published trail every flaw that it did not have before."""
        if trail.state is TrailState.PUBLISHED:
            known = facts(self._session, media_of(theirs) | media_of(mine))
            found = new_flaws(theirs, mine, known, meant)
        else:
            found = _unkeepable(self._flaws(mine, meant))
        refuse([*found, *self._elsewhere(mine, trail.id), *licence_flaws(self._sources(trail, theirs), mine.licence)])

    def _sources(self, trail: Trail, now: TrailContent) -> list[str]:
        """Return the licences to be kept: what others may have built on, and what the trail was made of."""
        source = self._session.scalar(
            select(TrailRevision).join(Remix, Remix.source_id == TrailRevision.id).where(Remix.trail_id == trail.id)
        )
        theirs = [trail_from_json(source.content).licence] if source else []
        return [now.licence, *theirs] if trail.published_at is not None else theirs

    def _flaws(self, content: TrailContent, meant: Collection[UUID] = ()) -> list[Flaw]:
        return trail_flaws(content, facts(self._session, media_of(content)), meant)

    def _elsewhere(self, content: TrailContent, trail_id: UUID | None) -> list[Flaw]:
        """Return a flaw for each stop whose id is on a post of another trail."""
        others = select(Stop.id).where(Stop.id.in_([stop.id for stop in content.stops]))
        if trail_id is not None:
            others = others.where(Stop.trail_id != trail_id)
        taken = set(self._session.scalars(others))
        return [Flaw(FlawCode.STOP_ELSEWHERE, {"stop": stop.label}) for stop in content.stops if stop.id in taken]

    # Recording ------------------------------------------------------------------------------------------------------

    def _record(
        self,
        trail: Trail,
        base: int,
        content: TrailContent,
        before: TrailContent,
        author_id: UUID,
        organisation_id: UUID | None,
        comment: str,
    ) -> TrailRevision:
        with self._all_or_nothing():
            trail.current += 1
            kept = self._keep(trail, base, content, author_id, organisation_id, comment)
            if trail.state is TrailState.PUBLISHED:
                self._show(trail, content, before)
        return kept

    def _keep(
        self, trail: Trail, base: int | None, content: TrailContent, *said: *tuple[UUID, UUID | None, str]
    ) -> TrailRevision:
        return keep(self._session, TrailRevision, trail, base, trail_as_json(content), *said, self._clock.now())

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """Record all that follows, or nothing of it where another trail was published with a stop of the same id."""
        try:
            with self._session.begin_nested():
                yield
        except IntegrityError as race:
            raise NotPublishable([Flaw(FlawCode.STOP_ELSEWHERE)]) from race

    def _show(self, trail: Trail, content: TrailContent, before: TrailContent | None) -> None:
        """Write the rows of a trail's place and stops as its content has them, and the index from them."""
        self._hold_new(trail, content)
        known, changed = trail.place_id is not None, self._is_new_line(trail, content, before)
        self._place(trail, content, changed)
        self._stops(trail, content)
        self._session.flush()
        self._index.trail(trail)
        if known and changed:
            self._index.line_changed(trail)

    def _hold_new(self, trail: Trail, content: TrailContent) -> None:
        """Hold the media that are heard from now on, before any row is written.

        Whoever hides one of them meanwhile does not see yet that it is heard here, and holds it before the index.
        """
        before = select(StopMedia.media_id).join(StopMedia.stop).where(Stop.trail_id == trail.id)
        lock(self._session, Media, media_of(content) - set(self._session.scalars(before)))

    def _is_new_line(self, trail: Trail, content: TrailContent, before: TrailContent | None) -> bool:
        """Is the line another one than was shown last: that of ``before``, or the one a trail was withdrawn with?"""
        if before is not None:
            return before.line != content.line
        drawn = tuple((vertex[0], vertex[1]) for vertex in content.line) if len(content.line) > 1 else ()
        return drawn != (path_of(self._session, trail.place_id) if trail.place_id is not None else ())

    def _place(self, trail: Trail, content: TrailContent, changed: bool) -> None:
        start = content.line[0] if content.line else content.stops[0].position
        name = _title(content.title, content.language)
        trail.place = put_place(self._session, trail.place, name, "", (start[0], start[1]))
        if changed:
            trail.place.path = path(content.line)
        trail.metres = length(way(content))

    def _stops(self, trail: Trail, content: TrailContent) -> None:
        """Let the rows of stops be those of the content. Who is gone from it keeps the id, without rank and label."""
        query = select(Stop).where(Stop.trail_id == trail.id).options(selectinload(Stop.sounds))
        rows = {stop.id: stop for stop in self._session.scalars(query)}
        wanted = {stop.id: (rank, stop.label) for rank, stop in enumerate(content.stops, 1)}
        for row in rows.values():
            if wanted.get(row.id) != (row.rank, row.label):
                row.rank = row.label = None
        self._session.flush()  # ranks and labels are unique at every moment
        for told in content.stops:
            row = rows.get(told.id) or Stop(id=told.id, trail_id=trail.id)
            row.rank, row.label = wanted[told.id]
            row.title = dict(told.title)
            known = row.place if told.id in rows else None
            name = _title(told.title, content.language) or _title(content.title, content.language)
            row.place = put_place(self._session, known, name, "", told.position)
            self._session.add(row)
            _set_sounds(row, told)


def _set_sounds(row: Stop, told: StopContent) -> None:
    known = {sound.media_id: sound for sound in row.sounds}
    row.sounds = [known.get(media_id) or StopMedia(media_id=media_id) for media_id in told.media]
    for position, sound in enumerate(row.sounds, 1):
        sound.position = position


def _title(title: Texts, language: str) -> str:
    return title.get(language) or next(iter(title.values()), "")


def _fit(content: TrailContent) -> TrailContent:
    """Return the content as it is kept, its line of no more points than a map needs."""
    tidy = tidied(content)
    return replace(tidy, line=simplified(tidy.line).line)


def _unkeepable(flaws: Iterable[Flaw]) -> list[Flaw]:
    return [flaw for flaw in flaws if flaw.code in UNKEEPABLE]
