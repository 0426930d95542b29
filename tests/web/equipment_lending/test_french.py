"""What lending refuses, it refuses in French to whoever reads French, on pages that are French from end to end."""

import pytest
from webtest import Upload

from equipment_lending.terms import LoanState
from portal.people.terms import Role
from tests.factories import desk, lending, people
from tests.web.portal.test_french import FRENCH, assert_french

WISH = {"pickup": "2026-11-03", "return": "2026-11-05", "units": "1", "purpose": "Une balade sonore"}


@pytest.fixture
def stock(session):
    """Three recorders at Lambézellec, open from Tuesday to Saturday."""
    point = lending.point(session, slug="lambezellec", windows=lending.TUESDAY_TO_SATURDAY)
    return lending.stock(session, units=3, at=point, of=lending.model(session, slug="enregistreur"))


@pytest.fixture
def nolwenn(session):
    return people.person(session, language="fr")


@pytest.fixture
def at_desk(browse, session, stock):
    return people.signed_in(browse, people.staff(session, Role.DESK, "lambezellec", language="fr"))


def sent(form, button=None, status=409):
    """Send a form and return what is said on the page that comes of it, with plain spaces."""
    page = form.submit(button, headers=FRENCH, status=status)
    assert_french(page, form.action)
    assert page.html.title.text.startswith("Erreur")
    return " ".join(page.html.select_one("main").get_text(" ").split())


@pytest.mark.parametrize(
    ("rules", "wish", "said"),
    [
        ({}, {"pickup": "2026-10-20"}, "C’est dans le passé. Choisissez un moment à venir."),
        (
            {},
            {"pickup": "2026-11-02"},
            "L’accueil est fermé à ce moment-là, le lundi 2 novembre. Prochaine ouverture possible : mardi 3",
        ),
        ({}, {"units": "4"}, "Il n’y en a que 3 de libres sur toute la durée."),
        ({"max_days": 1}, {}, "et ce matériel se prête 1 jour au plus. Choisissez un retour plus tôt."),
        ({"horizon_days": 3}, {}, "C’est trop loin : un retrait peut être demandé jusqu’au 25 octobre 2026."),
        ({"max_units_per_person": 1}, {"units": "2"}, "Une personne peut en avoir un à la fois."),
        ({"max_days_in_period": 1}, {}, "Pour que chacun ait son tour, une personne peut avoir ce matériel 1 jour"),
        ({"requires": ["prise-de-son"]}, {}, "prise de son"),
        ({"min_minutes": 20_000}, {}, "Un emprunt dure au moins 20000 minutes. Choisissez un retour plus tard."),
    ],
)
def test_a_request_that_cannot_be_granted_is_refused_in_french(browse, session, stock, nolwenn, rules, wish, said):
    if rules:
        lending.policy(session, model_id=stock.model_id, **rules)
    form = people.signed_in(browse, nolwenn).get("/equipment/enregistreur", headers=FRENCH).forms["borrow"]
    for name, value in (WISH | wish).items():
        form[name] = value
    assert said in sent(form)


def test_what_is_not_well_formed_is_refused_in_french(browse, stock, nolwenn):
    form = people.signed_in(browse, nolwenn).get("/equipment/enregistreur", headers=FRENCH).forms["borrow"]
    form["pickup"], form["return"] = "", "2026-02-31"
    assert "Remplissez ce champ." in sent(form, status=422)


def test_an_extension_at_somebody_elses_expense_is_refused_in_french(browse, session, stock, nolwenn):
    loan = lending.loan(session, stock, "2026-10-22T10:00", "2026-10-23T18:00", borrower=nolwenn)
    lending.loan(session, stock, "2026-10-24T10:00", "2026-10-30T10:00", units=3)
    form = people.signed_in(browse, nolwenn).get(f"/loans/{loan.id}/extend", headers=FRENCH).forms["extend"]
    form["return"] = "2026-10-27"
    assert "Il est attendu ailleurs d’ici là : il doit être revenu avant." in sent(form)


def test_a_hand_over_that_cannot_be_is_refused_in_french(session, at_desk, stock):
    loan = lending.loan(session, stock, "2026-10-22T10:00", "2026-10-24T10:00")
    other = lending.loan(session, stock, "2026-10-22T10:00", "2026-10-24T10:00")
    tag = sorted(item.asset_tag for item in stock.items)[0]
    form = at_desk.get(f"/desk/loans/{loan.id}/check-out", headers=FRENCH).forms["checkout"]
    desk.handed_out(session, other, tag)
    for box in form.fields["items"]:
        box.checked = box._value == tag
    form["terms"] = True
    assert f"{tag} est entre les mains de quelqu’un. Reprenez-le d’abord." in sent(form, "hand_out")


def test_a_no_without_a_reason_is_refused_in_french(session, at_desk, stock):
    asked = lending.loan(session, stock, "2026-10-29T10:00", "2026-10-30T10:00", state=LoanState.REQUESTED)
    form = at_desk.get(f"/desk/loans/{asked.id}", headers=FRENCH).forms["reject"]
    assert "Remplissez ce champ." in sent(form, "reject", status=422)


def test_a_program_reads_why_it_was_refused_in_french(api, session, stock, nolwenn):
    wish = {
        "point": "lambezellec",
        "pickup_at": "2026-11-02T10:00:00+01:00",
        "return_at": "2026-11-05T10:00:00+01:00",
        "lines": [{"equipment": "enregistreur", "units": 4}],
        "purpose": "Une balade sonore",
    }
    who = people.bearer(session, nolwenn) | FRENCH
    no = api.post_json("/api/v1/loans", wish, headers=who, status=409).json
    said = {reason["code"]: reason["detail"] for reason in no["reasons"]}
    assert said["pickup_closed"].startswith("L’accueil est fermé à ce moment-là, le lundi 2 novembre.")
    assert said["not_enough"].startswith("Il n’y en a que 3 de libres sur toute la durée.")


def test_what_is_wrong_in_spreadsheets_is_said_in_french(browse, session):
    admin = people.signed_in(browse, people.staff(session, Role.ADMIN, language="fr"))
    form = admin.get("/manage/spreadsheets", headers=FRENCH).forms["spreadsheets"]
    columns = "slug,name,address,latitude,longitude,timezone,opening_hours,lead_days,max_visits"
    form["points"] = Upload("points.csv", f"{columns}\nKérinou,,,north,,,,,\n".encode(), "text/csv")
    page = form.submit("compare", headers=FRENCH, status=422)
    assert_french(page, "/manage/spreadsheets")
    said = [" ".join(one.get_text().split()) for one in page.html.select("[role=alert] li")]
    assert "points.csv, ligne 2, latitude : « north » n’est pas un nombre." in said
    assert "points.csv, ligne 2, name : Cette case ne peut pas rester vide." in said
