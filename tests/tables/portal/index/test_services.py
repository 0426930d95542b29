"""What enters the public index, and when it counts as changed."""

from datetime import timedelta
from uuid import uuid4

import pytest

from portal.index.models import IndexEntry
from portal.index.queries import search
from portal.index.services import PublicIndex
from portal.places.models import place
from tests.conftest import NOW

TENT = {"path": "/equipment/tente", "title": {"fr": "Tente", "en": "Tent"}, "summary": {"fr": "Pour six personnes"}}


@pytest.fixture
def public(session, clock):
    return PublicIndex(session, clock)


def test_a_thing_is_found_in_each_of_its_languages(session, public):
    public.put("equipment", uuid4(), **TENT)
    assert search(session, "tents").total == search(session, "tentes").total == 1


def test_a_thing_is_found_by_where_it_is(session, public):
    centre = place("Maison de quartier", "2 rue des Genêts", -4.5, 48.4, quarter="Lambézellec")
    session.add(centre)
    session.flush()
    public.put("point", uuid4(), **TENT | {"place_id": centre.id})
    assert search(session, "lambezellec").rows[0].place.name == "Maison de quartier"


def test_putting_the_same_again_changes_nothing(session, public, clock):
    source = uuid4()
    public.put("equipment", source, **TENT)
    clock.at = NOW + timedelta(days=1)
    assert public.put("equipment", source, **TENT).updated_at == NOW


def test_a_change_moves_the_date_of_change_and_the_words(session, public, clock):
    source = uuid4()
    public.put("equipment", source, **TENT)
    clock.at = NOW + timedelta(days=1)
    entry = public.put("equipment", source, **TENT | {"title": {"fr": "Barnum"}})
    assert (entry.created_at, entry.updated_at) == (NOW, clock.at)
    assert search(session, "tente").total == 0
    assert search(session, "barnum").total == 1


def test_what_is_removed_is_found_no_more(session, public):
    source = uuid4()
    public.put("equipment", source, **TENT)
    public.remove("equipment", source)
    public.remove("equipment", source)
    assert session.query(IndexEntry).count() == search(session, "tente").total == 0
