"""Trails to walk in a browser, whose sounds can be heard."""

from portal.media.models import Transcript
from portal.media.terms import TranscriptForm
from tests.browser.sites import Site
from tests.conftest import NOW
from tests.factories import maps, sounds

PLACES = ((-4.4790, 48.3830), (-4.4760, 48.3826), (-4.4725, 48.3818))
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Fañch>Le tram arrive.\n"


def heard(site: Site) -> str:
    """Return the name of a published trail of three stops; the second has two sounds, the third is only read."""
    store = site.registry.media_store
    with site.session() as session:
        tones = [
            sounds.heard(session, store, seconds, transcript=f"On entend la note {note}.", title=f"Note {note}")
            for note, seconds in ((330, 0.8), (440, 0.7), (550, 0.9))
        ]
        stops = [
            maps.stop("01", *PLACES[0], media=(tones[0].id,), directions={"fr": "Suivez le quai."}),
            maps.stop("02", *PLACES[1], media=(tones[1].id, tones[2].id)),
            maps.stop("S1", *PLACES[2], optional=True),
        ]
        return maps.trail(session, *stops).slug


def seen(site: Site) -> str:
    """Return the name of a published trail: a film with captions and a picture, then a long sound 90 m off the line."""
    store = site.registry.media_store
    with site.session() as session:
        film = sounds.filmed(session, store, 4.0, title="Le tram")
        captions = {"language": "fr", "form": TranscriptForm.WEBVTT, "text": CAPTIONS}
        session.add(Transcript(media_id=film.id, author_id=film.sender_id, created_at=NOW, **captions))
        picture = sounds.photographed(session, store, title="La grue bleue")
        tone = sounds.heard(session, store, 20.0, title="La sirène")
        stops = [
            maps.stop("01", *PLACES[0], media=(film.id, picture.id)),
            maps.stop("02", PLACES[1][0], PLACES[1][1] + 0.0008, media=(tone.id,)),
        ]
        return maps.trail(session, *stops, title={"fr": "Le tram et la sirène"}).slug
