"""Whoever answers for things that can be moderated: the test's own noticeboard, media, and the map."""

from datetime import timedelta

import pytest

from maps.models import Stop
from portal.index.models import IndexEntry
from portal.media.queries import shown
from portal.media.terms import MediaState
from portal.moderation.services import Moderation
from portal.moderation.terms import Act
from portal.people.terms import Role
from portal.ports.moderation import Moderated
from tests.contracts.moderated import ModeratedContract
from tests.factories import maps, moderation, people


class Indexed(ModeratedContract):
    """Things that are in the public index."""

    def is_seen(self, session, subject_id):
        entries = session.query(IndexEntry.visible).filter(IndexEntry.source_id == subject_id).all()
        return [visible for (visible,) in entries] == [True]


class TestNoticeboard(Indexed):
    kind = moderation.KIND

    @pytest.fixture(autouse=True)
    def board(self, config, clock, monkeypatch):
        monkeypatch.setitem(config.registry.answers, Moderated, [lambda request: moderation.Noticeboard(request.db)])
        self.clock = clock

    def public(self, session):
        notice = moderation.notice(session)
        moderation.listed(session, self.clock, notice)
        return notice.id


class TestMedia(ModeratedContract):
    kind = "media"

    def public(self, session):
        return maps.sound(session).id

    def draft(self, session):
        return maps.sound(session, state=MediaState.PREPARING, ready_at=None).id

    def is_seen(self, session, subject_id):
        return subject_id in shown(session, [subject_id])


class TestTrails(Indexed):
    kind = "trail"

    def public(self, session):
        return maps.trail(session).id

    def draft(self, session):
        return maps.trail(session, draft=True).id


class TestStops(Indexed):
    kind = "stop"

    def public(self, session):
        trail = maps.trail(session)
        return session.query(Stop.id).filter(Stop.trail_id == trail.id, Stop.rank == 2).scalar()


class TestPlaces(Indexed):
    kind = "place"

    def public(self, session):
        return maps.place(session).id


def test_a_trail_takes_its_stops_along_and_brings_them_back_as_they_were(session, asking, clock):
    trail, rozenn = maps.trail(session), people.staff(session, Role.MODERATOR)
    before, service = entries(session), asking.find_service(Moderation)
    clock.at += timedelta(days=1)
    service.act(Act.HIDE, "trail", trail.id, "Demandé par la rédaction.", rozenn.id)
    assert {entry.visible for entry in entries(session)} == {False}
    service.act(Act.RESTORE, "trail", trail.id, "Corrigé.", rozenn.id)
    assert entries(session) == before


def entries(session):
    columns = (IndexEntry.source_id, IndexEntry.visible, IndexEntry.created_at, IndexEntry.updated_at)
    return session.query(*columns).order_by(IndexEntry.id).all()
