"""Every path finds the route that Pyramid would have found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyramid.interfaces import IRoutesMapper
from pyramid.request import Request
from pyramid.urldispatch import RoutesMapper

from portal.routing import Routes

segments = st.sampled_from(["", "trails", "trails.atom", "about", "café", "a", "..", "%20"])
paths = st.lists(segments, max_size=3).map(lambda found: "/" + "/".join(found))
PATTERNS = ("/", "about", "/trails/{slug}", "trails/a", "/{any}", "{any}.atom", "/{any}/{more}", "*rest")


def routed(mapper, path):
    found = mapper(Request({"PATH_INFO": path.encode().decode("latin-1"), "REQUEST_METHOD": "GET"}))
    return found["route"] and found["route"].name, found["match"]


@given(paths, st.lists(st.sampled_from(PATTERNS), unique=True))
def test_the_first_route_that_fits_is_found_in_the_order_in_which_they_were_added(path, patterns):
    ours, theirs = Routes(), RoutesMapper()
    for pattern in patterns:
        for mapper in (ours, theirs):
            mapper.connect(pattern, pattern)
    assert routed(ours, path) == routed(theirs, path)


def test_a_route_that_is_added_later_or_does_not_fit_otherwise_is_known(config):
    ours = Routes()
    ours.connect("post", "/about", predicates=[lambda _found, request: request.method == "POST"])
    assert routed(ours, "/about") == (None, None)
    ours.connect("page", "/about")
    assert routed(ours, "/about") == ("page", {})
    assert isinstance(config.registry.getUtility(IRoutesMapper), Routes)


@pytest.mark.parametrize("path", ["/about", "/trails/penfeld/walk", "/nothing/here", "/static/portal/css/base.css"])
def test_the_house_is_found_as_before(config, path):
    mapper = config.registry.getUtility(IRoutesMapper)
    theirs = RoutesMapper()
    theirs.routelist = mapper.routelist
    assert routed(mapper, path) == routed(theirs, path)
