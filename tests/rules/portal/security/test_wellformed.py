"""What cannot be read is taken out of a request, and named."""

from io import BytesIO
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyramid.request import Request

from portal.security.wellformed import MOST_FIELDS, mend

MOST = 10_000
FORM = "application/x-www-form-urlencoded"


def environ(body=b"", **given):
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/equipment",
        "QUERY_STRING": "q=v%C3%A9lo",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost:6543",
        "HTTP_COOKIE": "language=fr",
        "CONTENT_TYPE": "",
        "CONTENT_LENGTH": str(len(body)) if body else "",
        "wsgi.input": BytesIO(body),
        "wsgi.url_scheme": "http",
    } | given


def raw(data: bytes) -> str:
    """Bytes as a WSGI server hands them over."""
    return data.decode("latin-1")


def status(given) -> int | None:
    fault = mend(given, MOST)
    return fault.status_int if fault else None


def post(body: bytes, kind=FORM, **more) -> int | None:
    return status(environ(body, REQUEST_METHOD="POST", CONTENT_TYPE=kind, **more))


def multipart(name: bytes, value: bytes, filename: bytes | None = None) -> bytes:
    told = b'; filename="' + filename + b'"' if filename is not None else b""
    return (
        b'--b\r\nContent-Disposition: form-data; name="' + name + b'"' + told + b"\r\n\r\n" + value + b"\r\n--b--\r\n"
    )


def test_what_can_be_read_is_left_alone():
    asked = environ(PATH_INFO=raw("/équipement".encode()), HTTP_COOKIE=raw("nom=é".encode()), HTTP_X="a\tb")
    before = dict(asked)
    assert status(asked) is None
    assert {key: asked[key] for key in before} == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"PATH_INFO": "/\xff"},
        {"PATH_INFO": "/a\0b"},
        {"PATH_INFO": "/\u20ac"},
        {"QUERY_STRING": "q=%ff"},
        {"QUERY_STRING": "q=%00"},
        {"QUERY_STRING": "%ED%A0%80=1"},
        {"QUERY_STRING": "q=\xff"},
        {"HTTP_COOKIE": "a=\xff"},
        {"HTTP_USER_AGENT": "a\x00b"},
        {"HTTP_REFERER": "a\nb"},
        {"HTTP_HOST": "a b"},
        {"HTTP_HOST": "localhost/evil"},
        {"HTTP_HOST": "localhost:80:80"},
        {"CONTENT_TYPE": "text/\xff"},
        {"CONTENT_LENGTH": "ten"},
        {"CONTENT_LENGTH": "-1"},
    ],
)
def test_what_cannot_be_read_is_malformed_and_gone(wrong):
    asked = environ(**wrong)
    assert status(asked) == 400
    assert status(asked) is None


@pytest.mark.parametrize("host", ["localhost", "localhost:6543", "127.0.0.1:80", "[::1]:6543", "a_b.example", ""])
def test_hosts_may_be_named_in_all_their_ways(host):
    assert status(environ(HTTP_HOST=host)) is None


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "BREW", "get", "", "G\0T"])
def test_methods_that_nobody_answers_are_refused(method):
    assert status(environ(REQUEST_METHOD=method)) == 405


def test_a_path_of_the_api_stays_one_so_that_the_answer_is_a_problem():
    asked = environ(PATH_INFO="/api/v1/\xff")
    mend(asked, MOST)
    assert asked["PATH_INFO"] == "/api/"


def test_a_body_may_have_so_many_bytes_and_no_more():
    assert post(b"a" * MOST) is None
    assert post(b"a" * (MOST + 1)) == 413
    assert status(environ(CONTENT_LENGTH="9" * 18)) == 413


def test_a_body_without_its_length_is_counted_as_it_comes():
    class Endless(BytesIO):
        def read(self, size=-1):
            return b"a" * size

    chunked = {"CONTENT_LENGTH": "", "wsgi.input_terminated": True, "REQUEST_METHOD": "POST"}
    assert status(environ(**chunked | {"wsgi.input": Endless()})) == 413
    asked = environ(**chunked | {"wsgi.input": BytesIO(b"a=1"), "CONTENT_TYPE": FORM})
    assert status(asked) is None
    assert asked["CONTENT_LENGTH"] == "3"


def test_a_body_that_ends_before_its_time_is_malformed():
    assert post(b"a=1", CONTENT_LENGTH="300") == 400
    assert post(b"{}", "application/json", CONTENT_LENGTH="300") == 400


@pytest.mark.parametrize("body", [b"a=%ff", b"a=\xff", b"%ff=a", b"a=%00", b"a=1&b=\x00"])
def test_a_form_is_text(body):
    assert post(body) == 400


def test_a_form_has_a_bounded_number_of_fields():
    most = 20 * MOST_FIELDS
    asked = environ(b"a&" * (MOST_FIELDS + 1), REQUEST_METHOD="POST", CONTENT_TYPE=FORM)
    assert mend(asked, most).status_int == 413


@pytest.mark.parametrize("charset", ["latin-1", "utf-7", "utf-16", "no-such", "é"])
def test_a_form_in_another_encoding_is_not_taken(charset):
    assert post(b"a=1", f"{FORM}; charset={charset}") in (400, 415)
    assert post(b"", f"{FORM}; charset={charset}") in (400, 415)


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "utf8"])
def test_a_form_may_say_that_it_is_utf8(charset):
    assert post(b"a=1", f"{FORM}; charset={charset}") is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (multipart(b"a", "é".encode()), None),
        (multipart(b"a", b"\xff\xfe", b"photo.jpg"), None),
        (multipart(b"a", b"\xff\xfe"), 400),
        (multipart(b"\xff", b"a"), 400),
        (multipart(b"a", b"a", b"\xff.jpg"), 400),
        (multipart(b"a", b"a\0b"), 400),
        (b"--b\r\n\r\nno name\r\n--b--\r\n", 400),
        (b"\xff", None),
        (b"--b\r\n", None),
        (b"nothing of the kind", None),
    ],
)
def test_a_form_with_files_has_names_that_can_be_read(body, expected):
    assert post(body, "multipart/form-data; boundary=b") == expected


@pytest.mark.parametrize("boundary", ["", "; boundary=", "; boundary=\t"])
def test_a_form_with_files_says_where_its_parts_end(boundary):
    assert post(multipart(b"a", b"a"), "multipart/form-data" + boundary) == 400


@given(st.binary(max_size=60))
def test_a_query_is_refused_exactly_when_it_is_no_text(data):
    try:
        readable = "\0" not in data.decode()
    except UnicodeDecodeError:
        readable = False
    assert status(environ(QUERY_STRING=f"q={quote_from_bytes(data)}")) == (None if readable else 400)


def test_a_semicolon_parts_no_parameters():
    asked = environ(QUERY_STRING="q=tente;kayak&page=2")
    assert status(asked) is None
    assert dict(Request(asked).GET) == {"q": "tente;kayak", "page": "2"}


@given(st.dictionaries(st.sampled_from(["PATH_INFO", "QUERY_STRING", "HTTP_COOKIE", "HTTP_HOST", "CONTENT_LENGTH",
    "CONTENT_TYPE", "HTTP_X", "REQUEST_METHOD"]), st.text(st.characters(max_codepoint=0x2FF), max_size=20)),
    st.binary(max_size=100))  # fmt: skip
def test_whatever_comes_is_mended_once_and_for_all(wrong, body):
    asked = environ(body, **wrong)
    mend(asked, MOST)
    assert mend(asked, MOST) is None
