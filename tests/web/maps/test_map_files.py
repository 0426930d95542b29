"""What the map's list shows, taken away as a file."""

import csv
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pyramid.interfaces import ITranslationDirectories

from maps.views.tagged import our_own
from portal.app import FEATURES
from tests.factories import index, places


@pytest.fixture
def there(session):
    """Things of three kinds, one of which has no place."""
    spot = places.along(session, [(-4.49, 48.39)]).id
    for title, kind, where in (
        ("Le port", "place", spot),
        ("Le quai", "stop", spot),
        ("Enregistreur", "equipment", None),
    ):
        index.entry(session, title, kind=kind, place_id=where, theme="sea" if where else None)


def told(browse, form: str, **asked) -> set[str]:
    """Return the titles in a file."""
    answer = browse.get(f"/map.{form}", asked)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="commons.{form}"'
    if form == "csv":
        return {row["title"] for row in csv.DictReader(StringIO(answer.body.decode("utf-8-sig")))}
    if form == "kml":
        return {name.text for name in ElementTree.fromstring(answer.body).iterfind(".//{*}Placemark/{*}name")}
    return {feature["properties"]["title"] for feature in answer.json["features"]}


@pytest.mark.parametrize("form", ["geojson", "kml", "csv"])
def test_a_file_holds_what_the_list_shows_for_the_same_question(browse, there, form):
    assert told(browse, form) == {"Le port", "Le quai", "Enregistreur"}
    assert told(browse, form, theme="sea", kinds="stop") == {"Le quai"}
    assert told(browse, form, bbox="-4.5,48.38,-4.48,48.4") == {"Le port", "Le quai"}
    assert told(browse, form, q="port", page="2") == {"Le port"}


def test_the_list_leads_to_the_files_of_its_question(browse, there):
    page = browse.get("/map?theme=sea&kinds=stop&kinds=place&page=1")
    links = [link["href"] for link in page.html.select("a[download]")]
    assert links == [f"/map.{form}?theme=sea&kinds=stop&kinds=place" for form in ("geojson", "kml", "csv")]
    assert browse.get(links[0]).json["features"]
    assert not browse.get("/map?q=nothing-of-that-kind").html.select("a[download]")


def test_a_question_that_cannot_be_read_is_said_on_the_page(browse, there):
    page = browse.get("/map.csv?since=2026-10-22&until=2026-10-21", status=422)
    assert page.content_type == "text/html"
    assert "before the first day" in page.text or "avant le premier jour" in page.text


@pytest.mark.parametrize(
    "path", ["/map.csv", "/tiles/3/3/2.mvt", "/api/v1/map?zoom=5", "/ogc/collections/place/items?f=json"]
)
def test_what_is_unchanged_gives_caches_the_orders_they_had(browse, there, path):
    first = browse.get(path)
    again = browse.get(path, headers={"If-None-Match": first.headers["ETag"]}, status=304)
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"] == "public, no-cache"
    assert set(first.headers["Vary"].split(", ")) <= set(again.headers["Vary"].split(", "))


@pytest.mark.parametrize("name", ["views.py", "locale/portal.mo", "templates/page.jinja2"])
def test_answers_change_with_the_code_and_the_words_of_every_room(tmp_path, name):
    locales = (str(tmp_path / "locale"),)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    before = our_own.__wrapped__(locales)
    (tmp_path / name).write_text("said otherwise")
    assert our_own.__wrapped__(locales) != before


def test_every_room_that_has_words_counts(config):
    rooms = {Path(locale).parent.name for locale in config.registry.getUtility(ITranslationDirectories)}
    assert rooms >= {"portal", *FEATURES}
