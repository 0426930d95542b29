"""What happened to the map of the demo city, in the order of time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from maps.demo.hands import Hands
from maps.demo.recordings import Take
from maps.demo.told import LANGUAGES, Sheet, among, places, remixed, trail, within
from maps.models import MapPlace, TrailRevision
from maps.queries.contents import place_content
from maps.queries.revisions import revision
from maps.schemas.changes import with_media
from maps.schemas.translating import filled_in, translated
from maps.terms import Access, PlaceContent, Theme
from portal.media.models import Media, PlayTally
from portal.media.terms import TranscriptForm, Voices
from portal.moderation.terms import Act, Concern

Deed = Callable[[], object]

OLDEST_PLACE = 290
"""So many days ago somebody put the first place on the map."""
TRANSLATED_LATER = 0.15
"""The share of places whose English somebody else added."""
ENGLISH = ("thomas", "priya", "joachim")
SYNTHETIC = {True: "voix de synthèse", False: "son de synthèse"}
BUSY = 24
"""On how many days, at most, a sound is heard."""


class Life:
    """What is still to happen. ``chance`` says at what hour, and who finds a place worth telling of."""

    def __init__(self, hands: Hands, now: datetime, takes: dict[str, Take], chance: Random) -> None:
        self._hands = hands
        self._now = now
        self._takes = takes
        self._chance = chance
        self._deeds: list[tuple[datetime, int, Deed]] = []
        self._trails: dict[str, UUID] = {}
        self._stops: dict[str, dict[str, UUID]] = {}
        self._media: dict[str, UUID] = {}
        self._places: dict[str, UUID] = {}

    def live(self) -> None:
        """Let everything happen."""
        for instant, _, deed in sorted(self._deeds, key=lambda one: one[:2]):
            self._hands.clock.at = instant
            deed()

    def _at(self, days: float, deed: Deed) -> None:
        """Let something happen so many days ago, or up to five hours earlier."""
        instant = self._now - timedelta(days=days, minutes=self._chance.randrange(300))
        self._deeds.append((instant, len(self._deeds), deed))

    # Trails ---------------------------------------------------------------------------------------------------------

    def trail(self, sheet: Sheet) -> None:
        """Let a trail be begun in its language, translated, published, and mended by whoever walks it."""
        begun, published = sheet["begun"]["days"], sheet["published"]["days"]
        first, *others = sheet["authors"]
        self._send(sheet, begun + 2)
        self._stops[sheet["key"]] = {one["key"]: self._new_id() for one in sheet["stops"]}
        self._at(begun, partial(self._begin, sheet, first))
        for who in others:
            self._at(begun - 1, partial(self._join, sheet, first, who))
        self._at(published, partial(self._publish, sheet, first))
        self._afterwards(sheet)

    def draft(self, sheet: Sheet) -> None:
        """Let a trail be begun, and no more."""
        (who,) = sheet["authors"]
        self._stops[sheet["key"]] = {one["key"]: self._new_id() for one in sheet["stops"]}
        self._at(sheet["begun"]["days"], partial(self._begin, sheet, who))

    def remix(self, sheet: Sheet) -> None:
        """Let a trail be made of another one, changed, and published."""
        first, *others = sheet["authors"]
        self._send(sheet, sheet["revised"]["days"] + 2)
        self._at(sheet["begun"]["days"], partial(self._remix, sheet, first))
        for who in others:
            self._at(sheet["begun"]["days"] - 1, partial(self._join, sheet, first, who))
        self._at(sheet["revised"]["days"], partial(self._change_remix, sheet, others[0]))
        self._at(sheet["published"]["days"], partial(self._publish, sheet, first))

    def _afterwards(self, sheet: Sheet) -> None:
        for told in sheet.get("translated", ()):
            self._at(told["days"], partial(self._translate, sheet, told))
        for told in sheet.get("mended", ()):
            self._at(told["days"], partial(self._mend, sheet, told))
        for told in sheet.get("undone", ()):
            self._at(told["days"], partial(self._deface, sheet, told))
            self._at(told["again"]["days"], partial(self._undo, sheet, told["again"]))
        for one in sheet["stops"]:
            for sound in one["sounds"]:
                if "added" in sound:
                    self._at(sound["added"]["days"], partial(self._add_sound, sheet, one["key"], sound))

    def _begin(self, sheet: Sheet, who: str) -> None:
        name = sheet["key"]
        content = trail(sheet, self._stops[name], self._media, languages=[sheet["language"]], first=True)
        begun = self._hands.trails(who).begin(content, **self._by(who, sheet), comment=sheet["begun"]["comment"])
        self._trails[name] = begun.id

    def _join(self, sheet: Sheet, first: str, who: str) -> None:
        self._hands.trails(first).add_author(self._trails[sheet["key"]], self._hands.people[who].person_id)

    def _publish(self, sheet: Sheet, who: str) -> None:
        self._hands.trails(who).publish(self._trails[sheet["key"]])

    def _translate(self, sheet: Sheet, told: Sheet) -> None:
        trail_id, ids, into = self._trails[sheet["key"]], self._stops[sheet["key"]], told["into"]
        number, now = self._hands.said(trail_id)
        said = translated(now, into, filled_in(trail(sheet, ids, self._media), into))
        trails = self._hands.trails(told["by"])
        trails.revise(trail_id, number, said, **self._by(told["by"]), comment=told["comment"])
        for one in sheet["stops"]:
            for sound in one["sounds"]:
                if into in sound.get("in_other_words", ()):
                    self._put_into_words(sound["key"], into, sound["in_other_words"][into], told["by"])

    def _mend(self, sheet: Sheet, told: Sheet) -> None:
        trail_id, ids = self._trails[sheet["key"]], self._stops[sheet["key"]]
        number, now = self._hands.said(trail_id)
        right = {one.id: one for one in trail(sheet, ids, self._media, languages=list(now.title)).stops}
        mended = ids[told["stop"]]
        stops = tuple(replace(right[mended], media=one.media) if one.id == mended else one for one in now.stops)
        self._revise(trail_id, number, told, stops=stops)

    def _deface(self, sheet: Sheet, told: Sheet) -> None:
        trail_id = self._trails[sheet["key"]]
        number, now = self._hands.said(trail_id)
        self._revise(trail_id, number, told, title={**now.title, now.language: told["title"]})

    def _undo(self, sheet: Sheet, told: Sheet) -> None:
        trail_id = self._trails[sheet["key"]]
        number, _ = self._hands.said(trail_id)
        trails = self._hands.trails(told["by"])
        trails.revert(trail_id, number, number - 1, **self._by(told["by"], sheet), comment=told["comment"])

    def _revise(self, trail_id: UUID, number: int, told: Sheet, **changed: Any) -> None:
        _, now = self._hands.said(trail_id)
        content = replace(now, **changed)
        who = told["by"]
        self._hands.trails(who).revise(trail_id, number, content, **self._by(who), comment=told["comment"])

    def _add_sound(self, sheet: Sheet, key: str, sound: Sheet) -> None:
        name, who = sheet["key"], sound["by"]
        trail_id = self._trails[name]
        number, now = self._hands.said(trail_id)
        content = with_media(now, self._stops[name][key], self._media[sound["key"]])
        trails = self._hands.trails(who)
        trails.revise(trail_id, number, content, **self._by(who, sheet), comment=sound["added"]["comment"])

    def _remix(self, sheet: Sheet, who: str) -> None:
        source_id = self._trails[sheet["of"]]
        number, source = self._hands.said(source_id)
        taken_further = revision(self._hands.session, TrailRevision, source_id, number)
        made = self._hands.trails(who).remix(
            taken_further, sheet["title"], sheet["licence"], **self._by(who, sheet), comment=sheet["begun"]["comment"]
        )
        self._trails[sheet["key"]] = made.id
        _, begun = self._hands.said(made.id)
        keys = {stop_id: key for key, stop_id in self._stops[sheet["of"]].items()}
        taken = {keys[one.id]: mine.id for one, mine in zip(source.stops, begun.stops, strict=True)}
        own = {one["key"]: self._new_id() for one in sheet["stops"] if "key" in one}
        self._stops[sheet["key"]] = taken | own

    def _change_remix(self, sheet: Sheet, who: str) -> None:
        trail_id = self._trails[sheet["key"]]
        number, begun = self._hands.said(trail_id)
        content = remixed(sheet, begun, self._stops[sheet["key"]], self._media)
        trails = self._hands.trails(who)
        trails.revise(trail_id, number, content, **self._by(who, sheet), comment=sheet["revised"]["comment"])

    # Sounds ---------------------------------------------------------------------------------------------------------

    def _send(self, sheet: Sheet, days: float) -> None:
        """Let every sound of a trail be sent: those that were added later just before that, the others in the weeks."""
        for one in sheet["stops"]:
            for sound in one.get("sounds", ()):
                when = sound["added"]["days"] + 1 if "added" in sound else days + self._chance.randrange(20)
                self._at(when, partial(self._send_one, sheet, sound))
                self._at(when - 0.5, partial(self._say, sheet, sound))

    def _send_one(self, sheet: Sheet, sound: Sheet) -> None:
        speaks = "says" in sound
        media = self._hands.send(
            sound["by"],
            self._takes[sound["key"]],
            f"{sound['key']}.wav",
            title=sound["title"],
            language=sheet["language"] if speaks else None,
            licence=sheet["licence"] if speaks else "CC0-1.0",
            attribution=f"{sheet['organisation']} ({SYNTHETIC[speaks]})",
            voices=Voices.AGREED if speaks else Voices.NOBODY,
            organisation_id=self._hands.organisations[sheet["organisation"]],
        )
        self._media[sound["key"]] = media.id

    def _say(self, sheet: Sheet, sound: Sheet) -> None:
        """Let whoever sent a sound put it into words; what is in other words comes with the trail's translation."""
        said = dict(sound.get("heard", {})) | ({sheet["language"]: sound["says"]} if "says" in sound else {})
        translated = {told["into"] for told in sheet.get("translated", ())}
        for language, text in sound.get("in_other_words", {}).items():
            if language not in translated:
                said[language] = text
        for language, text in said.items():
            self._put_into_words(sound["key"], language, text, sound["by"])

    def _put_into_words(self, key: str, language: str, text: str, who: str) -> None:
        media = self._hands.session.get_one(Media, self._media[key])
        author_id = self._hands.people[who].person_id
        self._hands.library(who).transcribe(media, language, TranscriptForm.TEXT, text, author_id)

    def listened(self) -> None:
        """Let the sounds of the published trails have been heard, more often on some days than on others."""
        today = self._now.date()
        for key in sorted(self._media):
            sent = self._hands.session.get_one(Media, self._media[key]).created_at.date()
            age = max(1, (today - sent).days - 30)
            for days in sorted(self._chance.sample(range(age), min(age, self._chance.randrange(4, BUSY)))):
                starts = self._chance.randrange(1, 9)
                heard = {"starts": starts, "completions": self._chance.randint(starts // 2, starts)}
                self._hands.session.add(PlayTally(media_id=self._media[key], day=today - timedelta(days=days), **heard))
        self._hands.session.flush()

    # Places ---------------------------------------------------------------------------------------------------------

    def places(self) -> None:
        """Let residents put the places on the map, one after the other, some of them for their organisation."""
        residents = sorted(self._hands.people)
        organisations = sorted(self._hands.organisations)
        for told in places():
            who = self._chance.choice(residents)
            later = "en" in told.title and self._chance.random() < TRANSLATED_LATER
            content = PlaceContent(
                title=told.title,
                language="fr",
                licence=self._chance.choice(("CC-BY-SA-4.0", "CC-BY-SA-4.0", "CC0-1.0", "CC-BY-4.0", "etalab-2.0")),
                longitude=told.position[0],
                latitude=told.position[1],
                text=told.text,
                theme=told.theme,
                access=Access(told.level),
                address=told.quarter,
            )
            by = {"author_id": self._hands.people[who].person_id, "organisation_id": None}
            if self._chance.random() < 0.2:
                by["organisation_id"] = self._hands.organisations[self._chance.choice(organisations)]
            days = self._chance.randrange(20, OLDEST_PLACE)
            self._at(days, partial(self._add_place, content, by, first=["fr"] if later else LANGUAGES))
            if later:
                self._at(self._chance.randrange(1, days), partial(self._add_english, content))
            if told.sound:
                self._at(5, partial(self._let_hear, content, told.sound))

    def _add_place(self, content: PlaceContent, by: dict[str, Any], first: Any) -> None:
        title, text = among(content.title, first), among(content.text, first)
        added = self._hands.places().add(replace(content, title=title, text=text), **by)
        self._places[content.title["fr"]] = added.id

    def _add_english(self, content: PlaceContent) -> None:
        self._revise_place(content, self._chance.choice(ENGLISH), "English", title=content.title, text=content.text)

    def _let_hear(self, content: PlaceContent, key: str) -> None:
        self._revise_place(content, "maiwenn", "Ce que l’on y entend", media=(self._media[key],))

    def _revise_place(self, content: PlaceContent, who: str, comment: str, **changed: Any) -> None:
        found = self._hands.session.get_one(MapPlace, self._places[content.title["fr"]])
        now = place_content(self._hands.session, found)
        by = self._by(who)
        self._hands.places().revise(found.id, found.current, replace(now, **changed), **by, comment=comment)

    # Moderation -----------------------------------------------------------------------------------------------------

    def moderated(self, sheet: Sheet) -> None:
        """Let the moderator hide what is no place, take something back, and find what visitors point out."""
        for told in sheet["acts"]:
            if "posted" in told:
                self._at(told["posted"]["days"], partial(self._advertise, told))
            for act, name in ((Act.HIDE, "hidden"), (Act.RESTORE, "restored")):
                if name in told:
                    self._at(told[name]["days"], partial(self._moderate, act, told, told[name]))
        for flag in sheet["flags"]:
            self._at(flag["days"], partial(self._flag, flag))

    def _advertise(self, told: Sheet) -> None:
        longitude, latitude = within(told["posted"]["quarter"], told["place"])
        content = PlaceContent(
            title={"fr": told["place"]},
            text={"fr": told["posted"]["text"]},
            language="fr",
            licence="CC0-1.0",
            longitude=longitude,
            latitude=latitude,
            theme=Theme.MEETING,
        )
        self._add_place(content, {"author_id": self._hands.people[told["posted"]["by"]].person_id}, LANGUAGES)

    def _moderate(self, act: Act, told: Sheet, done: Sheet) -> None:
        moderator = self._hands.people[done["by"]].person_id
        self._hands.moderation(done["by"]).act(act, *self._subject(told), done["reason"], moderator)

    def _flag(self, told: Sheet) -> None:
        by_id = self._hands.people[told["by"]].person_id if told["by"] else None
        concern = Concern(told["concern"])
        self._hands.moderation(told["by"]).flag(*self._subject(told), concern, told["words"], by_id)

    def _subject(self, told: Sheet) -> tuple[str, UUID]:
        """Return what is moderated: its kind and its id."""
        kind = _kind(told)
        match kind:
            case "media":
                return kind, self._media[told["sound"]]
            case "stop":
                return kind, self._stops[told["of"]][told["stop"]]
            case _:
                return kind, self._places[told["place"]]

    # ----------------------------------------------------------------------------------------------------------------

    def _by(self, who: str, sheet: Sheet | None = None) -> dict[str, Any]:
        """Return in whose name something is said: somebody's, and their organisation's where a trail is its own."""
        name = sheet.get("organisation") if sheet else None
        return {
            "author_id": self._hands.people[who].person_id,
            "organisation_id": self._hands.organisations[name] if name else None,
        }

    def _new_id(self) -> UUID:
        return UUID(int=self._chance.getrandbits(128), version=4)


def _kind(told: Sheet) -> str:
    """Return which kind of thing is moderated."""
    return "media" if "sound" in told else "stop" if "stop" in told else "place"
