"""The sounds of the demo city, made when they are wanted: somebody speaks amid noises, or only the noises are heard."""

from collections.abc import Iterator

from maps.demo.noises import Field, wav
from maps.demo.told import REMIX, TRAILS, Sheet, told
from maps.demo.voices import VOICES, speech


def recording(sheet: Sheet, field: Field) -> bytes:
    """Return the WAV file of a sound as its trail's file tells it: always the same for the same sheet."""
    around, seed = sheet["around"], sheet["key"]
    if "says" not in sheet:
        return wav(field.surroundings(around, seed, sheet["seconds"]))
    voice = sheet["voice"]
    said = speech(sheet["says"], VOICES[voice], breton=voice.startswith("br"))
    return wav(field.spoken(said, around, seed))


def sheets() -> Iterator[Sheet]:
    """Yield every sound that the trails' files tell of, in walking order."""
    for name in (*TRAILS, REMIX):
        for stop in told(name)["stops"]:
            yield from stop.get("sounds", ())
