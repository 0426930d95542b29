"""What the resources of the service have in common: two forms, links between them, parameters read strictly."""

import json
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from pyramid.httpexceptions import HTTPGone, HTTPNotFound
from pyramid.renderers import render_to_response
from pyramid.response import Response

from maps.views.asked import Unreadable, only
from maps.views.ogc.links import HTML, JSON, Addresses, Link, header, link
from maps.views.tagged import tag, tagged, unchanged
from portal.api import Problem
from portal.i18n import _
from portal.index.queries import version

TEMPLATES = "maps:templates/maps/ogc"
FORMS = ("json", "html")


class Resource(ABC):
    """One resource: ``document`` says what it tells, as JSON has it; the page shows the same.

    ``known`` are its parameters, besides ``f``, ``media_type`` is that of its JSON.
    """

    known: ClassVar[tuple[str, ...]] = ()
    media_type: ClassVar[str] = JSON
    template: ClassVar[str]

    def __init__(self, context, request) -> None:
        self.context = context
        self.request = request
        self.address = Addresses(request)
        self.say = request.localizer.translate
        self.form = "json"

    def answer(self) -> Response:
        """Return the resource in the form that was asked for."""
        self.form = self.form_by_accept()
        try:
            given = only(self.request.GET, (*self.known, "f"))
            if given.get("f", "json") not in FORMS:
                raise Unreadable("f", _("Say “json” or “html”."))
            self.form = given.pop("f", self.form)
            self.read(given)
        except Unreadable as wrong:
            return self.refused(wrong)
        response = self._page() if self.is_page else self._json()
        response.vary = (*(response.vary or ()), "Accept")
        return response

    @property
    def is_page(self) -> bool:
        """Is it to be read in a browser?"""
        return self.form == "html"

    def form_by_accept(self) -> str:
        offered = self.request.accept.acceptable_offers([self.media_type.partition(";")[0], JSON, HTML])
        return "html" if offered and offered[0][0] == HTML else "json"

    def read(self, given: dict[str, str]) -> None:  # noqa: B027 (most have no parameters)
        """Read the parameters. Raises :class:`Unreadable`."""

    def version(self) -> str:
        """Return what the document depends on, the reader's language included."""
        return version(self.request.db, list(self.request.registry.index_kinds)) + self.request.locale_name

    @abstractmethod
    def document(self) -> dict[str, Any]: ...

    def body(self) -> tuple[bytes, list[Link]]:
        """Return the document as JSON, and its links."""
        document = self.document()
        return json.dumps(document, ensure_ascii=False).encode(), document.get("links", [])

    def shown(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return what the page needs besides the document."""
        return {}

    def _json(self) -> Response:
        name = tag(self.request, self.version(), "json")
        known = unchanged(self.request, name)
        if known is not None:
            return known
        body, links = self.body()
        response = tagged(Response(body=body, content_type=self.media_type.partition(";")[0], charset=None), name)
        response.headers["Content-Type"] = self.media_type
        if links:
            response.headers["Link"] = header(links)
        return response

    def _page(self) -> Response:
        document = self.document()
        values = {"document": document, "links": document.get("links", []), "ogc": self.address}
        return render_to_response(f"{TEMPLATES}/{self.template}", values | self.shown(document), self.request)

    def own_links(self) -> list[Link]:
        """Return the links to this resource, in this form and the other one."""
        types = {"json": self.media_type, "html": HTML}
        other = "html" if self.form == "json" else "json"
        return [
            link("self", self.address.here(self.form), types[self.form], self.say(_("This document"))),
            link(
                "alternate",
                self.address.here(other),
                types[other],
                self.say(_("The same as ${form}", mapping={"form": other.upper()})),
            ),
        ]

    def refused(self, wrong: Unreadable) -> Response:
        """Answer 400, as Part 1 demands, and say which parameter cannot be used."""
        message = self.say(wrong.message)
        if self.form == "json":
            raise Problem(400, errors={wrong.name: message})
        values = {"name": wrong.name, "message": message, "ogc": self.address}
        response = render_to_response(f"{TEMPLATES}/unreadable.jinja2", values, self.request)
        response.status_int = 400
        return response

    def missing(self) -> Exception:
        """Return the error to raise where there is nothing."""
        return HTTPNotFound() if self.form == "html" else Problem(404)

    def gone(self) -> Exception:
        """Return the error to raise where moderation removed what there was."""
        return HTTPGone() if self.form == "html" else Problem(410)
