"""Whoever answers for things that can be moderated, kernel or test."""

import pytest

from portal.index.models import IndexEntry
from portal.ports.moderation import Moderated
from tests.contracts.moderated import ModeratedContract
from tests.factories import moderation


class TestNoticeboard(ModeratedContract):
    kind = moderation.KIND

    @pytest.fixture(autouse=True)
    def board(self, config, monkeypatch):
        monkeypatch.setitem(config.registry.answers, Moderated, [lambda request: moderation.Noticeboard(request.db)])

    @pytest.fixture(autouse=True)
    def clock_of_the_test(self, clock):
        self.clock = clock

    def public(self, session):
        notice = moderation.notice(session)
        moderation.listed(session, self.clock, notice)
        return notice.id

    def is_seen(self, session, subject_id):
        entries = session.query(IndexEntry.visible).filter(IndexEntry.source_id == subject_id).all()
        return [visible for (visible,) in entries] == [True]
