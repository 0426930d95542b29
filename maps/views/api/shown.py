"""How the API shows trails, places, their revisions, and why something cannot be published."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC
from typing import Any

from maps.queries.places import ShownPlace
from maps.queries.revisions import Credit, HistoryLine
from maps.queries.trails import ShownStop, ShownTrail, Source, TrailCard
from maps.rules.content import place_as_json, trail_as_json
from maps.terms import Conflict, NotPublishable
from maps.views.words import flaw_words
from portal.api import Problem


def shown_trail(trail: ShownTrail, request) -> dict[str, Any]:
    """Return a trail; ``content`` is what can be changed and sent back, all else is told of it."""
    return {
        "slug": trail.slug,
        "url": _url(trail.path, request),
        "state": trail.state,
        "revision": trail.number,
        "content": trail_as_json(trail.content),
        "stops": [_stop(stop, request) for stop in trail.stops],
        "length": round(trail.length),
        "loop": trail.loop,
        "climb": {name: round(metres) for name, metres in asdict(trail.climb).items()} if trail.climb else None,
        "minutes": trail.minutes,
        "minutes_most": trail.minutes_most,
        "listening_seconds": round(trail.duration.listening),
        "languages": sorted(trail.languages),
        "authors": _credits(trail.authors),
        "contributors": _credits(trail.contributors),
        "made_of": [_source(source, request) for source in trail.sources],
        "remixes": [_source(source, request) for source in trail.remixes],
        "created_at": trail.created_at.astimezone(UTC),
        "published_at": trail.published_at.astimezone(UTC) if trail.published_at else None,
        "revised_at": trail.revised_at.astimezone(UTC),
    }


def _stop(stop: ShownStop, request) -> dict[str, Any]:
    return {
        "id": stop.id,
        "label": stop.label,
        "rank": stop.rank,
        "url": _url(stop.path, request),
        "along": round(stop.along),
        "off_line": round(stop.off),
        "seconds": round(stop.seconds),
        "media": list(stop.media),
        "hidden": stop.hidden,
    }


def shown_card(card: TrailCard, request) -> dict[str, Any]:
    """Return a trail in a list."""
    return {
        "slug": card.slug,
        "url": _url(card.path, request),
        "title": card.title,
        "summary": card.summary,
        "language": card.language,
        "licence": card.licence,
        "theme": card.theme,
        "access": card.access.level,
        "stops": card.stops,
        "length": round(card.length),
        "minutes": card.minutes,
        "minutes_most": card.minutes_most,
        "listening_seconds": round(card.seconds),
        "longitude": card.longitude,
        "latitude": card.latitude,
        "published_at": card.published_at.astimezone(UTC) if card.published_at else None,
        "updated_at": card.updated_at.astimezone(UTC),
    }


def shown_place(place: ShownPlace, request) -> dict[str, Any]:
    """Return a place; ``content`` is what can be changed and sent back."""
    return {
        "slug": place.slug,
        "url": _url(place.path, request),
        "revision": place.number,
        "content": place_as_json(place.content),
        "media": list(place.media),
        "contributors": _credits(place.contributors),
        "created_at": place.created_at.astimezone(UTC),
        "revised_at": place.revised_at.astimezone(UTC),
    }


def shown_revision(line: HistoryLine) -> dict[str, Any]:
    """Return a revision of a history."""
    return {
        "revision": line.number,
        "base": line.base,
        "at": line.at.astimezone(UTC),
        "author": _credit(line.author),
        "comment": line.comment,
        "changes": [
            {"path": list(change.path), "before": change.before, "after": change.after} for change in line.changes
        ],
    }


def not_publishable(no: NotPublishable, request) -> Problem:
    """Return the problem that tells every flaw, in codes with their values and in the reader's words."""
    return Problem(
        409,
        reasons=[{"code": flaw.code, "detail": flaw_words(flaw, request)} | dict(flaw.values) for flaw in no.flaws],
    )


def shown_conflicts(conflicts: Iterable[Conflict]) -> list[dict[str, Any]]:
    """Return what two people changed in two ways."""
    return [{"path": list(one.path), "base": one.base, "yours": one.mine, "theirs": one.theirs} for one in conflicts]


def _source(source: Source, request) -> dict[str, Any]:
    return {
        "title": source.title,
        "licence": source.licence,
        "revision": source.number,
        "authors": _credits(source.credits),
        "url": _url(source.path, request) if source.path else None,
    }


def _credits(people: Sequence[Credit]) -> list[dict[str, Any]]:
    return [_credit(credit) for credit in people]


def _credit(credit: Credit) -> dict[str, Any]:
    """Return who made something; the name of a former contributor is null."""
    return {"name": credit.name or None, "organisation": credit.organisation}


def _url(path: str, request) -> str:
    return request.registry.portal_settings.base_url + path
