"""OGC's executable test suite for API - Features, Part 1: Core, its 55 checks said again, on every collection.

Each test is named after the check and its abstract test. The suite asks nothing of HTML; what Part 1 demands of it is
tested below, as are errors, tags and what else the standard recommends.

Source: opengeospatial/ets-ogcapi-features10, OGC 17-069r4 annex A.
"""

import json
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import UUID

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator
from shapely.geometry import box as rectangle
from shapely.geometry import shape
from sqlalchemy.orm import Session
from webtest import TestApp

from portal.app import configure
from portal.migrations import history
from tests.conftest import DATABASES, NOW
from tests.factories import index, places
from tests.houses import own_settings, own_url

ROOT = "http://localhost/ogc"
CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
GEOJSON = "application/geo+json"
KINDS = ("equipment", "point", "trail", "stop", "place")
# The suite's own: around the meridian, the equator, 180 degrees, both poles.
AROUND = (
    (-1.5, 50.0, 1.5, 53.0),
    (-80.0, -5.0, -70.0, 5.0),
    (177.0, 65.0, -177.0, 70.0),
    (-180.0, 85.0, 180.0, 90.0),
    (-180.0, -90.0, 180.0, -85.0),
)


def fill(session):
    """Things of every kind: in Brest, on the edges of the earth, with a path, with dates, without a place."""
    for number, kind in enumerate(KINDS):
        spots = [(-4.4861 + number / 1000, 48.3904), (0.5, 51), (-75, 0), (179, 67), (-179, 67), (180, 90), (-180, -90)]
        for day, (longitude, latitude) in enumerate(spots):
            place = places.at(session, longitude, latitude)
            given = {"starts_at": NOW + timedelta(days=day), "ends_at": NOW + timedelta(days=day, hours=5)}
            index.entry(session, f"Chose {day}", kind=kind, place_id=place.id, language="fr", **given)
        line = places.along(session, [(-4.5, 48.38), (-4.49, 48.39), (-4.47, 48.385)])
        index.entry(session, "Balade", kind=kind, place_id=line.id)
        index.entry(session, {"br": "Tra", "en": "A thing"}, kind=kind, language="br", licence="CC0-1.0")
        for more in range(20):
            place = places.at(session, -4.4 - more / 100, 48.4)
            index.entry(session, f"Autre chose {more}", kind=kind, place_id=place.id)


@pytest.fixture(scope="module", params=DATABASES)
def house(request, tmp_path_factory):
    """A house of its own with things of every kind; nobody changes them."""
    folder = tmp_path_factory.mktemp("ogc")
    config = configure(own_settings(own_url(request.param, folder), folder, base_url="http://localhost"))
    history.upgrade(config.registry.engine)
    with Session(config.registry.engine) as session, session.begin():
        fill(session)
    yield config.make_wsgi_app()
    config.registry.engine.dispose()


def client(browse):
    """Return a function that asks as a client of the suite: ``ask(address, accept, status, **parameters)``."""

    def ask(address, accept="application/json", status=200, **parameters):
        return browse.get(address, parameters, headers={"Accept": accept}, status=status)

    return ask


@pytest.fixture
def ogc(house):
    """The service as a client of the suite sees it."""
    return client(TestApp(house))


@pytest.fixture
def api(ogc):
    """The OpenAPI document, found as the suite finds it."""
    links = ogc(f"{ROOT}/").json["links"]
    href = next(
        one["href"] for one in links if one["rel"] == "service-desc" and one["type"].replace(" ", "") == OPENAPI
    )
    return ogc(href, OPENAPI).json


@pytest.fixture
def collections(ogc):
    found = ogc(f"{ROOT}/collections").json["collections"]
    assert [one["id"] for one in found] == list(KINDS)
    return found


def linked(links, rel, media_type=None) -> list[dict]:
    return [one for one in links if one["rel"] == rel and media_type in (None, one["type"])]


def items_of(collection) -> str:
    return linked(collection["links"], "items", GEOJSON)[0]["href"].partition("?")[0]


def parameter(api, path, name) -> dict:
    for given in api["paths"][path]["get"]["parameters"]:
        found = given if "name" in given else api["components"]["parameters"][given["$ref"].rpartition("/")[2]]
        if found["name"] == name:
            return found
    raise AssertionError(f"{path} does not say what {name} is")


ITEMS = "/collections/{collectionId}/items"


def check_links(links, own_type, *other_types):
    """/ats/core/fc-md-links, fc-links: self, an alternate of every other type, rel and type on each."""
    assert [one["type"] for one in linked(links, "self")] == [own_type]
    assert [one["type"] for one in linked(links, "alternate")] == list(other_types)
    assert all(one["rel"] and one["type"] and one["href"] for one in links)


def in_crs84(answer) -> None:
    for feature in answer.json["features"]:
        if feature["geometry"] is not None:
            west, south, east, north = shape(feature["geometry"]).bounds
            assert -180 <= west <= east <= 180
            assert -90 <= south <= north <= 90


def is_collection(answer) -> None:
    assert answer.json["type"] == "FeatureCollection"


def has_features(answer) -> None:
    assert isinstance(answer.json["features"], list)


def is_linked(answer) -> None:
    check_links(answer.json["links"], GEOJSON, "text/html")


def is_stamped(answer) -> None:
    at = datetime.fromisoformat(answer.json["timeStamp"])
    assert answer.asked_at <= at <= answer.answered_at


def counts_what_it_returns(answer) -> None:
    assert answer.json["numberReturned"] == len(answer.json["features"])


@pytest.fixture
def asked(ogc):
    """A function that asks for items, notes when, and can tell how many there are on all pages."""

    def ask(collection, **parameters):
        before = datetime.now(UTC)
        answer = ogc(items_of(collection), GEOJSON, **parameters)
        answer.asked_at, answer.answered_at = before, datetime.now(UTC)
        assert answer.content_type == GEOJSON
        return answer

    return ask


@pytest.fixture
def counts_what_matches(ogc):
    def check(answer) -> None:
        found, page = {f["id"] for f in answer.json["features"]}, answer
        seen = len(page.json["features"])
        while following := linked(page.json["links"], "next"):
            page = ogc(following[0]["href"], GEOJSON)
            assert page.json["numberMatched"] == answer.json["numberMatched"]
            seen += len(page.json["features"])
            found |= {f["id"] for f in page.json["features"]}
        assert answer.json["numberMatched"] == seen == len(found)

    return check


# General, landing page, API definition, conformance


def test_http__abstract_test_1(ogc):
    answer = ogc(f"{ROOT}/")
    assert answer.request.http_version in ("HTTP/1.0", "HTTP/1.1")
    assert answer.status_int == 200


def test_landing_page_retrieval__abstract_test_3(ogc):
    assert ogc(f"{ROOT}/").content_type == "application/json"


def test_landing_page_validation__abstract_test_4(ogc):
    rels = {one["rel"] for one in ogc(f"{ROOT}/").json["links"]}
    assert {"service-desc", "service-doc", "conformance", "data"} <= rels


def test_openapi_document_retrieval__abstract_test_5(ogc):
    for one in ogc(f"{ROOT}/").json["links"]:
        if one["rel"] in ("service-desc", "service-doc"):
            assert ogc(one["href"], one["type"]).headers["Content-Type"].startswith(one["type"])


def test_api_definition_validation__abstract_test_6(api):
    assert api["openapi"].startswith("3.0.")
    assert list(OpenAPIV30SpecValidator(api).iter_errors()) == []
    assert "://" not in "".join(part for part in json.dumps(api).split('"$ref": ')[1:] if not part.startswith('"#/'))


def test_conformance_operation_and_response__abstract_tests_7_and_8(ogc):
    links = ogc(f"{ROOT}/").json["links"]
    for address in (f"{ROOT}/conformance", linked(links, "conformance")[0]["href"]):
        classes = ogc(address).json["conformsTo"]
        assert CORE in classes
        assert {name.rpartition("/")[2] for name in classes} == {"core", "geojson", "html", "oas30"}


# Collections


def test_collections_metadata_operation__abstract_test_9(ogc):
    assert ogc(f"{ROOT}/collections").content_type == "application/json"


def test_collections_metadata_links__abstract_test_10_method_1(ogc):
    check_links(ogc(f"{ROOT}/collections").json["links"], "application/json", "text/html")


def test_collections_metadata_items__abstract_test_10_method_2(collections):
    for collection in collections:
        assert {one["type"] for one in linked(collection["links"], "items")} == {GEOJSON, "text/html"}
        assert all(one["type"] for one in collection["links"])


def test_collections_metadata_crs__abstract_test_10_method_3(ogc, collections):
    assert ogc(f"{ROOT}/collections").json.get("crs", [CRS84])[0] == CRS84
    assert all(collection["crs"][0] == CRS84 for collection in collections)


def test_collections_metadata_content__abstract_test_10_method_4(ogc):
    told = ogc(f"{ROOT}/collections").json
    assert told["links"]
    assert told["collections"]


def test_collection_metadata_operation__abstract_test_11(ogc, collections):
    for collection in collections:
        assert ogc(f"{ROOT}/collections/{collection['id']}").json["id"] == collection["id"]


def test_collection_metadata_response__abstract_test_12(ogc, collections):
    for collection in collections:
        alone = ogc(f"{ROOT}/collections/{collection['id']}").json
        for name in ("id", "title", "description", "extent", "itemType", "crs"):
            assert alone[name] == collection[name]
        assert all(one in alone["links"] for one in collection["links"])


# Features: all, by limit, by box, by time


def cases(ask, collection, about):
    """The questions that the suite asks of a collection ``about`` one parameter."""
    match about:
        case "all":
            yield ask(collection)
        case "limit":
            for limit in (1, 100):
                yield ask(collection, limit=limit)
        case "bbox":
            for corners in (collection["extent"]["spatial"]["bbox"][0], *AROUND):
                yield ask(collection, bbox=",".join(map(str, corners)))
        case "datetime":
            begin, end = collection["extent"]["temporal"]["interval"][0]
            middle = datetime.fromisoformat(begin) + timedelta(days=2)
            later = (middle + timedelta(days=2)).isoformat().replace("+00:00", "Z")
            middle = middle.isoformat().replace("+00:00", "Z")
            for period in (begin, f"{middle}/{later}", f"{middle[:10]}/P2D", f"../{middle}", f"{end}/.."):
                yield ask(collection, datetime=period)


@pytest.fixture
def everywhere(asked, collections):
    """A function that holds every answer to the suite's questions about a parameter against a check."""

    def check(about, holds):
        for collection in collections:
            for answer in cases(asked, collection, about):
                holds(answer)

    return check


@pytest.mark.parametrize("about", ["all", "limit", "bbox", "datetime"])
class TestFeatures:
    """The eight checks that the suite repeats for each way to ask for features."""

    def test_operation__abstract_test_13(self, everywhere, about):
        everywhere(about, lambda answer: None)

    def test_geometry_in_crs84__abstract_test_2(self, everywhere, about):
        everywhere(about, in_crs84)

    def test_type_property__abstract_test_22_method_1(self, everywhere, about):
        everywhere(about, is_collection)

    def test_features_property__abstract_test_22_method_2(self, everywhere, about):
        everywhere(about, has_features)

    def test_links__abstract_tests_22_method_4_and_23(self, everywhere, about):
        everywhere(about, is_linked)

    def test_time_stamp__abstract_tests_22_method_5_and_24(self, everywhere, about):
        everywhere(about, is_stamped)

    def test_number_matched__abstract_tests_22_method_6_and_25(self, everywhere, about, counts_what_matches):
        everywhere(about, counts_what_matches)

    def test_number_returned__abstract_tests_22_method_7_and_26(self, everywhere, about):
        everywhere(about, counts_what_it_returns)


def test_bounding_box_parameter_definition__abstract_test_14(api):
    bbox = parameter(api, ITEMS, "bbox")
    assert (bbox["in"], bbox["required"], bbox["style"], bbox["explode"]) == ("query", False, "form", False)
    assert bbox["schema"] == {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}


def test_bounding_box_response__abstract_test_15(asked, collections):
    for collection in collections:
        everything = asked(collection, limit=1000).json["features"]
        for corners in (collection["extent"]["spatial"]["bbox"][0], *AROUND):
            answer = asked(collection, bbox=",".join(map(str, corners)), limit=1000).json
            assert {f["id"] for f in answer["features"]} == {f["id"] for f in everything if meets(f, corners)}
            assert None in [f["geometry"] for f in answer["features"]]  # which are in every box


def meets(feature, corners) -> bool:
    west, south, east, north = corners
    parts = [(west, east)] if west <= east else [(west, 180), (-180, east)]
    if feature["geometry"] is None:
        return True
    return any(shape(feature["geometry"]).intersects(rectangle(w, south, e, north)) for w, e in parts)


def test_limit_parameter_definition__abstract_test_16(api):
    limit = parameter(api, ITEMS, "limit")
    assert (limit["in"], limit["required"], limit["style"], limit["explode"]) == ("query", False, "form", False)
    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 10000, "default": 10}


def test_limit_response__abstract_test_17(asked, collections):
    for collection in collections:
        for limit, most in ((None, 10), (1, 1), (7, 7), (100, 100), (10_000, 10_000), (20_000, 10_000)):
            given = {} if limit is None else {"limit": limit}
            assert len(asked(collection, **given).json["features"]) == min(most, 29)


def test_time_parameter_definition__abstract_test_18(api):
    time = parameter(api, ITEMS, "datetime")
    assert (time["in"], time["required"], time["style"], time["explode"]) == ("query", False, "form", False)
    assert time["schema"] == {"type": "string"}


def test_time_response__abstract_test_19(asked, collections):
    begins, ends = NOW + timedelta(days=2), NOW + timedelta(days=3)
    period = f"{begins:%Y-%m-%dT%H:%M:%SZ}/{ends:%Y-%m-%dT%H:%M:%SZ}"
    for collection in collections:
        everything = asked(collection, limit=1000).json["features"]
        found = asked(collection, datetime=period, limit=1000).json["features"]
        expected = {
            f["id"]
            for f in everything
            if f["properties"]["starts_at"] is None
            or (
                datetime.fromisoformat(f["properties"]["starts_at"]) <= ends
                and datetime.fromisoformat(f["properties"]["ends_at"]) >= begins
            )
        }
        assert {f["id"] for f in found} == expected
        assert len(expected) == 29 - 7 + 2


def test_query_parameter_invalid__abstract_test_20(ogc, collections):
    for collection in collections:
        ogc(items_of(collection), GEOJSON, 400, limit="unlimited")


def test_query_parameter_unknown__abstract_test_21(ogc, collections):
    for collection in collections:
        ogc(items_of(collection), GEOJSON, 400, unknownQueryParameter12345="1")


def test_feature_operation__abstract_test_27(ogc, asked, collections):
    for collection in collections:
        for feature in asked(collection, limit=100).json["features"]:
            alone = ogc(f"{items_of(collection)}/{feature['id']}", GEOJSON)
            assert alone.content_type == GEOJSON
            assert {**alone.json, "links": []} == {**feature, "links": []}


def test_feature_response__abstract_tests_28_and_29(ogc, asked, collections):
    for collection in collections:
        first = asked(collection).json["features"][0]["id"]
        links = ogc(f"{items_of(collection)}/{first}", GEOJSON).json["links"]
        check_links(links, GEOJSON, "text/html")
        assert linked(links, "collection", "application/json")


# What the suite does not ask


PAGES = ("/", "/conformance", "/api", "/collections", "/collections/trail", "/collections/trail/items?limit=40")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_holds_what_its_json_holds_and_every_link(ogc, path):
    told = ogc(ROOT + path).json
    by_accept = ogc(ROOT + path, "text/html")
    by_parameter = ogc(f"{ROOT}{path}{'&' if '?' in path else '?'}f=html", "application/json")
    for page in (by_accept, by_parameter):
        assert page.content_type == "text/html"
        text = unescape(page.text)
        for one in told.get("links", ()):
            if one["rel"] not in ("self", "alternate", "next", "prev"):
                assert page.html is not None
                assert one["href"] in text
        assert {one["rel"] for one in told.get("links", ())} <= {a.get("rel")[0] for a in page.html.select("a[rel]")}
        for said in words_in(told if path != "/api" else list(told["paths"])):
            assert said in text, said


def words_in(told):
    """Yield every text and number of a document, but for its links, and when it was made."""
    match told:
        case dict():
            for name, value in told.items():
                if name not in ("links", "timeStamp", "type"):
                    yield from words_in(value)
        case list():
            for value in told:
                yield from words_in(value)
        case str():
            yield told
        case bool() | None:
            pass
        case int() | float():
            yield str(told)


def test_a_page_of_one_thing_holds_all_that_its_json_holds(ogc, asked, collections):
    for feature in asked(collections[2], limit=100).json["features"]:
        text = unescape(ogc(f"{ROOT}/collections/trail/items/{feature['id']}", "text/html").text)
        assert all(said in text for said in words_in(feature))


WRONG = [
    {"limit": "0"}, {"limit": ""}, {"limit": "-1"}, {"limit": "1.5"}, {"offset": "-1"}, {"offset": "x"},
    {"bbox": ""}, {"bbox": "1,2,3"}, {"bbox": "1,2,3,4,5"}, {"bbox": "a,b,c,d"}, {"bbox": "0,10,10,0"},
    {"bbox": "-181,0,0,0"}, {"bbox": "0,0,0,91"}, {"bbox": "nan,0,0,0"}, {"bbox": "0,0,inf,0"}, {"bbox": "0,0,9,1,1,8"},
    {"bbox": "0 ,0,1,1"}, {"bbox": "1_0,0,1,1"}, {"datetime": ""}, {"datetime": "2026-13-99"}, {"datetime": "now"},
    {"datetime": "2026-10-22T10:00:00"}, {"datetime": "2026-10-23/2026-10-22"}, {"datetime": "20261022"},
    {"datetime": "2026-10-22/P"}, {"datetime": "P1D/2026-10-22"}, {"datetime": "2026-10-22/2026-10-23/2026-10-24"},
    {"datetime": "9999-12-31/P9999Y"}, {"datetime": "0000-01-01"}, {"f": "xml"}, {"access": "lift"},
    {"bbox-crs": CRS84}, {"crs": CRS84}, {"theme": "x" * 201}, {"kinds": "trail"},
]  # fmt: skip


@pytest.mark.parametrize("given", WRONG, ids=str)
def test_what_cannot_be_used_is_a_400_that_names_it(ogc, given):
    address = f"{ROOT}/collections/place/items"
    told = ogc(address, GEOJSON, 400, **given)
    assert told.content_type == "application/problem+json"
    assert list(told.json["errors"]) == list(given)
    assert told.headers["Access-Control-Allow-Origin"] == "*"
    page = ogc(address, "text/html", 400, **given)
    assert page.content_type == "text/html"
    assert f"<code>{next(iter(given))}</code>" in page.text


def test_a_parameter_given_twice_is_a_400(ogc):
    assert ogc(f"{ROOT}/collections/place/items?limit=1&limit=2", status=400).json["errors"]
    for path in PAGES[:5]:
        ogc(f"{ROOT}{path}?limit=1", status=400)


@pytest.mark.parametrize(
    "period", ["..", "../..", "/", "../", "/..", "2026-10-22", "2026-10-22/..", "/2026-10-22", "2026-10-22t12:00:00z",
               "2026-10-22T12:00:00.5+02:00", "2026-10-22/P1Y2M3W4DT5H6M7S", "2026-10-22/2026-10-22"],
)  # fmt: skip
def test_periods_that_can_be_read(ogc, period):
    if period == "..":
        ogc(f"{ROOT}/collections/place/items", GEOJSON, 400, datetime=period)
    else:
        ogc(f"{ROOT}/collections/place/items", GEOJSON, datetime=period)


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize("path", ["/licorne", "/licorne/items", "/place/items/1", f"/place/items/{UUID(int=29)}"])
def test_what_is_not_there_is_a_404(ogc, path, accept):
    assert ogc(f"{ROOT}/collections{path}", accept, 404).content_type == accept.replace("json", "problem+json")


def test_a_thing_is_in_its_own_collection_alone_and_only_while_it_is_visible(browse, session):
    ogc = client(browse)
    hidden = index.entry(session, "Caché", kind="place", visible=False)
    shown = index.entry(session, "Montré", kind="place")
    ogc(f"{ROOT}/collections/place/items/{shown.source_id}")
    ogc(f"{ROOT}/collections/place/items/{hidden.source_id}", status=404)
    ogc(f"{ROOT}/collections/trail/items/{shown.source_id}", status=404)
    found = ogc(f"{ROOT}/collections/place/items?limit=1000").json["features"]
    assert str(hidden.source_id) not in {feature["id"] for feature in found}


@pytest.mark.parametrize("path", [*PAGES, "/collections/place/items/{item}"])
@pytest.mark.parametrize("form", ["json", "html"])
def test_an_unchanged_answer_is_a_304_and_a_changed_one_is_not(browse, session, path, form):
    index.entry(session, "Un sentier", kind="trail", place_id=places.at(session).id)
    item = index.entry(session, "Le phare", kind="place", place_id=places.at(session).id)
    address = ROOT + path.format(item=item.source_id) + ("&" if "?" in path else "?") + f"f={form}"
    first = browse.get(address)
    tag = {"If-None-Match": first.headers["ETag"]}
    if form == "json":  # a page's tag is that of its words, and it says when it was made
        assert browse.get(address, headers=tag, status=304).body == b""
        assert browse.head(address, headers=tag, status=304)
    item.title = {"fr": "Le phare du Petit Minou"}
    index.entry(session, "Un sentier de plus", kind="trail", place_id=places.at(session, -4.3, 48.2).id)
    session.flush()
    changed = browse.get(address, headers=tag, status="*")
    if path in ("/", "/conformance", "/api") and form == "html":
        assert changed.status_int == 304
    else:
        assert changed.status_int == 200


@pytest.mark.parametrize("path", PAGES)
def test_head_tells_what_get_tells_and_other_sites_may_read_it(house, path):
    browse = TestApp(house)
    whole, head = browse.get(ROOT + path), browse.head(ROOT + path)
    assert head.body == b""
    for name in ("ETag", "Content-Type", "Access-Control-Allow-Origin", "Link", "Vary", "Cache-Control"):
        assert head.headers.get(name) == whole.headers.get(name)
    assert whole.headers["Access-Control-Allow-Origin"] == "*"
    assert "Accept" in whole.headers["Vary"].split(", ")
    assert 'rel="self"' in whole.headers.get("Link", 'rel="self"')


def test_it_is_only_read(browse):
    for method in (browse.post, browse.put, browse.delete):
        answer = method(f"{ROOT}/collections/place/items", status=405)
        assert answer.headers["Allow"] == "GET, HEAD"


def test_without_its_slash_it_leads_to_itself(browse):
    assert browse.get("/ogc?f=json", status=301).headers["Location"].endswith("/ogc/?f=json")


def test_a_collection_with_nothing_anywhere_says_nothing_of_where(browse, session):
    ogc = client(browse)
    assert "extent" not in ogc(f"{ROOT}/collections/stop").json
    index.entry(session, "Quelque part", kind="stop")
    assert "extent" not in ogc(f"{ROOT}/collections/stop").json
    index.entry(session, "Depuis toujours", kind="stop", ends_at=NOW, place_id=places.at(session, 180, 10).id)
    extent = ogc(f"{ROOT}/collections/stop").json["extent"]
    assert extent["spatial"]["bbox"] == [[180, 10, 180, 10]]
    assert extent["temporal"]["interval"] == [[None, "2026-10-22T12:00:00Z"]]
    line = places.along(session, [(-4.5, 48.38), (-4.4, 48.5)])
    index.entry(session, "Le long", kind="stop", place_id=line.id)
    assert ogc(f"{ROOT}/collections/stop").json["extent"]["spatial"]["bbox"] == [[-4.5, 10, 180, 48.5]]


def test_texts_are_in_the_language_of_the_thing_and_in_all_others(ogc):
    told = ogc(f"{ROOT}/collections/place/items", language="br").json["features"]
    assert len(told) == 1
    assert told[0]["properties"]["title"] == "Tra"
    assert told[0]["properties"]["title_en"] == "A thing"
    assert told[0]["properties"]["licence"] == "CC0-1.0"
    assert told[0]["geometry"] is None


def test_a_path_is_the_geometry_of_what_begins_there(browse, session):
    ogc, line = client(browse), [[-4.5, 48.38], [-4.49, 48.39], [-4.47, 48.385]]
    there = index.entry(session, "Balade", kind="trail", place_id=places.along(session, line).id)
    told = ogc(f"{ROOT}/collections/trail/items/{there.source_id}").json["geometry"]
    assert told == {"type": "LineString", "coordinates": line}
    apart = places.along(session, line)
    apart.longitude = -4.51
    elsewhere = index.entry(session, "Ailleurs", kind="trail", place_id=apart.id)
    told = ogc(f"{ROOT}/collections/trail/items/{elsewhere.source_id}").json["geometry"]
    assert [part["type"] for part in told["geometries"]] == ["Point", "LineString"]
