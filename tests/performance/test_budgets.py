"""How many statements a page may take: a number that does not grow with what it shows."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from equipment_lending.services.indexing import index_model
from equipment_lending.terms import LoanState
from portal.index.services import PublicIndex
from portal.moderation.terms import Act
from portal.people.terms import Role
from portal.ports.moderation import Moderated
from tests.factories import lending, maps, media, moderation, people


@pytest.fixture
def statements(session):
    """Counts what is asked of the database while a block runs, but for what is no page's own.

    That is the test's savepoints, and the city's settings, which each process reads every few seconds.
    """

    @contextmanager
    def counted():
        session.flush()
        session.expire_all()
        said: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")) and "FROM city_setting" not in statement:
                said.append(statement)

        connection = session.connection()
        event.listen(connection, "before_cursor_execute", note)
        try:
            yield said
        finally:
            event.remove(connection, "before_cursor_execute", note)

    return counted


@pytest.fixture
def town(session, clock):
    """Adds so many models at two points, with rules, a loan and planned maintenance of each."""
    index = PublicIndex(session, clock)
    points = [lending.point(session, slug=slug) for slug in ("lambezellec", "capucins")]
    shelf = lending.category(session)

    def grow(models: int, borrower=None) -> None:
        for _ in range(models):
            model = lending.model(session, category_id=shelf.id)
            for point in points:
                stock = lending.stock(session, units=3, at=point, of=model)
            lending.loan(session, stock, "2026-11-03T10:00", "2026-11-05T18:00", borrower=borrower)
            lending.policy(session, model_id=model.id, buffer_after_minutes=30)
            lending.maintenance(session, stock.items[0], "2026-11-10T10:00", "2026-11-12T18:00")
            index_model(index, model)

    return grow


def cost(browse, statements, path, **query) -> int:
    with statements() as said:
        browse.get(path, query)
    return len(said)


@pytest.mark.parametrize(
    ("query", "most"),
    [
        ({}, 8),
        ({"from": "2026-11-03", "to": "2026-11-05"}, 20),
        ({"q": "enregistreur", "from": "2026-11-03", "to": "2026-11-05", "point": "lambezellec"}, 20),
    ],
)
def test_the_catalogue_takes_as_many_statements_for_many_models_as_for_few(browse, statements, town, query, most):
    town(2)
    few = cost(browse, statements, "/equipment", **query)
    town(20)
    assert cost(browse, statements, "/equipment", **query) == few <= most


def test_a_models_page_takes_as_many_statements_however_much_it_is_lent(browse, session, statements, town):
    town(1)
    me = people.person(session)
    people.signed_in(browse, me)
    model = lending.model(session)
    stock = lending.stock(session, units=2, at=lending.point(session), of=model)
    path, query = f"/equipment/{model.slug}", {"pickup": "2026-11-03", "return": "2026-11-05"}
    few = cost(browse, statements, path, **query)
    for day in range(1, 20):
        lending.loan(session, stock, f"2026-11-{day:02}T10:00", f"2026-11-{day + 1:02}T10:00", borrower=me)
    town(5)
    assert cost(browse, statements, path, **query) == few <= 20


def test_my_loans_take_as_many_statements_for_many_as_for_few(browse, session, statements, town):
    me = people.person(session)
    people.signed_in(browse, me)
    town(2, borrower=me)
    few = cost(browse, statements, "/loans")
    town(15, borrower=me)
    assert cost(browse, statements, "/loans") == few <= 14


def test_points_take_as_many_statements_for_many_as_for_few(browse, session, statements, town):
    town(1)
    few = cost(browse, statements, "/points"), cost(browse, statements, "/points/lambezellec")
    town(10)
    for _ in range(10):
        lending.point(session)
    assert (cost(browse, statements, "/points"), cost(browse, statements, "/points/lambezellec")) == few
    assert max(few) <= 10


def test_the_pick_list_of_a_day_takes_as_many_statements_for_many_loans_as_for_one(browse, session, statements):
    point = lending.point(session, slug="bellevue")
    people.signed_in(browse, people.staff(session, Role.DESK, "bellevue"))

    def prepare(loans: int) -> None:
        for _ in range(loans):
            stock = lending.stock(session, units=2, at=point)
            lending.loan(session, stock, "2026-10-22T16:00", "2026-10-24T16:00")

    prepare(1)
    few = cost(browse, statements, "/desk/bellevue/pick-list")
    prepare(12)
    assert cost(browse, statements, "/desk/bellevue/pick-list") == few <= 20


def test_a_loans_page_takes_few_statements(browse, session, statements):
    me = people.person(session)
    people.signed_in(browse, me)
    stock = lending.stock(session)
    loan = lending.loan(session, stock, "2026-10-20T10:00", "2026-11-05T18:00", borrower=me, state=LoanState.OUT)
    lending.custody(session, loan.lines[0])
    assert cost(browse, statements, f"/loans/{loan.id}") <= 10


@pytest.mark.parametrize("path", ["", "/hidden", "/acts"])
def test_a_long_list_of_moderation_takes_as_many_statements_as_a_short_one(
    browse, session, config, monkeypatch, statements, path
):
    monkeypatch.setitem(config.registry.answers, Moderated, [lambda request: moderation.Noticeboard(request.db)])
    people.signed_in(browse, people.staff(session, Role.MODERATOR))

    def grow(notices: int) -> None:
        for _ in range(notices):
            notice = moderation.notice(session)
            moderation.flag(session, notice, by_id=people.person(session).id)
            moderation.acted(session, notice, Act.HIDE)

    grow(2)
    few = cost(browse, statements, "/admin/moderation" + path)
    grow(10)
    assert cost(browse, statements, "/admin/moderation" + path) == few <= 10


def test_trails_take_the_same_statements_however_many_stops_and_sounds_they_have(session, browse, statements):
    def with_stops(count: int):
        heard = [media.media(session).id for _ in range(count)]
        stops = [maps.stop(f"{n:02d}", -4.479 + n / 1000, 48.383, media=(one,)) for n, one in enumerate(heard, 1)]
        return maps.trail(session, *stops, line=())

    few, many = with_stops(2), with_stops(12)
    addresses = [
        [f"/trails/{one.slug}", f"/stops/{one.stops[0].id}", f"/trails/{one.slug}/history"] for one in (few, many)
    ]
    for little, much in zip(*addresses, strict=True):
        assert cost(browse, statements, little) == cost(browse, statements, much) <= 20


def test_a_list_of_trails_takes_the_same_statements_however_many_there_are(session, browse, statements):
    maps.trail(session)
    one = cost(browse, statements, "/trails")
    for _ in range(8):
        maps.trail(session)
    assert cost(browse, statements, "/trails") == one
