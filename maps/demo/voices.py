"""Speech for the demo city, made by espeak-ng: nobody was recorded, so nobody has to be asked.

The library speaks to one caller at a time and remembers the last voice; hence the lock.
"""

from _ctypes import dlclose
from array import array
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ctypes import CDLL, CFUNCTYPE, POINTER, c_char_p, c_int, c_long, c_short, c_size_t, c_uint, c_void_p, string_at
from dataclasses import dataclass
from threading import Lock

import espeakng_loader

from maps.demo.breton import spoken

RATE = 22_050
"""Samples a second of everything here, mono."""

SYNCHRONOUS, UTF8, WITH_PHONEMES, PAUSE_AT_END = 2, 1, 0x100, 0x1000
SPEED, PITCH = 1, 3
GO_ON, SEED = 0, 29

Heard = CFUNCTYPE(c_int, POINTER(c_short), c_int, c_void_p)


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: a voice of espeak-ng, how many words a minute, and how high (50 is usual)."""

    name: str
    speed: int = 155
    pitch: int = 50


VOICES: Mapping[str, Voice] = {
    "fr-a": Voice("fr+f2", 150, 48),
    "fr-b": Voice("fr+m3", 145, 42),
    "fr-c": Voice("fr+f4", 155, 58),
    "fr-d": Voice("fr+m7", 140, 36),
    "fr-child": Voice("fr+f5", 150, 80),
    "en-a": Voice("en+f2", 155, 48),
    "en-b": Voice("en+m3", 150, 42),
    "br-a": Voice("fr+f2", 135, 46),
    "br-b": Voice("fr+m3", 130, 40),
}
"""The voices of the demo city by the language they speak.

espeak-ng knows no Breton. By ear the French sounds are the nearest, once Breton's own rules say which (``breton.py``).
"""


class CannotSpeak(Exception):
    """espeak-ng did not do what it was asked. The message says at which step."""


_one_at_a_time = Lock()


def speech(text: str, voice: Voice, *, breton: bool = False) -> array:
    """Return ``text`` as spoken by ``voice``: 16-bit samples, always the same for the same arguments.

    Raises :class:`CannotSpeak` when there is no such voice.
    """
    said = spoken(text) if breton else text
    encoded = said.encode() + b"\0"
    flags = UTF8 | PAUSE_AT_END | (WITH_PHONEMES if breton else 0)
    with _one_at_a_time, _library() as library, _listening(library) as samples:
        _must(library.espeak_SetVoiceByName(voice.name.encode()), f"choose the voice {voice.name}")
        _must(library.espeak_SetParameter(SPEED, voice.speed, 0), "set the speed")
        _must(library.espeak_SetParameter(PITCH, voice.pitch, 0), "set the pitch")
        library.espeak_ng_SetRandSeed(SEED)
        _must(library.espeak_Synth(encoded, len(encoded), 0, 0, 0, flags, None, None), "speak")
    return samples


@contextmanager
def _library() -> Iterator[CDLL]:
    """Yield espeak-ng as it is when it has not said anything yet.

    It goes on where it was in the trembling of its voice, and would say the same thing never twice alike. To open it
    anew takes a few milliseconds.
    """
    library = CDLL(espeakng_loader.get_library_path())
    try:
        _declare(library)
        if library.espeak_Initialize(SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0) != RATE:
            raise CannotSpeak("start")
        yield library
        library.espeak_Terminate()
    finally:
        dlclose(library._handle)


def _declare(library: CDLL) -> None:
    library.espeak_Initialize.argtypes = (c_int, c_int, c_char_p, c_int)
    library.espeak_SetSynthCallback.argtypes = (Heard,)
    library.espeak_SetSynthCallback.restype = None
    library.espeak_SetVoiceByName.argtypes = (c_char_p,)
    library.espeak_SetParameter.argtypes = (c_int, c_int, c_int)
    library.espeak_ng_SetRandSeed.argtypes = (c_long,)
    library.espeak_Synth.argtypes = (c_char_p, c_size_t, c_uint, c_int, c_uint, c_uint, c_void_p, c_void_p)


@contextmanager
def _listening(library: CDLL) -> Iterator[array]:
    """Yield the samples that will have been spoken when this ends."""
    samples = array("h")

    def hear(wave, count, _events) -> int:
        if wave:
            samples.frombytes(string_at(wave, count * samples.itemsize))
        return GO_ON

    callback = Heard(hear)  # the library keeps no reference: it must live for as long as anybody speaks
    library.espeak_SetSynthCallback(callback)
    yield samples
    del callback


def _must(status: int, step: str) -> None:
    if status != 0:
        raise CannotSpeak(step)
