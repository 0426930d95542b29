"""One pool of 500 units, 12 months ahead, 5,000 live claims: the step function, with and without 200,000 past ones."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session

from equipment_lending.models import Claim, Loan, LoanLine
from equipment_lending.queries.occupation import availability
from equipment_lending.terms import ClaimKind, LoanState, Period
from tests.factories import lending, people
from tests.performance.bench.databases import engines
from tests.performance.bench.measured import figure, ratio, seconds

NOW = datetime(2026, 10, 22, 12, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
UNITS, LIVE, PAST = 500, 5_000, 200_000


def run() -> list[str]:
    lines = []
    with engines() as kinds:
        for name, engine in kinds:
            with Session(engine) as session, session.begin():
                stock = lending.stock(session, units=UNITS, lot=True)
                person = people.person(session)
                wanted = stock.model_id, stock.point.slug
                ids = stock.id, stock.point_id, person.id
            claimed(engine, ids, LIVE, NOW, NOW + YEAR)
            without = measured(engine, wanted)
            claimed(engine, ids, PAST, NOW - 5 * YEAR, NOW - timedelta(days=1))
            with_past = measured(engine, wanted)
            lines += [
                figure(f"{name}, step function with the past", with_past * 1000, "ms", "≤ 20", with_past <= 0.020),
                ratio(
                    f"{name}, with the past / without",
                    with_past * 1000,
                    without * 1000,
                    "ms",
                    "≤ 1.3",
                    with_past <= 1.3 * without,
                ),
            ]
    return lines


def measured(engine: Engine, wanted: tuple[UUID, str]) -> float:
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    with Session(engine.execution_options(readonly=True)) as session:
        return seconds(lambda: availability(session, *wanted, Period(NOW, NOW + YEAR), NOW), rounds=31, warmup=5)


def claimed(engine: Engine, ids: tuple[UUID, UUID, UUID], number: int, first: datetime, last: datetime) -> None:
    """Add so many one-unit claims of a closed or confirmed loan each, at random between two instants."""
    stock_id, point_id, person_id = ids
    chance = random.Random(number)
    reach = int((last - first).total_seconds() // 60) - 4320
    loans, lines, claims = [], [], []
    for _ in range(number):
        start = first + timedelta(minutes=chance.randrange(reach))
        end = start + timedelta(minutes=chance.randrange(60, 4320))
        loan, line = uuid4(), uuid4()
        loans.append(
            {
                "id": loan,
                "number": loan.hex,
                "borrower_id": person_id,
                "requested_by_id": person_id,
                "point_id": point_id,
                "return_point_id": point_id,
                "pickup_at": start,
                "return_at": end,
                "state": LoanState.CONFIRMED if last > NOW else LoanState.CLOSED,
                "purpose": "bench",
                "requested_at": first,
            }
        )
        lines.append({"id": line, "loan_id": loan, "stock_id": stock_id, "units": 1})
        claims.append(
            {
                "stock_id": stock_id,
                "line_id": line,
                "kind": ClaimKind.LOAN,
                "units": 1,
                "starts_at": start,
                "ends_at": end,
            }
        )
    with engine.begin() as connection:
        for kind, rows in ((Loan, loans), (LoanLine, lines), (Claim, claims)):
            connection.execute(insert(kind), rows)
