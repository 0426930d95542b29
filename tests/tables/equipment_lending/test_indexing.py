"""What can be found of lending: models by all their words, points by where they are."""

import pytest

from equipment_lending.queries import catalogue
from equipment_lending.queries.catalogue import Filter
from equipment_lending.services.indexing import index_model, index_point
from portal.index.queries import search
from portal.index.services import PublicIndex
from tests.factories import lending

NOW = lending.instant("2026-10-22T14:00")


@pytest.fixture
def index(session, clock):
    return PublicIndex(session, clock)


@pytest.mark.parametrize("words", ["enregistreurs", "micros", "BONNETTE", "son", "field recorder"])
def test_a_model_is_found_by_its_name_description_accessories_and_category(session, index, words):
    stock = lending.stock(session)
    index_model(index, stock.model)
    assert [row.path for row in search(session, words).rows] == [f"/equipment/{stock.model.slug}"]
    sheets, total = catalogue.sheets(session, Filter(text=words), NOW)
    assert ([sheet.model.slug for sheet in sheets], total) == ([stock.model.slug], 1)


def test_a_point_is_found_by_its_name_and_its_neighbourhood(session, index):
    point = lending.point(session, name="Centre social", notice="Entrée par la cour")
    index_point(index, point)
    for words in ("centre", "Lambezellec", "roscoff", "cour"):
        assert [row.path for row in search(session, words).rows] == [f"/points/{point.slug}"]


def test_what_changes_its_name_is_found_by_the_new_one_alone(session, index):
    model = lending.model(session)
    index_model(index, model)
    model.name = {"fr": "Vidéoprojecteur"}
    index_model(index, model)
    assert search(session, "enregistreur").total == 0
    assert search(session, "videoprojecteurs").total == 1
