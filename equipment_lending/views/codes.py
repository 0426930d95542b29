"""QR codes, drawn into the page."""

import segno
from markupsafe import Markup


def qr(text: str) -> Markup:
    """Return ``text`` as a QR code in SVG: dark on light whatever the page's colours, as large as its box."""
    code = segno.make(text, error="m", micro=False)
    return Markup(  # noqa: S704 (segno writes it: paths, and no text of anybody's)
        code.svg_inline(border=2, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None)
    )
