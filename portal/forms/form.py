"""A form on a page: made from a schema, shown, read, and told what a rule thought of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import colander
import deform
from markupsafe import Markup
from pyramid.csrf import get_csrf_token
from pyramid.httpexceptions import HTTPBadRequest
from webob.multidict import MultiDict

from portal.forms.controls import FILL, Controls
from portal.forms.fitting import fit
from portal.forms.renderer import Renderer
from portal.forms.text import cleaned
from portal.forms.widgets import Body, FileUpload, Rows, messages, placed


@dataclass(frozen=True, slots=True)
class Button:
    """A button that sends the form. Without ``name`` it is not sent itself; ``kind`` is "", quiet, now or danger."""

    name: str
    label: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Answers that would do, by the names of fields: a button that fills them in, and decides nothing yet.

    ``action`` is where the form is that they are for, if that is another page with the same fields.
    """

    label: str
    answers: Mapping[str, str]
    action: str = ""

    @property
    def written(self) -> str:
        return urlencode(self.answers)


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing to mend: where (the id of the control), its label, and what is wrong, in words."""

    where: str
    label: str
    words: str


class PortalForm(deform.Form):
    """A deform form with our templates. In a template, ``{{ form }}`` is all of it; pages that arrange its fields
    themselves write ``{{ form.opening() }}``, ``{{ form.field("email") }}`` … and ``{{ form.closing() }}``; and
    ``{{ form.proposed() }}`` for the buttons of its ``proposals``.
    """

    proposals: Sequence[Proposal] = ()
    filled = False
    """Has a proposal just been filled in? Then the form says so, and that nothing is sent yet."""

    def __init__(self, request, schema, *, name: str, buttons: Sequence[Button], action: str, method: str) -> None:
        self.sends = method.upper() == "POST"
        renderer = Renderer(request, asks=self.sends)
        super().__init__(
            schema, action=action, method=method, formid=name, renderer=renderer, buttons=buttons, focus="off"
        )
        self.request = request
        placed(self, "", name)

    def __html__(self) -> str:
        return self.render()

    def opening(self) -> Markup:
        """Return the form's start tag, its CSRF token, what is wrong with it, and what its labels mean."""
        return self.renderer(
            "opening",
            form=self,
            csrf_token=get_csrf_token(self.request) if self.sends else None,
            wrongs=list(self.wrongs()),
            optional=[_is_optional(leaf) for leaf in leaves(self)],
            multipart=any(isinstance(leaf.widget, FileUpload) for leaf in leaves(self)),
            other_buttons=bool(self.proposals) or any(isinstance(field.widget, Rows) for field in _family(self)),
        )

    def closing(self) -> Markup:
        """Return the buttons and the form's end tag."""
        return self.renderer("closing", form=self)

    def proposed(self) -> Markup:
        """Return a list of buttons, each of which fills the form in with what would do."""
        return self.renderer("proposed", form=self, name=FILL)

    def field(self, path: str, **kw: Any) -> Markup:
        """Return one field with label, hint and error; ``label_hidden=True`` keeps the label for those who hear it."""
        return self.at(path).serialize(**kw)

    def at(self, path: str):
        """Return the field at a path such as ``lines.0.units``. Raises ``KeyError``."""
        field = self
        for name in path.split("."):
            field = field.row_fields[int(name)] if isinstance(field.widget, Rows) else field[name]
        return field

    def wrongs(self) -> Iterator[Wrong]:
        """Yield everything to mend, in the order of the fields."""
        for field in _family(self):
            for message in messages(field):
                label = "" if field is self else self.renderer.say(field.title)
                yield Wrong(field.widget.first_control(field), label, self.renderer.say(message))


def new_form(
    request, schema, buttons=(), *, action: str = "", method: str = "POST", name: str | None = None, **bind: Any
):
    """Return a :class:`PortalForm` of a schema, which is bound with ``request`` and whatever else is given.

    ``name`` starts the ids of its fields: two forms of one schema on a page need different ones.
    """
    bound = schema.bind(request=request, **bind)
    bound.widget = bound.widget or Body()
    fit(bound)
    name = name or type(schema).__name__.removesuffix("Schema").lower() or "form"
    return PortalForm(request, bound, name=name, buttons=buttons, action=action, method=method)


def submitted(form: PortalForm, request) -> dict[str, Any] | None:
    """Return what was sent, valid, or None.

    After None the form shows its errors and the response is a 422; or a row was added or removed, or a proposal filled
    in, and it is a 200.
    Raises ``HTTPBadRequest`` for what no browser sends.
    """
    try:
        controls = Controls(request.POST if form.sends else request.GET)
    except ValueError as malformed:
        raise HTTPBadRequest("The form could not be read.") from malformed
    sent = form.widget.read(form, controls, "")
    chosen = controls.one(FILL)
    if controls.reshape or chosen is not colander.null:
        form.set_pstruct(sent | _answers(form, chosen))
        form.filled = chosen is not colander.null
        return None
    try:
        return form.validate_pstruct(sent)
    except deform.ValidationFailure:
        request.response.status_int = 422
        return None


def fail(form: PortalForm, path: str | None, message: str) -> None:
    """Put a rule's no beside the field at ``path``, or above the whole form for None, once where it is said twice.

    The page chooses its status. A message that has values is in words already.
    """
    for field in {id(one): one for one in (form, form.at(path) if path else form)}.values():
        field.error = field.error or colander.Invalid(field.schema)
    field.error.msg = list(dict.fromkeys([*messages(field), message]))


def _answers(form: PortalForm, written: object) -> dict[str, str]:
    """Return the answers of a proposal, as far as the form asks for them."""
    asked = {field.name for field in form.children if not field.widget.parts(field)}
    told = parse_qsl(written) if isinstance(written, str) else []
    return {name: cleaned(answer) for name, answer in told if name in asked}


def leaves(field) -> Iterator[Any]:
    """Yield the fields that are asked, not those that only hold others."""
    parts = field.widget.parts(field)
    if not parts:
        yield field
    for part in parts:
        yield from leaves(part)


def _family(field) -> Iterator[Any]:
    yield field
    for part in field.widget.parts(field):
        yield from _family(part)


def _is_optional(field) -> bool | None:
    """Return whether the field may be left out; None where nobody is asked."""
    if field.widget.hidden or not field.widget.asks_required:
        return None
    return not field.required


def typed(request) -> MultiDict:
    """Return ``request.typed``: what a form sent as text, by name. A file where a text belongs is left out."""
    return MultiDict((name, value) for name, value in request.POST.items() if isinstance(value, str))
