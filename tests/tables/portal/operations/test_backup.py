"""A backup brings everything back, and nothing that is not one does any harm. Real commits, on both databases."""

import gzip
import io
import json
import tarfile

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.audit.models import AuditEntry
from portal.audit.services import Audit
from portal.clock import StoppedClock
from portal.db.session import working_request
from portal.jobs.models import Job
from portal.jobs.services import Jobs
from portal.jobs.worker import Worker
from portal.mail.services import Outbox
from portal.media.models import Media
from portal.media.services import MediaLibrary
from portal.media.terms import FORMER_CONTRIBUTOR, MediaState
from portal.migrations import history
from portal.migrations.standing import standing
from portal.operations import archive
from portal.operations.archive import BadArchive
from portal.operations.backup import back_up, restore
from portal.operations.snapshots import NotEmpty, is_empty
from portal.operations.stale import LEFT_ALREADY
from portal.people.models import ApiToken, Invitation, Letter, LetterPurpose, Person, SignIn
from portal.people.services import Erasure, Letters, Organisations
from portal.places.models import Place, place
from tests.conftest import DATABASES, NOW
from tests.factories import index, lending, maps, people
from tests.factories import media as things
from tests.houses import own_registry, own_settings, own_url

pytestmark = pytest.mark.whole

PHOTO = "ab/" + "ab" * 32 + "-small.jpg"


def quietly(names, _label):
    return names


@pytest.fixture(scope="module", params=DATABASES)
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def build(kind, tmp_path_factory):
    """Makes empty houses of one engine."""
    registries = []

    def make():
        folder = tmp_path_factory.mktemp("house")
        registry = own_registry(own_settings(own_url(kind, folder), folder))
        registry.clock = StoppedClock(NOW)
        registries.append(registry)
        return registry

    yield make
    for registry in registries:
        registry.engine.dispose()


@pytest.fixture
def house(build):
    """An empty house."""
    return build()


@pytest.fixture(scope="module")
def untouched(build):
    """An empty house that no test of this module changes."""
    return build()


@pytest.fixture(scope="module")
def lived_in(build):
    """A house with people, a place, an audit trail that nobody may change, a loan under way, a trail, and a photo."""
    registry = build()
    with working_request(registry) as request:
        chief = people.staff(request.db, name="Zoé « Tab\tNewline\nBackslash\\ » 🎥")
        people.person(request.db, registered_by_id=chief.id, phone=None)
        people.membership(request.db, person=chief)
        request.db.add(place("Centre de Lambézellec", "1 rue des Communs", -4.4911, 48.4156))
        stock = lending.stock(request.db, units=2)
        loan = lending.loan(request.db, stock, "2026-10-19T10:00", "2026-10-26T10:00", borrower=chief, state="out")
        lending.custody(request.db, loan.lines[0])
        lending.loan(request.db, stock, "2026-10-27T10:00", "2026-10-30T10:00", units=2)
        maps.trail(request.db, author_id=chief.id)
        index.entry(request.db, title={"fr": "Un enregistreur"})
        Audit(request.db, registry.clock, None).record("role.grant", "person", chief.id, role="admin", note="é\\n")
    photo = registry.portal_settings.data / "media" / PHOTO
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"\xff\xd8 a photo")
    return registry


@pytest.fixture
def saved(lived_in, tmp_path):
    """A backup of the house that is lived in."""
    return save(lived_in, tmp_path)


def rows(registry):
    """Every row of every table, as text; without the counter of the index, which goes on so that nothing old is new."""
    with registry.engine.connect() as connection:
        return {
            table.name: sorted(
                str([getattr(value, "desc", value) for value in row]) for row in connection.execute(select(table))
            )
            for table in history.metadata().sorted_tables
            if table.name != "index_version"
        }


def save(registry, tmp_path, name="saved.tar.gz"):
    file = tmp_path / name
    back_up(registry.engine, registry.portal_settings, NOW, file, quietly)
    return file


def bring_back(registry, file, *, replace=False):
    return restore(registry.engine, registry.portal_settings, NOW, file, quietly, replace=replace)


def test_every_row_and_every_file_comes_back(lived_in, house, saved):
    made = bring_back(house, saved)

    before, after = rows(lived_in), rows(house)
    assert before.keys() == after.keys()
    for table in before:
        assert after[table] == before[table], table
    kept = {name for name, found in before.items() if found}
    assert kept >= {"person", "membership", "role_grant", "place", "audit_entry", "index_entry", "maps_trail"}
    assert kept >= {"lending_loan", "lending_loan_line", "lending_claim", "lending_custody", "lending_item"}
    assert made.made_at == NOW.isoformat()
    assert (house.portal_settings.data / "media" / PHOTO).read_bytes() == b"\xff\xd8 a photo"
    assert len(set(standing(house.engine))) == 1


def test_nobody_comes_back_signed_in_and_no_letter_leaves_twice(house, build, tmp_path):
    """What was ended, used or sent since the backup is not known; a letter that has not left can be sent after all."""
    with working_request(house) as request:
        person = people.person(request.db, email="azenor@example.org")
        theirs = people.membership(request.db).organisation
        people.sign_in(request.db, person)
        people.token(request.db, person)
        request.find_service(Letters).issue(LetterPurpose.RESET, person, person.email)
        request.find_service(Organisations).invite(theirs, person, "anna@example.org")
        request.db.execute(update(Job).values(finished_at=NOW))
        request.find_service(Outbox).send(person, "portal:templates/portal/mail/trial.txt", name=person.name)
    other = build()
    bring_back(other, save(house, tmp_path))

    assert letters_that_left(other) == 0
    with Session(other.engine) as session:
        for kind in (SignIn, ApiToken, Letter, Invitation):
            assert session.scalar(select(func.count()).select_from(kind)) == 0
        (waiting,) = session.scalars(select(Job).where(Job.finished_at.is_(None)))
        assert (waiting.kind, waiting.error) == ("mail.send", LEFT_ALREADY)
    with working_request(other) as request:
        request.find_service(Jobs).retry(waiting.id)
    assert letters_that_left(other) == 1


def letters_that_left(registry) -> int:
    Worker(registry).run_once()
    return len(list((registry.portal_settings.data / "mail").glob("*.eml")))


def test_what_was_brought_back_goes_on(house, saved):
    """Numbers are counted on, and guards still guard."""
    bring_back(house, saved)

    with working_request(house) as request:
        known = request.db.scalar(select(func.count(Place.id)))
        request.db.add(place("Centre de Bellevue", "2 rue des Communs", -4.48, 48.42))
    with Session(house.engine) as session:
        assert session.scalar(select(func.count(Place.id))) == known + 1
        session.scalars(select(AuditEntry)).first().act = "nothing"
        with pytest.raises(DBAPIError, match="append_only"):
            session.flush()
        session.rollback()


def test_a_portal_that_is_there_is_not_replaced_unless_one_says_so(lived_in, house, saved):
    with working_request(house) as request:
        people.person(request.db, name="Somebody Else")
    surplus = house.portal_settings.data / "media" / "cd" / f"{'cd' * 32}.png"
    surplus.parent.mkdir(parents=True)
    surplus.touch()

    before = rows(house)
    with pytest.raises(NotEmpty):
        bring_back(house, saved)
    assert rows(house) == before

    bring_back(house, saved, replace=True)
    assert rows(house) == rows(lived_in)
    assert not surplus.exists()


def test_a_restore_removes_only_what_was_ours_when_it_began(house, saved):
    """The folder, or the bucket, may be others' too; and people go on sending files."""
    media = house.portal_settings.data / "media"
    foreign = media / "statements" / "2026.pdf"
    foreign.parent.mkdir(parents=True)
    foreign.write_bytes(b"somebody's")
    meanwhile = "ef" * 32 + ".png"

    def sending(names, label):
        if label == "reading":
            house.media_store.put(meanwhile, b"x")
        return names

    restore(house.engine, house.portal_settings, NOW, saved, sending, replace=True)
    assert foreign.read_bytes() == b"somebody's"
    assert house.media_store.size(meanwhile) is not None


def test_who_was_erased_and_what_was_taken_back_since_do_not_come_back(house, tmp_path):
    with working_request(house) as request:
        erased, other = (people.person(request.db, name=name).id for name in ("Anna Kerbrat", "Yann Kerbrat"))
        people.staff(request.db)
        removed, kept = (things.media(request.db, sender_id=other).id for _ in range(2))
        sent = things.media(request.db, sender_id=erased).id
    file = save(house, tmp_path)
    with working_request(house) as request:
        request.find_service(Erasure).erase(erased)
        request.find_service(MediaLibrary).remove(request.db.get_one(Media, removed))

    bring_back(house, file, replace=True)
    Worker(house).run_once()
    with Session(house.engine) as session:
        assert (session.get_one(Person, erased).name, session.get_one(Person, other).name) == ("", "Yann Kerbrat")
        assert session.get_one(Person, erased).erased_at is not None
        states = [session.get_one(Media, one).state for one in (removed, kept)]
        assert states == [MediaState.REMOVED, MediaState.READY]
        assert session.get_one(Media, sent).attribution == FORMER_CONTRIBUTOR


def test_whoever_was_erased_stays_so_even_where_that_would_be_hindered(house, tmp_path):
    """Nobody else administers the portal that comes back; that was mended before they left it."""
    with working_request(house) as request:
        first = people.staff(request.db).id
    file = save(house, tmp_path)
    with working_request(house) as request:
        people.staff(request.db)
        request.find_service(Erasure).erase(first)
    bring_back(house, file, replace=True)
    Worker(house).run_once()
    with Session(house.engine) as session:
        assert session.get_one(Person, first).erased_at is not None


def test_nobody_is_erased_whom_the_backup_does_not_know(house, saved):
    with working_request(house) as request:
        stranger = people.person(request.db).id
        people.staff(request.db)
        request.find_service(Erasure).erase(stranger)
    bring_back(house, saved, replace=True)
    Worker(house).run_once()
    with Session(house.engine) as session:
        assert session.get(Person, stranger) is None
        assert not session.scalars(select(Job).where(Job.kind.like("operations.%"), Job.finished_at.is_(None))).all()


def test_an_archive_that_could_not_be_read_again_is_not_written(lived_in, tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST_MANIFEST", 200)
    with pytest.raises(BadArchive, match="too many files"):
        save(lived_in, tmp_path)
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


def test_a_new_portal_is_empty_until_somebody_enters(house):
    assert is_empty(house.engine)
    with working_request(house) as request:
        people.person(request.db)
    assert not is_empty(house.engine)


def test_a_backup_is_of_one_instant_though_people_go_on_writing(house, build, tmp_path):
    def meanwhile(names, _label):
        for name in names:
            yield name
            with working_request(house) as request:
                people.person(request.db, name="Latecomer")

    file = tmp_path / "busy.tar.gz"
    with working_request(house) as request:
        people.person(request.db, name="Early Bird")
    back_up(house.engine, house.portal_settings, NOW, file, meanwhile)
    other = build()
    bring_back(other, file)

    with Session(other.engine) as session:
        names = session.scalars(select(Person.name)).all()
    # On PostgreSQL the instant is that of the first table that is read, on SQLite that of the copy.
    assert "Early Bird" in names
    assert "Latecomer" not in names


def test_a_backup_is_for_its_owners_eyes_and_overwrites_nothing(lived_in, saved, tmp_path):
    assert saved.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        save(lived_in, tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [saved.name]


def rewritten(file, change):
    """The archive with its files changed by ``change(name, content) -> [(name, content)]``."""
    out = io.BytesIO()
    with tarfile.open(file) as old, tarfile.open(fileobj=out, mode="w:gz") as new:
        for member in old:
            for name, content in change(member.name, old.extractfile(member).read()):
                info = tarfile.TarInfo(name)
                info.size = len(content)
                new.addfile(info, io.BytesIO(content))
    file.write_bytes(out.getvalue())


def told(content, **more):
    return json.dumps(json.loads(content) | more).encode()


def flipped(name, content):
    return [(name, content if name == "manifest.json" else content[:-1] + bytes([content[-1] ^ 1]))]


def without_last(name, content):
    return [] if name.startswith("media") else [(name, content)]


def with_more(name, content):
    return [(name, content), *([("media/xx/more", b"x")] if name.startswith("media") else [])]


def climbing(name, content):
    if name == "manifest.json":
        files = json.loads(content)["files"]
        return [(name, told(content, files={"../../evil": files.pop(next(iter(files)))} | files))]
    return [(name, content)]


def from_the_future(name, content):
    return [(name, told(content, revision="9999") if name == "manifest.json" else content)]


def of_another_engine(name, content):
    return [(name, told(content, engine="oracle") if name == "manifest.json" else content)]


def of_another_format(name, content):
    return [(name, told(content, format=2) if name == "manifest.json" else content)]


def without_manifest(name, content):
    return [] if name == "manifest.json" else [(name, content)]


@pytest.mark.parametrize(
    "change",
    [
        flipped,
        without_last,
        with_more,
        climbing,
        from_the_future,
        of_another_engine,
        of_another_format,
        without_manifest,
    ],
)
def test_an_archive_that_was_tampered_with_changes_nothing(untouched, saved, tmp_path, change):
    rewritten(saved, change)
    with pytest.raises(BadArchive):
        bring_back(untouched, saved)
    assert is_as_it_was(untouched)
    assert not list(tmp_path.rglob("evil"))


@pytest.mark.parametrize(
    "content",
    [b"", b"not a backup", gzip.compress(b"not a tar"), gzip.compress(b"x" * 4096)],
    ids=["nothing", "not compressed", "too short", "no tar"],
)
def test_a_file_that_is_no_backup_is_said_to_be_none(untouched, tmp_path, content):
    file = tmp_path / "strange.tar.gz"
    file.write_bytes(content)
    with pytest.raises(BadArchive):
        bring_back(untouched, file)
    assert is_as_it_was(untouched)


def test_a_backup_cut_short_changes_nothing(untouched, saved):
    saved.write_bytes(saved.read_bytes()[: saved.stat().st_size // 2])
    with pytest.raises(BadArchive):
        bring_back(untouched, saved)
    assert is_as_it_was(untouched)


def test_a_link_in_an_archive_is_not_followed(untouched, saved):
    out = io.BytesIO()
    with tarfile.open(saved) as old, tarfile.open(fileobj=out, mode="w:gz") as new:
        for member in old:
            if member.name.startswith("media"):
                member.type, member.linkname, member.size = tarfile.SYMTYPE, "/etc/passwd", 0
                new.addfile(member)
            else:
                new.addfile(member, old.extractfile(member))
    saved.write_bytes(out.getvalue())
    with pytest.raises(BadArchive):
        bring_back(untouched, saved)
    assert is_as_it_was(untouched)


def is_as_it_was(registry):
    """Is the house empty still, without half-unpacked files?"""
    data = registry.portal_settings.data
    return is_empty(registry.engine) and not (data / "media").exists() and not list(data.glob(".restore-*"))
