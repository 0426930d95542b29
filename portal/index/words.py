"""The words a text can be found by: without accents, plurals and endings, the same on every database.

``docs/decisions/0002-one-stemmer-for-both-databases.md`` says why this is not left to the databases.
"""

import re
import unicodedata
from functools import lru_cache

from snowballstemmer import stemmer

LONGEST_WORD = 60
MOST_WORDS = 20_000

WORD = re.compile(r"[^\W_]+")
LETTERS_IN_TWO = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})

# Words that everything contains. Not among them: «son» (sound), «est» (east), "the" (tea, once its accent is gone).
STOP_WORDS = frozenset(
    WORD.findall(
        """
        a au aux avec ce ces cet cette dans de des du elle elles en et eux il ils je la le les leur leurs lui ma mais me
        mes mon ne nos notre nous on ou par pas pour qu que qui sa se ses sont sur ta te tes tu un une vos votre vous y
        c d j l m n s t jusqu lorsqu puisqu quoiqu
        an and at by for from in is of to with
        al ar da e eus evit ha pe ul ur war
        """
    )
)

# Plurals that no rule gives; the rule for the others makes -al of -aux.
SINGULARS = {
    "baux": "bail",
    "cieux": "ciel",
    "coraux": "corail",
    "emaux": "email",
    "soupiraux": "soupirail",
    "travaux": "travail",
    "vantaux": "vantail",
    "vitraux": "vitrail",
    "yeux": "oeil",
}


def folded(text: str) -> list[str]:
    """Return the words of ``text`` in order, in lower case and without accents; what everything contains is left out.

    An apostrophe parts words, so that «l'outil» is found as «outil».
    """
    plain = without_accents(without_accents(text).casefold().translate(LETTERS_IN_TWO))
    return [word[:LONGEST_WORD] for word in WORD.findall(plain) if word not in STOP_WORDS]


def stems(text: str) -> list[str]:
    """Return the stems of the words of ``text``, in order: «Les caméras, l'œil» and «camera oeil» give the same."""
    return [stem(word) for word in folded(text)]


def searchable(text: str) -> str:
    """Return what the index keeps of ``text``: each word's stem, and the word where it differs, parted by spaces.

    The words themselves are there to be found by their beginning.
    """
    kept: list[str] = []
    for word in folded(text)[:MOST_WORDS]:
        kept += dict.fromkeys((stem(word), word))
    return " ".join(kept)


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return what a folded word shares with its plural and its other endings."""
    # A stemmer keeps the word it works on, so each call needs its own; making one costs nothing.
    ending = stemmer("french").stemWord(_singular(word))
    return _singular(ending)


def _singular(word: str) -> str:
    """Return the word without its French plural. Snowball leaves «vélos» alone and knows no «travaux»."""
    if word in SINGULARS:
        return SINGULARS[word]
    if len(word) <= 3 or word.isdigit():
        return word
    if word.endswith("aux") and word[-4] not in "ey":
        return word[:-3] + "al"
    return word[:-1] if word[-1] in "sx" and word[-2] != "s" else word


def without_accents(text: str) -> str:
    """Return the text with its letters bare: «prêt» is «pret»."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if unicodedata.category(letter) != "Mn")
