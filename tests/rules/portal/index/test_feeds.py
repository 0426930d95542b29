"""What feed readers and search engines get is well formed whatever things are called."""

from datetime import UTC, datetime
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from portal.index.feeds import LONG_AGO, News, atom, sitemap, sitemap_index

AT = datetime(2026, 10, 22, 12, 0, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def news(title="Caméra", summary="", url="https://communs.example/equipment/camera"):
    return News("urn:uuid:1", title, "fr", summary, url, ("equipment", "Matériel"), AT, AT, "CC BY-SA 4.0")


def feed(*entries):
    return ElementTree.fromstring(
        atom("Les communs", "La ville", "fr", "https://a.example/feed.atom", "https://a.example/search", entries)
    )


def test_a_feed_has_what_the_standard_asks_for():
    root = feed(news())
    for name in ("id", "title", "updated", "author"):
        assert root.find(ATOM + name) is not None
    entry = root.find(f"{ATOM}entry")
    assert {child.tag.removeprefix(ATOM) for child in entry} == {
        "id", "title", "published", "updated", "link", "category", "summary", "rights"
    }  # fmt: skip
    assert entry.find(f"{ATOM}updated").text == "2026-10-22T12:00:00+00:00"


def test_a_feed_without_news_is_old_not_broken():
    assert feed().find(f"{ATOM}updated").text == LONG_AGO.isoformat()


@given(st.text(), st.text(), st.text())
def test_no_name_breaks_a_feed(title, summary, url):
    entry = feed(news(title, summary, url)).find(f"{ATOM}entry")
    assert "<script" not in entry.find(f"{ATOM}title").tag


@given(st.lists(st.text(max_size=30), max_size=5))
def test_no_address_breaks_a_sitemap(addresses):
    root = ElementTree.fromstring(sitemap((address, AT) for address in addresses))
    assert len(root.findall(f"{SITEMAP}url")) == len(addresses)


def test_sitemaps_are_listed():
    root = ElementTree.fromstring(sitemap_index(["https://a.example/sitemap.xml?page=1"]))
    assert root.find(f"{SITEMAP}sitemap/{SITEMAP}loc").text == "https://a.example/sitemap.xml?page=1"
