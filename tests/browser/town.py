"""A small town to walk through: two desks, what they lend, people in every role, and a loan in every state."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO

from PIL import Image
from sqlalchemy.orm import Session

from equipment_lending.models import EquipmentModel, ModelPhoto, OpeningException, Stock
from equipment_lending.services.fleet import open_maintenance
from equipment_lending.terms import Approval, DayKind, LoanState, ServiceState
from maps.terms import Access, AccessLevel, Difficulty, Surface, Theme
from portal.audit.services import Audit
from portal.clock import StoppedClock
from portal.jobs.models import Job, WorkerPulse
from portal.media.images import photo
from portal.media.models import Rendition
from portal.media.photos import Photos
from portal.media.terms import FORMER_CONTRIBUTOR, MediaFlaw, MediaKind, MediaState, Rendering, TranscriptForm
from portal.moderation.terms import Act, Concern
from portal.people.models import Invitation, LetterPurpose, Organisation, Person
from portal.people.services import Letters
from portal.people.terms import Role
from portal.security.identify import secret_hash
from tests.conftest import NOW
from tests.factories import desk, lending, maps, media, moderation, people
from tests.factories.people import PASSWORD

CLOCK = StoppedClock(NOW)
DAY = timedelta(days=1)


@dataclass
class Town:
    """Who lives here, and what the addresses of their things are made of (``names``)."""

    nolwenn: Person
    clerk: Person
    admin: Person
    moderator: Person
    friends: Organisation
    names: dict[str, str] = field(default_factory=dict)


def build(session: Session, photos: Photos) -> Town:
    """Put the town into an empty database."""
    admin = people.staff(session, name="Armelle Kerdoncuff", email="armelle@example.org", password=PASSWORD)
    clerk = people.staff(
        session, Role.DESK, "lambezellec", name="Yann Kerbrat", email="yann@example.org", password=PASSWORD
    )
    rozenn = people.staff(session, Role.MODERATOR, name="Rozenn Mingam", email="rozenn@example.org")
    nolwenn = people.person(session, email="nolwenn@example.org", phone="06 12 34 56 78", password=PASSWORD)
    friends = people.organisation(session, rna="W291234567")
    people.membership(session, person=nolwenn, organisation=friends, until=NOW.date() + 200 * DAY)
    people.membership(session, person=people.person(session, name="Soazig Tanguy"), organisation=friends, officer=False)
    town = Town(nolwenn, clerk, admin, rozenn, friends)
    recorders, camera, bike, mixer = _stocks(session)
    for stock in (recorders, camera):
        _photos(session, stock.model, photos)
    _loans(session, town, recorders, camera, bike, mixer)
    _links(session, town)
    _moderation(session, town)
    _to_take_away(session, town)
    _trails(session, town)
    _behind_the_scenes(session, town)
    _library(session, town)
    town.names |= {
        "category": recorders.model.category.slug,
        "tag": camera.items[0].asset_tag,
        "lost": mixer.items[0].asset_tag,
        "lambezellec": str(recorders.point.id),
        "person": str(nolwenn.id),
        "clerk": str(clerk.id),
        "organisation": str(friends.id),
    }
    for known in (nolwenn, clerk, admin, rozenn, friends):
        session.refresh(known)  # to be read when the session is gone
    return town


def _photos(session: Session, of: EquipmentModel, photos: Photos) -> None:
    sides = (("teal", "Vu de face", "From the front"), ("navy", "Vu de dos", "From behind"), ("olive", "Dessus", "Top"))
    for position, (colour, side, english) in enumerate(sides):
        content = BytesIO()
        Image.new("RGB", (640, 360), colour).save(content, "PNG")
        text = {"fr": side, "en": english}
        session.add(ModelPhoto(model=of, position=position, key=photos.keep(photo(content)), text=text))
    session.flush()


def _stocks(session: Session) -> tuple[Stock, Stock, Stock, Stock]:
    here = lending.point(
        session,
        slug="lambezellec",
        windows=lending.TUESDAY_TO_SATURDAY,
        phone="02 98 00 00 01",
        email="lambezellec@example.org",
        notice="L’entrée est dans la cour.",
        observes_holidays=True,
    )
    toussaint = {"kind": DayKind.CLOSED, "note": "Vacances de la Toussaint"}
    here.exceptions.append(OpeningException(first_day=date(2026, 10, 31), last_day=date(2026, 11, 3), **toussaint))
    there = lending.point(session, slug="bellevue", name="Centre social de Bellevue")
    sound = lending.category(session, slug="son")
    image = lending.category(session, slug="image", name={"fr": "Image", "en": "Image"}, icon="camera")
    wheels = lending.category(session, slug="mobilite", name={"fr": "Mobilité", "en": "Mobility"}, icon="bike")
    recorder = lending.model(
        session,
        slug="enregistreur",
        category_id=sound.id,
        name={"fr": "Enregistreur numérique", "en": "Digital field recorder"},
    )
    camera = lending.model(
        session,
        slug="camera",
        category_id=image.id,
        name={"fr": "Caméra de reportage", "en": "Documentary camera"},
        accessories=["batterie", "chargeur", "trépied"],
    )
    bike = lending.model(
        session,
        slug="velo-cargo",
        category_id=wheels.id,
        name={"fr": "Vélo cargo", "en": "Cargo bike"},
        notice={"fr": "Prévoyez une heure pour le prendre en main.", "en": "Allow an hour to get used to it."},
        accessories=[],
    )
    mixer = lending.model(
        session,
        slug="table-de-mixage",
        category_id=sound.id,
        name={"fr": "Table de mixage"},
        description={"fr": "Huit voies."},
    )
    nothing = lending.model(session, slug="megaphone", category_id=sound.id, name={"fr": "Mégaphone"})
    lending.policy(session, model_id=recorder.id, max_units_per_person=3)
    lending.policy(session, model_id=bike.id, approval=Approval.MANUAL, requires=["velo-cargo"])
    stocks = (
        lending.stock(session, units=4, at=here, of=recorder),
        lending.stock(session, units=2, at=here, of=camera),
        lending.stock(session, units=1, at=here, of=bike),
        lending.stock(session, units=2, at=here, of=mixer),
    )
    lending.stock(session, units=3, at=there, of=recorder)
    lending.stock(session, units=20, at=there, of=camera, lot=True)
    lending.listed(session, recorder, camera, bike, mixer, nothing, here, there)
    return stocks


def _loans(session: Session, town: Town, recorders: Stock, camera: Stock, bike: Stock, mixer: Stock) -> None:
    ewen = people.person(session, name="Ewen Quéméneur", email="ewen@example.org")
    mine = {"borrower": town.nolwenn}
    to_fetch = lending.loan(session, recorders, "2026-10-22T15:00", "2026-10-24T17:00", units=2, **mine)
    out = lending.loan(session, camera, "2026-10-20T10:00", "2026-10-22T17:00", **mine, organisation_id=town.friends.id)
    desk.handed_out(session, out, at=lending.instant("2026-10-20T10:05"))
    late = lending.loan(session, recorders, "2026-10-14T10:00", "2026-10-17T17:00", borrower=ewen)
    desk.handed_out(session, late, at=lending.instant("2026-10-14T10:10"))
    lending.waiting(session, mixer, "2026-10-28T10:00", "2026-10-29T17:00", units=2, who=town.nolwenn)
    lending.offer(session, camera, "2026-10-29T10:00", "2026-10-30T17:00", who=town.nolwenn)
    asked = lending.loan(session, bike, "2026-10-28T10:00", "2026-10-29T17:00", **mine, state=LoanState.REQUESTED)
    at_risk = lending.loan(session, mixer, "2026-10-27T10:00", "2026-10-30T17:00", units=2, borrower=ewen)
    declined = lending.loan(
        session,
        bike,
        "2026-10-02T10:00",
        "2026-10-03T17:00",
        **mine,
        state=LoanState.REJECTED,
        reason="En révision.",
    )
    declined.lines[0].claims[0].live = False
    mixer.items[0].service_state, mixer.items[0].state_reason = ServiceState.LOST, "Oublié dans le tram"
    open_maintenance(session, camera.items[1], NOW - DAY, NOW + 9 * DAY, "Objectif à nettoyer")
    town.names |= {
        "loan": str(to_fetch.id),
        "out": str(out.id),
        "late": str(late.id),
        "asked": str(asked.id),
        "risky": str(at_risk.id),
        "declined": str(declined.id),
    }


def _links(session: Session, town: Town) -> None:
    """Letters and invitations that have not been followed yet."""
    letters = Letters(session, CLOCK)
    newcomer = people.person(session, name="Azenor", email_confirmed_at=None, password=PASSWORD)
    for purpose, who in (
        (LetterPurpose.CONFIRM, newcomer),
        (LetterPurpose.RESET, town.nolwenn),
        (LetterPurpose.CHANGE_EMAIL, town.nolwenn),
    ):
        town.names[purpose.value] = letters.issue(purpose, who, who.email)
    usual = {"organisation_id": town.friends.id, "invited_by_id": town.nolwenn.id, "created_at": NOW}
    for secret in ("for-yann", "for-somebody"):
        session.add(
            Invitation(secret_hash=secret_hash(secret), email="yann@example.org", expires_at=NOW + 7 * DAY, **usual)
        )
    people.token(session, town.nolwenn, name="Agenda du centre")


def _moderation(session: Session, town: Town) -> None:
    """Notices that visitors say something is wrong with, hidden, put back and removed."""
    said, hidden, removed, back = (
        moderation.notice(session, name)
        for name in ("Fest-noz aux Capucins", "Troc de graines", "Vide-grenier de la rue de Siam", "Chorale ouverte")
    )
    for minutes, words in enumerate(("Il a lieu en mai.", "La date est passée, et l’affiche est illisible.", "", "!")):
        moderation.flag(session, said, words, created_at=NOW - timedelta(minutes=minutes))
    moderation.flag(session, said, "C’est ma voix.", concern=Concern.RIGHTS, by_id=town.nolwenn.id)
    moderation.flag(session, hidden, "On n’entre plus au jardin par là.", concern=Concern.DANGER)
    moderation.flag(session, back, subject_kind="of_no_feature")
    moderation.acted(session, hidden, Act.HIDE, by=town.moderator)
    moderation.acted(session, removed, Act.HIDE, Act.REMOVE, by=town.moderator)
    moderation.acted(session, back, Act.HIDE, Act.RESTORE, by=town.admin)
    town.names |= {"notice": str(said.id), "hidden": str(hidden.id), "removed": str(removed.id), "back": str(back.id)}


def _to_take_away(session: Session, town: Town) -> None:
    """A trail with a sound, printed and shown on other sites."""
    sound = maps.sound(session, transcript="On entend les mouettes, puis les dockers.")
    name = f"{sound.id.int:064x}.m4a"
    session.add(Rendition(media_id=sound.id, rendering=Rendering.AAC, name=name, media_type="audio/mp4", size=9))
    onwards = {"fr": "Longez le quai jusqu’à la grue bleue.", "en": "Follow the quay to the blue crane."}
    trail = maps.trail(
        session,
        maps.stop("01", title={"fr": "La criée", "en": "The fish auction"}, directions=onwards, media=(sound.id,)),
        maps.stop("02", -4.4725, 48.3818, title={"fr": "La grue bleue", "en": "The blue crane"}),
        maps.stop("S1", -4.4700, 48.3822, title={"fr": "Un détour par la jetée"}, optional=True),
        author_id=town.nolwenn.id,
        title={"fr": "Les voix du port", "en": "Voices of the harbour"},
    )
    town.names["taken"] = trail.slug


def _library(session: Session, town: Town) -> None:
    """What Nolwenn sent, in every state, and what somebody else did."""
    mine = {"sender_id": town.nolwenn.id, "attribution": "Nolwenn Le Goff"}
    sound = media.media(session, title="La cloche de Saint-Martin", description="À midi, par vent d’ouest.", **mine)
    media.transcript(session, sound)
    timed = "WEBVTT\n\n00:00.000 --> 00:02.000\n<v Soizic>Selaou !\n\n00:02.000 --> 00:04.500\nNav taol.\n"
    media.transcript(session, sound, timed, language="br", form=TranscriptForm.WEBVTT)
    picture = media.media(session, MediaKind.IMAGE, title="La grue", description="Une grue jaune sur un quai.", **mine)
    film = media.media(session, MediaKind.VIDEO, title="Le tram", language="br", **mine)
    waiting = media.media(session, title="Trop tôt", state=MediaState.PREPARING, progress=40, **mine)
    failed = media.media(session, title="Muet", state=MediaState.FAILED, flaw=MediaFlaw.SILENT, **mine)
    foreign = media.media(session, title="Les mouettes", language=None, attribution=FORMER_CONTRIBUTOR)
    found = {"sound": sound, "picture": picture, "film": film, "waiting": waiting, "failed": failed, "foreign": foreign}
    town.names |= {f"media_{name}": str(one.id) for name, one in found.items()}


def _behind_the_scenes(session: Session, town: Town) -> None:
    audit = Audit(session, CLOCK, None)
    audit.record("role.grant", "person", town.clerk.id, role="desk", scope="lambezellec")
    waiting = {"kind": "mail.send", "payload": {}, "created_at": NOW, "run_at": NOW}
    session.add(Job(**waiting))
    session.add(Job(**waiting, attempts=9, given_up_at=NOW, error="Connection refused"))
    session.add(WorkerPulse(name="worker-1", seen_at=NOW))


def _trails(session: Session, town: Town) -> None:
    """A trail that others corrected and made another of, a draft with all that can be wrong with one, a place."""
    me, ewen = town.nolwenn.id, people.person(session, name="Gwenn Riou").id
    heard = media.media(session, title="La criée avant l’aube", sender_id=me)
    media.transcript(session, heard, "On crie les lots, en français et en breton.")
    other = media.media(session, title="Cale sèche nº 2", sender_id=me)
    first = maps.stop(
        "01", title={"fr": "La criée", "en": "The auction"}, media=(heard.id,), directions={"fr": "À gauche."}
    )
    second = maps.stop("02", -4.4725, 48.3818, title={"fr": "La cale"}, media=(other.id,))
    aside = maps.stop("S1", -4.4724, 48.3818, title={"fr": "L’atelier des voiles"}, optional=True)
    gone = maps.stop("03", -4.4690, 48.3812, title={"fr": "Le phare"})
    given = {
        "title": {"fr": "Les voix du port de commerce", "br": "Mouezhioù ar porzh"},
        "text": {"fr": "Le port se visite. **Attention** aux grues."},
        "access": Access(AccessLevel.WHEELCHAIR, 3, 120, Surface.HARD, {"fr": "Un rail à franchir."}),
        "minutes": 50,
        "difficulty": Difficulty.EASY,
        "theme": Theme.SEA,
    }
    trail = maps.trail(session, first, second, aside, gone, author_id=me, **given)
    service = maps.trails(session)
    service.publish(service.remix(trail.revisions[0], {"fr": "Les voix du Guelmeur"}, "CC-BY-SA-4.0", ewen).id)
    shorter = maps.content(second, first, aside, **given)
    service.revise(trail.id, 1, shorter, ewen, comment="Le phare est fermé")
    lone = media.media(session, title="Le vent", attribution="", sender_id=me, milliseconds=900_000)
    draft = maps.trail(
        session,
        maps.stop("01", text={}),
        maps.stop("02", -4.4725, 48.3818, media=(lone.id,), radius=10),
        maps.stop("02", -4.40, 48.40),
        author_id=me,
        draft=True,
        title={"fr": "Le long de la Penfeld"},
    )
    place = maps.place(session, author_id=me, address="rue de la Porte", media=(heard.id,))
    town.names |= {
        "trail": trail.slug,
        "draft": draft.slug,
        "stop": str(second.id),
        "last": str(aside.id),
        "gone": str(gone.id),
        "place": place.slug,
    }
