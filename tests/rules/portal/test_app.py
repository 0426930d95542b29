"""How the house starts."""

import gc

import pytest

from portal.app import no_garbage
from portal.own_files import read_yaml


@pytest.fixture
def looking():
    """Lets a test turn the search for garbage on and off."""
    was = gc.isenabled()
    yield
    (gc.enable if was else gc.disable)()


def test_garbage_is_looked_for_again_whatever_happens_at_the_start(looking):
    gc.enable()
    seen = []
    with pytest.raises(ZeroDivisionError), no_garbage():
        seen.append(gc.isenabled() or 1 / 0)
    assert seen == []
    assert gc.isenabled()


def test_who_looks_for_no_garbage_still_does_not_after_the_start(looking):
    gc.disable()
    with no_garbage():
        pass
    assert not gc.isenabled()


def test_a_file_of_ours_says_dates_and_lists_as_yaml_does():
    assert read_yaml("portal.people.demo", "people.yaml")["residents"]
    assert read_yaml("maps", "openapi.yaml")["paths"]
