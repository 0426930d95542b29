"""Feed readers and search engines are told of everything public, and only that."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from portal.i18n import _
from portal.index import views
from portal.index.kinds import IndexKind
from portal.index.models import IndexVersion
from portal.index.services import PublicIndex
from portal.moderation.models import ModerationAct
from portal.moderation.terms import Act, Standing
from tests.conftest import NOW
from tests.factories import index, people

KINDS = {
    "equipment": IndexKind("equipment", _("Equipment"), "camera"),
    "module": IndexKind("module", "Module", "learn"),
}

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def kinds(config, monkeypatch):
    monkeypatch.setattr(config.registry, "index_kinds", KINDS)


def test_the_feed_names_the_newest_first(browse, session):
    index.entry(session, "Tente", at=NOW - timedelta(days=2))
    index.entry(session, "Caméra", at=NOW)
    text = browse.get("/feed.atom").text
    assert text.index("Caméra") < text.index("Tente")


def test_a_feed_may_be_of_one_kind(browse, session):
    index.entry(session, "Tente")
    index.entry(session, "Filmer son quartier", kind="module")
    text = browse.get("/feed.atom?kind=module").text
    assert "Filmer" in text
    assert "Tente" not in text
    browse.get("/feed.atom?kind=unheard-of", status=404)


def test_what_a_switched_off_feature_left_behind_is_not_told(browse, session):
    index.entry(session, "Ancienne chose", kind="of_no_feature")
    for path in ("/feed.atom", "/sitemap.xml", "/api/v1/search"):
        assert "Ancienne" not in browse.get(path).text
        assert "/equipment/" not in browse.get(path).text


def last_changed(session, at) -> None:
    """Let the index have changed ``at`` that instant; the database, which dates its changes, has a clock of its own."""
    session.execute(update(IndexVersion).values(version=int(at.timestamp() * 1000)))


def test_nothing_new_is_not_sent_again(browse, session):
    index.entry(session, "Tente")
    last_changed(session, NOW - timedelta(hours=1))
    first = browse.get("/feed.atom")
    assert first.headers["Last-Modified"] == "Thu, 22 Oct 2026 11:00:00 GMT"
    browse.get("/feed.atom", headers={"If-None-Match": first.headers["ETag"]}, status=304)
    browse.get("/feed.atom", headers={"If-Modified-Since": first.headers["Last-Modified"]}, status=304)
    index.entry(session, "Barnum", at=NOW + timedelta(hours=1))
    browse.get("/feed.atom", headers={"If-None-Match": first.headers["ETag"]}, status=200)


def moderated(session, clock, thing, number: int, act: Act, standing: Standing) -> None:
    about = {"subject_kind": thing.kind, "subject_id": thing.source_id, "number": number}
    session.add(ModerationAct(**about, act=act, reason="Périmé.", actor_id=people.staff(session).id, at=NOW))
    PublicIndex(session, clock).reflect(thing.kind, thing.source_id, standing)


@pytest.mark.parametrize("path", ["/feed.atom", "/sitemap.xml", "/api/v1/search"])
def test_what_is_hidden_is_gone_at_once_however_one_asks(browse, session, clock, path):
    thing = index.entry(session, "Tente", at=NOW - timedelta(days=1))
    last_changed(session, LONG_AGO)
    first = browse.get(path)
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert thing.path in first.text

    moderated(session, clock, thing, 1, Act.HIDE, Standing.HIDDEN)
    for validator, header in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        again = browse.get(path, headers={validator: first.headers[header]}, status=200)
        assert thing.path not in again.text
    moderated(session, clock, thing, 2, Act.RESTORE, Standing.VISIBLE)
    assert browse.get(path).body == first.body


@pytest.mark.parametrize("path", ["/feed.atom", "/sitemap.xml", "/api/v1/search"])
@pytest.mark.parametrize("how", ["offered to nobody", "forgotten"])
def test_what_its_owner_withdraws_is_gone_for_who_asks_by_date(browse, session, clock, path, how):
    thing = index.entry(session, "Tente", path="/equipment/tente")
    index.entry(session, "Barnum")
    last_changed(session, LONG_AGO)
    first = browse.get(path)
    assert "/equipment/tente" in first.text

    if how == "forgotten":
        PublicIndex(session, clock).remove(thing.kind, thing.source_id)
    else:
        index.entry(session, "Tente", path="/equipment/tente", source_id=thing.source_id, visible=False)
    again = browse.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]}, status=200)
    assert "/equipment/tente" not in again.text


@pytest.mark.parametrize("path", ["/feed.atom", "/sitemap.xml", "/api/v1/search"])
def test_what_may_change_again_within_the_second_has_no_date_yet(browse, session, path):
    index.entry(session, "Tente")
    last_changed(session, NOW - timedelta(seconds=30))
    assert "Last-Modified" not in browse.get(path).headers


def test_the_sitemap_lists_every_public_page(browse, session):
    index.entry(session, "Tente", path="/equipment/tente-été")
    index.entry(session, "Cachée", path="/equipment/cachee", visible=False)
    text = browse.get("/sitemap.xml").text
    assert "<loc>http://localhost/equipment/tente-%C3%A9t%C3%A9</loc>" in text
    assert "cachee" not in text


def test_a_large_sitemap_comes_in_parts(browse, session, monkeypatch):
    monkeypatch.setattr(views, "PER_SITEMAP", 2)
    for number in range(5):
        index.entry(session, path=f"/equipment/{number}")
    assert browse.get("/sitemap.xml").text.count("<sitemap>") == 3
    assert "/equipment/4" in browse.get("/sitemap.xml?page=3").text
    assert "/equipment/4" not in browse.get("/sitemap.xml?page=1").text


def test_robots_are_shown_the_sitemap_and_kept_from_what_is_personal(browse):
    text = browse.get("/robots.txt").text
    assert "Sitemap: http://localhost/sitemap.xml" in text
    assert "Disallow: /account" in text
