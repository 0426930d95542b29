"""The sounds of the demo city: made here, then prepared as the portal's worker prepares what somebody sends.

Somebody speaks amid noises, or only the noises are heard.
"""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from maps.demo.noises import Field, wav
from maps.demo.told import Sheet
from maps.demo.voices import VOICES, speech
from portal.media.encoding import prepared
from portal.media.services.preparing import Outcome, named

DIFFERENT = 1_000
"""How many sounds differ; those beyond repeat them. Preparing sounds takes time, which tests do not have."""


@dataclass(frozen=True, slots=True)
class Take:
    """A sound: the WAV file that somebody sends, what it came to, and the ``folder`` where that is."""

    content: bytes
    outcome: Outcome
    folder: Path


def recording(sheet: Sheet, field: Field) -> bytes:
    """Return the WAV file of a sound as its trail's file tells it: always the same for the same sheet."""
    around, seed = sheet["around"], sheet["key"]
    if "says" not in sheet:
        return wav(field.surroundings(around, seed, sheet["seconds"]))
    voice = sheet["voice"]
    said = speech(sheet["says"], VOICES[voice], breton=voice.startswith("br"))
    return wav(field.spoken(said, around, seed))


@contextmanager
def takes(sheets: Iterable[Sheet], folder: Path) -> Iterator[dict[str, Take]]:
    """Give the sounds by key, prepared in a folder within ``folder`` that is gone afterwards.

    They are prepared by other programs, as many at a time as there are processors, while the next ones are made.
    """
    told, field = list(sheets), Field()
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix="demo-") as made, ThreadPoolExecutor(os.cpu_count()) as workers:
        asked: list[Future[Take]] = []
        for number, sheet in enumerate(told[:DIFFERENT]):
            asked.append(workers.submit(_prepared, recording(sheet, field), Path(made, str(number))))
        ready = [one.result() for one in asked]
        yield dict(zip((sheet["key"] for sheet in told), islice(cycle(ready), len(told)), strict=True))


def _prepared(content: bytes, folder: Path) -> Take:
    folder.mkdir()
    original = folder / "original"
    original.write_bytes(content)
    found = prepared(original, folder, lambda _part: None)
    return Take(content, Outcome(found, tuple(named(made, folder) for made in found.made)), folder)
