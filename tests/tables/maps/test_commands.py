"""``portal maps import``, as somebody types it: on a database of its own, with real commits."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from maps.models import MapPlace, TrackFile, Trail
from maps.queries.trails import shown
from maps.services.tracks import original
from maps.terms import TrailState
from portal.commands import portal
from portal.db import create_engine
from portal.migrations import history
from tests import houses
from tests.factories import people
from tests.rules.maps.imports.test_files import OUT, gpx, track, waypoint

pytestmark = pytest.mark.whole

POINTS = {"type": "MultiPoint", "coordinates": [[-4.4, 48.3], [-4.5, 48.3]]}


@pytest.fixture
def typed(database_url, tmp_path, monkeypatch):
    """Type ``portal maps import …`` and get what came of it."""
    kind = "sqlite" if database_url.startswith("sqlite") else "postgresql"
    url = houses.own_url(kind, tmp_path)
    monkeypatch.setenv("PORTAL_DATABASE_URL", url)
    monkeypatch.setenv("PORTAL_DATA", str(tmp_path))
    engine = create_engine(url)
    history.upgrade(engine)
    with Session(engine) as session, session.begin():
        people.person(session, email="katell@example.org")

    def type_in(content: bytes, *words: object, email: str = "Katell@example.org"):
        file = tmp_path / "le-port.gpx"
        file.write_bytes(content)
        return CliRunner().invoke(portal, ["maps", "import", str(file), "--as", email, *map(str, words)])

    type_in.engine = engine
    yield type_in
    engine.dispose()


def count(typed, kind) -> int:
    with Session(typed.engine) as session:
        return session.scalar(select(func.count()).select_from(kind))


def test_a_recording_becomes_the_draft_of_a_trail(typed):
    done = typed(gpx(waypoint(-4.479, 48.383, "La criée"), track(OUT)), "--licence", "CC-BY-4.0")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == ["1 stops; a line of 0.5 km: 3 points, 3 kept", "draft: /trails/le-port"]
    with Session(typed.engine) as session:
        trail = session.scalars(select(Trail)).one()
        told = shown(session, trail)
        assert (trail.state, told.content.licence, len(told.content.line)) == (TrailState.DRAFT, "CC-BY-4.0", 3)


def test_of_several_lines_one_must_be_chosen(typed):
    content = gpx(track(OUT, OUT[::-1]))
    refused = typed(content)
    assert refused.exit_code == 1
    assert "2: segment “Le port”, part 1: 3 points, 0.5 km" in refused.stderr
    assert refused.stderr.splitlines()[-1].endswith("Use --line NUMBER, or --line 0 for none.")
    assert count(typed, Trail) == 0
    assert typed(content, "--line", 2).exit_code == 0
    assert typed(content, "--line", 9).exit_code == 1


def test_a_long_recording_tells_how_many_points_were_kept(typed):
    long = [(-4.4 + one / 100_000, 48.3) for one in range(3000)]
    assert ": 3000 points, 2 kept (within 2 m)" in typed(gpx(track(long))).stdout


def test_the_file_is_kept_as_it_was(typed):
    content = gpx(track(OUT))
    typed(content)
    with Session(typed.engine) as session:
        kept = session.scalars(select(TrackFile)).one()
        assert (original(kept), kept.revision, kept.trail.current) == (content, 1, 1)


def test_points_become_places_all_or_none(typed):
    assert typed(json.dumps(POINTS).encode()).stdout == "2 places\n"
    assert count(typed, MapPlace) == 2
    assert typed(gpx(waypoint(-4.4, 48.3)), "--places").exit_code == 0
    assert typed(gpx(track(OUT)), "--places").exit_code == 1
    assert (count(typed, MapPlace), count(typed, Trail)) == (3, 0)


@pytest.mark.parametrize(
    ("content", "words", "email", "status", "said"),
    [
        (b"PK", (), "katell@example.org", 1, "neither a GPX nor a GeoJSON"),
        (b"<gpx>", (), "katell@example.org", 1, "not well-formed on line 1"),
        (json.dumps(POINTS).encode(), (), "nobody@example.org", 1, "portal person add"),
        (b"{}", ("--line", "-1"), "katell@example.org", 2, "--line"),
        (b"{}", ("--licence", "secret"), "katell@example.org", 2, "--licence"),
    ],
)
def test_what_cannot_be_brought_in_says_why_and_changes_nothing(typed, content, words, email, status, said):
    refused = typed(content, *words, email=email)
    assert refused.exit_code == status
    assert said in refused.stderr
    assert count(typed, Trail) == count(typed, MapPlace) == 0


def test_without_a_person_nobody_is_its_author(typed, tmp_path):
    (tmp_path / "a.gpx").write_bytes(gpx(track(OUT)))
    assert CliRunner().invoke(portal, ["maps", "import", str(tmp_path / "a.gpx")]).exit_code == 2
