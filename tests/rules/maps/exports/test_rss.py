"""A podcast that players understand: episodes in walking order, each with its transcript, its place, its licence."""

from dataclasses import replace
from io import BytesIO
from uuid import UUID
from xml.etree import ElementTree

import feedparser
from hypothesis import given
from PIL import Image

from maps.exports import cover, rss
from maps.exports.rss import heard
from portal.media.terms import MediaKind, TranscriptForm
from tests.factories.maps import content, stop
from tests.rules.maps.exports.exported import export, sound, transcript
from tests.rules.maps.given import contents

SPACES = {"itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd", "podcast": "https://podcastindex.org/namespace/1.0"}
ONE, TWO = UUID(int=1), UUID(int=2)


def read(written: bytes):
    feed = feedparser.parse(written)
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


@given(told=contents)
def test_a_feed_reader_reads_whatever_a_trail_says(told):
    export_ = export(told)
    feed = read(rss(export_))
    assert len(feed.entries) == len(list(heard(export_)))
    assert len({entry.id for entry in feed.entries}) == len(feed.entries)
    assert [int(entry.itunes_episode) for entry in feed.entries] == list(range(1, len(feed.entries) + 1))
    dates = [entry.published_parsed for entry in feed.entries]
    assert dates == sorted(dates)


def test_the_series_says_what_it_is_and_whose():
    channel = read(rss(export(content(stop("01", media=(ONE,)))))).feed
    assert (channel.title, channel.language) == ("Les voix du port de commerce", "fr")
    assert channel.link == "https://communs.example/trails/les-voix-du-port"
    assert channel.author == "Nolwenn Le Goff"
    assert channel.rights == "Nolwenn Le Goff, CC BY-SA 4.0"
    assert channel.links[-1].href == "https://communs.example/trails/les-voix-du-port.rss"


def test_an_episode_is_a_sound_at_a_stop():
    first, second = stop("01", media=(ONE,)), stop("02", -4.4725, 48.3818, media=(TWO,), title={"fr": "La grue"})
    feed = read(rss(export(content(first, second))))
    one, two = feed.entries
    assert (one.title, two.title) == ("01 · Étape 01", "02 · La grue")
    assert one.link == f"https://communs.example/stops/{first.id}"
    [file] = one.enclosures
    assert (file.type, file.length) == ("audio/mp4", "1304000")
    assert file.href == f"https://communs.example/media/{1:064x}.m4a"
    assert (one.itunes_episode, two.itunes_episode, one.itunes_duration) == ("1", "2", "163")
    assert "Son’ar Mein, CC BY 4.0" in one.summary


def test_an_episode_says_where_it_is_what_is_said_in_it_and_how_it_may_be_used():
    spoken = sound(ONE, transcripts=("fr", "br"))
    spoken.transcripts["br"] = transcript(ONE, "br", TranscriptForm.TEXT)
    root = ElementTree.fromstring(rss(export(content(stop("01", media=(ONE,))), spoken)))
    item = root.find("channel/item")
    told = [(one.get("language"), one.get("type")) for one in item.findall("podcast:transcript", SPACES)]
    assert told == [("br", "text/plain"), ("fr", "text/vtt")]
    assert item.find("podcast:location", SPACES).get("geo") == "geo:48.3830000,-4.4790000"
    licence = item.find("podcast:license", SPACES)
    assert (licence.text, licence.get("url")) == ("cc-by-4.0", "https://creativecommons.org/licenses/by/4.0/")
    assert root.find("channel/podcast:license", SPACES).text == "cc-by-sa-4.0"
    assert root.find("channel/itunes:type", SPACES).text == "serial"


def test_two_sounds_at_one_stop_are_two_episodes_with_names_of_their_own():
    feed = read(
        rss(export(content(stop("02", media=(ONE, TWO))), sound(ONE, title="Le vent"), sound(TWO, title="La mer")))
    )
    assert [entry.title for entry in feed.entries] == ["02 · Étape 02: Le vent", "02 · Étape 02: La mer"]
    assert [entry.itunes_episode for entry in feed.entries] == ["1", "2"]


def test_pictures_and_what_no_player_plays_are_left_out():
    media = (sound(ONE, kind=MediaKind.IMAGE, sources=()), sound(TWO, sources=sound(TWO).sources[1:]))
    assert read(rss(export(content(stop("01", media=(ONE, TWO))), *media))).entries == []


def test_the_cover_is_a_square_as_large_as_directories_ask_for():
    """Apple, «A Podcaster's Guide to RSS»: square, 1400 to 3000 pixels, without transparency."""
    export_ = export(content(stop("01"), stop("02")))
    image = feedparser.parse(rss(export_)).feed.image
    assert image.href == f"{export_.url}.png"
    with Image.open(BytesIO(cover(export_))) as picture:
        assert (picture.format, picture.size, picture.mode) == ("PNG", (1400, 1400), "RGB")
        assert len(picture.getcolors(maxcolors=100_000)) > 1
    with Image.open(BytesIO(cover(export(replace(content(), stops=(), line=()))))) as picture:
        assert len(picture.getcolors()) == 1
