"""What the map answers when the kernel asks: what is known of somebody, figures, what is public."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import delete, select

from maps.models import MapPlaceRevision, TrackFile, TrailRevision
from maps.queries.places import shown_place
from maps.queries.revisions import history
from maps.queries.trails import shown
from maps.tasks import follow
from portal.index.models import IndexEntry
from portal.index.queries import search
from portal.jobs.models import Job
from portal.media.services import MediaLibrary
from portal.media.terms import TranscriptForm
from portal.moderation.terms import Act, Standing
from portal.people.services import Erasure
from portal.ports.figures import Figures, LoopStep
from portal.ports.moderation import Moderated, Subject
from portal.ports.personal_data import PersonalData
from portal.ports.publications import Publications
from tests.factories import maps, people


def ours(asking, port):
    return next(one for one in asking.ask_all(port) if type(one).__module__ == "maps.offers")


@pytest.fixture
def author(session):
    return people.person(session, name="Katell Riou")


def test_the_export_holds_every_word_that_somebody_gave(session, asking, author):
    trail = maps.trail(session, author_id=author.id)
    place = maps.place(session, author_id=author.id)
    maps.tracks(session).keep(trail.id, author.id, "balade.gpx", b"<gpx/>")
    maps.trail(session)
    content = replace(shown(session, trail).content, title={"fr": "Le port"})
    maps.trails(session).revise(trail.id, 1, content, author.id, comment="Plus court")
    told = ours(asking, PersonalData).export(author.id)
    assert [(one["trail"], one["state"]) for one in told["trails"]] == [(trail.slug, "published")]
    assert [(one["number"], one["comment"]) for one in told["trail_revisions"]] == [(1, ""), (2, "Plus court")]
    assert told["trail_revisions"][1]["content"]["title"] == {"fr": "Le port"}
    assert [one["place"] for one in told["place_revisions"]] == [place.slug]
    assert [(one["trail"], one["name"], one["bytes"]) for one in told["track_files"]] == [(trail.slug, "balade.gpx", 6)]


def test_who_is_erased_is_a_former_contributor_and_what_they_gave_stays(session, asking, author):
    """Hard case 9: revisions stay, names do not."""
    trail, draft = maps.trail(session, author_id=author.id), maps.trail(session, author_id=author.id, draft=True)
    place = maps.place(session, author_id=author.id)
    maps.tracks(session).keep(trail.id, author.id, "balade.gpx", b"<gpx/>")
    asking.find_service(Erasure).erase(author.id)
    session.expire_all()
    assert session.scalars(select(TrackFile)).all() == []
    told = shown(session, trail)
    assert [(credit.person_id, credit.name) for credit in told.authors] == [(author.id, "")]
    assert [credit.name for credit in told.contributors] == [""]
    assert history(session, TrailRevision, trail.id, seen=list)[0][0].author.name == ""
    assert history(session, MapPlaceRevision, place.id, seen=list)[0][0].author.name == ""
    assert shown_place(session, place).contributors[0].name == ""
    assert shown(session, draft).authors == ()
    assert len(session.scalars(select(TrailRevision)).all()) == 2
    assert "Katell" not in str(session.execute(select(IndexEntry.words, IndexEntry.summary)).all())


def test_figures_count_what_everybody_may_hear(session, asking):
    figures = ours(asking, Figures)
    assert figures.figures() == []
    heard, seen, unheard = maps.sound(session), maps.sound(session, kind="image"), maps.sound(session)
    maps.trail(session, maps.stop("01", media=(heard.id, seen.id)))
    maps.trail(session, maps.stop("01", media=(unheard.id,)), draft=True)
    maps.place(session, media=(heard.id,))
    told = figures.figures()
    assert {figure.step for figure in told} == {LoopStep.SHARE}
    assert [(figure.sentence.split()[0], figure.path) for figure in told] == [
        ("1", "/map"),
        ("1", "/map"),
        ("1", "/trails"),
    ]


def test_the_index_is_written_again_as_it_was(session, asking):
    said = maps.sound(session, transcript="Le mareyeur crie les prix.")
    maps.trail(session, maps.stop("01", media=(said.id,)), maps.stop("02"))
    maps.trail(session, draft=True)
    maps.place(session)
    columns = (IndexEntry.kind, IndexEntry.source_id, IndexEntry.words, IndexEntry.visible, IndexEntry.path)
    before = set(session.execute(select(*columns)).all())
    session.execute(delete(IndexEntry))
    ours(asking, Publications).publish()
    assert set(session.execute(select(*columns)).all()) == before
    assert len(before) == 4


# Moderation -----------------------------------------------------------------------------------------------------------


def test_moderators_know_all_that_was_ever_public(session, asking, author):
    things = ours(asking, Moderated)
    heard = maps.sound(session)
    trail = maps.trail(session, maps.stop("01", media=(heard.id,)), maps.stop("02", title={}), author_id=author.id)
    draft = maps.trail(session, author_id=author.id, draft=True)
    place = maps.place(session, author_id=author.id)
    first, second = (stop.id for stop in shown(session, trail).content.stops)
    assert set(things.kinds()) == {"trail", "stop", "place"}
    assert things.subjects("trail", [trail.id, draft.id]) == {
        trail.id: Subject("Les voix du port de commerce", f"/trails/{trail.slug}", (author.id,))
    }
    told = things.subjects("stop", [first, second])
    assert [told[one].title for one in (first, second)] == ["Étape 01", "Les voix du port de commerce"]
    assert told[first].path == f"/stops/{first}"
    assert things.subjects("place", [place.id])[place.id].author_ids == (author.id,)
    assert things.subjects("place", []) == things.subjects("media", [heard.id]) == {}
    maps.trails(session).withdraw(trail.id)
    assert set(things.subjects("trail", [trail.id])) == {trail.id}


@pytest.mark.parametrize("kind", ["trail", "stop", "place"])
def test_what_is_moderated_is_held_and_leaves_the_index(session, asking, kind):
    things = ours(asking, Moderated)
    trail, place = maps.trail(session), maps.place(session)
    thing = {"trail": trail.id, "stop": shown(session, trail).stops[0].id, "place": place.id}[kind]
    held = {"trail": trail, "stop": trail, "place": place}[kind]
    before = held.lock_version
    things.hold(kind, thing)
    things.hold(kind, uuid4())
    session.refresh(held)
    assert held.lock_version == before + 1
    maps.moderate(session, kind, thing, Act.HIDE)
    things.reflect(kind, thing, Standing.HIDDEN)
    seen = set(session.scalars(select(IndexEntry.source_id).where(IndexEntry.visible)))
    assert thing not in seen
    assert len(seen) == {"trail": 1, "stop": 3, "place": 3}[kind]


def test_a_stop_is_found_by_what_is_said_in_its_sounds_as_soon_as_somebody_wrote_it_down(asking, session):
    sound = maps.sound(session)
    stop = maps.stop("01", media=(sound.id,))
    maps.trail(session, stop)
    assert search(session, "cormoran").rows == []
    library = asking.find_service(MediaLibrary)
    library.transcribe(sound, "fr", TranscriptForm.TEXT, "Un cormoran sèche ses ailes.", sound.sender_id)
    follow(asking, str(sound.id))
    asked = select(Job.payload).where(Job.kind == "maps.follow")
    assert session.scalars(asked).all() == [{"media_id": str(sound.id)}]
    assert [entry.source_id for entry in search(session, "cormoran").rows] == [stop.id]
    library.remove(sound)
    follow(asking, str(sound.id))
    assert search(session, "cormoran").rows == []
