"""What every answer tells the browser to refuse: scripts and frames that are not ours, guessed types, loose caches."""

import re
from functools import lru_cache

from pyramid.events import NewResponse
from pyramid.tweens import INGRESS

TILES = re.compile(r"(https?://)(\{s\}\.)?([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::[0-9]{1,5})?)/")
HSTS = "max-age=63072000; includeSubDomains"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    # The camera reads labels at the desk, the position finds what is near, the microphone records; all ask first.
    "Permissions-Policy": (
        "camera=(self), geolocation=(self), microphone=(self), payment=(), usb=(), browsing-topics=()"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


@lru_cache(maxsize=16)
def content_security_policy(map_tiles: str = "", framed: bool = False) -> str:
    """Return the policy: everything from here, nothing inline, pictures also from the host of the map's background.

    ``map_tiles`` is that background's URL template, empty for none; ``framed`` lets other sites show it in a frame.
    """
    tiles = tile_host(map_tiles)
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "font-src 'self'",
            f"img-src 'self' data: {tiles}".rstrip(),
            "media-src 'self' blob:",  # what was just recorded, to be heard before it is sent
            f"connect-src 'self' {tiles}".rstrip(),
            "worker-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "frame-ancestors *" if framed else "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


def tile_host(template: str) -> str:
    """Return scheme and host of a tile URL template as a source of the policy, ``{s}`` as a wildcard; "" if it is none.

    >>> tile_host("https://{s}.tile.example.org/{z}/{x}/{y}.png")
    'https://*.tile.example.org'
    """
    found = TILES.match(template)
    return f"{found[1]}{'*.' if found[2] else ''}{found[3]}" if found else ""


def includeme(config) -> None:
    config.add_tween("portal.security.headers.tween_factory", under=INGRESS)
    config.add_subscriber(_keep_to_oneself, NewResponse)
    config.add_request_method(let_be_framed)


def let_be_framed(request) -> None:
    """Let other sites show the answer in a frame. It must hold nothing that a click there could be stolen for."""
    request.environ["portal.framed"] = True


def tween_factory(handler, registry):
    strict_transport = {"Strict-Transport-Security": HSTS} if registry.portal_settings.production else {}
    always = [(name.lower(), name, value) for name, value in (HEADERS | strict_transport).items()]

    def tween(request):
        response = handler(request)
        framed = request.environ.get("portal.framed", False)
        map_tiles = request.city.map_tiles if response.content_type == "text/html" else ""
        said = {name.lower() for name, _value in response.headerlist}
        if framed:
            said.add("x-frame-options")
        response.headerlist.extend((name, value) for lower, name, value in always if lower not in said)
        if "content-security-policy" not in said:
            policy = content_security_policy(map_tiles, framed)
            response.headerlist.append(("Content-Security-Policy", policy))
        return response

    return tween


def _keep_to_oneself(event: NewResponse) -> None:
    """Let no cache keep an answer that is somebody's own, or whose view did not say that it is public."""
    request, response = event.request, event.response  # with the cookies that were set last of all
    said = response.headers.get("Cache-Control", "")
    own = request.environ.get("portal.identity") is not None or "Set-Cookie" in response.headers
    if own and "private" not in said and "no-store" not in said:
        response.headers["Cache-Control"] = "private, no-store"
    elif not said:
        response.headers["Cache-Control"] = "private, no-cache"
