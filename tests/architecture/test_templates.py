"""Templates hold to what the pages promise: nothing inline, nothing from other hosts, nothing unescaped by accident."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

TEMPLATES = sorted(Path(".").glob("*/templates/**/*.jinja2"))
PARSER = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
TRUSTED = {"icons.jinja2"}  # our own drawings
VOID_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>")
OTHER_HOST = re.compile(r"""<(?:script|link|img|iframe|audio|video|source)\b[^>]*\b(?:src|href)=["']?(?:https?:)?//""")


def test_there_are_templates():
    assert len(TEMPLATES) > 20


@pytest.mark.parametrize("template", TEMPLATES, ids=str)
def test_a_template_styles_and_scripts_nothing_inline(template):
    text = template.read_text("utf-8")
    assert not re.search(r"""<[a-z][^>]*\s(style|on[a-z]+)\s*=\s*["']""", text)
    assert not re.search(r"<style\b", text)
    assert not VOID_SCRIPT.search(text)
    assert "javascript:" not in text


@pytest.mark.parametrize("template", TEMPLATES, ids=str)
def test_a_template_loads_nothing_from_other_hosts(template):
    assert not OTHER_HOST.search(template.read_text("utf-8"))


@pytest.mark.parametrize("template", TEMPLATES, ids=str)
def test_nothing_goes_to_the_page_unescaped(template):
    filters = PARSER.parse(template.read_text("utf-8")).find_all(nodes.Filter)
    assert template.name in TRUSTED or not [found for found in filters if found.name == "safe"]


@pytest.mark.parametrize("template", TEMPLATES, ids=str)
def test_a_page_has_one_title_and_stands_in_the_layout(template):
    text = template.read_text("utf-8")
    if 'extends "portal:templates/portal/layout.jinja2"' in text:
        assert len(re.findall(r"{%-? block title -?%}", text)) == 1
        assert "<html" not in text
