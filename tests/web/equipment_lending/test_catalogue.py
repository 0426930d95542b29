"""The catalogue as a visitor sees it."""

import pytest

from equipment_lending.services.indexing import index_model
from portal.index.services import PublicIndex
from tests.factories import lending

PERIOD = {"from": "2026-11-03", "to": "2026-11-05"}


@pytest.fixture
def recorders(session, clock):
    """Five recorders at Lambézellec, three of them promised from Tuesday to Wednesday."""
    point = lending.point(session, slug="lambezellec")
    stock = lending.stock(session, units=5, at=point)
    index_model(PublicIndex(session, clock), stock.model)
    lending.loan(session, stock, "2026-11-03T10:00", "2026-11-04T18:00", units=3)
    return stock


def looked_up(browse, **filters):
    return browse.get("/equipment", filters, headers={"Accept-Language": "en"})


def test_an_empty_catalogue_says_where_to_turn(browse):
    page = looked_up(browse)
    assert "Nothing is lent yet" in page
    assert page.html.select_one(".empty a")["href"] == "/points"


def test_where_nothing_is_lent_yet_dates_do_no_harm(browse):
    assert "Nothing is lent yet" in looked_up(browse, **PERIOD)


def test_a_page_further_than_the_list_goes_is_the_last_one(browse, recorders):
    assert len(looked_up(browse, page="400").html.select("article.card")) == 1


def test_a_card_says_what_it_is_how_many_there_are_and_where(browse, recorders):
    card = looked_up(browse).html.select_one("article.card")
    assert card.select_one("h3").text == "Field recorder"
    assert "5 items" in card.text
    assert recorders.point.name in card.text


def test_for_a_period_a_card_says_how_many_are_free_all_that_time(browse, recorders):
    card = looked_up(browse, **PERIOD).html.select_one("article.card")
    assert "2 free of 5" in card.text
    link = card.select_one("a")["href"]
    assert "pickup=2026-11-03" in link
    assert "return=2026-11-05" in link


def test_without_hours_a_period_ends_when_the_last_desk_closes(browse, session, recorders):
    lending.loan(session, recorders, "2026-11-05T19:00", "2026-11-06T10:00", units=5)
    assert "Nothing matches" in looked_up(browse, **PERIOD)
    assert "2 free of 5" in looked_up(browse, **PERIOD, to_time="19:00")


def test_the_time_to_turn_a_thing_around_is_not_called_free(browse, session, recorders):
    lending.policy(session, model_id=recorders.model_id, buffer_after_minutes=61)
    lending.loan(session, recorders, "2026-11-05T19:00", "2026-11-06T10:00", units=5)
    assert "Nothing matches" in looked_up(browse, **PERIOD, to_time="18:00")
    assert "2 free of 5" in looked_up(browse, **PERIOD, to_time="17:59")


def test_E3_what_no_single_item_can_serve_is_not_called_free(browse, session):
    stock = lending.stock(session, units=2, at=lending.point(session))
    lending.maintenance(session, stock.items[0], "2026-11-05T10:00", "2026-11-08T18:00")
    lending.maintenance(session, stock.items[1], "2026-11-01T10:00", "2026-11-04T10:00")
    assert "1 free of 2" in looked_up(browse, **{"from": "2026-11-02", "to": "2026-11-03"})
    assert "Nothing matches" in looked_up(browse, **PERIOD)


def test_what_is_only_at_a_point_that_is_closed_on_the_first_or_last_day_is_not_in_the_list(browse, session):
    point = lending.point(session, windows=lending.TUESDAY_TO_SATURDAY)
    lending.stock(session, at=point)
    assert "1 kind of equipment free" in looked_up(browse, **{"from": "2026-11-03", "to": "2026-11-07"})
    for days in ({"from": "2026-11-03", "to": "2026-11-08"}, {"from": "2026-11-01", "to": "2026-11-03"}):
        page = looked_up(browse, **days)
        assert "Nothing matches" in page
        assert f"{point.name}: closed on Sunday" in page.html.select_one("#found + .empty").text


def test_at_a_certain_hour_it_is_the_hour_at_which_the_point_must_be_open(browse, session):
    lending.stock(session, at=lending.point(session, windows=lending.TUESDAY_TO_SATURDAY))
    days = {"from": "2026-11-03", "to": "2026-11-04"}
    assert "1 kind of equipment free" in looked_up(browse, **days, from_time="10:00", to_time="18:00")
    assert "Nothing matches" in looked_up(browse, **days, from_time="06:00", to_time="18:00")


def test_a_card_says_where_it_cannot_be_fetched_and_leads_to_where_it_can(browse, session):
    shut = lending.point(session, name="Bellevue", slug="bellevue", windows=lending.TUESDAY_TO_SATURDAY)
    stock = lending.stock(session, units=5, at=shut)
    lending.stock(session, units=1, of=stock.model, at=lending.point(session, name="Recouvrance", slug="recouvrance"))
    card = looked_up(browse, **{"from": "2026-11-02", "to": "2026-11-03"}).html.select_one("article.card")
    assert "closed on Monday 2 November" in card.text
    assert "1 free of 1" in card.text
    assert "point=recouvrance" in card.select_one("a")["href"]


def test_what_is_all_taken_is_not_in_the_list(browse, session, recorders):
    lending.loan(session, recorders, "2026-11-03T10:00", "2026-11-04T18:00", units=2)
    page = looked_up(browse, **PERIOD)
    assert "Nothing matches" in page
    assert page.html.select_one(".empty a")["href"] == "/equipment"


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"q": "enregistreurs"}, True),
        ({"q": "projecteur"}, False),
        ({"q": "… !"}, False),
        ({"point": "lambezellec"}, True),
        ({"point": "bellevue"}, False),
    ],
)
def test_words_and_points_narrow_the_list(browse, session, recorders, filters, found):
    lending.stock(session, at=lending.point(session, slug="bellevue"), of=lending.model(session, name={"fr": "Tente"}))
    assert ("Field recorder" in looked_up(browse, **filters).html.select_one("#main").text) is found


def test_a_category_narrows_the_list(browse, session, recorders):
    lending.stock(session, of=lending.model(session, name={"fr": "Tente"}))
    page = looked_up(browse, category=recorders.model.category.slug)
    assert [title.text for title in page.html.select("article h3")] == ["Field recorder"]


def test_what_needs_a_training_says_so(browse, session, recorders):
    lending.policy(session, model_id=recorders.model_id, requires=["prise-de-son"])
    assert "Training required" in looked_up(browse).html.select_one("article.card").text


def test_a_name_in_another_language_is_marked_as_such(browse, session):
    lending.stock(session, of=lending.model(session, name={"fr": "Tente"}))
    assert looked_up(browse).html.select_one("article h3")["lang"] == "fr"


def test_a_long_catalogue_has_pages_that_keep_the_filter(browse, session):
    point = lending.point(session, slug="capucins")
    for _ in range(30):
        lending.stock(session, at=point)
    first = looked_up(browse, point="capucins")
    assert len(first.html.select("article.card")) == 24
    second = browse.get(first.html.select_one("a[rel=next]")["href"])
    assert len(second.html.select("article.card")) == 6
    assert second.html.select_one("a[rel=prev]")["href"] == "/equipment?point=capucins"


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ({"from": "2026-02-31", "to": "2026-03-02"}, "from"),
        ({"from": "31/12/2026", "to": "2027-01-02"}, "from"),
        ({"from": "0001-01-01", "to": "2026-11-05"}, "from"),
        ({"from": "9999-12-31", "to": "9999-12-31"}, "from"),
        ({"from": "2026-11-05", "to": "2026-11-03"}, "to"),
        ({"from": "2026-11-05"}, "to"),
        ({"to": "2026-11-05"}, "from"),
        ({"from_time": "10:00"}, "from"),
        ({"from": "2026-11-05", "to": "2026-11-05", "from_time": "18:00", "to_time": "10:00"}, "to_time"),
        ({"from": "2026-11-05", "to": "2026-11-06", "from_time": "25:99"}, "from_time"),
        ({"from": "2027-03-28", "to": "2027-03-29", "from_time": "02:30"}, "from_time"),
        ({"from": "2026-01-05", "to": "2026-01-06"}, "to"),
        ({"category": "nowhere"}, "category"),
        ({"point": "nowhere' OR 1=1"}, "point"),
        ({"q": "é" * 300}, "q"),
        ({"page": "0"}, "page"),
        ({"page": "lots"}, "page"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(browse, recorders, filters, field):
    page = browse.get("/equipment", filters, headers={"Accept-Language": "en"}, status=422)
    assert page.html.select_one(f".summary a[href='#catalogue-{field}']"), page.html.select_one(".summary")
    if field != "page":
        described = page.html.select_one(f"#catalogue-{field}")
        assert described["aria-invalid"] == "true"
        assert f"catalogue-{field}-error" in described["aria-describedby"]


def test_a_filter_sent_twice_is_refused(browse, recorders):
    browse.get("/equipment?q=a&q=b", status=400)


def test_the_catalogue_speaks_french_by_itself_and_english_when_asked(browse, recorders):
    assert "Enregistreur de terrain" in browse.get("/equipment", headers={"Accept-Language": "fr"})
    assert "Field recorder" in browse.get("/equipment", headers={"Accept-Language": "en"})


@pytest.mark.parametrize("path", ["/equipment", "/equipment/enregistreur", "/points", "/points/lambezellec"])
def test_a_page_that_has_not_changed_is_not_sent_again(browse, session, path):
    point = lending.point(session, slug="lambezellec")
    stock = lending.stock(session, at=point, of=lending.model(session, slug="enregistreur"))
    tag = browse.get(path).headers["ETag"]
    assert browse.get(path, headers={"If-None-Match": tag}, status=304)
    stock.model.name, point.name = {"fr": "Micro"}, "Centre social"
    session.flush()
    assert browse.get(path, headers={"If-None-Match": tag}, status=200)
