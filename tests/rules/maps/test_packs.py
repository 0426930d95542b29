"""What a page needs to be whole without a network."""

from maps.rules.packs import needed

PAGE = """
<link rel="stylesheet" href="/static/portal/css/fonts.css?v=1&amp;x=2"><a href="/trails">All</a>
<source src="/media/aa.m4a" type="audio/mp4"><img src='/media/bb.jpg'>
<a href="/static/../x">there</a>
<script type="module" src="/static/maps/walk.js?v=3"></script><a href="https://example.org/static/no.css">away</a>
<link rel="stylesheet" href="/static/portal/css/fonts.css?v=1&amp;x=2">
"""
FILES = {
    "/static/portal/css/fonts.css?v=1&x=2": '@font-face { src: url("../installed/a.woff2"), url(data:font/woff2,A) }',
    "/static/maps/walk.js?v=3": 'import { a } from "./trigger.js";\nimport "./more/other.js"; import("./late.js");',
    "/static/maps/trigger.js": 'import { b } from "./walk-too.js";',
    "/static/maps/walk-too.js": 'import { c } from "./trigger.js";',
    "/static/maps/more/other.js": "",
    "/static/maps/late.js": "",
}


def test_all_that_is_named_is_needed_once_and_what_that_names_too():
    assert needed(PAGE, FILES.__getitem__) == [
        "/static/portal/css/fonts.css?v=1&x=2",
        "/media/aa.m4a",
        "/media/bb.jpg",
        "/static/maps/walk.js?v=3",
        "/static/portal/installed/a.woff2",
        "/static/maps/trigger.js",
        "/static/maps/more/other.js",
        "/static/maps/late.js",
        "/static/maps/walk-too.js",
    ]


def test_a_page_that_names_nothing_needs_nothing():
    assert needed("<p>Words</p>", FILES.__getitem__) == []
