"""The catalogue filtered by a period, with 1,000 models and 10,000 live claims: the query, the page and the API.

Each is measured against the same list without a period, and the query against 100 models too. The rules differ from
shelf to shelf and for one model in ten; at one model in a hundred, maintenance is planned.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from tempfile import TemporaryDirectory
from uuid import uuid4

from sqlalchemy import Engine, event, insert, select, text
from sqlalchemy.orm import Session
from webob import Request

from equipment_lending.models import EquipmentModel, Item, PolicyLayer, Stock
from equipment_lending.queries.catalogue import Filter, sheets
from equipment_lending.terms import Condition, Period, ServiceState
from portal.app import configure
from portal.clock import StoppedClock
from tests.factories import lending, people
from tests.houses import own_settings
from tests.performance.bench.databases import engines
from tests.performance.bench.measured import figure, ratio, seconds, verdict
from tests.performance.bench.steps import NOW, YEAR, claimed

MODELS, CLAIMS = 1_000, 10_000
FEW = MODELS // 10
WANTED = Filter(period=Period(NOW + timedelta(days=9), NOW + timedelta(days=12)))
ANSWERS = {
    "page": ("/equipment?from=2026-10-31&to=2026-11-03", "/equipment"),
    "API": (
        "/api/v1/equipment?limit=24&from=2026-10-31T10:00:00Z&to=2026-11-03T10:00:00Z",
        "/api/v1/equipment?limit=24",
    ),
}
"""What is asked for with a period, and the same without."""

BUDGET = 0.060
DEARER = 3
"""How many times what the list costs without a period it may cost with one."""


def run() -> list[str]:
    lines = []
    with engines() as kinds:
        for name, engine in kinds:
            with Session(engine) as session, session.begin():
                person = people.person(session).id
                points = [lending.point(session).id for _ in range(7)]
                shelves = [lending.category(session).id for _ in range(9)]
                for minutes, shelf in enumerate(shelves):
                    lending.policy(session, category_id=shelf, buffer_after_minutes=15 * minutes)
            _stock_up(engine, points, shelves, person, FEW)
            few, few_said = _query(engine, WANTED), _statements(engine)
            _stock_up(engine, points, shelves, person, MODELS - FEW)
            took, plain, said = _query(engine, WANTED), _query(engine, Filter()), _statements(engine)
            lines += [
                figure(f"{name}, query, p50", took * 1000, "ms", "≤ 60", took <= BUDGET),
                _ratio(f"{name}, query, with a period / without", took, plain, DEARER),
                _ratio(f"{name}, query, {MODELS} models / {FEW}", took, few, MODELS // FEW),
                f"{name}, statements with {FEW} and {MODELS} models: {few_said} and {said} "
                + verdict("the same", few_said == said),
                *_through_the_app(name, engine),
            ]
    return lines


def _stock_up(engine: Engine, points, shelves, person, number: int) -> None:
    stocked = _stocked(engine, points, shelves, number)
    for stock_id, point_id in stocked:
        claimed(engine, (stock_id, point_id, person), CLAIMS // MODELS, NOW, NOW + YEAR / 4)
    _looked_after(engine, [stock_id for stock_id, _point in stocked[::100]])
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))


def _through_the_app(name: str, engine: Engine) -> Iterator[str]:
    with _house(engine) as ask:
        for what, (filtered, whole) in ANSWERS.items():
            took, plain = (seconds(lambda path=path: ask(path), rounds=21) for path in (filtered, whole))
            yield figure(f"{name}, {what}, p50", took * 1000, "ms", "≤ 60", took <= BUDGET)
            yield _ratio(f"{name}, {what}, with a period / without", took, plain, DEARER)


@contextmanager
def _house(engine: Engine) -> Iterator[Callable[[str], None]]:
    """The whole app on the database of ``engine``; called with an address, it answers."""
    with TemporaryDirectory() as folder:
        url = engine.url.render_as_string(hide_password=False)
        config = configure(own_settings(url, folder))
        config.registry.clock = StoppedClock(NOW)
        app = config.make_wsgi_app()

        def ask(path: str) -> None:
            answer = Request.blank(path).get_response(app)
            if answer.status_code != 200 or not answer.body:
                raise RuntimeError(f"{path} answered {answer.status}")

        yield ask
        config.registry.engine.dispose()


def _ratio(what: str, ours: float, theirs: float, most: int) -> str:
    return ratio(what, ours * 1000, theirs * 1000, "ms", f"≤ {most}", ours <= most * theirs)


def _query(engine: Engine, wanted: Filter) -> float:
    with Session(engine.execution_options(readonly=True)) as session:
        return seconds(lambda: _filtered(session, wanted), rounds=21)


def _filtered(session: Session, wanted: Filter) -> None:
    session.expunge_all()
    sheets(session, wanted, NOW, limit=24)


def _statements(engine: Engine) -> int:
    counted = []
    event.listen(engine, "before_cursor_execute", counting := lambda *_: counted.append(1))
    with Session(engine.execution_options(readonly=True)) as session:
        _filtered(session, WANTED)
    event.remove(engine, "before_cursor_execute", counting)
    return len(counted)


def _stocked(engine, points, shelves, number: int):
    """Add so many models with three items each at one point; return ``(stock, point)`` ids."""
    chance = random.Random(number)
    models, stocks, items = [], [], []
    for n in range(number):
        model, stock, point = uuid4(), uuid4(), chance.choice(points)
        models.append(
            {
                "id": model,
                "slug": f"m{number}-{n}",
                "name": {"fr": f"Modèle {n}"},
                "description": {"fr": "Un objet."},
                "notice": {},
                "lock_version": 0,
                "accessories": [],
                "category_id": chance.choice(shelves),
            }
        )
        stocks.append({"id": stock, "model_id": model, "point_id": point, "lock_version": 0})
        items += [
            {
                "asset_tag": f"T{number}-{n}-{i}",
                "stock_id": stock,
                "units": 1,
                "condition": Condition.GOOD,
                "service_state": ServiceState.IN_SERVICE,
                "owner": "Ville",
                "insurer": "Ville",
                "maintainer": "Ville",
            }
            for i in range(3)
        ]
    with engine.begin() as connection:
        rules = [{"model_id": model["id"], "whole_days": True} for model in models[::10]]
        for kind, rows in ((EquipmentModel, models), (Stock, stocks), (Item, items), (PolicyLayer, rules)):
            connection.execute(insert(kind), rows)
    return [(stock["id"], stock["point_id"]) for stock in stocks]


def _looked_after(engine, stock_ids) -> None:
    """Plan maintenance of one item of each stock, after the period that is looked for."""
    with Session(engine) as session, session.begin():
        for item in session.scalars(select(Item).where(Item.stock_id.in_(stock_ids), Item.asset_tag.endswith("-0"))):
            lending.maintenance(session, item, "2026-11-20T10:00", "2026-11-25T10:00")
