"""People whom others add, what is told about them, and their being forgotten."""

import json
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from portal.api.models import KeptAnswer
from portal.audit.models import AuditEntry
from portal.jobs.models import Job
from portal.mail.models import OutgoingMail
from portal.mail.services import Outbox
from portal.people.models import ApiToken, Invitation, Letter, Membership, Person, RoleGrant, SignIn
from portal.people.queries import found_people, tokens_of
from portal.people.services import Accounts, ApiTokens, Erasure, Organisations, People, Roles
from portal.people.services.accounts import Weak
from portal.people.services.erasure import Hindered
from portal.people.services.people import EmailTaken
from portal.people.terms import Role
from tests.conftest import NOW
from tests.factories import people as make
from tests.factories.people import PASSWORD


@pytest.fixture
def people(asking):
    return asking.find_service(People)


@pytest.fixture
def erasure(asking):
    return asking.find_service(Erasure)


def letters(session):
    return list(session.scalars(select(OutgoingMail)))


class TestAtTheDesk:
    def test_somebody_without_e_mail_has_an_account_and_who_opened_it_is_known(self, session, people):
        clerk = make.person(session)
        person = people.register_at_desk(name="Job Le Roux", phone="02 98 00 00 00", by=clerk.id)
        assert (person.email, person.password_hash, person.registered_by_id) == (None, None, clerk.id)
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.act, entry.subject_kind, entry.subject_id) == ("person.register", "person", str(person.id))
        assert letters(session) == []

    def test_somebody_with_e_mail_gets_a_link_to_choose_a_password(self, session, people, asking):
        clerk = make.person(session)
        person = people.register_at_desk(name="Job", phone="02 98 00 00 00", email="job@example.org", by=clerk.id)
        (letter,) = letters(session)
        secret = re.search(r"/reset/([\w-]+)", letter.text)[1]
        assert asking.find_service(Accounts).reset(secret, PASSWORD) is person
        assert person.email_confirmed_at

    def test_an_address_that_is_somebodys_is_refused_with_whose_it_is(self, session, people):
        known = make.person(session, email="job@example.org")
        with pytest.raises(EmailTaken) as no:
            people.register_at_desk(name="Job", phone="02 98", email="Job@Example.org", by=known.id)
        assert no.value.person_id == known.id

    def test_who_had_no_e_mail_can_get_an_account_online_later(self, session, people):
        person = people.register_at_desk(name="Job", phone="02 98 00 00 00", by=make.person(session).id)
        people.open_online(person, "job@example.org")
        assert [letter.to for letter in letters(session)] == ["job@example.org"]


class TestAdded:
    def test_an_account_that_is_added_is_open_at_once(self, people):
        person = people.add(name="Admin", email="admin@example.org", password=PASSWORD)
        assert person.email_confirmed_at == NOW
        assert person.password_hash

    def test_a_weak_password_is_refused(self, session, people):
        with pytest.raises(Weak):
            people.add(name="Admin", email="admin@example.org", password="azerty")
        assert session.scalar(select(Person)) is None


class TestFound:
    @pytest.mark.parametrize("text", ["elodie", "LE GUEN", "guen élo", "0612345678", "+33 6 12", "elodie@", "12 34 56"])
    def test_somebody_is_found_by_any_part_of_name_e_mail_or_phone(self, session, text):
        wanted = make.person(session, name="Élodie Le Guen", email="elodie@example.org", phone="06 12 34 56 78")
        make.person(session, name="Per Jakez", email="per@example.org", phone="02 98 11 22 33")
        assert found_people(session, text).rows == [wanted]

    def test_a_changed_name_is_found(self, session):
        person = make.person(session, name="Élodie Le Guen")
        person.name = "Élodie Cariou"
        session.flush()
        assert found_people(session, "cariou").total == 1
        assert found_people(session, "guen").total == 0

    @pytest.mark.parametrize("text", ["%", "_", "'", "\\"])
    def test_signs_that_mean_something_to_the_database_are_signs(self, session, text):
        make.person(session, name="Élodie", email="elodie@example.org")
        assert found_people(session, text).total == 0

    def test_a_page_at_a_time_by_name(self, session):
        for name in ("Coline", "Ael", "Briac"):
            make.person(session, name=name)
        page = found_people(session, limit=2, offset=1)
        assert ([row.name for row in page.rows], page.total) == (["Briac", "Coline"], 3)

    def test_who_was_erased_is_not_found(self, session):
        make.erased(session)
        assert found_people(session).total == 0

    @pytest.mark.parametrize("told", ["name", "email", "phone", "password_hash", "calendar_token"])
    def test_nothing_is_written_any_more_of_who_was_erased(self, session, told):
        gone = update(Person).where(Person.id == make.erased(session).id)
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(gone.values({told: "Azenor"}))


class TestTokens:
    def test_a_token_is_kept_as_its_hash_and_ends_in_time(self, session, asking):
        person = make.person(session)
        token = asking.find_service(ApiTokens).create(person, name="Agenda", days=30)
        (kept,) = tokens_of(session, person.id)
        assert token not in kept.secret_hash
        assert kept.expires_at == NOW + timedelta(days=30)

    def test_nobody_revokes_anothers_token(self, session, asking):
        person, other = make.person(session), make.person(session)
        tokens = asking.find_service(ApiTokens)
        tokens.create(person)
        (kept,) = tokens_of(session, person.id)
        assert not tokens.revoke(other.id, kept.id)
        assert tokens.revoke(person.id, kept.id)
        assert tokens_of(session, person.id) == []


class TestExport:
    def test_it_holds_all_that_was_told(self, session, erasure):
        person = make.person(session, name="Azenor", phone="06 12 34 56 78")
        make.membership(session, person=person)
        make.role(session, person)
        make.sign_in(session, person)
        make.token(session, person, name="Agenda")
        known = erasure.export(person.id)
        assert json.loads(json.dumps(known)) == known
        text = json.dumps(known, ensure_ascii=False)
        for told in ("Azenor", "06 12 34 56 78", person.email, "Les Amis du Stang-Alar", "admin", "Firefox", "Agenda"):
            assert told in text

    def test_it_holds_invitations_and_what_was_written_before_the_address_was_theirs(self, session, erasure, asking):
        host = make.membership(session)
        invite = asking.find_service(Organisations).invite
        invite(host.organisation, host.person, "Azenor@example.org")
        person = make.person(session, email="azenor@example.org")
        known = erasure.export(person.id)
        assert [(one["organisation"], one["sent"]) for one in known["invitations"]] == [(host.organisation.name, False)]
        assert [letter["to"] for letter in known["letters"]] == ["Azenor@example.org"]
        assert [one["sent"] for one in erasure.export(host.person_id)["invitations"]] == [True]

    def test_it_holds_no_letter_of_who_had_the_address_before(self, session, erasure, asking):
        former = make.person(session, email="shared@example.org")
        asking.find_service(Accounts).ask_reset(email="shared@example.org", language=None, address="192.0.2.7")
        former.email = "former@example.org"
        session.flush()
        person = make.person(session, email="shared@example.org")
        assert erasure.export(person.id)["letters"] == []
        assert len(erasure.export(former.id)["letters"]) == 1

    def test_no_letter_in_it_lets_its_reader_into_the_account(self, session, erasure, asking):
        person = make.person(session, email="azenor@example.org")
        asking.find_service(Accounts).ask_reset(email="azenor@example.org", language=None, address="192.0.2.7")
        (letter,) = erasure.export(person.id)["letters"]
        assert "/reset/…" in letter["text"]

    def test_it_holds_nothing_that_opens_the_account(self, session, erasure):
        person = make.person(session, password=PASSWORD)
        secret = make.token(session, person)
        text = json.dumps(erasure.export(person.id))
        assert person.password_hash not in text
        assert secret not in text


class TestErasure:
    def test_nothing_that_says_who_somebody_was_is_left(self, session, erasure, asking):
        person = make.person(session, name="Azenor", email="azenor@example.org", phone="06", password=PASSWORD)
        mine = make.membership(session, person=person).organisation
        make.role(session, person, Role.DESK, "siam")
        make.sign_in(session, person)
        make.token(session, person)
        asking.find_service(Accounts).ask_reset(email=person.email, language=None, address="192.0.2.7")
        host = make.membership(session).person
        asking.find_service(Organisations).invite(mine, host, "azenor@example.org")
        erasure.erase(person.id)
        session.expire_all()
        assert person.erased_at == NOW
        kept = {column.name: getattr(person, column.name) for column in Person.__table__.columns}
        assert not [value for value in kept.values() if isinstance(value, str) and value]
        for kind in (Membership, RoleGrant, SignIn, Letter, ApiToken):
            assert session.scalar(select(func.count()).where(kind.person_id == person.id)) == 0
        assert session.scalar(select(func.count()).select_from(Invitation)) == 0

    def test_letters_to_an_address_go_with_the_person_whose_it_is_is_to_be_or_was(self, session, erasure, asking):
        accounts, outbox = asking.find_service(Accounts), asking.find_service(Outbox)
        person = make.person(session, name="Azenor", email="azenor@example.org", password=PASSWORD)
        accounts.ask_email_change(person, PASSWORD, "new@example.org")
        secret = re.search(r"/email/([\w-]+)", letters(session)[0].text)[1]
        accounts.change_email(secret)
        outbox.send("New@example.org", "portal:templates/portal/mail/no_account.txt")
        outbox.send("anna@example.org", "portal:templates/portal/mail/no_account.txt")
        assert {letter.to for letter in letters(session)} > {"azenor@example.org", "new@example.org"}
        erasure.erase(person.id)
        (left,) = letters(session)
        assert left.to == "anna@example.org"
        assert session.scalars(select(Job.payload)).all() == [{"mail_id": str(left.id)}]

    def test_what_programs_were_answered_to_somebody_or_about_them_is_forgotten(self, session, erasure):
        person, clerk = make.person(session), make.person(session)
        for whose, about in ((person, clerk), (clerk, person), (clerk, clerk)):
            session.add(
                KeptAnswer(
                    person_id=whose.id,
                    key=f"{whose.id}{about.id}",
                    fingerprint="",
                    headers={},
                    body=json.dumps({"borrower": {"id": str(about.id), "name": about.name}}),
                    created_at=NOW,
                )
            )
        session.flush()
        erasure.erase(person.id)
        (left,) = session.scalars(select(KeptAnswer.key))
        assert left == f"{clerk.id}{clerk.id}"

    def test_the_address_can_be_used_again(self, session, erasure, people):
        person = make.person(session, email="azenor@example.org")
        erasure.erase(person.id)
        assert people.add(name="Azenor", email="azenor@example.org").id != person.id

    def test_the_last_officer_of_others_names_somebody_first(self, session, erasure):
        last = make.membership(session)
        make.membership(session, organisation=last.organisation, officer=False)
        with pytest.raises(Hindered) as no:
            erasure.erase(last.person_id)
        assert "Les Amis du Stang-Alar" in no.value.reasons[0]
        assert last.person.erased_at is None

    def test_the_last_administrator_names_somebody_first(self, session, erasure, asking):
        roles, last = asking.find_service(Roles), make.person(session)
        roles.grant(last, Role.ADMIN)
        with pytest.raises(Hindered):
            erasure.erase(last.id)
        roles.grant(make.person(session), Role.ADMIN)
        erasure.erase(last.id)
        assert last.erased_at

    def test_a_mandate_that_has_ended_helps_nobody(self, session, erasure):
        last = make.membership(session)
        make.membership(session, organisation=last.organisation, until=date(2026, 10, 21))
        assert erasure.hindrances(last.person_id)

    def test_with_another_officer_one_may_go(self, session, erasure):
        first = make.membership(session)
        make.membership(session, organisation=first.organisation, until=date(2026, 10, 22))
        erasure.erase(first.person_id)
        assert session.get(Person, first.person_id).erased_at
