"""Nothing a client sends is a mistake of ours: whatever the bytes, the answer is not a 500."""

import re
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyramid.request import Request

from portal.people.terms import Role
from tests.factories import people

raw = st.binary(max_size=30).map(lambda data: data.decode("latin-1"))
odd = st.one_of(
    raw,
    st.text(max_size=20).map(lambda text: text.encode("utf-8", "replace").decode("latin-1")),
    st.sampled_from(
        ["0", "-1", "9" * 30, "NaN", "é", "%00", "%ff", "../..", "null", "[]", "2026-02-30", "a\r\nb", "*"]
    ),
    st.uuids().map(str),
)
HEADERS = (
    "ACCEPT", "ACCEPT_ENCODING", "ACCEPT_LANGUAGE", "AUTHORIZATION", "COOKIE", "HOST", "IDEMPOTENCY_KEY",
    "IF_MATCH", "IF_MODIFIED_SINCE", "IF_NONE_MATCH", "IF_UNMODIFIED_SINCE", "ORIGIN", "RANGE", "REFERER",
    "TRANSFER_ENCODING", "X_CSRF_TOKEN", "X_FORWARDED_FOR", "X_HTTP_METHOD_OVERRIDE", "X_REQUESTED_WITH",
)  # fmt: skip
KINDS = (
    "", "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/plain",
    "application/json; charset=utf-16", "application/x-www-form-urlencoded; charset=x", "/", ";",
)  # fmt: skip
BODIES = (
    b"{}", b"[]", b"null", b'{"a": 1}', b"a=1&a=2", b"--b\r\n\r\n--b--", b"\xff", b'{"name": "\\u0000"}',
)  # fmt: skip
METHODS = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "A")
PARAMETERS = (
    "q", "kind", "page", "limit", "offset", "from", "to", "point", "category", "state", "mine", "month", "day", "x"
)  # fmt: skip


@pytest.fixture(scope="session")
def patterns(wsgi_app):
    """The address of every route, our own files among them."""
    return sorted({route.pattern for route in wsgi_app.routes_mapper.get_routes(include_static=True)})


@pytest.fixture
def visitors(browse, session):
    """What cookies a visitor, a resident and somebody with every role bring along."""
    boss = people.staff(session, Role.ADMIN)
    for role in set(Role) - {Role.ADMIN}:
        people.role(session, boss, role)
    secrets = [people.sign_in(session, who) for who in (people.person(session), boss)]
    return ["", *(f"sign-in={secret}" for secret in secrets)]


@st.composite
def requests(draw, patterns, visitors):
    """A WSGI environ that no browser would send, at the address of a route of ours, or nearly."""
    path = re.sub(r"\{[^}]+\}|\*\w+", lambda _part: draw(odd), draw(st.sampled_from(patterns)))
    query = draw(st.lists(st.tuples(st.sampled_from(PARAMETERS), odd), max_size=3))
    body = draw(st.binary(max_size=60) | st.sampled_from(BODIES))
    environ = {
        "REQUEST_METHOD": draw(st.sampled_from(METHODS)),
        "PATH_INFO": draw(st.sampled_from([path, path + "/", path.upper(), "/" + path])),
        "QUERY_STRING": "&".join(f"{name}={value}" for name, value in query),
        "CONTENT_TYPE": draw(st.sampled_from(KINDS)),
        "CONTENT_LENGTH": draw(st.sampled_from([str(len(body))] * 4 + ["", "0", "-1", "x", "1000", "9" * 20])),
        "HTTP_COOKIE": draw(st.sampled_from(visitors)),
        "wsgi.input": BytesIO(body),
    }
    headers = draw(st.dictionaries(st.sampled_from(HEADERS), odd, max_size=2))
    return environ | {f"HTTP_{name}": value for name, value in headers.items()}


@settings(deadline=None, max_examples=400, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nothing_a_client_sends_is_a_mistake_of_ours(browse, session, patterns, visitors, data):
    environ = data.draw(requests(patterns, visitors))
    with session.begin_nested() as savepoint:
        sent = Request.blank("/", environ=browse.extra_environ | environ)
        answer = sent.get_response(browse.app)
        assert answer.status_int < 500, (answer.status, answer.text[:500])
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if savepoint.is_active:
            savepoint.rollback()
