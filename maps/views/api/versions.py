"""Versions of trails and places: the ETag of what was read, and the revision that it names when something is sent."""

import re
from hashlib import sha256
from typing import Any

from pyramid.renderers import render

from portal.api import Problem
from portal.i18n import _

TAG = re.compile(r'\s*(?:W/)?"(\d{1,9})(?:-[0-9a-f]+)?"\s*')


def tagged(request, told: dict[str, Any]) -> dict[str, Any]:
    """Return the answer, its ETag the revision and a hash of all that is told of it.

    A revision alone would not do: what moderation hides changes the answer, and what is kept of it must not be shown.
    """
    digest = sha256(render("json", told, request=request).encode()).hexdigest()[:16]
    request.response.etag = f"{told['revision']}-{digest}"
    return told


def base_of(request, current: int) -> int | None:
    """Return the revision that If-Match names, the current one for ``*``, None for what no revision is called.

    Raises :class:`Problem` 400 without that header: whoever changes something says what they had before them.
    """
    told = request.headers.get("If-Match")
    if told is None:
        raise Problem(400, _("Say in If-Match which revision you have before you: the ETag that you read."))
    if told.strip() == "*":
        return current
    numbers = [int(found[1]) for part in told.split(",") if (found := TAG.fullmatch(part))]
    return next((number for number in numbers if 1 <= number <= current), None)
