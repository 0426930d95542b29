"""QR codes: drawn into a page, or as a picture of their own."""

from io import BytesIO

import segno
from markupsafe import Markup

BORDER = 2
COLOURS = {"dark": "#000", "light": "#fff"}
"""What machines read: dark on light whatever the page's colours."""


def qr(text: str) -> Markup:
    """Return ``text`` as a QR code in SVG for a page, as large as its box."""
    drawn = {"border": BORDER, "omitsize": True, "svgclass": None, "lineclass": None}
    return Markup(_code(text).svg_inline(**COLOURS, **drawn))  # noqa: S704 (segno writes it: paths, and no text of anybody's)


def qr_picture(text: str, module: int = 8) -> bytes:
    """Return ``text`` as an SVG file, of ``module`` pixels each dot, for a post or a sheet of one's own."""
    page = BytesIO()
    _code(text).save(page, kind="svg", scale=module, border=4, **COLOURS)
    return page.getvalue()


def _code(text: str) -> segno.QRCode:
    return segno.make(text, error="m", micro=False)
