"""Every kind of field, through a small application: shown, sent, refused, and sent by somebody who means ill."""

import re

import colander
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import TemplateNotFound
from webtest import TestApp, Upload

from portal.forms.fitting import fit
from portal.forms.renderer import Renderer
from portal.forms.widgets import CheckboxChoice
from tests.browser.style_page import EverythingSchema, configured

GOOD = {"name": "Maëlle", "email": "maelle@example.org", "terms": True, "best": "a"}


@pytest.fixture(scope="module")
def config():
    return configured()


@pytest.fixture(scope="module")
def app(config):
    return TestApp(config.make_wsgi_app(), lint=False)  # the lint keeps WebOb from seeing that a body is in memory


@pytest.fixture
def form(app):
    return app.get("/form").forms["everything"]


def fill(form, **given):
    for name, value in (GOOD | given).items():
        form[name] = value
    return form


def taken(page) -> str:
    return page.html.find(id="taken").text


def described(page, name):
    control = page.html.find(id=f"everything-{name}")
    return [page.html.find(id=part) for part in control["aria-describedby"].split()]


def test_what_is_sent_well_is_taken_as_it_was_meant(form):
    form.get("kinds", index=1).checked = True
    fill(form, units="3", deposit="1 234,50", pickup="2026-10-22T14:30")
    page = form.submit("send")
    assert "'units': 3" in taken(page)
    assert "'deposit': 123450" in taken(page)
    assert "2026, 10, 22, 12, 30" in taken(page)
    assert "'kinds': {'b'}" in taken(page)
    assert "'terms': True" in taken(page)


def test_a_form_with_errors_says_so_in_its_title_its_status_and_its_summary(form):
    page = form.submit("send", status=422)
    assert page.html.title.text.startswith("Error:") or page.html.title.text.startswith("Erreur")
    summary = page.html.find(id="everything-wrong")
    assert summary["role"] == "alert"
    assert summary.has_attr("autofocus")
    for link in summary.find_all("a"):
        assert page.html.find(id=link["href"][1:]).name in ("input", "select", "textarea")


def test_every_error_and_hint_is_tied_to_its_control(form):
    page = form.submit("send", status=422)
    hint, error = described(page, "name")
    assert hint["class"] == ["hint"]
    assert error["class"] == ["error"]
    assert page.html.find(id="everything-name")["aria-invalid"] == "true"
    for error in page.html.select(".error"):
        assert page.html.select(f'[aria-describedby~="{error["id"]}"]'), error


def test_every_control_has_a_label_and_every_group_a_legend(app):
    page = app.get("/form").html
    for control in page.select("main input:not([type=hidden]), main select, main textarea"):
        assert page.find("label", {"for": control["id"]}).text.strip(), control
    for group in page.find_all("fieldset"):
        assert group.find("legend", recursive=False).text.strip()


def test_what_may_be_left_out_says_so_in_words(app):
    page = app.get("/form").html
    for label in page.select("main .field > label[for]:not(.choice)"):
        control = page.find(id=label["for"])
        assert control.has_attr("required") is not bool(label.select(".optional")), label


def test_ids_are_given_once(app):
    ids = re.findall(r'\sid="([^"]*)"', app.get("/form").text)
    assert len(ids) == len(set(ids))


def test_nothing_is_styled_or_scripted_inline(app):
    for path in ("/form", "/components"):
        page = app.get(path)
        assert not re.search(r"\s(style|on\w+)=", page.text)
        assert all(script.has_attr("src") for script in page.html.find_all("script"))


def test_a_rule_s_no_stands_beside_its_field_and_above_the_form(form):
    page = fill(form, name="refused").submit("send", status=409)
    assert "Another name, please." in described(page, "name")[-1].text
    assert "Not today." in page.html.find(id="everything-wrong").text


def test_what_was_typed_is_shown_again_as_text(form):
    page = fill(form, name="<b>&amp;\"'", email="no", story="\n<script>\nend").submit("send", status=422)
    assert page.forms["everything"]["name"].value == "<b>&amp;\"'"
    assert page.forms["everything"]["story"].value == "<script>\nend"
    assert "<script>\n" not in page.text


def test_a_password_is_never_shown_again(form):
    page = fill(form, name="", password="correct horse").submit("send", status=422)
    assert "correct horse" not in page.text


def test_rows_are_added_and_removed_without_script_and_nothing_typed_is_lost(form):
    form["lines.0.equipment"] = "camera"
    page = form.submit("lines:add")
    form = page.forms["everything"]
    assert page.html.find(id="everything-lines-1-equipment").has_attr("autofocus")
    assert not page.html.find(id="everything-wrong")
    assert form["lines.0.equipment"].value == "camera"

    form["lines.1.equipment"], form["lines.1.units"] = "tripod", "2"
    form = form.submit("lines:add").forms["everything"]
    form = form.submit("lines.0:remove").forms["everything"]
    assert form["lines.0.equipment"].value == "tripod"
    assert "'lines': [{'equipment': 'tripod', 'units': 2}]" in taken(fill(form).submit("send"))


def test_an_error_in_a_row_stands_in_that_row(form):
    fill(form)["lines.0.equipment"] = "camera"
    form = fill(form.submit("lines:add").forms["everything"])
    form["lines.1.equipment"], form["lines.1.units"] = "tripod", "0"
    page = form.submit("send", status=422)
    assert "everything-lines-1-units-error" in page.html.find(id="everything-lines-1-units")["aria-describedby"]
    assert not page.html.find(id="everything-lines-0-units").has_attr("aria-invalid")


def test_blank_rows_do_not_count(form):
    assert "'lines': []" in taken(fill(form).submit("send"))


def test_return_in_a_field_sends_the_form_rather_than_adding_a_row(app):
    assert app.get("/form").html.find(id="everything").find("button")["name"] == "send"


def test_a_file_is_taken(form):
    page = fill(form, photo=Upload("été.jpg", b"bytes", "image/jpeg")).submit("send")
    assert "name='été.jpg'" in taken(page)
    assert "size=5" in taken(page)


def test_a_file_too_large_is_refused(form):
    page = fill(form, photo=Upload("a.jpg", b"x" * 1025, "image/jpeg")).submit("send", status=422)
    assert described(page, "photo")


def test_a_form_that_filters_sends_no_token_and_marks_nothing_optional(app):
    form = app.get("/components?q=sound&since=2026-10-22").forms["filter"]
    assert "csrf_token" not in form.fields
    assert form["q"].value == "sound"
    assert ".optional" not in form.text
    app.get("/components?since=never", status=422)


def test_a_form_without_its_token_is_refused(app):
    app.post("/form", {"name": "x"}, status=400)


# Somebody who means ill


def token(app) -> str:
    return app.get("/form").forms["everything"]["csrf_token"].value


def sent(app, *pairs, **kw):
    return app.post("/form", [("csrf_token", token(app)), *pairs], **kw)


@pytest.mark.parametrize(
    "name", ["name", "story", "password", "units", "day", "hour", "pickup", "deposit", "best", "secret"]
)
@pytest.mark.parametrize("value", ["a\x00b", "a\x1bb", "\u202e", "9" * 5000, "x" * 1_000_000, "-1e309", "٣", "NaN"])
def test_a_hostile_value_is_refused_or_taken_but_breaks_nothing(app, name, value):
    page = sent(app, *(GOOD | {name: value}).items(), status="*")
    assert page.status_int in (200, 422)
    assert "\x00" not in page.text


def test_a_text_too_long_is_refused(form):
    page = fill(form, story="x" * 10_001).submit("send", status=422)
    assert "10000" in described(page, "story")[-1].text


@pytest.mark.parametrize("name", ["name", "units", "kinds", "best", "terms", "lines.0.equipment", "address.street"])
def test_a_file_where_a_text_is_expected_is_refused_or_ignored(app, name):
    given = {**{key: str(value) for key, value in GOOD.items()}, "csrf_token": token(app)}
    given.pop(name, None)
    page = app.post("/form", given, upload_files=[(name, "a.txt", b"a")], status="*")
    assert page.status_int in (200, 422)


def test_a_text_where_a_file_is_expected_is_refused(app):
    page = sent(app, *GOOD.items(), ("photo", "not a file"), status=422)
    assert described(page, "photo")


def test_an_answer_that_was_not_offered_is_refused(app):
    for name in ("best", "point", "kinds"):
        answers = {key: value for key, value in GOOD.items() if key != name}
        assert "everything-wrong" in sent(app, *answers.items(), (name, "z"), status=422).text


def test_a_value_sent_twice_is_malformed(app):
    sent(app, *GOOD.items(), ("name", "another"), status=400)


@pytest.mark.parametrize(
    "pairs",
    [
        [("__start__", "lines:sequence"), ("__end__", "name:mapping")],
        [("__end__", "x:sequence")],
        [("__start__", "x:nothing")],
        [("lines.99999.units", "1"), ("lines.-1.units", "1"), ("lines.x.units", "1"), ("lines..units", "1")],
        [("lines", "x"), ("address", "x"), ("name.x", "y"), ("", "z"), (".", "z"), (":add", "1")],
        [("address:add", "1"), ("lines.0.equipment:remove", "1")],
    ],
)
def test_a_structure_that_the_form_has_not_is_not_looked_at(app, pairs):
    assert sent(app, *GOOD.items(), *pairs).status_int == 200


def test_more_rows_than_anybody_needs_are_malformed(app):
    sent(app, *GOOD.items(), *((f"lines.{n}.equipment", "x") for n in range(201)), status=400)


names = st.sampled_from([node.name for node in EverythingSchema()]) | st.sampled_from(
    ["lines.0.units", "lines.1.equipment", "lines:add", "lines.0:remove", "lines.0:row", "address.code", "__start__"]
)
values = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["0", "1e400", "2026-99-99", "0000-00-00", "24:61", "true", "99999999999999999999", "+inf", "2026-10-22T25:00"]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(names, values, max_size=12))
def test_nothing_that_is_sent_breaks_a_form(app, given_values):
    assert sent(app, *given_values.items(), status="*").status_int in (200, 400, 409, 422)


# What pages may ask for


def test_a_widget_without_a_template_of_ours_is_an_error(config, app):
    request = config.registry  # the renderer needs its registry and a language only

    class Asked:
        registry = request
        localizer = None
        locale_name = "fr"

    with pytest.raises(TemplateNotFound):
        Renderer(Asked())("textinput")


def test_a_stock_widget_or_a_type_without_one_is_an_error():
    from deform.widget import TextInputWidget

    with pytest.raises(TypeError):
        fit(colander.SchemaNode(colander.String(), widget=TextInputWidget()))
    with pytest.raises(TypeError):
        fit(colander.SchemaNode(colander.Set()))
    fit(colander.SchemaNode(colander.Set(), widget=CheckboxChoice(values=(("a", "A"),))))
