"""One filter for list, map, tiles and OGC API, against an obvious model of what it says."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from portal.index.models import IndexEntry
from portal.index.queries import Filter, conditions, filtered, hits, located, version
from portal.places.grid import Box, cell_of
from portal.places.models import Place, path
from tests.factories import index, places
from tests.factories.atlas import entered, filters, fits, things


def hit(session, wanted):
    shape, told = located(wanted.box)
    return session.scalars(select(hits(session, wanted, shape, IndexEntry.id).subquery().c.id), told).all()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.lists(things, max_size=6), filters)
def test_the_filter_finds_what_fits_and_nothing_else(session, there, wanted):
    with session.begin_nested() as savepoint:
        ids = [entered(session, thing).id for thing in there]
        expected = {entry for entry, thing in zip(ids, there, strict=True) if fits(thing, wanted)}
        assert set(session.scalars(select(IndexEntry.id).where(*conditions(session, wanted)))) == expected
        assert sorted(hit(session, wanted)) == sorted(expected)
        found = filtered(session, wanted, limit=3)
        assert found.total == len(expected)
        assert len(found.rows) == min(3, len(expected))
        assert {row.id for row in found.rows} <= expected
        savepoint.rollback()


@pytest.mark.parametrize(
    ("box", "crosses"),
    [
        (Box(5, 0, 5, 10), True), (Box(0, 5, 10, 5), True), (Box(5, 5, 5, 5), True), (Box(2.5, 2, 2.5, 3), True),
        (Box(5, 6, 5, 10), False), (Box(5, 4, 5, 4), False), (Box(6, 0, 10, 5), False), (Box(10, 10, 20, 10), True),
        (Box(170, 0, 5, 10), True), (Box(170, 0, -170, 10), False), (Box(5, 0, -170, 10), True),
    ],
)  # fmt: skip
def test_a_path_crosses_a_box_that_is_but_a_line_or_a_spot(session, box, crosses):
    trail = index.entry(session, kind="trail", place_id=places.along(session, [(0, 0), (10, 10)]).id)
    trail.longitude, trail.latitude, trail.cell = -90, 0, cell_of(-90, 0)  # so that only the path can be there
    session.flush()
    wanted = Filter(("trail",), box=box)
    found = [trail.id] if crosses else []
    assert session.scalars(select(IndexEntry.id).where(*conditions(session, wanted))).all() == found
    assert hit(session, wanted) == found


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


def test_a_statement_that_changes_many_is_one_change(session, harbour):
    for number in range(500):
        index.entry(session, f"Lieu {number}", kind="place" if number % 2 else "trail", place_id=harbour.place_id)
    before = version(session)
    session.execute(update(IndexEntry).values(theme="sea"))
    after = version(session)
    session.execute(update(Place).values(name="Port"))
    assert len({before, after, version(session)}) == 3


def test_what_has_no_version_yet_has_one_all_the_same(session):
    assert version(session, ["licorne"]) == ""
