"""One history for all tables, on both databases: up, as the models say, down, and up again."""

import ast
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Uuid, column, inspect, select, table, text
from sqlalchemy.orm import Session

from equipment_lending.models import Item, ModelPhoto
from portal.db import create_engine
from portal.migrations import history
from portal.migrations.standing import newest, standing
from portal.migrations.versions import __path__ as versions
from tests.conftest import DATABASES
from tests.factories import lending
from tests.houses import own_url

HOUSE = ("portal", "equipment_lending", "project_registry", "training", "maps")
OLD_CATEGORY = table(
    "lending_category",
    column("id", Uuid),
    column("slug"),
    column("name", JSON),
    column("icon"),
    column("position"),
)
OLD_MODEL = table(
    "lending_model",
    column("id", Uuid),
    column("slug"),
    *(column(name, JSON) for name in ("name", "description", "notice", "accessories", "photo_text")),
    column("category_id", Uuid),
    column("photo"),
)
"""As the first tables had them."""

KEPT_BY_SQLITE = "SELECT type, tbl_name, name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql <> ''"
KEPT_BY_POSTGRESQL = """
    SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger
    WHERE NOT tgisinternal
    UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'function', '', proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
"""


@pytest.fixture(params=DATABASES)
def engine(request, tmp_path):
    """An empty database of this test's own."""
    engine = create_engine(own_url(request.param, tmp_path))
    yield engine
    engine.dispose()


@pytest.fixture
def other(engine, tmp_path_factory):
    """Another of the same kind."""
    other = create_engine(own_url(engine.dialect.name, tmp_path_factory.mktemp("other")))
    yield other
    other.dispose()


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
    current, latest = standing(engine)
    assert current == latest


def test_going_up_twice_changes_nothing_and_keeps_what_is_in(engine):
    history.upgrade(engine)
    with Session(engine) as session, session.begin():
        lending.stock(session, units=3)
    history.upgrade(engine)
    with Session(engine) as session:
        assert session.query(Item).count() == 3


def test_the_photo_that_a_model_had_is_the_first_of_its_photos(engine):
    """Up with a photo in, and down with several: the first one stays."""
    history.upgrade(engine, "0001")
    shelf, shown, bare = uuid4(), uuid4(), uuid4()
    texts = {"name": "{}", "description": "{}", "notice": "{}", "accessories": "[]"}
    with engine.begin() as connection:
        connection.execute(OLD_CATEGORY.insert().values(id=shelf, slug="son", name={}, icon="box", position=0))
        for model_id, photo, words in ((shown, "first", {"fr": "Vu de face"}), (bare, None, {})):
            row = {"id": model_id, "slug": str(model_id), "category_id": shelf, "photo": photo, "photo_text": words}
            connection.execute(OLD_MODEL.insert().values(**texts | row))
    history.upgrade(engine)
    with Session(engine) as session, session.begin():
        (photo,) = session.query(ModelPhoto).all()
        assert (photo.model_id, photo.position, photo.key, photo.text) == (shown, 0, "first", {"fr": "Vu de face"})
        session.add(ModelPhoto(model_id=shown, position=1, key="second", text={}))
    history.downgrade(engine, "0001")
    with engine.connect() as connection:
        rows = {row.id: (row.photo, row.photo_text) for row in connection.execute(select(OLD_MODEL))}
    assert rows == {shown: ("first", {"fr": "Vu de face"}), bare: (None, {})}
    history.upgrade(engine)


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_the_history_refuses_what_the_models_refuse(engine, other):
    """Checks, triggers and the functions they call, word for word: Alembic's own comparison sees none of them."""
    history.upgrade(engine)
    history.upgrade(other)
    history.downgrade(other, "base")
    models = history.metadata()
    # On SQLite GeoAlchemy2 takes its spatial indexes out of the models while it creates them, and leaves them out.
    indexes = {table: set(table.indexes) for table in models.tables.values()}
    with other.begin() as connection:
        models.create_all(connection)
    for modelled, kept in indexes.items():
        modelled.indexes |= kept
    assert refusals(other) == refusals(engine)


def refusals(engine) -> set[tuple[str, ...]]:
    """Return what the database refuses, as ``(kind, table, name, how the database itself writes it)``."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            return {tuple(row) for row in connection.execute(text(KEPT_BY_POSTGRESQL))}
        found = {
            (kind, on, name, " ".join(words.replace('"', "").split()))
            for kind, on, name, words in connection.execute(text(KEPT_BY_SQLITE))
        }
        for name in history.metadata().tables:
            for check in inspect(connection).get_check_constraints(name):
                found.add(("check", name, check["name"], " ".join(check["sqltext"].replace('"', "").split())))
        return {one for one in found if one[1] in history.metadata().tables}


def test_the_newest_step_is_the_one_that_the_history_ends_with():
    script = ScriptDirectory.from_config(history.script_config())
    assert [script.get_current_head()] == script.get_heads() == [newest()]


def test_no_step_stands_on_code_that_will_be_another_one_day():
    for path in _migrations():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module.partition(".")[0] in HOUSE:
                assert node.module == "portal.db.row", f"{path.name} imports {node.module}"


def _migrations():
    return [path for folder in versions for path in Path(folder).glob("[0-9]*.py")]
