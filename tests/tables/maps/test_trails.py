"""A trail's life in the tables and in the public index."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import selectinload

from maps.models import Stop, StopMedia, Trail, TrailRevision
from maps.queries.revisions import history, revision
from maps.queries.trails import found_trails, shown, trails_of
from maps.schemas.changes import with_media
from maps.schemas.translating import translated
from maps.terms import (
    FlawCode,
    LastAuthor,
    NoSuchRevision,
    NotPublishable,
    Stale,
    TrailState,
)
from portal.audit.models import AuditEntry
from portal.clock import StoppedClock
from portal.index.models import IndexEntry, IndexVersion
from portal.index.queries import Filter, search
from portal.media.terms import MediaFlaw, MediaState, Voices
from portal.moderation.terms import Act
from tests.conftest import NOW
from tests.factories import maps, people


@pytest.fixture
def trails(session):
    return maps.trails(session)


@pytest.fixture
def author(session):
    return people.person(session, name="Katell Riou")


@pytest.fixture
def somebody(session):
    return people.person(session, name="Malo Kerdraon")


def entries(session, kind="trail"):
    seen = select(IndexEntry).where(IndexEntry.kind == kind, IndexEntry.visible)
    return {entry.source_id: entry for entry in session.scalars(seen)}


def codes(no):
    return {flaw.code for flaw in no.value.flaws}


def content_of(session, trail):
    return shown(session, trail, everything=True).content


# Begun and published --------------------------------------------------------------------------------------------------


def test_a_trail_begins_as_a_draft_that_nobody_finds(session, trails, author):
    trail = trails.begin(maps.content(), author.id)
    assert (trail.state, trail.slug, trail.current) == (TrailState.DRAFT, "les-voix-du-port-de-commerce", 1)
    assert [one.person_id for one in trail.authors] == [author.id]
    assert entries(session) == entries(session, "stop") == {}
    assert session.scalar(select(func.count()).select_from(Stop)) == 0


def test_two_trails_of_one_title_have_short_names_of_their_own(session):
    slugs = [maps.trail(session, draft=True, title={"fr": "Le port"}).slug for _ in range(3)]
    assert slugs == ["le-port", "le-port-2", "le-port-3"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": {"fr": " "}}, FlawCode.NO_TITLE),
        ({"licence": "CC-BY-NC-4.0"}, FlawCode.UNKNOWN_LICENCE),
        ({"line": ((-4.4, 91.0), (-4.5, 48.0))}, FlawCode.OFF_THE_GLOBE),
        ({"line": ((179.9, 0.0), (-179.9, 0.0))}, FlawCode.ACROSS_180),
    ],
)
def test_of_some_things_not_even_a_draft_is_made(session, trails, author, change, code):
    with pytest.raises(NotPublishable) as no:
        trails.begin(maps.content(**change), author.id)
    assert codes(no) == {code}
    assert session.scalar(select(func.count()).select_from(Trail)) == 0


def test_once_published_a_trail_its_stops_and_its_line_are_in_the_index(session, trails, author):
    heard = maps.sound(session, transcript="Le mareyeur crie les prix.")
    first = maps.stop("01", media=(heard.id,))
    trail = maps.trail(session, first, maps.stop("02", -4.4725, 48.3818), author_id=author.id)
    entry = entries(session)[trail.id]
    assert (entry.path, entry.licence, entry.language, entry.theme) == (
        "/trails/les-voix-du-port-de-commerce",
        "CC-BY-SA-4.0",
        "fr",
        "heritage",
    )
    assert entry.has_path
    assert (entry.longitude, entry.latitude) == maps.HARBOUR[0]
    assert set(entries(session, "stop")) == {stop.id for stop in content_of(session, trail).stops}
    found = {one.source_id for one in search(session, "mareyeur").rows}
    assert found == {first.id}
    act = session.scalars(select(AuditEntry).where(AuditEntry.act == "maps.publish")).one()
    assert act.detail == {"trail": trail.slug}


def test_what_is_not_complete_is_not_published_and_every_reason_is_told(session, trails, author):
    failed = maps.sound(session, state=MediaState.FAILED, flaw="empty")
    bare = maps.sound(session, attribution=" ", voices=Voices.NOT_TOLD)
    trail = trails.begin(
        maps.content(
            maps.stop("01", media=(failed.id, uuid4()), text={}),
            maps.stop("01", media=(bare.id,)),
            maps.stop("", -4.4790, 48.3930),
        ),
        author.id,
    )
    with pytest.raises(NotPublishable) as no:
        trails.publish(trail.id)
    assert codes(no) == {
        FlawCode.MEDIA_NOT_READY,
        FlawCode.NO_SUCH_MEDIA,
        FlawCode.STOP_SAYS_NOTHING,
        FlawCode.LABEL_TWICE,
        FlawCode.MEDIA_WITHOUT_CREDIT,
        FlawCode.VOICES_NOT_TOLD,
        FlawCode.NO_LABEL,
        FlawCode.FAR_FROM_LINE,
    }
    assert entries(session) == {}
    assert trail.state is TrailState.DRAFT


def test_a_stop_far_from_the_line_is_published_once_somebody_says_that_it_is_meant_so(session, trails, author):
    far = maps.stop("02", -4.4790, 48.3930)
    trail = trails.begin(maps.content(maps.stop("01"), far), author.id)
    assert trails.publish(trail.id, meant=[far.id]).state is TrailState.PUBLISHED
    content = replace(content_of(session, trail), summary={"fr": "Une heure au bord de l’eau."})
    assert trails.revise(trail.id, 1, content, author.id).number == 2


def test_what_was_withdrawn_is_in_no_list_and_comes_back(session, trails, author):
    trail = maps.trail(session, author_id=author.id)
    trails.withdraw(trail.id)
    assert trail.state is TrailState.WITHDRAWN
    assert entries(session) == entries(session, "stop") == {}
    published = trail.published_at
    trails.publish(trail.id)
    assert (len(entries(session)), len(entries(session, "stop")), trail.published_at) == (1, 2, published)


def test_to_publish_twice_or_to_withdraw_a_draft_changes_nothing(session, trails, author):
    draft = trails.begin(maps.content(), author.id)
    assert trails.withdraw(draft.id).state is TrailState.DRAFT
    trails.publish(draft.id)
    trails.publish(draft.id)
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1


# Revised --------------------------------------------------------------------------------------------------------------


def test_anybody_revises_and_every_revision_stays(session, trails, author, somebody):
    trail = maps.trail(session, author_id=author.id)
    before = content_of(session, trail)
    revision = trails.revise(
        trail.id, 1, replace(before, title={"fr": "Le port qui parle"}), somebody.id, comment=" Plus court "
    )
    assert (revision.number, revision.base, revision.author_id, revision.comment) == (2, 1, somebody.id, "Plus court")
    assert trail.slug == "les-voix-du-port-de-commerce"
    assert entries(session)[trail.id].title == {"fr": "Le port qui parle"}
    assert shown(session, trail, 1).content == before
    (line, first), total = history(session, TrailRevision, trail.id, seen=list)
    assert total == 2
    assert [change.path for change in line.changes] == [("title", "fr")]
    assert (line.author.name, first.changes) == ("Malo Kerdraon", ())


def test_who_says_nothing_new_makes_no_revision(session, trails, author):
    trail = maps.trail(session)
    assert trails.revise(trail.id, 1, content_of(session, trail), author.id).number == 1
    assert session.scalar(select(func.count()).select_from(TrailRevision)) == 1


def test_a_stop_keeps_its_id_when_stops_change_places_and_its_row_when_it_is_gone(session, trails, author):
    one, two, three = maps.stop("01"), maps.stop("02", -4.4760, 48.3826), maps.stop("03", -4.4725, 48.3818)
    trail = maps.trail(session, one, two, three)
    content = content_of(session, trail)
    swapped = (replace(content.stops[2], label="01"), replace(content.stops[0], label="02"))
    trails.revise(trail.id, 1, replace(content, stops=swapped), author.id)
    rows = {stop.id: (stop.rank, stop.label) for stop in session.scalars(select(Stop))}
    assert rows == {three.id: (1, "01"), one.id: (2, "02"), two.id: (None, None)}
    assert set(entries(session, "stop")) == {one.id, three.id}
    trails.revert(trail.id, trail.current, 1, author.id)
    rows = {stop.id: (stop.rank, stop.label) for stop in session.scalars(select(Stop))}
    assert rows == {one.id: (1, "01"), two.id: (2, "02"), three.id: (3, "03")}
    assert set(entries(session, "stop")) == {one.id, two.id, three.id}


def test_a_moved_stop_and_a_new_line_are_moved_in_the_index_too(session, trails, author):
    trail = maps.trail(session)
    content = content_of(session, trail)
    version = session.get_one(IndexVersion, "trail").version
    moved = (maps.moved(content.stops[0], -4.4761, 48.3827), content.stops[1])
    trails.revise(trail.id, 1, replace(content, stops=moved), author.id)
    assert entries(session, "stop")[moved[0].id].longitude == -4.4761
    trails.revise(trail.id, 2, replace(content, stops=moved, line=(*maps.HARBOUR, (-4.465, 48.381))), author.id)
    session.expire_all()
    assert session.get_one(IndexVersion, "trail").version > version


LONGER = (*maps.HARBOUR, (-4.465, 48.381))


def dates_of(session, trail):
    """Return when an entry changed last, as lists say it and as programs are told."""
    session.expire_all()
    entry = session.scalars(select(IndexEntry).where(IndexEntry.source_id == trail.id)).one()
    told = json.loads(entry.told)["properties"]["updated_at"]
    return entry.updated_at, datetime.fromisoformat(told)


def test_a_new_line_is_a_change_for_programs_too(session, author):
    clock = StoppedClock(NOW)
    trail = maps.trail(session)
    assert dates_of(session, trail) == (NOW, NOW)
    clock.at = NOW + timedelta(days=1)
    content = replace(content_of(session, trail), line=LONGER)
    maps.trails(session, clock).revise(trail.id, 1, content, author.id)
    assert dates_of(session, trail) == (clock.at, clock.at)


@pytest.mark.parametrize(("line", "days"), [(maps.HARBOUR, 0), (LONGER, 2), (maps.HARBOUR[::-1], 2), ((), 2)])
def test_what_comes_back_with_another_line_has_changed_and_what_comes_back_as_it_was_has_not(
    session, author, line, days
):
    clock = StoppedClock(NOW)
    trails = maps.trails(session, clock)
    trail = maps.trail(session)
    trails.withdraw(trail.id)
    clock.at = NOW + timedelta(days=1)
    trails.revise(trail.id, 1, replace(content_of(session, trail), line=line), author.id)
    clock.at = NOW + timedelta(days=2)
    trails.publish(trail.id)
    assert dates_of(session, trail) == (NOW + timedelta(days=days),) * 2


@pytest.mark.parametrize("spoiled", ["stop", "line"])
def test_one_goes_back_to_a_stop_that_was_said_to_be_far_on_purpose(session, trails, author, somebody, spoiled):
    far = maps.stop("02", -4.4790, 48.3930)
    trail = trails.begin(maps.content(maps.stop("01"), far), author.id)
    trails.publish(trail.id, meant=[far.id])
    told = content_of(session, trail)
    at_the_quay = (told.stops[0], maps.moved(told.stops[1], -4.4725, 48.3818))
    to_the_stop = (*maps.HARBOUR, far.position)
    changed = {"stop": {"stops": at_the_quay}, "line": {"line": to_the_stop}}[spoiled]
    trails.revise(trail.id, 1, replace(told, **changed), somebody.id)
    assert trails.revert(trail.id, 2, 1, author.id).number == 3
    assert content_of(session, trail) == told


def test_a_published_trail_gets_no_new_flaw(session, trails, author):
    trail = maps.trail(session)
    content = content_of(session, trail)
    with pytest.raises(NotPublishable) as no:
        trails.revise(trail.id, 1, replace(content, stops=()), author.id)
    assert codes(no) == {FlawCode.NO_STOPS}
    assert (trail.current, len(entries(session, "stop"))) == (1, 2)


@pytest.mark.parametrize("state", [MediaState.RECEIVED, MediaState.PREPARING, MediaState.FAILED])
def test_a_published_trail_stays_as_it_was_when_a_sound_of_which_nothing_was_made_is_offered_to_it(
    session, trails, author, state
):
    """Hard case 8."""
    flaw = MediaFlaw.SILENT if state is MediaState.FAILED else None
    trail = maps.trail(session, author_id=author.id)
    before, seen = content_of(session, trail), shown(session, trail)
    broken = maps.sound(session, state=state, flaw=flaw, ready_at=None, sender_id=author.id)
    first = replace(before.stops[0], media=(broken.id,))
    with pytest.raises(NotPublishable) as no:
        trails.revise(trail.id, 1, replace(before, stops=(first, before.stops[1])), author.id)
    assert codes(no) == {FlawCode.MEDIA_NOT_READY}
    session.expire_all()
    assert (trail.state, trail.current, len(trail.revisions)) == (TrailState.PUBLISHED, 1, 1)
    assert shown(session, trail) == seen
    assert session.scalars(select(StopMedia)).all() == []


def test_a_sound_that_was_removed_since_keeps_nobody_from_a_correction(session, trails, author):
    heard = maps.sound(session)
    trail = maps.trail(session, maps.stop("01", media=(heard.id,), text={}))
    heard.state, heard.original = MediaState.REMOVED, None
    session.flush()
    content = replace(content_of(session, trail), summary={"fr": "Autrement."})
    assert trails.revise(trail.id, 1, content, author.id).number == 2
    assert shown(session, trail).stops[0].media == ()


def test_a_stop_whose_sound_was_removed_since_gets_another_number(session, trails, author):
    heard = maps.sound(session)
    trail = maps.trail(session, maps.stop("03", media=(heard.id,), text={}))
    heard.state, heard.original = MediaState.REMOVED, None
    session.flush()
    content = content_of(session, trail)
    (stop,) = content.stops
    assert trails.revise(trail.id, 1, replace(content, stops=(replace(stop, label="04"),)), author.id).number == 2


def test_a_licence_once_given_is_kept(session, trails, author):
    trail = maps.trail(session)
    content = content_of(session, trail)
    with pytest.raises(NotPublishable) as no:
        trails.revise(trail.id, 1, replace(content, licence="CC0-1.0"), author.id)
    assert codes(no) == {FlawCode.LICENCE_NOT_KEPT}
    assert trails.revise(trail.id, 1, replace(content, licence="LAL-1.3"), author.id).number == 2


def test_a_draft_changes_its_licence_as_its_authors_like(session, trails, author):
    trail = maps.trail(session, draft=True)
    content = replace(content_of(session, trail), licence="CC0-1.0")
    assert trails.revise(trail.id, 1, content, author.id).number == 2


def test_what_others_changed_meanwhile_is_kept(session, trails, author, somebody):
    trail = maps.trail(session)
    content = content_of(session, trail)
    trails.revise(trail.id, 1, replace(content, title={"fr": "Le port", "br": "Ar porzh"}), somebody.id)
    added = replace(content, stops=(*content.stops, maps.stop("03", -4.4690, 48.3812)))
    revision = trails.revise(trail.id, 1, added, author.id)
    assert (revision.number, revision.base) == (3, 1)
    now = content_of(session, trail)
    assert (now.title["br"], len(now.stops)) == ("Ar porzh", 3)


def test_what_both_changed_is_for_them_to_settle(session, trails, author, somebody):
    trail = maps.trail(session)
    content = content_of(session, trail)
    trails.revise(trail.id, 1, replace(content, title={"fr": "Le port"}, minutes=40), somebody.id)
    with pytest.raises(Stale) as stale:
        trails.revise(trail.id, 1, replace(content, title={"fr": "Les quais"}), author.id)
    (conflict,) = stale.value.conflicts
    assert (stale.value.theirs, conflict.path, conflict.mine, conflict.theirs) == (
        2,
        ("title", "fr"),
        "Les quais",
        "Le port",
    )
    assert stale.value.merged.minutes == 40
    assert trail.current == 2


def test_nobody_revises_what_there_never_was(session, trails, author):
    trail = maps.trail(session)
    for base in (0, 2, -1):
        with pytest.raises(NoSuchRevision):
            trails.revise(trail.id, base, maps.content(), author.id)
    with pytest.raises(NoSuchRevision):
        trails.revert(trail.id, trail.current, 7, author.id)


# One thing at a time --------------------------------------------------------------------------------------------------


def test_a_sound_is_added_to_a_stop_after_the_others(session, trails, somebody):
    first, second = maps.sound(session), maps.sound(session)
    trail = maps.trail(session, maps.stop("02", media=(first.id,)))
    content = content_of(session, trail)
    (stop,) = content.stops
    louder = with_media(content, stop.id, second.id)
    assert trails.revise(trail.id, 1, louder, somebody.id).number == 2
    row = session.scalars(select(Stop).options(selectinload(Stop.sounds))).one()
    assert [sound.media_id for sound in row.sounds] == [first.id, second.id]
    with pytest.raises(NotPublishable):
        trails.revise(trail.id, 2, with_media(louder, stop.id, uuid4()), somebody.id)


def test_a_trail_is_found_by_what_it_says_in_another_language(session, trails, somebody):
    trail = maps.trail(session)
    said = translated(content_of(session, trail), "br", {"title": "Mouezhioù ar porzh"})
    trails.revise(trail.id, 1, said, somebody.id)
    assert content_of(session, trail).title == {"br": "Mouezhioù ar porzh", "fr": "Les voix du port de commerce"}
    assert [one.source_id for one in search(session, "mouezhiou", ["trail"]).rows] == [trail.id]


def test_going_back_keeps_the_licence_of_now(session, trails, author):
    trail = maps.trail(session, licence="CC-BY-4.0")
    content = content_of(session, trail)
    trails.revise(trail.id, 1, replace(content, title={"fr": "Autrement"}, licence="CC-BY-SA-4.0"), author.id)
    revision = trails.revert(trail.id, trail.current, 1, author.id)
    assert (revision.number, revision.base) == (3, 2)
    assert content_of(session, trail) == replace(content, licence="CC-BY-SA-4.0")


# Remixed --------------------------------------------------------------------------------------------------------------


def test_a_remix_is_a_draft_of_ones_own_that_says_where_it_comes_from(session, trails, author, somebody):
    trail = maps.trail(session, author_id=author.id)
    source = session.scalars(select(TrailRevision)).one()
    remix = trails.remix(source, {"fr": "Les voix du Guelmeur"}, "CC-BY-SA-4.0", somebody.id)
    assert (remix.state, remix.slug) == (TrailState.DRAFT, "les-voix-du-guelmeur")
    original, own = content_of(session, trail), content_of(session, remix)
    assert {stop.id for stop in original.stops}.isdisjoint(stop.id for stop in own.stops)
    assert [stop.label for stop in own.stops] == ["01", "02"]
    trails.publish(remix.id)
    (told,) = shown(session, remix).sources
    assert (told.path, told.credits[0].name) == ("/trails/les-voix-du-port-de-commerce", "Katell Riou")
    assert [one.path for one in shown(session, trail).remixes] == ["/trails/les-voix-du-guelmeur"]
    trails.withdraw(trail.id)
    assert shown(session, remix).sources[0].path is None


@pytest.mark.parametrize("change", [update(TrailRevision).values(comment="Rien"), delete(TrailRevision)])
def test_the_database_refuses_to_change_what_a_trail_said(session, change):
    """Invariants I3 and I9."""
    maps.trail(session)
    with pytest.raises(DBAPIError, match="maps_trail_revision_append_only"), session.begin_nested():
        session.execute(change)
    assert session.scalars(select(TrailRevision.comment)).all() == [""]


def test_a_remix_of_a_remix_names_all_it_was_made_of_the_nearest_first(session, trails, author, somebody):
    """Invariant I8."""
    first = maps.trail(session, author_id=author.id, licence="CC-BY-4.0")
    second = trails.remix(first.revisions[0], {"fr": "La deuxième"}, "CC-BY-SA-4.0", somebody.id)
    trails.publish(second.id)
    third = trails.remix(second.revisions[0], {"fr": "La troisième"}, "LAL-1.3", people.person(session).id)
    trails.publish(third.id)
    told = [(one.path, one.licence, [credit.name for credit in one.credits]) for one in shown(session, third).sources]
    assert told == [
        ("/trails/la-deuxieme", "CC-BY-SA-4.0", ["Malo Kerdraon"]),
        ("/trails/les-voix-du-port-de-commerce", "CC-BY-4.0", ["Katell Riou"]),
    ]
    assert [one.path for one in shown(session, first).remixes] == ["/trails/la-deuxieme"]


@pytest.mark.parametrize("licence", ["CC-BY-4.0", "CC0-1.0", "etalab-2.0"])
def test_what_was_made_to_be_shared_alike_stays_so_however_often_it_is_taken_further(
    session, trails, author, somebody, licence
):
    first = maps.trail(session, licence="CC-BY-4.0")
    second = trails.remix(first.revisions[0], {"fr": "La deuxième"}, "CC-BY-SA-4.0", somebody.id)
    trails.publish(second.id)
    third = trails.remix(second.revisions[0], {"fr": "La troisième"}, "LAL-1.3", author.id)
    trails.publish(third.id)
    for source in (second, third):
        with pytest.raises(NotPublishable) as no:
            trails.remix(source.revisions[0], {"fr": "Une de plus"}, licence, somebody.id)
        assert codes(no) == {FlawCode.LICENCE_NOT_KEPT}
    with pytest.raises(NotPublishable):
        trails.revise(third.id, 1, replace(content_of(session, third), licence=licence), author.id)


def test_a_remix_keeps_the_licence_that_its_source_asks_for(session, trails, somebody):
    maps.trail(session)
    source = session.scalars(select(TrailRevision)).one()
    for licence in ("CC0-1.0", "CC-BY-4.0", "all-rights-reserved"):
        with pytest.raises(NotPublishable):
            trails.remix(source, {"fr": "Autre"}, licence, somebody.id)
    remix = trails.remix(source, {"fr": "Autre"}, "LAL-1.3", somebody.id)
    with pytest.raises(NotPublishable) as no:
        trails.revise(remix.id, 1, replace(content_of(session, remix), licence="CC0-1.0"), somebody.id)
    assert codes(no) == {FlawCode.LICENCE_NOT_KEPT}


def test_no_trail_takes_another_ones_stop(session, trails, author):
    trail = maps.trail(session)
    with pytest.raises(NotPublishable) as no:
        trails.begin(content_of(session, trail), author.id)
    assert codes(no) == {FlawCode.STOP_ELSEWHERE}


def test_of_two_drafts_with_the_same_stop_only_one_is_published(session, trails, author):
    one, other = (trails.begin(maps.content(stop), author.id) for stop in [maps.stop()] * 2)
    trails.publish(one.id)
    with pytest.raises(NotPublishable) as no:
        trails.publish(other.id)
    assert codes(no) == {FlawCode.STOP_ELSEWHERE}


# Authors --------------------------------------------------------------------------------------------------------------


def test_authors_come_and_go_but_for_the_last(session, trails, author, somebody):
    trail = maps.trail(session, author_id=author.id)
    later = maps.trails(session, StoppedClock(NOW + timedelta(days=1)))
    later.add_author(trail.id, somebody.id)
    later.add_author(trail.id, somebody.id)
    assert [credit.name for credit in shown(session, trail).authors] == ["Katell Riou", "Malo Kerdraon"]
    trails.remove_author(trail.id, author.id)
    trails.remove_author(trail.id, author.id)
    assert [credit.name for credit in shown(session, trail).authors] == ["Malo Kerdraon"]
    with pytest.raises(LastAuthor):
        trails.remove_author(trail.id, somebody.id)
    acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.at)).all()
    assert sorted(acts) == ["maps.author_added", "maps.author_removed", "maps.publish"]


# Hidden ---------------------------------------------------------------------------------------------------------------


def test_a_hidden_stop_is_nowhere_until_it_is_restored(session):
    trail = maps.trail(session)
    first, second = content_of(session, trail).stops
    entry = entries(session, "stop")[first.id]
    told = {name: getattr(entry, name) for name in ("id", "words", "created_at", "updated_at", "cell", "place_id")}
    session.expire_all()
    maps.moderate(session, "stop", first.id, Act.HIDE)
    assert set(entries(session, "stop")) == {second.id}
    assert [stop.label for stop in shown(session, trail).stops] == ["02"]
    assert [card.stops for card in found_trails(session, Filter()).cards] == [1]
    assert [stop.hidden for stop in shown(session, trail, everything=True).stops] == [True, False]
    maps.moderate(session, "stop", first.id, Act.RESTORE)
    assert set(entries(session, "stop")) == {first.id, second.id}
    assert told == {name: getattr(entries(session, "stop")[first.id], name) for name in told}
    assert [stop.label for stop in shown(session, trail).stops] == ["01", "02"]


def test_a_hidden_trail_takes_its_stops_with_it(session, trails, author):
    trail = maps.trail(session)
    maps.moderate(session, "trail", trail.id, Act.HIDE)
    assert entries(session) == entries(session, "stop") == {}
    content = replace(content_of(session, trail), title={"fr": "Corrigé"})
    trails.revise(trail.id, 1, content, author.id)
    assert entries(session) == entries(session, "stop") == {}
    maps.moderate(session, "trail", trail.id, Act.RESTORE)
    assert entries(session)[trail.id].title == {"fr": "Corrigé"}
    assert len(entries(session, "stop")) == 2


def test_what_a_hidden_sound_says_is_not_found(session):
    heard = maps.sound(session, transcript="Le mareyeur crie les prix.")
    trail = maps.trail(session, maps.stop("01", media=(heard.id,)))
    maps.moderate(session, "media", heard.id, Act.HIDE)
    assert search(session, "mareyeur").total == 0
    assert shown(session, trail).stops[0].media == ()
    maps.moderate(session, "media", heard.id, Act.RESTORE)
    assert search(session, "mareyeur").total == 1


@pytest.mark.parametrize("acts", [(Act.HIDE,), (Act.HIDE, Act.REMOVE)])
def test_a_remix_takes_nothing_along_that_moderators_hid(session, trails, author, acts):
    trail = maps.trail(session)
    first, second = content_of(session, trail).stops
    maps.moderate(session, "stop", first.id, *acts)
    remix = trails.remix(revision(session, TrailRevision, trail.id, 1), {"fr": "La mienne"}, "CC-BY-SA-4.0", author.id)
    assert [stop.title for stop in content_of(session, remix).stops] == [second.title]


def test_who_does_not_see_a_hidden_stop_does_not_change_it(session, trails, author):
    trail = maps.trail(session)
    first, second = content_of(session, trail).stops
    maps.moderate(session, "stop", first.id, Act.HIDE)
    louder = replace(content_of(session, trail), stops=(second, replace(first, title={"fr": "Vu"})))
    trails.revise(trail.id, 1, louder, author.id)
    assert first in content_of(session, trail).stops


def test_what_was_removed_is_out_of_the_index_for_good(session):
    trail = maps.trail(session)
    first, second = content_of(session, trail).stops
    maps.moderate(session, "stop", first.id, Act.HIDE, Act.REMOVE)
    everything = select(IndexEntry.source_id).where(IndexEntry.kind == "stop")
    assert session.scalars(everything).all() == [second.id]
    maps.moderate(session, "trail", trail.id, Act.REMOVE)
    assert session.scalars(select(IndexEntry.source_id)).all() == []
    maps.index(session).trail(trail)
    assert session.scalars(select(IndexEntry.source_id)).all() == []


# Lists ----------------------------------------------------------------------------------------------------------------


def test_a_list_holds_what_is_wanted(session, trails, author):
    harbour = maps.trail(session, author_id=author.id)
    breton = maps.trail(session, title={"br": "Mouezhioù"}, language="br", licence="CC-BY-4.0")
    maps.trail(session, draft=True)

    def found(**wanted):
        return {card.id for card in found_trails(session, Filter(**wanted)).cards}

    assert found() == {harbour.id, breton.id}
    assert found(q="commerce") == {harbour.id}
    assert found(language="br") == found(licence="CC-BY-4.0") == {breton.id}
    assert found(theme="sea") == found(access="wheelchair") == set()
    assert found_trails(session, Filter(), limit=1).total == 2
    assert [card.id for card in trails_of(session, author.id)] == [harbour.id]


def test_a_trail_says_how_far_and_how_long(session):
    """Stop 02 of the Île Vierge has two sounds, 2:15 and 2:39, and lasts 4:54."""
    sounds = [maps.sound(session, milliseconds=seconds * 1000) for seconds in (163, 135, 159)]
    trail = maps.trail(
        session,
        maps.stop("01", media=(sounds[0].id,)),
        maps.stop("02", -4.4725, 48.3818, media=(sounds[1].id, sounds[2].id)),
    )
    told = shown(session, trail)
    assert [stop.seconds for stop in told.stops] == [163, 294]
    assert told.stops[0].along == pytest.approx(0, abs=0.1)
    assert told.stops[1].along == pytest.approx(told.stops[1].leg)
    assert told.length == pytest.approx(766, rel=0.02)
    assert told.minutes == round(told.duration.total / 60)
