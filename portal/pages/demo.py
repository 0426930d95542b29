"""What the demo city says of itself."""

from datetime import timedelta
from random import Random

from portal.audit.services import Audit
from portal.clock import StoppedClock
from portal.pages.city import Conformity
from portal.pages.services import CitySettings
from portal.people.demo import named
from portal.security.terms import Identity

SAID, AUDITED = timedelta(days=240), timedelta(days=45)


def load(request, _chance: Random) -> None:
    """Give the city whom to write to, who publishes, and the state of its accessibility statement."""
    admin = named(request.db, "armelle")
    now = request.clock.now()
    clock = StoppedClock(now - SAID)
    audit = Audit(request.db, clock, Identity(admin.id, admin.name, admin.language))
    audited_on = (now - AUDITED).date().isoformat()
    CitySettings(request.db, clock, audit).change(SETTINGS | {"accessibility_audited_on": audited_on})


SETTINGS: dict[str, object] = {
    "contact_email": "communs@communs.example",
    "contact_phone": "02 61 91 10 00",
    "contact_address": "Mission des communs\n2 rue du Pont-Tournant\n29200 Brest",
    "publisher": "Ville de Brest, mission des communs (ville de démonstration)",
    "publication_director": "Armelle Kerdoncuff",
    "host": "Service informatique de la ville, 2 rue du Pont-Tournant, 29200 Brest",
    "accessibility_state": Conformity.PARTIAL.value,
    "accessibility_auditor": "La mission des communs, avec trois personnes qui utilisent un lecteur d’écran",
    "accessibility_rate": 94,
    "accessibility_contact": "accessibilite@communs.example",
    "accessibility_issues": {
        "fr": (
            "- Les photos que déposent les habitantes et habitants n’ont pas toutes une description.\n"
            "- Le calendrier d’un matériel se lit jour par jour ; une semaine entière se parcourt lentement au clavier."
        ),
        "en": (
            "- Not every photo that residents upload has a description.\n"
            "- The calendar of a piece of equipment is read day by day; a whole week is slow to go through by keyboard."
        ),
    },
    "accessibility_plan": {
        "fr": (
            "- Schéma pluriannuel 2026-2028 : une personne référente, une formation par an pour les accueils.\n"
            "- En 2026 : parcours au clavier et au lecteur d’écran ; en 2027 : transcriptions de tous les sons."
        ),
        "en": (
            "- Multi-year plan 2026-2028: one person in charge, a training a year for the desks.\n"
            "- In 2026: journeys by keyboard and screen reader; in 2027: transcripts of all sounds."
        ),
    },
    "accessibility_method": {
        "fr": (
            "- Environnements : Firefox et NVDA, Safari et VoiceOver.\n"
            "- Outils : axe-core, un mesureur de contraste.\n"
            "- Pages : accueil, connexion, contact, déclaration, catalogue, matériel, emprunts, carte, balade."
        ),
        "en": (
            "- Environments: Firefox with NVDA, Safari with VoiceOver.\n"
            "- Tools: axe-core, a contrast meter.\n"
            "- Pages: home, sign-in, contact, statement, catalogue, a piece of equipment, my loans, map, trail."
        ),
    },
    "accessibility_derogations": {
        "fr": "Le fond de carte, fourni par un tiers : chaque lieu est aussi donné par son adresse.",
        "en": "The map background, provided by others: every place is also given by its address.",
    },
}
