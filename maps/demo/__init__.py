"""The demo city's map: four trails with forty stops to hear, a remix, a draft, and two hundred places of all kinds."""

from datetime import timedelta
from random import Random

from maps.demo.hands import Hands
from maps.demo.life import Life
from maps.demo.recordings import takes
from maps.demo.told import DRAFT, REMIX, TRAILS, sheets, told

TOUR = (
    (
        "maiwenn",
        "author of an audio trail",
        "walk *Le port de commerce, quai par quai*, then add a sound to one of its stops",
    ),
)
LONG_AGO = timedelta(days=300)


def load(request, chance: Random) -> None:
    """Make the sounds, then let everything happen that led to the present map."""
    now = request.clock.now().replace(second=0, microsecond=0)
    hands = Hands(request, now - LONG_AGO)
    folder = request.registry.portal_settings.data / "tmp"
    with takes((sound for _, sound in sheets()), folder) as ready:
        life = Life(hands, now, ready, chance)
        for name in TRAILS:
            life.trail(told(name))
        life.remix(told(REMIX))
        life.draft(told(DRAFT))
        life.places()
        life.moderated(told("moderation"))
        life.live()
    life.listened()
