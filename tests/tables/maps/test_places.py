"""Places on the map, in the tables and in the public index."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from maps.models import MapPlace, MapPlaceMedia, MapPlaceRevision
from maps.queries.places import found_places, places_of, shown_place
from maps.queries.revisions import history
from maps.terms import Access, AccessLevel, FlawCode, NoSuchRevision, NotPublishable, Stale, Theme
from portal.index.models import IndexEntry
from portal.index.queries import Filter, search
from portal.moderation.terms import Act
from portal.places.grid import Box
from tests.factories import maps, people


@pytest.fixture
def places(session):
    return maps.places(session)


@pytest.fixture
def author(session):
    return people.person(session, name="Katell Riou")


@pytest.fixture
def somebody(session):
    return people.person(session, name="Malo Kerdraon")


def test_a_place_is_public_as_soon_as_it_is_on_the_map(session, places, author):
    heard = maps.sound(session, transcript="On sème en mars.")
    place = places.add(maps.place_content(media=(heard.id,), address="Rue de la Porte"), author.id)
    entry = session.scalars(select(IndexEntry)).one()
    assert (entry.kind, entry.path, entry.source_id) == (
        "place",
        "/places/le-jardin-partage-de-recouvrance",
        place.id,
    )
    assert (entry.longitude, entry.latitude, entry.has_path) == (-4.4985, 48.3842, False)
    for words in ("graines", "mars", "Porte"):
        assert search(session, words).total == 1
    assert shown_place(session, place).media == (heard.id,)
    assert places_of(session, author.id) == [place]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": {}}, FlawCode.NO_TITLE),
        ({"licence": "tous droits réservés"}, FlawCode.UNKNOWN_LICENCE),
        ({"latitude": 95.0}, FlawCode.OFF_THE_GLOBE),
        ({"longitude": float("inf")}, FlawCode.OFF_THE_GLOBE),
        ({"media": (uuid4(),)}, FlawCode.NO_SUCH_MEDIA),
    ],
)
def test_what_is_not_complete_is_not_added(session, places, author, change, code):
    with pytest.raises(NotPublishable) as no:
        places.add(maps.place_content(**change), author.id)
    assert [flaw.code for flaw in no.value.flaws] == [code]
    assert session.scalar(select(func.count()).select_from(MapPlace)) == 0


def test_anybody_corrects_a_place_and_every_revision_stays(session, places, author, somebody):
    place = places.add(maps.place_content(), author.id)
    moved = maps.place_content(longitude=-4.499, theme=Theme.GARDEN, access=Access(AccessLevel.WHEELCHAIR, width_cm=90))
    revision = places.revise(place.id, 1, moved, somebody.id, comment="Devant le portail")
    assert (revision.number, revision.base, place.current) == (2, 1, 2)
    entry = session.scalars(select(IndexEntry)).one()
    assert (entry.longitude, entry.theme, entry.access) == (-4.499, "garden", "wheelchair")
    (line, _first), total = history(session, MapPlaceRevision, place.id, seen=list)
    assert total == 2
    assert {change.path[0] for change in line.changes} == {"position", "theme", "access"}
    assert (line.author.name, line.comment) == ("Malo Kerdraon", "Devant le portail")
    assert places.revert(place.id, 2, 1, author.id).number == 3
    assert shown_place(session, place).content == maps.place_content()
    assert [credit.name for credit in shown_place(session, place).contributors] == ["Katell Riou", "Malo Kerdraon"]


def test_changes_of_two_people_are_put_together_or_told(session, places, author, somebody):
    place = places.add(maps.place_content(), author.id)
    places.revise(place.id, 1, maps.place_content(address="Rue de la Porte"), somebody.id)
    places.revise(place.id, 1, maps.place_content(text={"fr": "On y sème."}), author.id)
    assert shown_place(session, place).content.address == "Rue de la Porte"
    with pytest.raises(Stale) as stale:
        places.revise(place.id, 1, maps.place_content(address="Ailleurs"), author.id)
    assert [conflict.path for conflict in stale.value.conflicts] == [("address",)]
    with pytest.raises(NoSuchRevision):
        places.revise(place.id, 9, maps.place_content(), author.id)
    assert places.revise(place.id, 3, shown_place(session, place).content, author.id).number == 3


def test_pictures_keep_their_order(session, places, author):
    one, two = maps.sound(session).id, maps.sound(session).id
    place = places.add(maps.place_content(media=(one, two, one)), author.id)
    places.revise(place.id, 1, maps.place_content(media=(two, one)), author.id)
    rows = session.execute(select(MapPlaceMedia.media_id).order_by(MapPlaceMedia.position))
    assert [media_id for (media_id,) in rows] == [two, one]


def test_a_licence_once_given_is_kept(session, places, author):
    place = places.add(maps.place_content(), author.id)
    with pytest.raises(NotPublishable):
        places.revise(place.id, 1, maps.place_content(licence="CC-BY-4.0"), author.id)


@pytest.mark.parametrize("change", [update(MapPlaceRevision).values(comment="Rien"), delete(MapPlaceRevision)])
def test_the_database_refuses_to_change_what_a_place_said(session, change):
    """Invariants I3 and I9."""
    maps.place(session)
    with pytest.raises(DBAPIError, match="maps_place_revision_append_only"), session.begin_nested():
        session.execute(change)
    assert session.scalars(select(MapPlaceRevision.comment)).all() == [""]


def test_a_hidden_place_is_in_no_list_until_it_is_restored(session, places, author):
    place = places.add(maps.place_content(), author.id)
    maps.moderate(session, "place", place.id, Act.HIDE)
    assert found_places(session, Filter()).total == search(session, "jardin").total == 0
    maps.moderate(session, "place", place.id, Act.RESTORE)
    assert found_places(session, Filter()).total == 1
    maps.moderate(session, "place", place.id, Act.REMOVE)
    assert session.scalars(select(IndexEntry)).all() == []


def test_a_list_holds_what_is_wanted(session, places, author):
    here = places.add(maps.place_content(theme=Theme.GARDEN), author.id)
    there = places.add(
        replace(maps.place_content(title={"br": "Ar milin"}, language="br"), longitude=-4.40, latitude=48.40), author.id
    )

    def found(**wanted):
        return {place.id for place in found_places(session, Filter(**wanted)).places}

    assert found() == {here.id, there.id}
    assert found(theme="garden") == found(box=Box(-4.5, 48.38, -4.49, 48.39)) == found(q="jardin") == {here.id}
    assert found(language="br") == {there.id}
    assert found(access="wheelchair") == set()
    assert found_places(session, Filter(), limit=1, offset=1).total == 2
