"""How Breton is pronounced, near enough: from the unified spelling to the sounds that espeak-ng's French voices have.

Written for the few sentences of the demo city, not for every word there is. What it knows: the stress is on the last
syllable but one; *ñ* makes the vowel before it nasal and is silent; a voiced consonant that ends a word loses its
voice; a *v* that ends a word is a *w*.
"""

import re
from collections.abc import Iterator

SOUNDS = {
    "c’h": "x",
    "zh": "z",
    "ch": "S",
    "gn": "nj",
    "ilh": "ij",
    "lh": "lj",
    "añ": "A~",
    "eñ": "E~",
    "oñ": "O~",
    "uñ": "W~",
    "iñ": "E~",
    "aou": "au",
    "oua": "wa",
    "oue": "we",
    "iou": "ju",
    "ao": "ao",
    "ae": "E",
    "ei": "Ej",
    "eu": "Y",
    "oa": "wa",
    "ou": "u",
    "où": "u",
    "ia": "ja",
    "ie": "je",
    "io": "jo",
    "u": "y",
    "ù": "y",
    "ê": "E",
    "j": "Z",
    "y": "j",
    "ss": "s",
    "nn": "n",
    "ll": "l",
    "mm": "m",
    "rr": "r",
    "tt": "t",
}
"""What groups of letters sound like; a letter that is not here sounds as it is written."""

WITH_VOWEL = re.compile(r"^(.*?)(au|ao|A~|E~|O~|W~|[aeEioOuyY])(.*)$")
VOICELESS = {"b": "p", "d": "t", "g": "k", "z": "s", "Z": "S", "v": "w"}
LIGHT = frozenset(
    (
        "a",
        "ar",
        "an",
        "al",
        "da",
        "e",
        "ec’h",
        "el",
        "en",
        "er",
        "ez",
        "ha",
        "hag",
        "ma",
        "ne",
        "’n",
        "n’",
        "na",
        "o",
        "pa",
        "ul",
        "un",
        "ur",
    )
)
"""Words that carry no stress of their own."""

_LETTERS = re.compile("|".join(sorted(map(re.escape, SOUNDS), key=len, reverse=True)) + "|.")
_WORD = re.compile(r"[\w’-]+")
_CLAUSE = re.compile(r"([^.,;:!?…]+)([.,;:!?…]*)\s*")


def spoken(text: str) -> str:
    """Return Breton ``text`` as espeak-ng is to say it: each clause in phonemes, with the stops and commas between."""
    clauses = _CLAUSE.findall(text.replace("'", "’").replace("ʼ", "’").replace("\N{NO-BREAK SPACE}", " "))
    return " ".join(
        f"[[{' '.join(map(phonemes, _words(clause)))}]]{stop}" for clause, stop in clauses if clause.strip()
    )


def phonemes(word: str) -> str:
    """Return how one word is pronounced, with a mark before the vowel that is stressed."""
    sounds = [SOUNDS.get(letters, letters) for letters in _LETTERS.findall(word)]
    if sounds[-1] in VOICELESS and len(sounds) > 1:
        sounds[-1] = VOICELESS[sounds[-1]]
    syllables = [place for place, sound in enumerate(sounds) if WITH_VOWEL.match(sound)]
    if syllables and word not in LIGHT:
        stressed = syllables[-2] if len(syllables) > 1 else syllables[-1]
        sounds[stressed] = WITH_VOWEL.sub(r"\1'\2\3", sounds[stressed])
    return "".join(_opened(sounds))


def _words(clause: str) -> list[str]:
    return [part for word in _WORD.findall(clause.lower()) for part in word.split("-") if part.strip("’")]


def _opened(sounds: list[str]) -> Iterator[str]:
    """Yield the sounds, an *e* or *o* before two consonants or one that ends the word being open."""
    for place, sound in enumerate(sounds):
        after = [WITH_VOWEL.match(other) is None for other in sounds[place + 1 : place + 3]]
        closed = after in ([True], [True, True])
        yield sound.replace("e", "E").replace("o", "O") if closed and sound.strip("'") in {"e", "o"} else sound
