"""Texts that a city or a resident writes in Markdown, as safe markup. Templates have it as the filter ``markdown``."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {"p", "br", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "blockquote", "code", "pre", "hr"}
_READER = MarkdownIt("commonmark", {"html": False})


@lru_cache(maxsize=256)
def rendered(text: str) -> Markup:
    """Return the text as markup. Its headings begin at the second level, the page has the first; no images."""
    tokens = _READER.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close") and token.tag in ("h1", "h5", "h6"):
            token.tag = "h2" if token.tag == "h1" else "h4"
    markup = _READER.renderer.render(tokens, _READER.options, {})
    return Markup(nh3.clean(markup, tags=TAGS, attributes={"a": {"href"}}, link_rel="noopener"))  # noqa: S704 cleaned


def includeme(config) -> None:
    config.get_settings().setdefault("jinja2.filters", {})["markdown"] = rendered
