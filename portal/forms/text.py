"""Clean text: one form for what looks the same, and nothing that cannot be seen."""

import re
import unicodedata

UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters but tab and line ends
    "\u202a-\u202e\u2066-\u2069"  # marks that turn the reading direction of what follows
    "\ud800-\udfff\ufffe\uffff]"  # halves of a character, and what is none
)
LINE_END = re.compile(r"\r\n?|\u2028|\u2029")
BLANKS = re.compile(r"[\t\n]+")


def has_unseen(text: str) -> bool:
    """Does the text hold control characters, halves of characters or direction marks?"""
    return UNSEEN.search(text) is not None


def cleaned(text: str, lines: bool = False) -> str:
    """Return the text composed (NFC), without unseen characters and outer blanks.

    With ``lines``, line ends stay, as ``\\n``; otherwise they become blanks.
    """
    text = LINE_END.sub("\n", unicodedata.normalize("NFC", UNSEEN.sub("", text)))
    return (text if lines else BLANKS.sub(" ", text)).strip()
