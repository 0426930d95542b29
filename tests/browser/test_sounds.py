"""Recording, sending and hearing sounds in a real browser."""

import re
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.media.models import Media, PlayTally, Upload
from tests.browser.reader import fill, press, told
from tests.factories import media as files

MICROPHONE = """
navigator.mediaDevices.getUserMedia = () => {
  if (window.denied) return Promise.reject(new DOMException("no", "NotAllowedError"));
  const context = new AudioContext(), tone = context.createOscillator(), out = context.createMediaStreamDestination();
  tone.connect(out);
  tone.start();
  return Promise.resolve(out.stream);
};
"""


@pytest.fixture
def new_page(site, town, page_of):
    """A function that opens the page for new media as Nolwenn, who has a microphone."""

    def opened(**more):
        page = page_of("about:blank", locale="en-GB", permissions=["microphone"], **more)
        page.context.add_cookies([site.cookie(town.nolwenn)])
        page.context.add_init_script(MICROPHONE)
        page.goto(f"{site.address}/library/new")
        return page

    return opened


def describe(page, title: str) -> None:
    fill(page, title=title)
    page.get_by_label("Language spoken").select_option(label="Nobody speaks")
    page.get_by_label("Nobody can be heard").check()


def latest(site) -> Media:
    with site.session() as session:
        return session.scalars(select(Media).order_by(Media.created_at.desc()).limit(1)).one()


def test_a_sound_is_recorded_heard_described_and_sent(site, new_page):
    page = new_page()
    page.get_by_role("button", name="Record a sound").click()
    page.get_by_text("Recording: 0:01").wait_for()
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Recorded: 0:0").wait_for()
    assert page.evaluate("() => document.querySelector('.recording audio').src.startsWith('blob:')")
    describe(page, "Un son tenu")
    press(page, "Send")
    assert "being prepared" in told(page)
    sent = latest(site)
    assert sent.title == "Un son tenu"
    assert re.fullmatch(r"recording-[\d-]+\.(webm|m4a)", sent.file_name)


def test_a_microphone_that_is_refused_leaves_the_file_to_choose(new_page):
    page = new_page()
    page.evaluate("() => { window.denied = true; }")
    page.get_by_role("button", name="Record a sound").click()
    page.get_by_role("alert").get_by_text("The microphone cannot be used").wait_for()


def test_a_large_file_is_sent_in_pieces_and_goes_on_after_a_reload(site, new_page, tmp_path):
    sound = tmp_path / "longue balade.wav"
    sound.write_bytes(files.silence(seconds=300.0))  # 9.6 MB
    page, sent = new_page(), []
    page.on("request", lambda asked: sent.append(asked) if asked.method == "PATCH" else None)
    page.route("**/uploads/*", lambda route: route.abort() if len(sent) == 2 else route.continue_())
    page.set_input_files("input[type=file]", sound)
    page.get_by_text("The connection was lost").wait_for()
    page.unroute("**/uploads/*")
    page.reload()
    page.get_by_text("43 % of longue balade.wav was sent before").wait_for()
    page.set_input_files("input[type=file]", sound)
    page.get_by_text("longue balade.wav is here").wait_for()
    assert len([asked for asked in sent if asked.headers["upload-offset"] == "0"]) == 1
    describe(page, "Longue balade")
    press(page, "Send")
    media = latest(site)
    assert (media.file_name, media.size) == ("longue balade.wav", sound.stat().st_size)
    with site.session() as session:
        assert not session.scalars(select(Upload)).all()


def test_without_script_a_sound_is_sent_by_the_form(site, new_page, tmp_path):
    sound = tmp_path / "cloche.wav"
    sound.write_bytes(files.tone())
    page = new_page(java_script_enabled=False)
    assert not page.get_by_role("button", name="Record a sound").count()
    page.set_input_files("input[type=file]", sound)
    describe(page, "Cloche")
    press(page, "Send")
    assert page.get_by_role("link", name="See how far it is now").count() == 1
    assert latest(site).file_name == "cloche.wav"


def test_a_sound_is_heard_from_the_keyboard_and_counted_once(site, town, page_of):
    media_id = town.names["media_foreign"]
    address = f"{site.address}/library/{media_id}"
    page = page_of(address, locale="en-GB")
    with page.expect_request("**/heard") as counted:
        page.get_by_role("slider").press("Enter")
    assert counted.value.post_data == "completed=0"
    with page.expect_request("**/heard") as ended:
        page.wait_for_function("() => document.querySelector('audio').ended")
    assert ended.value.post_data == "completed=1"
    page.get_by_role("slider").press("Home")
    page.wait_for_function("() => document.querySelector('audio').currentTime === 0")
    page.wait_for_timeout(200)
    with site.session() as session:
        tally = session.scalars(select(PlayTally).where(PlayTally.media_id == UUID(str(media_id)))).one()
    assert (tally.starts, tally.completions) == (1, 1)
    assert page.context.cookies() == [] or all(one["name"] in ("session", "csrf") for one in page.context.cookies())


def test_the_times_of_a_transcript_lead_into_the_sound(site, town, page_of):
    page = page_of(f"{site.address}/library/{town.names['media_sound']}", locale="en-GB")
    page.locator("summary", has_text="BR").click()
    page.get_by_role("button", name="0:02").click()
    page.wait_for_function("() => document.querySelector('audio').currentTime > 1.5")
