"""Marks for a map: what they say, in whose language, and what cannot be asked."""

import pytest

from tests.factories import index, places

HERE = {"bbox": "-4.6,48.3,-4.3,48.5", "zoom": "12"}


def put(session, title="Le port", longitude=-4.4861, latitude=48.3904, **given):
    return index.entry(session, title, **{"kind": "place"} | given, place_id=places.at(session, longitude, latitude).id)


def test_near_things_are_one_mark_and_counts_add_up(api, session):
    for number in range(3):
        put(session, longitude=-4.48 - number / 10_000)
    put(session, kind="trail", longitude=-4.481)
    alone = put(session, "Le phare", longitude=-4.35, licence="CC0-1.0")
    index.entry(session, "Sans lieu", kind="place")
    told = api.get("/api/v1/map", HERE).json
    assert (told["total"], told["without_position"]) == (5, 0)
    assert sum(cell["count"] for cell in told["cells"]) == 5
    assert sorted(cell["count"] for cell in told["cells"]) == [1, 4]
    many, one = sorted(told["cells"], key=lambda cell: -cell["count"])
    assert many["kinds"] == {"place": 3, "trail": 1}
    west, south, east, north = many["bbox"]
    assert west <= many["longitude"] <= east
    assert south <= many["latitude"] <= north
    assert one["item"]["id"] == str(alone.source_id)
    assert one["item"]["licence"] == "CC0-1.0"
    assert "item" not in many
    nowhere = api.get("/api/v1/map", {"zoom": 12}).json
    assert (nowhere["total"], nowhere["without_position"]) == (6, 1)


def test_an_item_is_told_in_the_readers_language(api, session):
    put(session, {"fr": "Le phare", "en": "The lighthouse"})
    for language, title in (("en", "The lighthouse"), ("fr", "Le phare"), ("br", "Le phare")):
        told = api.get("/api/v1/map", HERE, headers={"Accept-Language": language}).json
        assert told["cells"][0]["item"]["title"] == title


def test_things_in_one_spot_stay_one_mark_at_every_zoom(api, session):
    put(session)
    put(session)
    for zoom in (0, 12, 24):
        told = api.get("/api/v1/map", HERE | {"zoom": zoom}).json
        assert [cell["count"] for cell in told["cells"]] == [2]


def test_an_empty_parameter_is_none_at_all(browse, session):
    put(session)
    empty = dict.fromkeys(("theme", "licence", "language", "access", "since", "until", "q", "kinds"), "")
    assert browse.get("/api/v1/map", HERE | empty).json["total"] == 1


def test_nothing_anywhere_is_no_marks(api):
    assert api.get("/api/v1/map", HERE).json == {"total": 0, "without_position": 0, "cells": []}


@pytest.mark.parametrize(
    "given",
    [
        {"bbox": "1,2,3"}, {"bbox": "0,10,10,0"}, {"zoom": ""}, {"zoom": "-1"}, {"zoom": "x"}, {"kinds": "licorne"},
        {"kinds": "place,licorne"}, {"since": "hier"}, {"until": "2026-13-01"}, {"access": "lift"}, {"colour": "red"},
        {"theme": "x" * 300},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_used_is_named(api, given):
    answer = api.get("/api/v1/map", HERE | given, status=422)
    assert list(answer.json["errors"]) == list(given)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_what_ends_before_it_begins_cannot_be_asked(api):
    asked = HERE | {"since": "2026-10-22", "until": "2026-10-21"}
    assert list(api.get("/api/v1/map", asked, status=422).json["errors"]) == ["until"]


def test_an_unchanged_map_is_a_304_until_something_changes(api, session):
    there = put(session)
    first = api.get("/api/v1/map", HERE)
    tag = {"If-None-Match": first.headers["ETag"]}
    assert api.get("/api/v1/map", HERE, headers=tag, status=304).body == b""
    there.visible = False
    session.flush()
    assert api.get("/api/v1/map", HERE, headers=tag).json["total"] == 0
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert api.head("/api/v1/map", params=HERE).body == b""


def test_a_change_of_a_kind_that_was_not_asked_for_changes_nothing(api, session):
    put(session)
    first = api.get("/api/v1/map", HERE | {"kinds": "place"})
    put(session, kind="trail")
    api.get("/api/v1/map", HERE | {"kinds": "place"}, headers={"If-None-Match": first.headers["ETag"]}, status=304)


@pytest.mark.parametrize("question", ["since=0001-01-01", "until=9999-12-31", "since=9999-12-31&until=9999-12-31"])
def test_the_first_and_the_last_day_there_are_make_no_error_of_ours(browse, question):
    for address in (f"/api/v1/map?zoom=5&{question}", f"/tiles/0/0/0.mvt?{question}"):
        assert browse.get(address, expect_errors=True).status_int in (200, 422)
