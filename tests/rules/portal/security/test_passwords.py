import threading
import unicodedata

from portal.security.passwords import Passwords


def cheap(**given):
    return Passwords(**{"memory_kib": 8, "rounds": 1, "at_once": 2} | given)


def test_a_password_matches_what_is_kept_of_it_and_nothing_else_does():
    passwords = cheap()
    kept = passwords.hash("trois goélands")
    assert passwords.matches(kept, "trois goélands")
    assert not passwords.matches(kept, "trois goelands")
    assert "trois" not in kept


def test_it_does_not_matter_how_the_keyboard_composes_an_accent():
    passwords = cheap()
    kept = passwords.hash(unicodedata.normalize("NFD", "trois goélands"))
    assert passwords.matches(kept, unicodedata.normalize("NFC", "trois goélands"))


def test_nobody_has_no_password():
    assert not cheap().matches(None, "nobody's password")
    assert not cheap().matches(None, "")


def test_it_is_argon2id_at_the_cost_that_is_set():
    assert cheap(memory_kib=16, rounds=3).hash("x").startswith("$argon2id$v=19$m=16,t=3,p=1$")


def test_what_was_kept_at_another_cost_is_outdated():
    kept = cheap().hash("trois goélands")
    assert not cheap().is_outdated(kept)
    assert cheap(rounds=2).is_outdated(kept)
    assert cheap(rounds=2).matches(kept, "trois goélands")


def test_no_more_than_so_many_are_checked_at_once():
    passwords, running, most, gate = cheap(at_once=2), 0, 0, threading.Lock()

    class Watched:
        def verify(self, *_args):
            nonlocal running, most
            with gate:
                running += 1
                most = max(most, running)
            threading.Event().wait(0.01)
            with gate:
                running -= 1
            return True

    passwords._hasher = Watched()
    threads = [threading.Thread(target=passwords.matches, args=("kept", "x")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2
