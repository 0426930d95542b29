"""Accounts: opened, proven, kept. Letters are read as their readers would: by following the link."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.mail.models import OutgoingMail
from portal.people.models import Person
from portal.people.queries import sign_ins_of
from portal.people.services import Accounts, SignIns
from portal.people.services.accounts import Weak, WrongPassword
from portal.people.services.letters import LinkSpent
from portal.people.services.sign_ins import NotRecognised
from portal.people.terms import PasswordFlaw
from portal.security.limits import TooMany
from portal.security.passwords import Passwords
from tests.factories import people
from tests.factories.people import PASSWORD

OTHER = "une autre phrase de passe"
HERE = {"address": "192.0.2.7", "user_agent": "Firefox/140 Linux"}


@pytest.fixture
def accounts(asking):
    return asking.find_service(Accounts)


@pytest.fixture
def sign_ins(asking):
    return asking.find_service(SignIns)


@pytest.fixture
def hashes(config, monkeypatch):
    """How often a password was hashed or checked."""
    done = []
    for name in ("hash", "matches"):
        real = getattr(Passwords, name)
        monkeypatch.setattr(
            Passwords, name, lambda self, *given, real=real, name=name: done.append(name) or real(self, *given)
        )
    return done


def sign_up(accounts, email="azenor@example.org", password=PASSWORD, **given):
    usual = {"name": "Azenor Kermarrec", "language": "fr", "address": "192.0.2.7"}
    accounts.sign_up(email=email, password=password, **usual | given)


def letters(session):
    return list(session.scalars(select(OutgoingMail).order_by(OutgoingMail.created_at, OutgoingMail.id)))


def secret_in(letter):
    return re.search(r"/(?:confirm|reset|email|invitations)/([\w-]{43})", letter.text)[1]


def last_secret(session, known=()):
    (letter,) = [mail for mail in letters(session) if mail.id not in known]
    return secret_in(letter)


class TestSignUp:
    def test_an_account_is_open_once_the_letter_was_followed_with_the_password(self, session, accounts, sign_ins):
        sign_up(accounts)
        with pytest.raises(NotRecognised):
            sign_ins.sign_in("azenor@example.org", PASSWORD, **HERE)
        person = accounts.confirm(last_secret(session), PASSWORD)
        assert (person.name, person.email, person.language) == ("Azenor Kermarrec", "azenor@example.org", "fr")
        assert sign_ins.sign_in("Azenor@Example.org", PASSWORD, **HERE)

    def test_whoever_opens_an_account_with_my_address_does_not_make_it_mine_by_my_click(self, session, accounts):
        sign_up(accounts, password="le mot de passe du voisin")
        with pytest.raises(WrongPassword):
            accounts.confirm(last_secret(session), PASSWORD)

    def test_a_known_address_gets_a_letter_that_says_so_and_nothing_is_changed(self, session, accounts):
        known = people.person(session, name="Azenor", email="azenor@example.org", password=PASSWORD, language="en")
        kept = known.password_hash
        sign_up(accounts, email="AZENOR@example.org", password=OTHER, name="Somebody")
        (letter,) = letters(session)
        assert (letter.to, letter.language) == ("azenor@example.org", "en")
        assert "/sign-in" in letter.text
        assert not re.search(r"/confirm/", letter.text)
        assert (known.name, known.password_hash) == ("Azenor", kept)

    def test_signing_up_again_before_confirming_sends_a_new_link_and_the_old_one_is_good_no_more(
        self, session, accounts
    ):
        sign_up(accounts)
        first = {letter.id for letter in letters(session)}
        old = last_secret(session)
        sign_up(accounts, password=OTHER)
        with pytest.raises(LinkSpent):
            accounts.confirm(old, OTHER)
        assert accounts.confirm(last_secret(session, first), OTHER).email_confirmed_at
        assert len(list(session.scalars(select(Person).where(Person.email == "azenor@example.org")))) == 1

    def test_a_stranger_does_not_rename_who_a_desk_registered(self, session, accounts):
        clerk = people.person(session)
        known = people.person(
            session, name="Maï Le Bris", email="mai@example.org", email_confirmed_at=None, registered_by_id=clerk.id
        )
        sign_up(accounts, email="mai@example.org", name="Somebody Else")
        assert known.name == "Maï Le Bris"
        assert accounts.reset(last_secret(session), OTHER) is known

    def test_a_weak_password_is_refused_with_every_reason_and_nothing_is_kept(self, session, accounts):
        with pytest.raises(Weak) as no:
            sign_up(accounts, password="azerty")
        assert no.value.flaws == {PasswordFlaw.TOO_SHORT, PasswordFlaw.COMMON}
        assert session.scalar(select(Person)) is None
        assert letters(session) == []

    def test_the_link_is_good_once(self, session, accounts):
        sign_up(accounts)
        secret = last_secret(session)
        accounts.confirm(secret, PASSWORD)
        with pytest.raises(LinkSpent):
            accounts.confirm(secret, PASSWORD)

    def test_the_link_is_good_for_three_days(self, session, accounts, clock):
        sign_up(accounts)
        clock.at += timedelta(days=3)
        with pytest.raises(LinkSpent):
            accounts.confirm(last_secret(session), PASSWORD)

    def test_the_sixth_letter_to_an_address_in_an_hour_must_wait(self, session, accounts):
        for _ in range(5):
            sign_up(accounts)
        with pytest.raises(TooMany):
            sign_up(accounts)
        assert len(letters(session)) == 5


class TestWhoAsksAtTheDoor:
    """learns nothing: for every kind of account the same work is done and one letter is sent."""

    @pytest.fixture(params=["nobody's", "open", "waiting", "from a desk", "without a password"])
    def email(self, request, session):
        given = {
            "nobody's": None,
            "open": {"password": PASSWORD},
            "waiting": {"password": PASSWORD, "email_confirmed_at": None},
            "from a desk": {"email_confirmed_at": None, "registered_by_id": people.person(session).id},
            "without a password": {},
        }[request.param]
        if given is not None:
            people.person(session, email="somebody@example.org", **given)
        return "somebody@example.org"

    def test_signing_up_costs_one_hash_and_one_letter(self, email, accounts, hashes, session):
        sign_up(accounts, email=email)
        assert hashes == ["hash"]
        assert [letter.to for letter in letters(session)] == [email]

    def test_asking_for_a_new_password_costs_one_check_and_one_letter(self, email, accounts, hashes, session):
        accounts.ask_reset(email=email, language="fr", address="192.0.2.7")
        assert hashes == ["matches"]
        assert [letter.to for letter in letters(session)] == [email]

    def test_asking_for_the_letter_again_costs_one_check_and_one_letter(self, email, accounts, hashes, session):
        accounts.ask_confirmation(email=email, language="fr", address="192.0.2.7")
        assert hashes == ["matches"]
        assert [letter.to for letter in letters(session)] == [email]

    def test_a_wrong_password_costs_one_check_and_says_the_same(self, email, sign_ins, hashes):
        with pytest.raises(NotRecognised) as no:
            sign_ins.sign_in(email, "something else", **HERE)
        assert hashes == ["matches"]
        assert no.value.args == ()


class TestPasswords:
    def test_a_forgotten_password_is_replaced_with_the_letters_link(self, session, accounts, sign_ins):
        person = people.person(session, password=PASSWORD)
        people.sign_in(session, person)
        accounts.ask_reset(email=person.email.upper(), language=None, address="192.0.2.7")
        accounts.reset(last_secret(session), OTHER)
        with pytest.raises(NotRecognised):
            sign_ins.sign_in(person.email, PASSWORD, **HERE)
        assert sign_ins.sign_in(person.email, OTHER, **HERE)

    def test_a_new_password_signs_every_browser_out(self, session, accounts, sign_ins, clock):
        person = people.person(session, password=PASSWORD)
        people.sign_in(session, person)
        accounts.ask_reset(email=person.email, language=None, address="192.0.2.7")
        accounts.reset(last_secret(session), OTHER)
        assert sign_ins_of(session, person.id, clock.now()) == []

    def test_a_changed_password_leaves_only_this_browser_signed_in(self, session, accounts, clock):
        person = people.person(session, password=PASSWORD)
        people.sign_in(session, person)
        people.sign_in(session, person)
        here = sign_ins_of(session, person.id, clock.now())[0].id
        accounts.change_password(person, PASSWORD, OTHER, here)
        assert [row.id for row in sign_ins_of(session, person.id, clock.now())] == [here]

    def test_choosing_a_new_password_confirms_the_address(self, session, accounts):
        person = people.person(session, email_confirmed_at=None, password=PASSWORD)
        accounts.ask_reset(email=person.email, language=None, address="192.0.2.7")
        assert accounts.reset(last_secret(session), OTHER).email_confirmed_at

    def test_a_weak_new_password_leaves_the_link_good(self, session, accounts):
        person = people.person(session, password=PASSWORD)
        accounts.ask_reset(email=person.email, language=None, address="192.0.2.7")
        secret = last_secret(session)
        with pytest.raises(Weak):
            accounts.reset(secret, "motdepasse123")
        assert accounts.reset(secret, OTHER) is person

    def test_a_link_of_one_kind_is_no_link_of_another(self, session, accounts):
        person = people.person(session, password=PASSWORD)
        accounts.ask_reset(email=person.email, language=None, address="192.0.2.7")
        with pytest.raises(LinkSpent):
            accounts.confirm(last_secret(session), PASSWORD)

    def test_after_ten_wrong_passwords_the_account_must_wait_though_the_address_changes(self, session, sign_ins):
        person = people.person(session, password=PASSWORD)
        for number in range(10):
            with pytest.raises(NotRecognised):
                sign_ins.sign_in(person.email, "wrong", address=f"192.0.2.{number}", user_agent="")
        with pytest.raises(TooMany):
            sign_ins.sign_in(person.email, PASSWORD, address="192.0.2.99", user_agent="")

    def test_an_address_that_tries_many_accounts_must_wait(self, session, sign_ins):
        for number in range(100):
            with pytest.raises(NotRecognised):
                sign_ins.sign_in(f"nobody{number}@example.org", "wrong", **HERE)
        with pytest.raises(TooMany):
            sign_ins.sign_in("nobody@example.org", "wrong", **HERE)

    def test_signing_in_rightly_is_never_too_often(self, session, sign_ins):
        person = people.person(session, password=PASSWORD)
        for _ in range(12):
            sign_ins.sign_in(person.email, PASSWORD, **HERE)

    def test_a_password_kept_at_another_cost_is_kept_anew_at_sign_in(self, session, sign_ins, asking):
        dear = Passwords(memory_kib=16, rounds=2, at_once=1)
        person = people.person(session, password_hash=dear.hash(PASSWORD))
        sign_ins.sign_in(person.email, PASSWORD, **HERE)
        assert not asking.find_service(Passwords).is_outdated(person.password_hash)
        assert sign_ins.sign_in(person.email, PASSWORD, **HERE)


class TestChangeOfEmail:
    def test_the_new_address_confirms_and_the_old_one_is_told(self, session, accounts):
        person = people.person(session, email="old@example.org", password=PASSWORD)
        accounts.ask_email_change(person, PASSWORD, "new@example.org")
        assert person.email == "old@example.org"
        (asked,) = letters(session)
        assert asked.to == "new@example.org"
        accounts.change_email(secret_in(asked))
        assert person.email == "new@example.org"
        assert [letter.to for letter in letters(session) if letter.id != asked.id] == ["old@example.org"]

    def test_somebodys_address_is_told_and_not_given_away(self, session, accounts):
        person = people.person(session, password=PASSWORD, language="en")
        people.person(session, email="taken@example.org", language="fr")
        accounts.ask_email_change(person, PASSWORD, "Taken@example.org")
        (letter,) = letters(session)
        assert letter.to == "taken@example.org"
        assert "Bonjour" in letter.text  # whose address it is reads French
        assert "/email/" not in letter.text

    def test_an_address_that_was_taken_meanwhile_stays_the_others(self, session, accounts):
        person = people.person(session, email="old@example.org", password=PASSWORD)
        accounts.ask_email_change(person, PASSWORD, "new@example.org")
        people.person(session, email="NEW@example.org")
        with pytest.raises(LinkSpent):
            accounts.change_email(last_secret(session))
        session.refresh(person)
        assert person.email == "old@example.org"

    def test_letters_to_the_old_address_are_good_no_more(self, session, accounts):
        person = people.person(session, email="old@example.org", password=PASSWORD)
        accounts.ask_reset(email="old@example.org", language=None, address="192.0.2.7")
        reset = last_secret(session)
        known = {letter.id for letter in letters(session)}
        accounts.ask_email_change(person, PASSWORD, "new@example.org")
        accounts.change_email(last_secret(session, known))
        with pytest.raises(LinkSpent):
            accounts.reset(reset, OTHER)

    def test_nobody_writes_to_ever_more_strangers_by_it(self, session, accounts):
        person = people.person(session, password=PASSWORD)
        for number in range(20):
            accounts.ask_email_change(person, PASSWORD, f"stranger{number}@example.org")
        with pytest.raises(TooMany):
            accounts.ask_email_change(person, PASSWORD, "one.more@example.org")
        assert len(letters(session)) == 20

    def test_it_needs_the_password(self, session, accounts):
        person = people.person(session, password=PASSWORD)
        with pytest.raises(WrongPassword):
            accounts.ask_email_change(person, "wrong", "new@example.org")
        assert letters(session) == []
