"""Walking a trail: the page in the street, and all of it as a list of files to take along where there is no network."""

import hashlib
import mimetypes
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.renderers import render
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from maps.permissions import Maps
from maps.queries.trails import ShownTrail, shown
from maps.rules.packs import needed
from maps.views.showing import credit_of, plan_of, plan_words
from maps.views.telling import Telling, telling
from maps.views.words import distance_words, minutes_words, sound_words
from portal.i18n import speaking
from portal.media import queries as media
from portal.media.queries import ShownMedia
from portal.media.store import Store
from portal.media.terms import MediaKind, Rendering, TranscriptForm

TEMPLATE = "maps:templates/maps/walk.jinja2"
WORKER = "/static/maps/sw.js"


class Walking:
    """What the pages of a walk show: ``heard`` are a stop's sounds, ``seen`` its pictures and videos."""

    def __init__(self, context, request) -> None:
        self.request = request
        self.trail: ShownTrail = shown(request.db, context.trail)
        self.media = media.shown(request.db, self.trail.media)

    def values(self, offline: bool = False) -> dict[str, Any]:
        content = self.trail.content
        return {
            "trail": self.trail,
            "content": content,
            "told": self.told(),
            "bare": offline,  # what is taken along says nothing of who took it
            "stops": [(stop, self._of(stop, MediaKind.AUDIO), self._of(stop)) for stop in self.trail.stops],
            "plan": plan_of(content, self.told()),
            "plan_words": plan_words(content, self.told(), self.request),
            "by": credit_of(self.trail, self.trail.authors, self.request),
            "distance_words": distance_words,
            "minutes_words": minutes_words,
            "sound_words": sound_words,
        }

    def told(self) -> Telling:
        return telling(self.request, self.trail.content)

    def _of(self, stop, kind: MediaKind | None = None) -> list[ShownMedia]:
        """Return what is heard (``AUDIO``) or seen at a stop."""
        there = [self.media[one] for one in stop.media if one in self.media]
        return [one for one in there if (one.kind is MediaKind.AUDIO) == (kind is MediaKind.AUDIO)]


def _taken(one: ShownMedia) -> ShownMedia:
    """Return a media with one file to choose from: the sound that plays everywhere, the picture of medium size."""
    sources = tuple(source for source in one.sources if source.rendering is not Rendering.OPUS)
    medium = (one.pictures or {}).get(Rendering.MEDIUM)
    return replace(one, sources=sources, pictures={Rendering.MEDIUM: medium} if medium else {})


@view_defaults(route_name="maps.trail.walk", permission=Maps.BROWSE, request_method="GET")
class WalkPage(Walking):
    """The page of somebody who walks a trail: a stop after the other, one tap each."""

    @view_config(renderer=TEMPLATE, public=True)
    def show(self) -> dict[str, Any]:
        return self.values()


class TakenPage(Walking):
    """The page that is taken along: the same for everybody in a language, so that its hash can be told beforehand."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        self.media = {media_id: _taken(one) for media_id, one in self.media.items()}
        self.language = request.GET.get("language", request.locale_name)
        if self.language not in request.registry.languages_of(request):
            raise HTTPNotFound()

    @property
    def address(self) -> str:
        told = {"lang": self.request.GET["lang"]} if "lang" in self.request.GET else {}
        return self.request.route_path(
            "maps.trail.offline", slug=self.trail.slug, _query={"language": self.language} | told
        )

    def html(self) -> str:
        with speaking(self.request, self.language):
            return render(TEMPLATE, self.values(offline=True), self.request)

    @view_config(route_name="maps.trail.offline", permission=Maps.BROWSE, request_method="GET", public=True)
    def show(self) -> Response:
        return Response(self.html())

    @view_config(
        route_name="maps.trail.pack", permission=Maps.BROWSE, request_method="GET", renderer="json", public=True
    )
    def pack(self) -> dict[str, Any]:
        """Return every file of the pack, with its size and SHA-256, their sum, and where in the page each stop is."""
        page = self.html().encode()
        known = {line["url"]: line for one in self.media.values() for line in _lines(one)}
        files = [_file(self.address, page, "text/html; charset=utf-8")]
        for address in needed(page.decode(), self._read):
            files += [line for line in (known.get(address) or self._ours(address),) if line]
        told = hashlib.sha256("".join(file["sha256"] for file in files).encode()).hexdigest()
        return {
            "trail": self.trail.slug,
            "title": self.told().of(self.trail.content.title),
            "language": self.language,
            "revision": self.trail.number,
            "version": told[:16],
            "page": self.address,
            "stops": {str(stop.id): f"stop-{stop.label}" for stop in self.trail.stops},
            "bytes": sum(file["bytes"] for file in files),
            "files": files,
        }

    def _read(self, address: str) -> str:
        file = self.request.asset(address)
        return file.read_text("utf-8") if file else ""

    def _ours(self, address: str) -> dict[str, Any] | None:
        """Return what there is to say of a file beside our code, or of one in the store, as the city's logo is."""
        if address.startswith("/media/"):
            try:
                content = b"".join(self.request.find_service(Store).read(address.removeprefix("/media/")))
            except (FileNotFoundError, ValueError):
                return None
            return _file(address, content, _media_type(address))
        file = self.request.asset(address)
        return _asset_line(address, file) if file else None


@view_config(route_name="maps.worker", permission=Maps.BROWSE, request_method="GET")
def worker(request) -> Response:
    """Return the service worker, which may watch over every page, and watches over those of kept trails."""
    script = request.asset(WORKER).read_bytes()
    response = Response(script, content_type="text/javascript", charset="utf-8")
    response.cache_control = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/"  # the codes on posts lead to /stops/
    return response


def _lines(one: ShownMedia) -> Iterator[dict[str, Any]]:
    """Yield the files that a media is made of, captions too."""
    for source in (*one.sources, *(one.pictures or {}).values(), *([one.poster] if one.poster else [])):
        yield _line(source.path, source.size, source.sha256, source.media_type)
    for said in (one.transcripts or {}).values():
        if said.form is TranscriptForm.WEBVTT:
            yield _file(said.path, said.text.encode(), "text/vtt")


@lru_cache(maxsize=500)
def _asset_line(address: str, file: Path) -> dict[str, Any]:
    return _file(address, file.read_bytes(), _media_type(address))


def _media_type(address: str) -> str | None:
    return mimetypes.guess_type(address.partition("?")[0])[0]


def _file(address: str, content: bytes, media_type: str | None) -> dict[str, Any]:
    digest = hashlib.sha256(content).hexdigest()
    return _line(address, len(content), digest, media_type or "application/octet-stream")


def _line(address: str, size: int, digest: str, media_type: str) -> dict[str, Any]:
    return {"url": address, "bytes": size, "sha256": digest, "type": media_type}
