"""What everybody who answers for things that can be moderated must keep to: a test class for each inherits these."""

from abc import ABC, abstractmethod
from uuid import UUID, uuid4

import pytest

from portal.moderation.models import ModerationAct
from portal.moderation.queries import standing_of
from portal.moderation.services import Moderation
from portal.moderation.terms import Act, AlreadySo, NoSuchThing, Standing
from portal.people.terms import Role
from portal.ports.moderation import Moderated
from tests.factories import people


class ModeratedContract(ABC):
    """``owner`` (a fixture) is who answers, ``kind`` a kind of theirs, ``public`` makes a thing that is seen.

    ``is_seen`` asks whether a thing is seen wherever else than in the index its owner shows it.
    """

    kind: str

    @pytest.fixture
    def owner(self, asking) -> Moderated:
        """Whoever answers for the kind in the house."""
        return next(owner for owner in asking.ask_all(Moderated) if self.kind in owner.kinds())

    @pytest.fixture
    def moderation(self, asking) -> Moderation:
        return asking.find_service(Moderation)

    @pytest.fixture
    def by(self, session) -> UUID:
        return people.staff(session, Role.MODERATOR).id

    @abstractmethod
    def public(self, session) -> UUID:
        """Make a thing that everybody sees, and return its id."""

    def draft(self, session) -> UUID | None:
        """Make a thing that was never public and return its id; None where there are none of that sort."""
        return None

    def is_seen(self, session, subject_id: UUID) -> bool:
        return standing_of(session, self.kind, subject_id) is Standing.VISIBLE

    def test_each_kind_has_a_name_and_one_owner(self, asking, owner):
        assert all(owner.kinds().values())
        kinds = [kind for other in asking.ask_all(Moderated) for kind in other.kinds()]
        assert len(kinds) == len(set(kinds))

    def test_a_thing_has_a_title_and_authors_that_exist(self, session, owner):
        thing = self.public(session)
        found = owner.subjects(self.kind, [thing, uuid4()])
        assert set(found) == {thing}
        assert found[thing].title
        assert found[thing].path is None or found[thing].path.startswith("/")

    def test_what_was_never_public_is_nobody_s_business(self, session, owner, moderation, by):
        draft = self.draft(session)
        if draft is None:
            return
        assert owner.subjects(self.kind, [draft]) == {}
        with pytest.raises(NoSuchThing):
            moderation.act(Act.HIDE, self.kind, draft, "Périmé.", by)

    def test_nothing_is_known_of_what_is_not_there(self, owner):
        nobody = uuid4()
        assert owner.subjects(self.kind, []) == owner.subjects(self.kind, [nobody]) == {}
        owner.hold(self.kind, nobody)

    def test_it_is_hidden_put_back_and_removed(self, session, owner, moderation, by):
        thing = self.public(session)
        assert self.is_seen(session, thing)
        for act, seen in ((Act.HIDE, False), (Act.RESTORE, True), (Act.REMOVE, False)):
            moderation.act(act, self.kind, thing, "Demandé par la rédaction.", by)
            assert self.is_seen(session, thing) is seen
            assert thing in owner.subjects(self.kind, [thing])  # moderators know it all the same
        with pytest.raises(AlreadySo):
            moderation.act(Act.RESTORE, self.kind, thing, "Trop tard.", by)
        assert session.query(ModerationAct).filter(ModerationAct.subject_id == thing).count() == 3
