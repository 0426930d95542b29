"""Translating a trail or a place: the source beside the target, as much of it as somebody has time for."""

from typing import Any

import colander
from pyramid.view import view_config, view_defaults

from maps.permissions import Maps
from maps.schemas.translating import TITLES, Piece, filled_in, pieces, translated, translation
from maps.terms import PlaceContent, TrailContent
from maps.views.editing import TEMPLATES, Editing, EditingPlace, EditingTrail
from portal.forms import Button
from portal.forms.widgets import Select
from portal.i18n import SPOKEN, _


class Translating(Editing):
    """What translating a trail and a place have in common."""

    def __init__(self, context, request) -> None:
        super().__init__(context, request)
        offered = [code for code in dict.fromkeys((*SPOKEN, *self.content.title)) if code != self.content.language]
        asked = request.params.get("language", "")
        self.language = asked if asked in offered else ""
        self.choice = request.new_form(
            _choosing([(code, request.words.tongue(code)) for code in offered]),
            buttons=(Button("", _("Show it in this language"), "quiet"),),
            method="GET",
            name="choice",
        )
        if self.language:
            self.choice.set_appstruct({"language": self.language})
        self.translation = self.form(translation(self.content), name="translation") if self.language else None

    def show_texts(self):
        if self.translation is not None:
            said = filled_in(self.content, self.language)
            self.fill(self.translation, {"base": self.number, "language": self.language, **said})
        return self._page()

    def take_texts(self):
        if self.translation is None:
            return self.show_texts()
        language = self.language
        told = _("The translation is kept. Thank you.")
        answer = self.change(self.translation, lambda content, sent: translated(content, language, sent), told)
        return answer or self._page()

    def _page(self):
        source = self.content.language
        target = self.language
        return self.frame(
            _("Translate"),
            choice=self.choice,
            form=self.translation,
            source=(source, self.request.words.tongue(source)),
            target=(target, self.request.words.tongue(target) if target else ""),
            pieces=list(self._pieces()) if self.translation is not None else [],
        )

    def _pieces(self):
        stop_id = None
        for piece in pieces(self.content):
            heading = None
            if piece.stop is not None and piece.stop.id != stop_id:
                stop_id = piece.stop.id
                heading = f"{piece.stop.label} · {piece.stop.title.get(self.content.language, '')}".strip(" ·")
            yield self._piece(piece, heading)

    def _piece(self, piece: Piece, heading: str | None) -> dict[str, Any]:
        return {
            "name": piece.name,
            "title": self.said(TITLES[piece.what]),
            "heading": heading,
            "source": piece.text[self.content.language],
            "long": piece.what == "text",
        }


@view_defaults(route_name="maps.trail.translate", renderer=TEMPLATES + "translate.jinja2", permission=Maps.REVISE)
class TranslateTrail(Translating, EditingTrail):
    """A trail in another language."""

    content: TrailContent

    @property
    def after(self) -> str:
        return self.path("maps.trail", _query={"lang": self.language or self.content.language})

    @view_config(request_method="GET")
    def show(self):
        return self.show_texts()

    @view_config(request_method="POST")
    def send(self):
        return self.take_texts()


@view_defaults(route_name="maps.place.translate", renderer=TEMPLATES + "translate.jinja2", permission=Maps.REVISE)
class TranslatePlace(Translating, EditingPlace):
    """A place in another language."""

    content: PlaceContent

    @property
    def after(self) -> str:
        return self.path("maps.place", _query={"lang": self.language or self.content.language})

    @view_config(request_method="GET")
    def show(self):
        return self.show_texts()

    @view_config(request_method="POST")
    def send(self):
        return self.take_texts()


def _choosing(languages: list[tuple[str, str]]) -> colander.Schema:
    schema = colander.Schema(name="choice")
    schema.add(
        colander.SchemaNode(
            colander.String(), name="language", title=_("Into which language"), widget=Select(values=languages)
        )
    )
    return schema
