"""The demo city's map is what it promises: what is heard, by whom it was made, and what became of it. Real commits.

One sound is really made and prepared; the others repeat it, because what they must be like does not depend on it.
"""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from maps import demo as map_demo
from maps.demo import recordings
from maps.demo.told import DRAFT, REMIX, TRAILS, sheets, told
from maps.demo.told import places as told_places
from maps.models import MapPlace, MapPlaceRevision, Stop, Trail, TrailRevision
from maps.queries.contents import place_content, trail_content
from maps.queries.media import facts, media_of
from maps.queries.trails import hints, shown
from maps.rules.trails import place_flaws, trail_flaws
from maps.terms import AccessLevel, FlawCode, HintCode, TrailState
from portal import demo
from portal.clock import StoppedClock
from portal.db.session import working_request
from portal.index.models import IndexEntry
from portal.jobs.models import Job
from portal.mail.models import OutgoingMail
from portal.media.models import Media, PlayTally, Rendition
from portal.media.queries import shown as shown_media
from portal.media.terms import MediaKind, MediaState, Rendering
from portal.moderation.models import Flag
from portal.people import demo as people
from portal.people.models import Person
from portal.places.models import Place
from tests.conftest import DATABASES, NOW
from tests.houses import own_registry, own_settings, own_url

pytestmark = pytest.mark.whole

PUBLISHED = (*TRAILS, REMIX)
WEST, SOUTH, EAST, NORTH = -4.64485, 48.3236, -4.31848, 48.46994
"""Around Brest métropole's eight communes."""


def city_of(kind, folder, now):
    """Return the registry of a house with the demo city's people and map in it, as it is at ``now``."""
    registry = own_registry(own_settings(own_url(kind, folder), folder))
    registry.clock = StoppedClock(now)
    with pytest.MonkeyPatch.context() as fewer, working_request(registry) as request:
        fewer.setattr(demo, "rooms", lambda _name: iter([people, map_demo]))
        fewer.setattr(recordings, "DIFFERENT", 1)
        demo.load(request)
    return registry


@pytest.fixture(scope="module", params=DATABASES)
def city(request, tmp_path_factory):
    registry = city_of(request.param, tmp_path_factory.mktemp("city"), NOW)
    yield registry
    registry.engine.dispose()


@pytest.fixture
def present(city):
    with Session(city.engine.execution_options(readonly=True)) as session:
        yield session


def trails(session, state=TrailState.PUBLISHED):
    return list(session.scalars(select(Trail).where(Trail.state == state).order_by(Trail.created_at)))


def called(session, name):
    """Return the trail that one of the files tells of."""
    sheet = told(name)
    return next(one for one in session.scalars(select(Trail)) if shown(session, one).content.title == sheet["title"])


# What there is --------------------------------------------------------------------------------------------------------


def test_four_trails_with_forty_stops_and_a_remix_are_public(present):
    assert len(trails(present)) == len(PUBLISHED) == 5
    stops = present.scalar(select(func.count(Stop.id)).where(Stop.rank.is_not(None)))
    assert stops == 40 + len(told(REMIX)["stops"])
    assert sum(len(shown(present, called(present, name)).stops) for name in TRAILS) == 40


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_trail_says_in_the_end_what_its_file_tells(present, name):
    sheet, found = told(name), shown(present, called(present, name)).content
    assert (found.title, found.summary, found.text) == (sheet["title"], sheet["summary"], sheet["text"])
    assert found.access.obstacles == sheet["access"]["obstacles"]
    assert len(found.line) == len(sheet["line"])
    for stop, one in zip(found.stops, sheet["stops"], strict=True):
        for part in ("title", "text", "directions"):
            assert getattr(stop, part) == one.get(part, getattr(stop, part))
        assert len(stop.media) == len(one["sounds"]) if "sounds" in one else stop.media


def test_two_hundred_places_are_public(present):
    found = present.scalar(select(func.count(IndexEntry.id)).where(IndexEntry.kind == "place", IndexEntry.visible))
    assert found == len(list(told_places())) >= 200


def test_everything_published_is_found_and_nothing_else(present):
    indexed = set(present.execute(select(IndexEntry.kind, IndexEntry.source_id).where(IndexEntry.visible)))
    public = [trail.id for trail in trails(present)]
    on_them = present.scalars(select(Stop.id).where(Stop.rank.is_not(None), Stop.trail_id.in_(public)))
    assert {source_id for kind, source_id in indexed if kind == "trail"} == set(public)
    assert {source_id for kind, source_id in indexed if kind == "stop"} == set(on_them)


def test_one_trail_is_in_breton_and_one_is_for_wheelchairs(present):
    found = [shown(present, trail).content for trail in trails(present)]
    assert [content.language for content in found].count("br") == 1
    assert [content.access.level for content in found].count(AccessLevel.WHEELCHAIR) == 1
    breton = shown(present, called(present, "penfeld"))
    assert breton.languages == {"br", "fr", "en"}


def test_every_trail_can_be_followed_in_french_and_in_english(present):
    assert all({"fr", "en"} <= shown(present, trail).languages for trail in trails(present))


def test_everything_is_in_brest_metropole(present):
    spots = present.execute(select(Place.longitude, Place.latitude)).all()
    assert len(spots) > 240
    assert all(WEST <= longitude <= EAST and SOUTH <= latitude <= NORTH for longitude, latitude in spots)


# What may be published ------------------------------------------------------------------------------------------------


def test_nothing_public_has_a_flaw(present):
    for trail in trails(present):
        content = trail_content(present, trail)
        assert trail_flaws(content, facts(present, media_of(content))) == []
    for place in present.scalars(select(MapPlace)):
        content = place_content(present, place)
        assert place_flaws(content, facts(present, media_of(content))) == []


def test_there_is_little_to_look_at_again(present):
    found = [hint.code for trail in trails(present) for hint in hints(present, trail_content(present, trail))]
    wanted = sum(sound.get("wanted", False) for _, sound in sheets())
    assert found.count(HintCode.NO_TRANSCRIPT) == wanted == 4
    assert len(found) - wanted <= 3
    assert HintCode.SMALL_RADIUS not in found


def test_stops_come_one_after_the_other_along_the_way_there_and_back_too(present):
    for trail in trails(present):
        stops = shown(present, trail).stops
        along = [stop.along for stop in stops]
        assert along == sorted(along)
        assert all(stop.off <= 50 or stop.content.optional for stop in stops)


def test_what_somebody_has_only_just_begun_lacks_something(present):
    (draft,) = trails(present, TrailState.DRAFT)
    assert shown(present, draft).content.title == told(DRAFT)["title"]
    flaws = trail_flaws(trail_content(present, draft), {})
    assert {flaw.code for flaw in flaws} == {FlawCode.STOP_SAYS_NOTHING}


# What is heard --------------------------------------------------------------------------------------------------------


def test_every_sound_can_be_heard_and_has_words_or_wants_them(present):
    ids = list(present.scalars(select(Media.id)))
    found = shown_media(present, ids)
    assert len(found) == len(ids) == 44
    assert {one.kind for one in found.values()} == {MediaKind.AUDIO}
    assert sum(one.wants_transcript for one in found.values()) == 4
    for one in found.values():
        assert {source.rendering for source in one.sources} == {Rendering.AAC, Rendering.OPUS}
        assert one.peaks
        assert one.attribution


def test_what_is_said_in_breton_is_read_in_french(present):
    ids = present.scalars(select(Media.id).where(Media.language == "br"))
    assert all({"br", "fr"} <= set(one.transcripts) for one in shown_media(present, list(ids)).values())


def test_sounds_are_as_loud_as_they_should_be_and_their_files_are_there(city, present):
    for loudness, peak in present.execute(select(Media.loudness, Media.true_peak).distinct()):
        assert abs(loudness + 16) <= 1
        assert peak <= -1
    kept = {path.name for path in (city.portal_settings.data / "media").rglob("*.*")}
    assert set(present.scalars(select(Rendition.name))) <= kept
    assert set(present.scalars(select(Media.original))) <= kept


def test_nothing_is_left_to_be_prepared_and_no_letter_to_be_sent(city, present):
    assert present.scalar(select(func.count(Job.id))) == 0
    assert present.scalar(select(func.count(OutgoingMail.id))) == 0
    assert set(present.scalars(select(Media.state))) == {MediaState.READY}
    assert list((city.portal_settings.data / "tmp").iterdir()) == []


def test_people_have_listened_and_nobody_heard_the_end_before_the_beginning(present):
    days = present.scalars(select(PlayTally)).all()
    assert len(days) > 150
    assert all(0 <= day.completions <= day.starts for day in days)
    assert all(day.day <= NOW.date() for day in days)


# Who made it ----------------------------------------------------------------------------------------------------------


def test_the_remix_says_what_it_was_made_of(present):
    remix, original = called(present, REMIX), called(present, "recouvrance")
    (source,) = shown(present, remix).sources
    assert (source.path, source.licence) == (f"/trails/{original.slug}", "CC-BY-SA-4.0")
    assert [one.path for one in shown(present, original).remixes] == [f"/trails/{remix.slug}"]
    taken = media_of(trail_content(present, remix)) & media_of(trail_content(present, original))
    assert len(taken) == 6


def test_trails_have_several_authors_and_are_corrected_by_others(present):
    for trail in trails(present):
        found = shown(present, trail)
        assert len(found.authors) >= 2
        assert found.current >= 2
    harbour = shown(present, called(present, "harbour"))
    names = {one.name for one in harbour.contributors}
    assert {"Thomas Whitfield", "Katell Rosmorduc"} <= names - {one.name for one in harbour.authors}


def test_every_revision_says_why_but_the_one_that_was_undone(present):
    uncommented = present.scalars(select(TrailRevision).where(TrailRevision.comment == "")).all()
    (defaced,) = uncommented
    after = present.scalars(
        select(TrailRevision).where(
            TrailRevision.trail_id == defaced.trail_id, TrailRevision.number == defaced.number + 1
        )
    ).one()
    before = present.scalars(
        select(TrailRevision).where(
            TrailRevision.trail_id == defaced.trail_id, TrailRevision.number == defaced.number - 1
        )
    ).one()
    assert after.content == before.content != defaced.content


def test_many_people_put_places_on_the_map_and_some_were_translated_later(present):
    authors = present.scalar(select(func.count(MapPlaceRevision.author_id.distinct())))
    assert authors >= 20
    assert present.scalar(select(func.count(MapPlaceRevision.id)).where(MapPlaceRevision.number > 1)) >= 15


def test_somebody_pointed_something_out_to_the_moderator(present):
    pointed_out = present.scalars(select(Flag).where(Flag.settled_at.is_(None))).all()
    assert "media" in {flag.subject_kind for flag in pointed_out}
    assert all(flag.words for flag in pointed_out)


def test_the_past_lies_in_the_past(present):
    for column in (Trail.created_at, TrailRevision.created_at, MapPlaceRevision.created_at, Media.created_at):
        first, last = present.execute(select(func.min(column), func.max(column))).one()
        assert NOW - timedelta(days=330) < first <= last <= NOW


def told_of(registry):
    """Everything that people see of the map, without the ids that are drawn anew each time."""
    with Session(registry.engine.execution_options(readonly=True)) as session:
        revisions = session.execute(
            select(Trail.slug, TrailRevision.number, TrailRevision.comment, TrailRevision.created_at, Person.name)
            .join(TrailRevision.trail)
            .join(TrailRevision.author)
            .order_by(Trail.slug, TrailRevision.number)
        ).all()
        spots = session.execute(
            select(MapPlace.slug, MapPlace.created_at, Place.longitude, Place.latitude)
            .join(MapPlace.place)
            .order_by(MapPlace.slug)
        ).all()
        stops = session.execute(select(Stop.label, Stop.rank, Trail.slug).join(Stop.trail)).all()
        sounds = session.execute(select(Media.file_name, Media.original, Media.created_at)).all()
        return revisions, spots, sorted(map(str, stops)), sorted(map(str, sounds))


def test_at_the_same_instant_it_is_the_same_map(city, tmp_path):
    again = city_of("sqlite", tmp_path, NOW + timedelta(seconds=17))
    assert told_of(again) == told_of(city)
    again.engine.dispose()
