from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select
from webtest import Upload

from portal.audit.models import AuditEntry
from portal.pages.admin.schemas import SECTIONS
from portal.pages.models import CitySetting
from portal.people.terms import Role
from tests.factories import people


@pytest.fixture
def admin(session, browse):
    return people.signed_in(browse, people.staff(session, Role.ADMIN))


def form_of(page):
    return (
        page.forms["settings"]
        if "settings" in page.forms
        else next(f for f in page.forms.values() if "save" in f.fields)
    )


def kept(session, name):
    return session.scalar(select(CitySetting.value).where(CitySetting.key == name))


def picture(kind="PNG", size=(800, 400)):
    file = BytesIO()
    Image.new("RGB", size, "navy").save(file, kind)
    return file.getvalue()


def test_only_administrators_change_what_the_city_says(browse, session):
    people.signed_in(browse, people.staff(session, Role.DESK, "lambezellec"))
    browse.get("/admin/settings", status=403)
    browse.get("/admin/settings/name", status=403)


def test_there_is_no_section_of_another_name(admin):
    admin.get("/admin/settings/nonsense", status=404)


@pytest.mark.parametrize("slug", SECTIONS)
def test_each_section_sent_as_it_is_changes_nothing(admin, session, slug):
    form_of(admin.get(f"/admin/settings/{slug}")).submit("save", status=303)

    assert session.scalars(select(CitySetting)).all() == []
    assert session.scalars(select(AuditEntry).where(AuditEntry.act == "settings.change")).all() == []


def test_a_new_name_shows_on_every_page_at_once_and_is_audited(admin, session):
    form = form_of(admin.get("/admin/settings/name"))
    form["name"] = "Ar c'humunioù <b>"
    form.submit("save").follow().mustcontain("Ar c&#39;humunioù &lt;b&gt;")

    assert kept(session, "name") == "Ar c'humunioù <b>"
    assert session.scalars(select(AuditEntry.subject_id).where(AuditEntry.act == "settings.change")).all() == ["name"]


def test_what_is_set_back_to_the_default_is_not_kept(admin, session):
    form = form_of(admin.get("/admin/settings/contact"))
    form["contact_phone"] = "02 98 00 00 00"
    form.submit("save")
    assert kept(session, "contact_phone") == "02 98 00 00 00"

    form = form_of(admin.get("/admin/settings/contact"))
    form["contact_phone"] = ""
    form.submit("save")
    assert kept(session, "contact_phone") is None


def test_texts_are_kept_by_language(admin, session):
    form = form_of(admin.get("/admin/settings/banner"))
    form["banner.fr"] = "Fermé lundi"
    form.submit("save")
    assert kept(session, "banner") == {"fr": "Fermé lundi"}


def test_a_preview_shows_markdown_without_markup_and_saves_nothing(admin, session):
    form = form_of(admin.get("/admin/settings/about"))
    form["about.fr"] = "## Bonjour\n\n**gras** <script>alert(1)</script>"
    page = form.submit("preview", status=200)

    prose = page.html.select_one(".prose")
    assert prose.h2.text == "Bonjour"
    assert prose.strong.text == "gras"
    assert prose.script is None
    assert session.scalars(select(CitySetting)).all() == []


def test_a_logo_is_kept_small_and_served(admin, session):
    form = form_of(admin.get("/admin/settings/name"))
    form["logo"] = Upload("emblem.png", picture(), "image/png")
    page = form.submit("save").follow()

    url = page.html.select_one("a.brand img")["src"]
    answer = admin.get(url)
    assert answer.content_type == "image/png"
    assert Image.open(BytesIO(answer.body)).size == (320, 160)

    form = form_of(admin.get("/admin/settings/name"))
    form["without_logo"] = True
    assert form.submit("save").follow().html.select_one("a.brand img") is None


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"<svg/>", picture()[:60], picture("GIF")],
    ids=["nothing", "half a GIF", "SVG", "half a PNG", "GIF"],
)
def test_a_logo_that_is_no_picture_is_refused_beside_its_field(admin, session, content):
    form = form_of(admin.get("/admin/settings/name"))
    form["logo"] = Upload("x.png", content, "image/png")
    answer = form.submit("save", expect_errors=True)

    assert answer.status_int in (303, 422)  # an empty file is no file
    assert kept(session, "logo") is None


@pytest.mark.parametrize(
    ("slug", "field", "value"),
    [
        ("name", "name", ""),
        ("name", "zone", "Mars/Olympus"),
        ("contact", "contact_email", "nobody"),
        ("accessibility", "accessibility_rate", "101"),
        ("map", "map_tiles", "javascript:alert(1)"),
        ("map", "map_tiles", "https://tiles.example/{z}/{x}"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(admin, session, slug, field, value):
    form = form_of(admin.get(f"/admin/settings/{slug}"))
    form[field] = value
    page = form.submit("save", status=422)

    assert page.html.select_one(f"[name='{field}']")["aria-invalid"] == "true"
    assert session.scalars(select(CitySetting)).all() == []


def test_a_language_that_the_city_does_not_offer_is_not_spoken(admin, session):
    form = form_of(admin.get("/admin/settings/name"))
    form.set("languages", False, index=1)
    form.submit("save")

    assert kept(session, "languages") == ["fr"]
    assert admin.get("/admin/settings", headers={"Accept-Language": "en"}).html.html["lang"] == "fr"
