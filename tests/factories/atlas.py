"""Things anywhere on earth, filters that want some of them, and an obvious model of which, for properties."""

from datetime import timedelta

from hypothesis import strategies as st
from shapely.geometry import LineString
from shapely.geometry import box as rectangle

from portal.index.models import IndexEntry
from portal.index.queries import Filter
from portal.places.grid import Box
from tests.conftest import NOW
from tests.factories import index, places

DAYS = [None, *(NOW + timedelta(days=day) for day in range(4))]
# Round numbers, so that positions lie on the edges of boxes, on those of the coarsest tiles, and on each other.
degrees = st.integers(-6, 6).map(lambda n: n * 30.0)
heights = st.integers(-3, 3).map(lambda n: n * 30.0)
positions = st.tuples(degrees, heights)
things = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["trail", "place", "equipment"]),
        "title": st.sampled_from(["Le port", "La rade", "Le port et la rade"]),
        "theme": st.sampled_from([None, "sea", "work"]),
        "licence": st.sampled_from([None, "CC0-1.0", "CC-BY-4.0"]),
        "language": st.sampled_from([None, "fr", "br"]),
        "access": st.sampled_from([None, "wheelchair", "not"]),
        "starts_at": st.sampled_from(DAYS),
        "ends_at": st.sampled_from(DAYS),
        "visible": st.sampled_from([True, True, True, False]),
        "where": st.one_of(st.none(), st.lists(positions, min_size=1, max_size=3)),
    }
)
bounds = st.tuples(degrees, heights, degrees, heights).map(lambda b: Box(b[0], min(b[1], b[3]), b[2], max(b[1], b[3])))
filters = st.builds(
    Filter,
    kinds=st.one_of(st.none(), st.sampled_from([("trail",), ("place", "equipment"), ()])),
    theme=st.sampled_from([None, "sea"]),
    licence=st.sampled_from([None, "CC0-1.0"]),
    language=st.sampled_from([None, "br"]),
    access=st.sampled_from([None, "wheelchair"]),
    since=st.sampled_from(DAYS),
    until=st.sampled_from(DAYS),
    box=st.one_of(st.none(), bounds),
    q=st.sampled_from(["", " ", "port", "rade port"]),
    placeless=st.booleans(),
)


def fits(thing, wanted: Filter) -> bool:
    """What the filter's description says, word for word."""
    return (
        thing["visible"]
        and (wanted.kinds is None or thing["kind"] in wanted.kinds)
        and all(getattr(wanted, name) in (None, thing[name]) for name in ("theme", "licence", "language", "access"))
        and not (wanted.since and thing["ends_at"] and thing["ends_at"] < wanted.since)
        and not (wanted.until and thing["starts_at"] and thing["starts_at"] > wanted.until)
        and all(word in thing["title"] for word in wanted.q.split())
        and (wanted.box is None or in_box(thing["where"], wanted))
    )


def in_box(where, wanted: Filter) -> bool:
    if where is None:
        return wanted.placeless
    if wanted.box.holds(*where[0]):
        return True
    parts = [rectangle(part.west, part.south, part.east, part.north) for part in wanted.box.parts]
    return len(where) > 1 and any(LineString(where).intersects(part) for part in parts)


def entered(session, thing) -> IndexEntry:
    values = {name: value for name, value in thing.items() if name != "where"}
    where = thing["where"]
    place = None if where is None else places.along(session, where)
    return index.entry(session, **values, place_id=place and place.id)
