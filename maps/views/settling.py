"""The page on which two versions meet: as it was, theirs, one's own, beside each other, and a choice for each thing.

The page sends again all that the form had sent that came too late, with what was chosen: whoever takes it in checks it
as it checked it before.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pyramid.renderers import render_to_response
from pyramid.response import Response

from maps.queries.trails import conflicts_in_sight
from maps.rules.content import place_as_json, place_from_json, trail_as_json, trail_from_json
from maps.schemas.changes import next_label
from maps.schemas.settling import CHOICE, MINE, SEEN, THEIRS, WORDS, choices, is_label, is_text, settled
from maps.terms import Conflict, PlaceContent, Stale, TrailContent
from maps.views.saying import Sayer
from maps.views.showing import known_media
from portal.i18n import _
from portal.security.csrf import FIELD

TEMPLATE = "maps:templates/maps/edit/conflict.jinja2"


def chosen_content(no: Stale, sent: Mapping[str, str]) -> TrailContent | PlaceContent | None:
    """Return the content that somebody chose on the page about these conflicts; None where they did not, or not all."""
    made = choices(sent, no.conflicts)
    if made.seen != no.theirs or not made.complete or no.merged is None:
        return None
    if isinstance(no.merged, PlaceContent):
        return place_from_json(settled(place_as_json(no.merged), no.conflicts, made))
    return trail_from_json(settled(trail_as_json(no.merged), no.conflicts, made))


def conflict_page(editing, no: Stale, base: int) -> Response:
    """Return the page on which somebody chooses. Nothing was recorded."""
    request = editing.request
    request.response.status_int = 409
    say = _sayer(editing, no, base)
    conflicts = no.conflicts if editing.sees_hidden else conflicts_in_sight(request.db, no)
    made = choices(request.typed, conflicts)
    asked = {SEEN, FIELD, *(form.format(at) for at in range(len(conflicts)) for form in (CHOICE, WORDS))}
    values = editing.frame(_("Somebody else changed the same thing")) | {
        "by": editing.who_wrote(no.theirs),
        "action": request.path,
        "back": editing.after,
        "seen": no.theirs,
        "again": made.seen is not None and made.seen != no.theirs,
        "kept": [(name, value) for name, value in request.typed.items() if name not in asked],
        "conflicts": [
            _shown(conflict, at, made.sides[at], made.words[at], say, no.merged)
            for at, conflict in enumerate(conflicts)
        ],
    }
    return render_to_response(TEMPLATE, values, request=request, response=request.response)


def _shown(
    conflict: Conflict,
    at: int,
    side: str | None,
    words: str | None,
    say: Sayer,
    merged: TrailContent | PlaceContent | None,
) -> dict[str, Any]:
    """Return what the page shows of one conflict."""
    editable: str | None = None
    if is_label(conflict) and isinstance(merged, TrailContent):
        editable = next_label(merged)
    elif is_text(conflict):
        editable = say.value(conflict.path, conflict.mine)
    return {
        "choice": CHOICE.format(at),
        "words_name": WORDS.format(at),
        "title": say.path(conflict.path),
        "base": say.value(conflict.path, conflict.base),
        "theirs": say.value(conflict.path, conflict.theirs),
        "mine": say.value(conflict.path, conflict.mine),
        "editable": editable if words is None or editable is None else words,
        "short": is_label(conflict) or "title" in conflict.path,
        "twice": is_label(conflict),
        "chosen": side if side in (THEIRS, MINE) else MINE,
    }


def _sayer(editing, no: Stale, base: int) -> Sayer:
    """Return who says what is in conflict: with the stops and sounds that the reader sees of any of the versions."""
    merged = [no.merged] if no.merged is not None else []
    contents = [*merged, *(editing.content_at(number) for number in (no.theirs, base))]
    return sayer(editing.request, [editing.as_json(editing.seen(one)) for one in contents])


def sayer(request, contents: Sequence[Mapping[str, Any]]) -> Sayer:
    """Return who says what is in these contents, to whom the request is from; the names in the first of them count."""
    stops = [stop for content in contents for stop in content.get("stops") or ()]
    named = [stop["media"] for stop in stops] + [content.get("media") or [] for content in contents]
    ids = {UUID(media_id) for media in named for media_id in media}
    titles = {str(one.id): one.title for one in known_media(request, ids).values()}
    return Sayer(request, stops, titles)
