from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.security.redirects import safe_path


@pytest.mark.parametrize(
    "path", ["/", "/loans", "/equipment/camera?from=2026-10-22&to=2026-10-24#calendar", "/a%20b", "/?next=//x"]
)
def test_a_page_of_this_site_is_gone_to(path):
    assert safe_path(path, "/account") == path


def test_letters_with_accents_are_written_as_a_header_can_carry_them():
    assert safe_path("/équipement", "/account") == "/%C3%A9quipement"


HOSTILE = [
    None, "", "loans", "//elsewhere.example", "///elsewhere.example", "/\\elsewhere.example", "\\\\elsewhere.example",
    "/\t/elsewhere.example", "/\n/elsewhere.example", "\t//elsewhere.example", " //elsewhere.example",
    "https://elsewhere.example", "https:elsewhere.example", "javascript:alert(1)", "data:text/html,x",
    "/ok\r\nSet-Cookie: a=b", "/x\\..\\..\\elsewhere", "/\x00", "http:///elsewhere.example", "/" + "x" * 3000,
    "/\ud800",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=repr)
def test_what_leads_elsewhere_leads_to_the_fallback(text):
    assert safe_path(text, "/account") == "/account"


@given(st.text(alphabet=st.sampled_from("/\\:@?#.%\t\r\n abhtps[]"), max_size=12) | st.text(max_size=40))
@example("/.//elsewhere.example")
@example("//[")
def test_whatever_is_asked_for_one_stays_on_this_site(text):
    target = urljoin("https://communs.example/sign-in", safe_path(text, "/account"))
    assert urlsplit(target)[:2] == ("https", "communs.example")
    assert target.isascii()
    assert target.isprintable()
