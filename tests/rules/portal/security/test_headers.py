"""What pages may load is written down once, and the map's background is the only thing from elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.security.headers import content_security_policy, tile_host


@pytest.mark.parametrize(
    ("template", "source"),
    [
        ("https://tile.example.org/{z}/{x}/{y}.png", "https://tile.example.org"),
        ("https://{s}.tile.example.org/{z}/{x}/{y}.png", "https://*.tile.example.org"),
        ("http://localhost:8080/{z}/{x}/{y}.png", "http://localhost:8080"),
        ("/tiles/{z}/{x}/{y}.png", ""),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("https://evil.example; script-src *", ""),
        ("https://*/{z}", ""),
        ("https://a.example' 'unsafe-inline'/", ""),
        ("https://[broken/", ""),
    ],
)
def test_the_background_of_the_map_is_a_host_or_nothing(template, source):
    assert tile_host(template) == source


def test_nothing_runs_or_frames_that_is_not_ours():
    policy = content_security_policy("https://tile.example.org/{z}/{x}/{y}.png")
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; ")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "img-src 'self' data: https://tile.example.org;" in policy


@given(st.text(max_size=60).map(lambda text: f"https://{text}"))
def test_no_address_of_a_background_opens_the_policy(template):
    directives = content_security_policy(template).split("; ")
    assert len(directives) == len(content_security_policy().split("; "))
    assert all("," not in directive and "\n" not in directive for directive in directives)
    assert [d for d in directives if d.startswith("script-src")] == ["script-src 'self'"]
