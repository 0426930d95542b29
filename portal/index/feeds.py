"""The index for feed readers and search engines: Atom (RFC 4287) and sitemaps, as XML that is always well formed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class News:
    """One entry of a feed: texts in ``language``, ``category`` the kind's machine name and its label."""

    id: str
    title: str
    language: str
    summary: str
    url: str
    category: tuple[str, str]
    published: datetime
    updated: datetime
    licence: str | None = None


def atom(title: str, author: str, language: str, own_url: str, page_url: str, news: Sequence[News]) -> bytes:
    """Return an Atom feed. ``own_url`` is its address and its name, ``page_url`` the page it goes with."""
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": language})
    _text(feed, "id", own_url)
    _text(feed, "title", title)
    _text(feed, "updated", max((one.updated for one in news), default=LONG_AGO).isoformat())
    _text(SubElement(feed, "author"), "name", author)
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": own_url})
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": page_url})
    for one in news:
        entry = SubElement(feed, "entry", {"xml:lang": one.language})
        _text(entry, "id", one.id)
        _text(entry, "title", one.title)
        _text(entry, "published", one.published.isoformat())
        _text(entry, "updated", one.updated.isoformat())
        SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": _clean(one.url)})
        SubElement(entry, "category", {"term": one.category[0], "label": _clean(one.category[1])})
        _text(entry, "summary", one.summary)
        if one.licence:
            _text(entry, "rights", one.licence)
    return _written(feed)


def sitemap(pages: Iterable[tuple[str, datetime | None]]) -> bytes:
    """Return a sitemap of ``(address, last change)``."""
    return _located("urlset", "url", pages)


def sitemap_index(parts: Iterable[str]) -> bytes:
    """Return the list of the addresses of sitemaps."""
    return _located("sitemapindex", "sitemap", ((part, None) for part in parts))


def _located(root: str, each: str, places: Iterable[tuple[str, datetime | None]]) -> bytes:
    whole = Element(root, {"xmlns": SITEMAP})
    for address, changed in places:
        one = SubElement(whole, each)
        _text(one, "loc", address)
        if changed is not None:
            _text(one, "lastmod", changed.isoformat())
    return _written(whole)


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _clean(text)


def _clean(text: str) -> str:
    return NOT_XML.sub("", text)


def _written(root: Element) -> bytes:
    return tostring(root, encoding="utf-8", xml_declaration=True)
