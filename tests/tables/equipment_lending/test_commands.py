"""``portal lending import``, as somebody types it: on a database of its own, with real commits."""

from io import StringIO
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from equipment_lending.imports.rows import ItemRow, ModelRow, PointRow, columns
from equipment_lending.models import EquipmentModel, Item, LendingPoint
from portal.commands import portal
from portal.db import create_engine
from portal.migrations import history
from portal.pages.models import CitySetting
from tests import houses
from tests.conftest import NOW

pytestmark = pytest.mark.whole

POINTS = "kerinou,Kérinou,Rue Auguste Kervern,48.4,-4.49,Europe/Paris,Tu-Sa 10:00-18:00; PH off,1,4"
MODELS = "zoom-h5,Zoom H5,son,Deux micros.,249.90,30,2,7,manual,prise-de-son"
ITEMS = "EN-1,zoom-h5,kerinou,SN-1,good,,\nEN-2,zoom-h5,kerinou,,good,,"


@pytest.fixture
def folder(tmp_path):
    found = tmp_path / "spreadsheets"
    found.mkdir()
    for name, kind, lines in (
        ("points.csv", PointRow, POINTS),
        ("models.csv", ModelRow, MODELS),
        ("items.csv", ItemRow, ITEMS),
    ):
        (found / name).write_text("\n".join([",".join(columns(kind)), lines]), encoding="utf-8")
    return found


@pytest.fixture
def typed(database_url, tmp_path, monkeypatch):
    """Type ``portal lending import …`` and get what came of it."""
    kind = "sqlite" if database_url.startswith("sqlite") else "postgresql"
    url = houses.own_url(kind, tmp_path)
    monkeypatch.setenv("PORTAL_DATABASE_URL", url)
    monkeypatch.setenv("PORTAL_DATA", str(tmp_path))
    engine = create_engine(url)
    history.upgrade(engine)

    def type_in(*words: object):
        return CliRunner().invoke(portal, ["lending", "import", *map(str, words)])

    type_in.engine = engine
    yield type_in
    engine.dispose()


def count(typed, kind) -> int:
    with Session(typed.engine) as session:
        return session.scalar(select(func.count()).select_from(kind))


def test_a_city_is_brought_in_from_a_folder(typed, folder):
    done = typed(folder)
    assert done.exit_code == 0, done.output
    assert "items.csv: 2 new, 0 changed" in done.stdout
    assert (count(typed, LendingPoint), count(typed, EquipmentModel), count(typed, Item)) == (1, 1, 2)


def test_what_is_brought_in_belongs_to_whoever_publishes_the_site(typed, folder):
    with Session(typed.engine) as session, session.begin():
        session.add(CitySetting(key="publisher", value="Ville de Brest", changed_at=NOW))
    typed(folder)
    with Session(typed.engine) as session:
        whose = session.execute(select(Item.owner, Item.insurer, Item.maintainer).distinct()).all()
    assert whose == [("Ville de Brest",) * 3]


def test_once_more_changes_nothing(typed, folder):
    typed(folder)
    again = typed(folder)
    assert again.exit_code == 0
    assert "items.csv: 0 new, 0 changed, 2 unchanged" in again.stdout


def test_what_exists_is_changed_only_when_that_is_asked_for(typed, folder):
    typed(folder)
    (folder / "models.csv").write_text((folder / "models.csv").read_text().replace("249.90", "300"))
    (folder / "items.csv").write_text((folder / "items.csv").read_text() + "\nEN-3,zoom-h5,kerinou,,,,")

    refused = typed(folder)
    assert refused.exit_code == 1
    assert "zoom-h5: replacement_value: 24990 -> 30000" in refused.stdout
    assert "--update" in refused.stderr
    assert count(typed, Item) == 2

    assert typed(folder, "--update").exit_code == 0
    assert count(typed, Item) == 3
    with Session(typed.engine) as session:
        assert session.scalars(select(EquipmentModel.replacement_value)).one() == 30_000


def test_on_a_terminal_it_shows_how_far_it_is_and_elsewhere_it_does_not(typed, folder, monkeypatch):
    """The four rows are counted one by one; what is written elsewhere stays free of it."""
    counted = []
    monkeypatch.setattr("click._termui_impl.ProgressBar.make_step", lambda _bar, steps: counted.append(steps))
    assert "bringing it in" not in typed(folder).stderr
    assert counted == []
    (folder / "items.csv").write_text(
        (folder / "items.csv").read_text() + "\nEN-3,zoom-h5,kerinou,,,,\nEN-4,zoom-h5,kerinou,,,,"
    )
    monkeypatch.setattr("equipment_lending.commands.sys", SimpleNamespace(stderr=Terminal()))
    assert typed(folder).exit_code == 0
    assert counted == [1, 1]


class Terminal(StringIO):
    """Somebody who looks on."""

    def isatty(self) -> bool:
        return True


def test_a_dry_run_says_and_does_not(typed, folder):
    said = typed(folder, "--dry-run")
    assert said.exit_code == 0
    assert "items.csv: 2 new" in said.stdout
    assert count(typed, Item) == 0


def test_one_wrong_cell_and_nothing_at_all_is_brought_in(typed, folder):
    (folder / "items.csv").write_text((folder / "items.csv").read_text().replace("EN-2,zoom-h5", "EN 2,tente"))
    refused = typed(folder)
    assert refused.exit_code == 1
    assert refused.stderr.splitlines()[0].startswith("items.csv, line 3, asset_tag: “EN 2” is not a tag.")
    assert (count(typed, LendingPoint), count(typed, EquipmentModel)) == (0, 0)


@pytest.mark.parametrize(("words", "status"), [([], 2), (["nowhere"], 2), (["--everything"], 2), (["."], 1)])
def test_wrong_usage_is_told_from_nothing_to_import(typed, words, status, tmp_path, monkeypatch):
    ini = f"{houses.__file__.rpartition('/tests/')[0]}/development.ini"
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    done = CliRunner().invoke(portal, ["-c", ini, "lending", "import", *words])
    assert done.exit_code == status
