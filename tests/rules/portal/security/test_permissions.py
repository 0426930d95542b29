from enum import StrEnum
from types import SimpleNamespace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.people.terms import Role
from portal.security.grants import permitted
from portal.security.predicates import anyone, has_role, is_owner, signed_in
from portal.security.terms import HeldRole, Identity

scopes = st.sampled_from(["siam", "lambezellec", "keredern"])
roles = st.builds(HeldRole, st.sampled_from(Role), st.none() | scopes)
identities = st.builds(lambda held: Identity(uuid4(), "Maï", None, tuple(held)), st.lists(roles, max_size=4))


class Act(StrEnum):
    LOOK = "look"
    LEND = "lend"


@given(identities, st.sampled_from(Role), st.lists(scopes, max_size=3))
def test_a_role_held_somewhere_is_held_there_and_one_held_everywhere_is_held_in_each_place(identity, role, places):
    held = {h.scope for h in identity.roles if h.role is role}
    wanted = bool(held) if not places else bool(held & {None, *places})
    assert has_role(role)(identity, SimpleNamespace(scopes=places)) == wanted


@given(identities, st.sampled_from(Role))
def test_where_a_role_is_held_says_what_it_holds(identity, role):
    everywhere = identity.scopes(role)
    for place in ("siam", "lambezellec", "keredern"):
        assert identity.holds(role, place) == (everywhere is None or place in everywhere)


def test_nobody_holds_no_role_owns_nothing_and_is_anyone():
    thing = SimpleNamespace(owner_ids={None}, scopes=())
    assert anyone(None, thing)
    assert not signed_in(None, thing)
    assert not is_owner(None, thing)
    assert not has_role(Role.ADMIN)(None, thing)


def test_a_thing_is_its_owners():
    me = Identity(uuid4(), "Maï", None)
    assert is_owner(me, SimpleNamespace(owner_ids={me.person_id}))
    assert not is_owner(me, SimpleNamespace(owner_ids={uuid4()}))
    assert not is_owner(me, None)


@pytest.mark.parametrize(
    ("grants", "allowed"), [({}, False), ({Act.LOOK: []}, False), ({Act.LOOK: [signed_in, anyone]}, True)]
)
def test_what_the_table_does_not_grant_is_denied(grants, allowed):
    assert permitted(grants, Act.LOOK, None, None) == allowed
    assert not permitted(grants, "no such act", None, None)
