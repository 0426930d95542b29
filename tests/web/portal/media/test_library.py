"""The pages on which people send media, describe them, write down what is said in them, and take them back."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import select
from webtest import Upload as File

from portal.media.models import Media, PlayTally, Transcript, Upload
from portal.media.services import Files, MediaLibrary, NoSuchUpload, Uploads
from portal.media.services.library import TRANSCRIPTS
from portal.media.terms import FORMER_CONTRIBUTOR, MediaFlaw, MediaKind, MediaState, TakenBack, TranscriptForm, Voices
from portal.moderation.models import ModerationAct
from portal.moderation.terms import Act
from portal.pages.media.listening import HEARD
from portal.people.terms import Role
from portal.security.models import Window
from tests.conftest import NOW
from tests.factories import media as files
from tests.factories import people


@pytest.fixture(autouse=True)
def in_english(browse):
    browse.extra_environ["HTTP_ACCEPT_LANGUAGE"] = "en-GB"


@pytest.fixture
def soizic(session):
    return people.person(session, name="Soizic Le Bris")


@pytest.fixture
def mine(browse, soizic):
    """Soizic's browser."""
    return people.signed_in(browse, soizic)


def as_(browse, who):
    return people.signed_in(browse, who)


def filled_in(page, **given):
    form = page.forms["newmedia"]
    usual = {"title": "La cloche", "language": "fr", "attribution": "Soizic Le Bris", "voices": "nobody"}
    for name, value in (usual | given).items():
        form[name] = value
    return form


def test_nobody_has_sent_anything_yet(mine):
    page = mine.get("/library")
    page.mustcontain("You have not sent anything yet", "Record or send something")


def test_who_is_not_signed_in_is_led_to_the_door(browse):
    assert browse.get("/library/new", status=303).location.startswith("http://localhost/sign-in")


def test_a_sound_is_sent_without_script_and_being_prepared(mine, session, soizic):
    form = filled_in(mine.get("/library/new"), file=File("cloche.wav", files.tone()))
    answer = form.submit("send", status=303)
    media = session.scalars(select(Media)).one()
    assert answer.location == f"http://localhost/library/{media.id}"
    assert (media.title, media.licence, media.sender_id, media.file_name) == (
        "La cloche",
        "CC-BY-SA-4.0",
        soizic.id,
        "cloche.wav",
    )
    page = answer.follow()
    page.mustcontain("It is being prepared: 0", "<progress", "Take it back")
    mine.get("/library").mustcontain("La cloche", "waiting")


def test_nobody_speaks_in_some_sounds(mine, session):
    filled_in(mine.get("/library/new"), file=File("x.wav", files.tone()), language="zxx").submit("send", status=303)
    assert session.scalars(select(Media.language)).one() is None


def test_a_page_that_asked_for_a_sound_is_told_which_it_became(mine, session):
    form = filled_in(mine.get("/library/new?return=/trails/port/edit"), file=File("x.wav", files.tone()))
    location = form.submit("send", status=303).location
    assert location == f"http://localhost/trails/port/edit?media={session.scalars(select(Media.id)).one()}"
    form = filled_in(mine.get("/library/new?return=https://elsewhere.example/"), file=File("x.wav", files.tone()))
    assert "/library/" in form.submit("send", status=303).location


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (None, "Choose a file"),
        (File("x.mp3", b"un texte"), "no sound, picture or video"),
        (File("x.m3u8", b"#EXTM3U\n"), "no sound, picture or video"),
        (File("x.svg", b"<svg><script>alert(1)</script></svg>"), "no sound, picture or video"),
    ],
)
def test_what_cannot_be_taken_says_why(mine, session, file, words):
    page = mine.get("/library/new")
    form = filled_in(page, **({"file": file} if file else {}))
    form.submit("send", status=422).mustcontain(words)
    assert not session.scalars(select(Media)).all()


@pytest.mark.parametrize("licence", [None, "", "all rights reserved"])
def test_that_a_licence_is_missing_or_not_open_is_said_beside_its_field(mine, session, licence):
    form = filled_in(mine.get("/library/new"), file=File("cloche.wav", files.tone()))
    form["licence"].force_value(licence)
    page = form.submit("send", status=422).html
    [wrong] = page.select(".field.wrong")
    assert wrong.select_one(".error").text.strip()
    assert {one["name"] for one in wrong.select("[name]")} == {"licence"}
    assert not session.scalars(select(Media)).all()


def test_that_there_is_no_file_is_said_with_all_the_rest(mine):
    page = filled_in(mine.get("/library/new"), title="").submit("send", status=422).html
    assert {one["name"] for wrong in page.select(".field.wrong") for one in wrong.select("[name]")} == {"title", "file"}


def test_a_file_is_not_to_be_chosen_again_because_something_else_was_missing(mine, session):
    page = filled_in(mine.get("/library/new"), file=File("cloche.wav", files.tone()), title="").submit(
        "send", status=422
    )
    page.mustcontain("cloche.wav", "You need not choose it again")
    page = filled_in(page, title="").submit("send", status=422)  # and not again either
    page.mustcontain("cloche.wav")
    filled_in(page).submit("send", status=303)
    media = session.scalars(select(Media)).one()
    assert (media.file_name, media.size) == ("cloche.wav", len(files.tone()))
    assert not session.scalars(select(Upload)).all()


def test_a_file_that_came_in_pieces_is_named_by_the_form(mine, session, asking, soizic):
    uploads = asking.find_service(Uploads)
    upload = uploads.keep(soizic.id, "balade.wav", io.BytesIO(files.tone()), len(files.tone()))
    form = filled_in(mine.get("/library/new"))
    form["upload"].force_value(str(upload.id))
    form.submit("send", status=303)
    assert session.scalars(select(Media.file_name)).one() == "balade.wav"
    form.submit("send", status=422).mustcontain("no longer here")


@pytest.mark.parametrize("name", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_an_upload_that_is_not_ones_own_is_none(mine, session, name):
    form = filled_in(mine.get("/library/new"))
    form["upload"].force_value(name)
    form.submit("send", status=422).mustcontain("no longer here")


def test_who_acts_for_an_organisation_sends_in_its_name(browse, session, soizic):
    member = people.membership(session, person=soizic)
    browser = people.signed_in(browse, soizic, member.organisation)
    page = browser.get("/library/new")
    assert page.forms["newmedia"]["attribution"].value == member.organisation.name
    filled_in(page, file=File("x.wav", files.tone())).submit("send", status=303)
    assert session.scalars(select(Media.organisation_id)).one() == member.organisation_id


def test_a_sound_that_is_ready_is_for_everybody(browse, session):
    media = files.media(session)
    page = browse.get(f"/library/{media.id}")
    page.mustcontain("<audio controls", 'preload="none"', "Soizic Le Bris", "CC BY-SA 4.0", 'rel="license"', "2:15")
    page.mustcontain("Nobody has written down yet what is heard", no=["Take it back", "Download the original"])
    assert page.text.count("<audio") == 1


def test_a_picture_is_shown_in_the_size_that_fits_and_described(browse, session):
    media = files.media(session, MediaKind.IMAGE, description="Une grue jaune sur un quai.")
    page = browse.get(f"/library/{media.id}")
    page.mustcontain('alt="Une grue jaune sur un quai."', "480w", "1600w", no="written down")


def test_a_video_has_its_captions(browse, session):
    media = files.media(session, MediaKind.VIDEO)
    files.transcript(session, media, "WEBVTT\n\n00:00.000 --> 00:01.000\nBonjour\n", form=TranscriptForm.WEBVTT)
    page = browse.get(f"/library/{media.id}")
    page.mustcontain("<video controls", f'<track kind="captions" srclang="fr" label="French" src="/media/{media.id}/')


def test_a_former_contributor_is_named_as_such(browse, session):
    media = files.media(session, attribution=FORMER_CONTRIBUTOR)
    browse.get(f"/library/{media.id}").mustcontain("a former contributor")


@pytest.mark.parametrize("state", [MediaState.RECEIVED, MediaState.PREPARING, MediaState.FAILED])
def test_what_is_not_ready_is_its_senders_and_the_moderators_alone(browse, session, soizic, state):
    flaw = MediaFlaw.SILENT if state is MediaState.FAILED else None
    media = files.media(session, state=state, sender_id=soizic.id, flaw=flaw)
    browse.get(f"/library/{media.id}", status=404)
    as_(browse, people.person(session)).get(f"/library/{media.id}", status=404)
    for who in (soizic, people.staff(session, Role.MODERATOR)):
        page = as_(browse, who).get(f"/library/{media.id}")
        page.mustcontain("Was the microphone on?" if flaw else "It is being prepared")


def test_what_is_hidden_is_its_senders_and_the_moderators_alone(browse, session, soizic):
    media = files.media(session, sender_id=soizic.id)
    hidden_by_moderators(session, media)
    browse.get(f"/library/{media.id}", status=404)
    browse.get(f"/media/{media.renditions[0].name}", status=404)
    as_(browse, soizic).get(f"/library/{media.id}").mustcontain("Moderators have hidden it")


@pytest.mark.parametrize(
    "address", ["/library/nonsense", "/library/00000000-0000-0000-0000-000000000000", "/library/%00"]
)
def test_what_is_not_there_is_a_404(browse, address):
    browse.get(address, status=(404, 400))


def test_what_is_said_of_it_can_be_changed_by_its_sender(browse, session, soizic):
    media = files.media(session, sender_id=soizic.id)
    page = as_(browse, soizic).get(f"/library/{media.id}/edit")
    form = page.forms["details"]
    assert form["title"].value == media.title
    form["title"], form["language"], form["voices"] = "Midi sonne", "zxx", "agreed"
    form.submit("save", status=303).follow().mustcontain("Midi sonne", "Saved.")
    assert (media.language, media.voices) == (None, Voices.AGREED)
    form["title"] = ""
    form.submit("save", status=422)


def test_who_did_not_say_whose_voices_are_heard_is_asked_to(browse, session, soizic):
    media = files.media(session, sender_id=soizic.id, voices=Voices.NOT_TOLD)
    other = people.signed_in(browse, people.person(session))
    other.get(f"/library/{media.id}", status=404)
    other.get(f"/api/v1/media/{media.id}", status=404)
    browse.reset()
    browse.get(f"/library/{media.id}", status=404)
    browser = as_(browse, soizic)
    form = browser.get(f"/library/{media.id}").click("Say so").forms["details"]
    assert form["voices"].value is None
    form.submit("save", status=422)
    form["voices"].force_value("not_told")
    form.submit("save", status=422)
    form["voices"].force_value("agreed")
    form.submit("save", status=303).follow().mustcontain(no="Say so")
    assert media.voices is Voices.AGREED


@pytest.mark.parametrize(("page", "sent"), [("edit", 403), ("remove", 403), ("original", 405)])
def test_others_change_nothing(browse, session, page, sent):
    media = files.media(session)
    browser = as_(browse, people.person(session))
    browser.get(f"/library/{media.id}/{page}", status=403)
    wish = {"title": "x", "language": "fr", "attribution": "x", "licence": "CC0-1.0", "voices": "nobody", "save": ""}
    browser.post(f"/library/{media.id}/{page}", people.with_csrf(browser, wish), status=sent)
    assert (media.title, media.state) == ("La cloche de Saint-Martin", MediaState.READY)


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMIN])
def test_who_moderates_removes_by_an_act_with_a_reason_and_not_in_the_senders_place(browse, session, role):
    media = files.media(session)
    browser = as_(browse, people.staff(session, role))
    browser.get(f"/library/{media.id}").mustcontain("Download the original", no=["Take it back", "My sounds"])
    browser.get(f"/library/{media.id}/remove", status=403)
    browser.post(f"/library/{media.id}/remove", people.with_csrf(browser), status=403)
    assert media.state is MediaState.READY


def test_anybody_can_write_down_what_is_said_and_mend_it(browse, session, clock):
    media = files.media(session)
    browser = as_(browse, people.person(session))
    page = browser.get(f"/library/{media.id}/transcripts")
    page.mustcontain("<audio controls")
    form = page.forms["transcript"]
    assert form["language"].value == "fr"
    form["text"] = "Neuf coups de cloche.\r\n[mouettes]"
    form.submit("save", status=303).follow().mustcontain("Neuf coups de cloche.\n[mouettes]", "Thank you")
    again = browser.get(f"/library/{media.id}/transcripts?language=fr").forms["transcript"]
    assert again["text"].value.strip() == "Neuf coups de cloche.\n[mouettes]"
    clock.at += timedelta(minutes=5)
    again["text"] = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Soizic>Midi\n"
    again.submit("save", status=303).follow().mustcontain('data-at="1.0"', "Soizic", "Midi")
    assert len(session.scalars(select(Transcript)).all()) == 2
    again["text"] = "WEBVTT\n\n00:05.000 --> 00:02.000\nMidi\n"
    again.submit("save", status=422).mustcontain("ends before it begins")


def test_who_came_from_a_page_to_write_a_transcript_goes_back_there_and_nowhere_else(browse, session):
    media = files.media(session)
    browser = as_(browse, people.person(session))
    for back, wanted in (("/stops/1?lang=br", "/stops/1?lang=br"), ("//elsewhere.example", f"/library/{media.id}")):
        form = browser.get(f"/library/{media.id}/transcripts", {"return": back}).forms["transcript"]
        form["text"] = "Neuf coups de cloche."
        assert form.submit("save", status=303).location == f"http://localhost{wanted}"


def test_whoever_finds_a_transcript_spoiled_goes_back_to_an_earlier_one(browse, session, clock):
    media = files.media(session)
    gone = people.person(session, name="")
    good = files.transcript(session, media, "Neuf coups de cloche.", created_at=NOW - timedelta(days=2))
    files.transcript(session, media, "Nav taol.", language="br", author_id=gone.id, created_at=NOW - timedelta(days=1))
    spoiler = people.person(session, name="Gast Rabat")
    files.transcript(session, media, "Bla.", author_id=spoiler.id, created_at=NOW - timedelta(hours=1))
    browser = as_(browse, people.person(session))
    page = browser.get(f"/library/{media.id}/transcripts")
    page.mustcontain("Gast Rabat", "Bla.", "a former contributor", "Neuf coups de cloche.")
    [line] = [line for line in page.html.select("ol .line") if "Neuf coups" in line.text]
    assert "this one is read" not in line.text
    mended = browser.get(line.select_one("a")["href"]).forms["transcript"]
    assert (mended["language"].value, mended["text"].value.strip()) == ("fr", "Neuf coups de cloche.")
    [back] = [form for form in page.forms.values() if "wording" in form.fields]
    assert back["wording"].value == str(good.id)
    back.submit(status=303).follow().mustcontain("Neuf coups de cloche.", "Thank you", no="Bla.")
    assert len(session.scalars(select(Transcript)).all()) == 4


@pytest.mark.parametrize("name", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_there_is_no_going_back_to_what_was_never_written_of_it(browse, session, name):
    media, other = files.media(session), files.media(session)
    browser = as_(browse, people.person(session))
    page = f"/library/{media.id}/transcripts"
    for wording in (name, str(files.transcript(session, other).id)):
        browser.get(f"{page}?wording={wording}", status=404)
        browser.post(page, people.with_csrf(browser, {"wording": wording}), status=404)


def test_all_that_was_written_is_shown_in_pages(browse, session):
    media = files.media(session)
    for number in range(12):
        files.transcript(session, media, f"Texte {number}.", created_at=NOW + timedelta(minutes=number))
    browser = as_(browse, people.person(session))
    page = browser.get(f"/library/{media.id}/transcripts")
    page.mustcontain("Texte 11.", "1 to 10 of 12", no="Texte 1.")
    browser.get(page.html.select_one(".pager a[rel=next]")["href"]).mustcontain("Texte 1.", "11 to 12 of 12")


def test_whoever_comes_by_says_that_something_is_wrong_with_a_sound(browse, session):
    for kind in MediaKind:
        media = files.media(session, kind)
        page = browse.get(f"/library/{media.id}")
        browse.get(page.html.select_one(f'a[href="/flag/media/{media.id}"]')["href"], status=200)
    hidden = files.media(session)
    hidden_by_moderators(session, hidden)
    moderator = as_(browse, people.staff(session, Role.MODERATOR))
    page = moderator.get(f"/library/{hidden.id}")
    page.mustcontain(f"/admin/moderation/media/{hidden.id}", no=f"/flag/media/{hidden.id}")


def hidden_by_moderators(session, media) -> None:
    """Record that moderators hid it."""
    act = {"subject_kind": "media", "subject_id": media.id, "number": 1, "reason": ""}
    session.add(ModerationAct(act=Act.HIDE, actor_id=media.sender_id, at=NOW, **act))
    session.flush()


def test_nobody_mends_without_end(browse, session, clock):
    page = f"/library/{files.media(session).id}/transcripts"
    browser = as_(browse, people.person(session))
    form = browser.get(page).forms["transcript"]
    form["text"] = "Midi."
    answers = [form.submit("save", status="*").status_int for _ in range(TRANSCRIPTS.most + 1)]
    assert answers == [303] * TRANSCRIPTS.most + [429]
    clock.at += TRANSCRIPTS.length
    form.submit("save", status=303)


def test_nothing_is_said_in_a_picture(browse, session):
    media = files.media(session, MediaKind.IMAGE)
    as_(browse, people.person(session)).get(f"/library/{media.id}/transcripts", status=404)


def test_a_transcript_is_read_alone(browse, session):
    media = files.media(session)
    files.transcript(session, media)
    files.transcript(
        session, media, "WEBVTT\n\n00:00.000 --> 00:01.000\nDeiz mat\n", language="br", form=TranscriptForm.WEBVTT
    )
    text, timed = (browse.get(f"/media/{media.id}/transcripts/{code}") for code in ("fr", "br"))
    assert (text.content_type, text.headers["Content-Language"]) == ("text/plain", "fr")
    assert timed.content_type == "text/vtt"
    assert browse.get(f"/media/{media.id}/transcripts/fr", headers={"If-None-Match": text.headers["ETag"]}, status=304)
    browse.get(f"/media/{media.id}/transcripts/en", status=404)


def test_what_is_taken_back_is_gone_for_good(browse, session, soizic, asking):
    media = files.media(session, sender_id=soizic.id)
    name = media.renditions[0].name
    browser = as_(browse, soizic)
    browser.get(f"/library/{media.id}/remove").forms[1].submit(status=303).follow().mustcontain("It is removed.")
    assert media.state is MediaState.REMOVED
    browser.get(f"/library/{media.id}", status=410)
    browser.get(f"/media/{name}", status=410)
    asking.find_service(Files).let_go([name])
    browser.get(f"/media/{name}", status=410)
    assert "La cloche" not in browser.get("/library").text


def test_what_its_sender_took_back_cannot_be_flagged_and_there_is_nothing_to_decide(browse, session, asking):
    never, once = files.media(session, state=MediaState.RECEIVED), files.media(session)
    browse.get(f"/flag/media/{never.id}", status=404)
    browse.get(f"/flag/media/{once.id}", status=200)
    for media in (never, once):
        asking.find_service(MediaLibrary).remove(media)
    browse.get(f"/flag/media/{never.id}", status=404)
    browse.get(f"/flag/media/{once.id}", status=410)
    flag = {"kind": "media", "id": str(once.id), "concern": "rights", "words": "Ma voix."}
    browse.post_json("/api/v1/flags", flag, status=410)
    moderator = as_(browse, people.staff(session, Role.MODERATOR))
    page = moderator.get(f"/admin/moderation/media/{once.id}")
    page.mustcontain("La cloche", "removed for good", no=["Look at it", "Hide it"])


def test_what_is_taken_back_while_somebody_writes_of_it_is_gone(browse, session, soizic, monkeypatch):
    media = files.media(session, sender_id=soizic.id)
    browser = as_(browse, soizic)
    details, transcript = (
        browser.get(f"/library/{media.id}/{page}").forms[form]
        for page, form in (("edit", "details"), ("transcripts", "transcript"))
    )
    details["title"], transcript["text"] = "Midi", "Midi sonne."
    monkeypatch.setattr(MediaLibrary, "_hold", raising(TakenBack))
    details.submit("save", status=410)
    transcript.submit("save", status=410)
    said = {"language": "fr", "text": "Midi sonne."}
    bearer = people.bearer(session, soizic)
    browse.post_json(f"/api/v1/media/{media.id}/transcripts", said, headers=bearer, status=410)


def raising(error):
    """Return what does nothing but raise, as if somebody else had been faster."""

    def act(*_arguments):
        raise error

    return act


def test_a_file_that_becomes_a_media_elsewhere_is_no_longer_here(browse, session, asking, soizic, monkeypatch):
    content = files.tone()
    upload = asking.find_service(Uploads).keep(soizic.id, "x.wav", io.BytesIO(content), len(content))
    browser = as_(browse, soizic)
    form = filled_in(browser.get("/library/new"))
    form["upload"].force_value(str(upload.id))
    monkeypatch.setattr(Uploads, "hold", raising(NoSuchUpload))
    form.submit("send", status=422).mustcontain("no longer here")
    there = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    headers = people.bearer(session, soizic) | there
    browse.request(f"/uploads/{upload.id}", method="PATCH", body=b"", headers=headers, status=404)


def test_the_original_is_its_senders_and_is_never_shown(browse, session, asking, soizic):
    library = asking.find_service(MediaLibrary)
    details = {"title": "x", "language": None, "licence": "CC0-1.0", "attribution": "x", "voices": Voices.NOBODY}
    media = library.receive(io.BytesIO(files.tone()), "Ma cloche.wav", sender_id=soizic.id, **details)
    browse.get(f"/media/{media.original}", status=404)
    answer = as_(browse, soizic).get(f"/library/{media.id}/original")
    assert answer.body == files.tone()
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "private" in answer.headers["Cache-Control"]
    browse.get(f"/media/{media.original}", status=404)
    forgotten = files.media(session, sender_id=soizic.id, original=None)
    as_(browse, soizic).get(f"/library/{forgotten.id}/original", status=404)
    browse.get(f"/library/{forgotten.id}").mustcontain(no="Download the original")


# Listening ----------------------------------------------------------------------------------------------------------


def test_listening_is_counted_without_knowing_who_listens(browse, session):
    media = files.media(session)
    browse.post(f"/media/{media.id}/heard", {"completed": "0"}, status=204)
    answer = browse.post(f"/media/{media.id}/heard", {"completed": "1"}, status=204)
    tally = session.scalars(select(PlayTally)).one()
    assert (tally.starts, tally.completions, tally.day) == (1, 1, NOW.date())
    assert "Set-Cookie" not in answer.headers


def test_one_address_counts_so_many_times_an_hour(browse, session):
    media = files.media(session)
    answers = [browse.post(f"/media/{media.id}/heard", status="*").status_int for _ in range(HEARD.most + 2)]
    assert answers == [204] * HEARD.most + [429] * 2
    assert session.scalars(select(PlayTally.starts)).one() == HEARD.most


def test_what_is_kept_of_an_address_does_not_tell_what_was_heard_there(browse, session):
    def kept() -> set:
        columns = Window.act, Window.key, Window.window_start
        return {tuple(row) for row in session.execute(select(*columns))}

    first, second = files.media(session), files.media(session)
    browse.post(f"/media/{first.id}/heard", status=204)
    after_one = kept()
    browse.post(f"/media/{second.id}/heard", status=204)
    assert kept() == after_one


def test_only_what_can_be_heard_is_counted(browse, session):
    waiting, image = files.media(session, state=MediaState.RECEIVED), files.media(session, MediaKind.IMAGE)
    for media_id in (waiting.id, image.id, "nonsense", "00000000-0000-0000-0000-000000000000"):
        browse.post(f"/media/{media_id}/heard", status=404)
    assert not session.scalars(select(PlayTally)).all()
