"""The demo city's lending: seven points, half a year of loans, and a present in which there is something to do."""

from datetime import timedelta
from random import Random

from equipment_lending.demo import cast
from equipment_lending.demo.life import Life
from equipment_lending.demo.plan import BEFORE_ALL, Draw
from equipment_lending.demo.present import Present
from equipment_lending.demo.staff import Staff
from equipment_lending.demo.town import Founding, staffed, told
from portal.people.demo import named
from portal.ports.certifications import Certifications

TOUR = (
    ("nolwenn", "a resident", "find a field recorder that is free next weekend, borrow it, look at your loans"),
    ("gwenole", "treasurer of an association", "borrow in its name: *My account*, *act for an organisation*"),
    (
        "soizic",
        "desk clerk in Lambézellec",
        "*The desk*: hand out what was borrowed, take something back with a part missing",
    ),
    ("erwan", "desk clerk in Recouvrance", "approve the cargo bike that waits for an answer"),
)
FOUNDED = BEFORE_ALL + timedelta(days=5)


def load(request, chance: Random) -> None:
    """Bring in what is lent and who lends it, then let everything happen that led to the present."""
    now = request.clock.now().replace(second=0, microsecond=0)
    staff = Staff(request.db, request.ask(Certifications), now - FOUNDED, chance)
    staffed(request, chance)
    founding = Founding(staff, named(request.db, "armelle"), chance)
    founding.points(now.date())
    founding.catalogue()

    counters, stories = cast.counters(request.db), told("stories")
    present = Present(now, told("present"), counters, cast.people(request.db), cast.organisations(request.db))
    borrowers = cast.borrowers(request.db, stories["projects"], chance)
    kept = present.kept_free, present.people_in_it, present.expected
    ordinary = Draw(chance, now, list(counters.values()), borrowers, stories, *kept)
    life = Life(staff, cast.clerks(request.db), chance, stories["late_back"], until=now)
    for plan in (*present.plans(), *ordinary.past(), *ordinary.ahead()):
        life.plan(plan)
    for broken in present.told["out_of_service"]:
        life.take_out(broken["point"], broken["model"], broken["since_days"], broken["for_days"], broken["reason"])
    for who, wish in present.waits():
        life.wait(who, wish)
    life.live()
