"""What an address of the map points at: loads it, or answers 404 (410 for what was removed), and says whose it is.

What is not for everybody is not there for others: a draft, a trail that its authors took back and what moderation has
hidden are 404 to whoever is neither an author nor a moderator. What was removed is 410 to everybody.
"""

from collections.abc import Collection
from uuid import UUID

from pyramid.httpexceptions import HTTPNotFound
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from maps.models import MapPlace, MapPlaceRevision, Stop, TrackFile, Trail
from maps.permissions import Maps
from maps.terms import PLACE, STOP, TRAIL, TrailState
from portal.moderation.queries import standing_of
from portal.moderation.sight import Hidden, Removed
from portal.moderation.terms import Standing
from portal.security.addresses import matched_id


class TrailContext:
    """A trail, of its authors; ``open`` while everybody sees it, ``standing`` is what moderation says of it."""

    def __init__(self, request) -> None:
        self._request = request
        self.trail: Trail = self._load()
        self.owner_ids: Collection[UUID] = tuple(author.person_id for author in self.trail.authors)
        self.standing = standing_of(request.db, TRAIL, self.trail.id)
        self.open = self.trail.state is TrailState.PUBLISHED and self.standing is Standing.VISIBLE
        self._show()

    def _load(self) -> Trail:
        return _one(self._request, _trails().where(Trail.slug == self._request.matchdict["slug"]))

    def _show(self) -> None:
        _show(self, self._request, published=self.trail.state is TrailState.PUBLISHED)


class TrackFileContext:
    """A file in which a way was sent, of who sent it, whatever became of the trail."""

    def __init__(self, request) -> None:
        wanted = TrackFile.id == matched_id(request, "id")
        self.file: TrackFile = _one(request, select(TrackFile).options(joinedload(TrackFile.trail)).where(wanted))
        self.owner_ids: Collection[UUID] = (self.file.sender_id,)


class StopContext(TrailContext):
    """A stop by the id on its post, also once it is gone from its trail: then ``stop.rank`` is None."""

    def _load(self) -> Trail:
        shown = select(Stop).options(joinedload(Stop.place)).where(Stop.id == matched_id(self._request, "id"))
        self.stop: Stop = _one(self._request, shown)
        return self._request.db.scalars(_trails().where(Trail.id == self.stop.trail_id)).one()

    def _show(self) -> None:
        self.stop_standing = standing_of(self._request.db, STOP, self.stop.id)
        self.open = self.open and self.stop_standing is Standing.VISIBLE
        if self.stop_standing is Standing.REMOVED or self.standing is Standing.VISIBLE:
            self.standing = self.stop_standing  # of the two, the one that is further out of sight
        super()._show()


class PlaceContext:
    """A place on the map, of whoever put it there."""

    def __init__(self, request) -> None:
        found = select(MapPlace).options(joinedload(MapPlace.place)).where(MapPlace.slug == request.matchdict["slug"])
        self.place: MapPlace = _one(request, found)
        first = MapPlaceRevision.map_place_id == self.place.id, MapPlaceRevision.number == 1
        self.owner_ids: Collection[UUID] = (request.db.scalars(select(MapPlaceRevision.author_id).where(*first)).one(),)
        self.standing = standing_of(request.db, PLACE, self.place.id)
        self.open = self.standing is Standing.VISIBLE
        _show(self, request)


def _show(context, request, published: bool = True) -> None:
    """Raise what there is to say of a thing that is not for whoever asks: that it is hidden, removed, or not there."""
    if context.standing is Standing.REMOVED:
        raise Removed
    if not (context.open or request.has_permission(Maps.EDIT_DRAFT, context)):
        raise Hidden if published and context.standing is Standing.HIDDEN else HTTPNotFound


def _trails():
    return select(Trail).options(selectinload(Trail.authors), joinedload(Trail.place))


def _one(request, query):
    found = request.db.scalar(query)
    if found is None:
        raise HTTPNotFound()
    return found
