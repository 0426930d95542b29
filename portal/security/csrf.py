"""Forms that only our own pages can send: a random token in a cookie must come back in the form or in a header."""

import hmac
import re
import secrets
from urllib.parse import urlsplit

from pyramid.interfaces import ICSRFStoragePolicy
from zope.interface import implementer

from portal.security.cookies import CookieJar
from portal.security.identify import bearer_token

WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{43}")
FIELD, HEADER = "csrf_token", "X-CSRF-Token"


@implementer(ICSRFStoragePolicy)
class CsrfCookie:
    """Keeps the token in a cookie that no script reads and, in production, no other host can set."""

    def __init__(self, jar: CookieJar, base_url: str) -> None:
        self._jar = jar
        self._home = urlsplit(base_url).netloc

    def new_csrf_token(self, request) -> str:
        """Return a new token; the former one counts no more."""
        token = request.new_csrf_cookie = secrets.token_urlsafe(32)
        request.add_response_callback(lambda _request, response: self._jar.put(response, "csrf", token))
        return token

    def get_csrf_token(self, request) -> str:
        """Return the token that this browser has, or a new one."""
        token = getattr(request, "new_csrf_cookie", None) or self._jar.get(request, "csrf")
        return token if WELL_FORMED.fullmatch(token) else self.new_csrf_token(request)

    def check_csrf_token(self, request, supplied_token: object) -> bool:
        """Was the form sent by one of our pages? What a stranger supplies may be anything, a file too."""
        if not isinstance(supplied_token, str) or self._is_foreign(request):
            return False
        return hmac.compare_digest(self.get_csrf_token(request).encode(), supplied_token.encode("utf-8", "replace"))

    def _is_foreign(self, request) -> bool:
        origin = request.headers.get("Origin")
        if origin is None:  # an old browser: the token must do
            return False
        try:
            return urlsplit(origin).netloc not in (self._home, request.host)
        except ValueError:
            return True


def from_a_browser(request) -> bool:
    """Does the request carry its sender's rights in a cookie? No browser sends a bearer token of its own accord."""
    return bearer_token(request) is None


def includeme(config) -> None:
    settings = config.registry.portal_settings
    config.set_csrf_storage_policy(CsrfCookie(config.registry.cookies, settings.base_url))
    config.set_default_csrf_options(
        require_csrf=True, token=FIELD, header=HEADER, check_origin=False, callback=from_a_browser
    )  # the policy itself looks at the origin, over http too
