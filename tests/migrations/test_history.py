"""One history for all tables, on both databases: up, as the models say, down, and up again."""

from pathlib import Path

import pytest
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from equipment_lending.models import Item
from portal.db import create_engine
from portal.db.guards import GUARDS
from portal.migrations import history
from portal.migrations.versions import __path__ as versions
from tests.conftest import DATABASES
from tests.factories import lending
from tests.houses import own_url


@pytest.fixture(params=DATABASES)
def engine(request, tmp_path):
    """An empty database of this test's own."""
    engine = create_engine(own_url(request.param, tmp_path))
    yield engine
    engine.dispose()


# SQLite cannot tell SQLAlchemy about indexes on expressions; those are guards, which the last test looks after.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_the_history_goes_up_checks_clean_goes_down_and_up_again(engine):
    history.upgrade(engine)
    history.check(engine)
    history.downgrade(engine, "base")
    assert not set(history.metadata().tables) & set(inspect(engine).get_table_names())
    history.upgrade(engine)
    history.check(engine)
    current, newest = history.standing(engine)
    assert current == newest


def test_going_up_twice_changes_nothing_and_keeps_what_is_in(engine):
    history.upgrade(engine)
    with Session(engine) as session, session.begin():
        lending.stock(session, units=3)
    history.upgrade(engine)
    with Session(engine) as session:
        assert session.query(Item).count() == 3


def test_every_guard_of_the_models_is_in_the_history():
    written = "".join(path.read_text(encoding="utf-8") for path in _migrations())
    for _dialect, table, statement in GUARDS:
        words = statement.replace('"', "'").split()
        assert " ".join(words[:4]) in " ".join(written.replace('"', "'").split()), f"{table}: {statement}"


def _migrations():
    return [path for folder in versions for path in Path(folder).glob("[0-9]*.py")]
