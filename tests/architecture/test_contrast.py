"""Text is readable and borders that mean something are seen, in both schemes: computed from the tokens themselves."""

import re
from itertools import product
from pathlib import Path

import pytest

CSS = Path("portal/static/portal/css")
TOKENS = (CSS / "tokens.css").read_text("utf-8")

HUES = ("water", "heather", "lichen", "amber", "rust")
GROUNDS = ("paper", "raised", "sunk")
TEXT = [
    *product(("ink", "ink-soft", "link", "rust"), GROUNDS),
    *((hue, f"{hue}-soft") for hue in HUES),
    *product(("ink", "link"), [f"{hue}-soft" for hue in HUES] + ["gorse-soft"]),
    *((hue, "raised") for hue in HUES),
    *((("paper"), hue) for hue in HUES),
    ("ink-soft", "gorse-soft"),
    ("water-ink", "water"),
    ("gorse-ink", "gorse"),
]
BORDERS = [
    *product(("line-strong", "water", "rust", "focus"), GROUNDS),
    *((hue, ground) for hue, ground in product(HUES, GROUNDS)),
]


def declarations(selector: str) -> dict[str, str]:
    """Return the colours that a rule of tokens.css declares, by name."""
    start = TOKENS.index(selector)
    block = TOKENS[TOKENS.index("{", start) : TOKENS.index("}", start)]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})\b", block))


LIGHT = declarations(":root {")
DARK = declarations(':root[data-scheme="dark"]')
SCHEMES = {"light": LIGHT, "dark": DARK}


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb``. Source: WCAG 2.2."""
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_as_wcag_says():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_stands_out_from_its_ground(scheme, text, ground):
    colours = SCHEMES[scheme]
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("border", "ground"), BORDERS)
def test_a_border_that_means_something_is_seen(scheme, border, ground):
    colours = SCHEMES[scheme]
    assert contrast(colours[border], colours[ground]) >= 3


def test_every_colour_has_a_dark_one():
    assert LIGHT.keys() == DARK.keys()


def test_the_system_s_dark_and_the_reader_s_dark_are_the_same():
    assert declarations(':root:not([data-scheme="light"])') == DARK


def test_a_stylesheet_uses_no_colour_and_no_token_that_tokens_css_does_not_name():
    named = set(re.findall(r"--([\w-]+):", TOKENS))
    for sheet in CSS.glob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.S)
        assert set(re.findall(r"var\(--([\w-]+)", text)) <= named, sheet
        if sheet.name not in ("tokens.css", "print.css"):  # paper is white and ink is black
            assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", text), sheet
