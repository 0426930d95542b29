"""Choosing a language, on any page."""

from datetime import timedelta

from pyramid.httpexceptions import HTTPBadRequest, HTTPSeeOther
from pyramid.view import view_config

from portal.i18n import LANGUAGE_COOKIE
from portal.pages.permissions import Pages
from portal.security.redirects import safe_path

ONE_YEAR = timedelta(days=365)


# Without a form token: a chosen language is nothing to protect, and pages that only show need no cookie.
@view_config(route_name="language", request_method="POST", permission=Pages.CHOOSE_LANGUAGE, require_csrf=False)
def choose(request) -> HTTPSeeOther:
    """Remember the language and lead back to where it was chosen."""
    language, back = request.typed.get("language"), request.typed.get("return")
    if language not in request.language_choice:
        raise HTTPBadRequest
    answer = HTTPSeeOther(safe_path(back, request.route_path("home")))
    request.registry.cookies.put(answer, LANGUAGE_COOKIE, language, ONE_YEAR)
    return answer
