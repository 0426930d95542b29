"""The cookies we set: HttpOnly, SameSite=Lax and, over https, Secure and bound to this host by a ``__Host-`` name."""

from datetime import timedelta

from pyramid.session import JSONSerializer, SignedCookieSessionFactory

FLASH_LIFETIME = timedelta(hours=1)


class CookieJar:
    """Puts, gets and removes the portal's own cookies by their short names."""

    def __init__(self, *, secure: bool) -> None:
        self._secure = secure

    def name(self, short: str) -> str:
        return f"__Host-{short}" if self._secure else short

    def get(self, request, short: str) -> str:
        """Return the cookie's value, empty when there is none."""
        return request.cookies.get(self.name(short), "")

    def put(self, response, short: str, value: str, lifetime: timedelta | None = None) -> None:
        """Set the cookie; without a ``lifetime`` it ends with the browser."""
        response.set_cookie(
            self.name(short), value, max_age=lifetime, secure=self._secure, httponly=True, samesite="Lax", path="/"
        )

    def remove(self, response, short: str) -> None:
        """Remove the cookie; browsers do that only for one with the same attributes."""
        self.put(response, short, "", timedelta(0))


def includeme(config) -> None:
    """The session holds notices for the next page and nothing else: what says who somebody is lives in the database."""
    settings = config.registry.portal_settings
    jar = config.registry.cookies = CookieJar(secure=settings.production)
    config.set_session_factory(
        SignedCookieSessionFactory(
            settings.signing_secret,
            serializer=JSONSerializer(),
            cookie_name=jar.name("session"),
            secure=settings.production,
            httponly=True,
            samesite="Lax",
            timeout=int(FLASH_LIFETIME.total_seconds()),
            reissue_time=None,
            salt="portal.session.",
        )
    )
    config.add_request_method(tell)
    config.add_request_method(notices)


def tell(request, kind: str, sentence: str) -> None:
    """Show ``sentence`` on the reader's next page, in their present language. ``kind``: info, good, warn or wrong.

    It is said once, however often it was told before that page: a cookie has little room.
    """
    request.session.flash([kind, request.localizer.translate(sentence)], allow_duplicate=False)
    request.environ["portal.told"] = True


def notices(request) -> list[list[str]]:
    """Return what was told since the reader's last page, each its kind and a sentence. After that it is forgotten.

    A browser that brings no cookie of ours was told nothing: most pages need not open a session.
    """
    jar = request.registry.cookies
    is_told = request.environ.get("portal.told") or jar.get(request, "session")
    return request.session.pop_flash() if is_told and request.session.peek_flash() else []
