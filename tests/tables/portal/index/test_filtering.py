"""One filter for list, map, tiles and OGC API, against an obvious model of what it says."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString
from shapely.geometry import box as rectangle
from sqlalchemy import select

from portal.index.models import IndexEntry
from portal.index.queries import Filter, conditions, filtered, version
from portal.places.grid import Box
from portal.places.models import path
from tests.conftest import NOW
from tests.factories import index, places

DAYS = [None, *(NOW + timedelta(days=day) for day in range(4))]
# Round numbers, so that positions lie on the edges of boxes, on those of the coarsest tiles, and on each other.
degrees = st.integers(-6, 6).map(lambda n: n * 30.0)
heights = st.integers(-3, 3).map(lambda n: n * 30.0)
positions = st.tuples(degrees, heights)
things = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["trail", "place", "event"]),
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
    kinds=st.one_of(st.none(), st.sampled_from([("trail",), ("place", "event"), ()])),
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


def entered(session, thing) -> int:
    values = {name: value for name, value in thing.items() if name != "where"}
    where = thing["where"]
    place = None if where is None else places.along(session, where)
    return index.entry(session, **values, place_id=place and place.id).id


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.lists(things, max_size=6), filters)
def test_the_filter_finds_what_fits_and_nothing_else(session, there, wanted):
    assume(
        all(
            thing["starts_at"] is None or thing["ends_at"] is None or thing["starts_at"] <= thing["ends_at"]
            for thing in there
        )
    )
    with session.begin_nested() as savepoint:
        expected = {entered(session, thing) for thing in there if fits(thing, wanted)}
        for thing in there:
            if not fits(thing, wanted):
                entered(session, thing)
        assert set(session.scalars(select(IndexEntry.id).where(*conditions(session, wanted)))) == expected
        found = filtered(session, wanted, limit=3)
        assert found.total == len(expected)
        assert len(found.rows) == min(3, len(expected))
        assert {row.id for row in found.rows} <= expected
        savepoint.rollback()


@pytest.fixture
def harbour(session):
    return index.entry(
        session, "Le port", kind="trail", place_id=places.along(session, [(-4.5, 48.38), (-4.48, 48.38)]).id
    )


def test_a_version_tells_every_change_of_its_kind_and_no_other(session, harbour):
    index.entry(session, "Le jardin", kind="place")
    seen = [version(session, ["trail"])]
    others, everything = version(session, ["place"]), version(session)

    def changed() -> bool:
        session.flush()
        seen.append(version(session, ["trail"]))
        return seen[-1] not in seen[:-1]

    harbour.title = {"fr": "Le port de commerce"}
    assert changed()
    harbour.visible = False
    assert changed()
    harbour.place.path = path([(-4.5, 48.38), (-4.47, 48.38)])
    assert changed()
    harbour.place.name = "Port de commerce"
    assert changed()
    session.delete(harbour)
    assert changed()
    assert version(session, ["place"]) == others
    assert version(session) != everything


def test_what_has_no_version_yet_has_one_all_the_same(session):
    assert version(session, ["licorne"]) == ""
