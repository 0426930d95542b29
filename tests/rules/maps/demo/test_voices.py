"""Who speaks in the demo city: espeak-ng in three languages, Breton by rules of our own."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from maps.demo.breton import phonemes, spoken
from maps.demo.noises import RATE as NOISE_RATE
from maps.demo.voices import RATE, VOICES, CannotSpeak, Voice, speech

SENTENCE = {
    "fr": "Bonjour, écoutez la mer.",
    "en": "Hello, listen to the sea.",
    "br": "Demat deoc’h, selaouit ar mor.",
}


def say(voice):
    language = voice[:2]
    return speech(SENTENCE[language], VOICES[voice], breton=language == "br")


@pytest.mark.parametrize("voice", sorted(VOICES))
def test_every_voice_gives_sound(voice):
    heard = say(voice)
    assert 1.0 < len(heard) / RATE < 5.0
    assert max(map(abs, heard)) > 5_000


def test_a_voice_says_the_same_thing_twice_alike_whatever_was_said_before():
    once = say("fr-a")
    say("en-b")
    assert say("fr-a") == once


def test_several_may_speak_at_once_without_mixing_their_words():
    alone = [say(voice) for voice in ("fr-a", "en-a", "br-b") * 2]
    with ThreadPoolExecutor(6) as everybody:
        assert list(everybody.map(say, ("fr-a", "en-a", "br-b") * 2)) == alone


def test_there_is_no_voice_that_nobody_has():
    with pytest.raises(CannotSpeak, match="no-such-voice"):
        speech("Bonjour", Voice("no-such-voice"))


def test_voices_and_noises_go_at_the_same_rate():
    assert RATE == NOISE_RATE


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("demat", "d'emat"),
        ("c’hoar", "xw'ar"),
        ("amañ", "'amA~"),
        ("gwez", "gw'Es"),
        ("brezhoneg", "brez'onEk"),
        ("stêr", "st'Er"),
        ("ar", "ar"),
        ("piv", "p'iw"),
        ("selaouit", "sel'auit"),
    ],
)
def test_breton_is_stressed_on_the_last_syllable_but_one_and_ends_without_voice(word, sounds):
    assert phonemes(word) == sounds


def test_clauses_keep_their_commas_and_stops():
    assert spoken("Dour, gwez! N'eus forzh.") == "[[d'ur]], [[gw'Es]]! [[n’'Ys f'Ors]]."
