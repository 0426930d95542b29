"""The catalogue filtered by a period, with 1,000 models and 10,000 live claims: time, and number of statements.

The rules differ from shelf to shelf and for one model in ten; at one model in a hundred, maintenance is planned.
"""

import random
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import event, insert, select, text
from sqlalchemy.orm import Session

from equipment_lending.models import EquipmentModel, Item, PolicyLayer, Stock
from equipment_lending.queries.catalogue import Filter, sheets
from equipment_lending.terms import Condition, Period, ServiceState
from tests.factories import lending, people
from tests.performance.bench.databases import engines
from tests.performance.bench.measured import figure, seconds
from tests.performance.bench.steps import NOW, YEAR, claimed

MODELS, CLAIMS = 1_000, 10_000
WANTED = Filter(period=Period(NOW + timedelta(days=9), NOW + timedelta(days=12)))


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
            small = _stocked(engine, points, shelves, MODELS // 10)
            _looked_after(engine, [small[0][0]])
            few = _statements(engine)
            large = small + _stocked(engine, points, shelves, MODELS - MODELS // 10)
            for stock_id, point_id in large:
                claimed(engine, (stock_id, point_id, person), CLAIMS // MODELS, NOW, NOW + YEAR / 4)
            _looked_after(engine, [stock_id for stock_id, _point in large[100::100]])
            with engine.begin() as connection:
                connection.execute(text("ANALYZE"))
            with Session(engine.execution_options(readonly=True)) as session:
                took = seconds(lambda: _filtered(session), rounds=21)
            many = _statements(engine)
            lines += [
                figure(f"{name}, p50", took * 1000, "ms", "≤ 60", took <= 0.060),
                f"{name}, statements with {MODELS // 10} and {MODELS} models: {few} and {many} "
                f"(wanted the same: {'yes' if few == many else 'NO'})",
            ]
    return lines


def _filtered(session: Session) -> None:
    session.expunge_all()
    sheets(session, WANTED, NOW, limit=24)


def _statements(engine) -> int:
    counted = []
    event.listen(engine, "before_cursor_execute", counting := lambda *_: counted.append(1))
    with Session(engine.execution_options(readonly=True)) as session:
        _filtered(session)
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
                "photo_text": {},
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
