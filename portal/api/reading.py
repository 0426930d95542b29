"""What people send the API, read strictly: JSON in UTF-8, the fields we know, each of its type."""

import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import colander

from portal.api.problems import Problem
from portal.forms.fitting import keep_within_limits
from portal.forms.messages import NOT_POSSIBLE, PLAIN
from portal.forms.text import cleaned
from portal.i18n import _

USUAL_LIMIT, MOST_LIMIT, MOST_OFFSET = 20, 100, 1_000_000
DEEPEST = 40
TRUE_OR_FALSE = colander.Boolean(false_choices=("false",), true_choices=("true",))
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")

JSON_TYPES: tuple[tuple[type, tuple[type, ...]], ...] = (
    (colander.Boolean, (bool,)),
    (colander.Integer, (int,)),
    (colander.Number, (int, float)),
    (colander.Mapping, (dict,)),
    (colander.Sequence, (list,)),
)


class Instant(colander.SchemaType):
    """An ISO 8601 instant with its offset; an aware ``datetime`` in UTC."""

    def serialize(self, _node, value):
        return colander.null if value in (None, colander.null) else value.isoformat()

    def deserialize(self, node, text):
        if text in (colander.null, ""):
            return colander.null
        try:
            at = datetime.fromisoformat(text)
        except (TypeError, ValueError):
            at = None
        if at is None or at.tzinfo is None or not 1900 <= at.year <= 2200:
            raise colander.Invalid(node, _("Give an instant with its offset, such as 2026-10-22T14:00:00+02:00."))
        return at.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of a list: at most ``limit`` of its items, after the first ``offset``."""

    limit: int
    offset: int


class PagingSchema(colander.Schema):
    limit = colander.SchemaNode(colander.Integer(strict=True), missing=USUAL_LIMIT, validator=colander.Range(min=1))
    offset = colander.SchemaNode(
        colander.Integer(strict=True), missing=0, validator=colander.Range(min=0, max=MOST_OFFSET)
    )


def includeme(config) -> None:
    config.add_view_deriver(reading_view, name="api_reading", under="decorated_view", over="rendered_view")
    config.add_request_method(paging_of, "paging", reify=True)


def reading_view(view, info):
    """Read a view's ``body`` into ``request.message`` and ``query`` into ``request.criteria``, by their schemas."""
    body, query = info.options.get("body"), info.options.get("query")
    if body is None and query is None:
        return view

    def reading(context, request):
        if query is not None:
            request.criteria = _asked(query, request)
        if body is not None:
            request.message = message_of(request, body)
        return view(context, request)

    return reading


reading_view.options = ("body", "query")  # type: ignore[attr-defined]


def paging_of(request) -> Paging:
    """Return ``request.paging``. Raises :class:`Problem` 422 for what is no number, or below what is possible."""
    asked = _asked(PagingSchema, request)
    return Paging(min(asked["limit"], MOST_LIMIT), asked["offset"])


def _asked(schema: type[colander.Schema], request) -> dict[str, Any]:
    """Return the parameters of the address that a schema has, as it reads them; each may be there once.

    An empty one is none at all, as in the address that a form makes.
    """
    given = {child.name: [said for said in request.GET.getall(child.name) if said] for child in schema().children}
    twice = {name: request.localizer.translate(_("Give this once.")) for name, said in given.items() if len(said) > 1}
    if twice:
        raise Problem(422, errors=twice)
    return _deserialized(schema, {name: said[0] for name, said in given.items() if said}, request)


def message_of(request, schema: type[colander.Schema]) -> dict[str, Any]:
    """Return the request's JSON body as ``schema`` reads it.

    Raises :class:`Problem`: 415 when it is not JSON, 400 when it cannot be read or has fields that we do not know, 422
    with ``errors`` when a value cannot be used.
    """
    if request.content_type != "application/json":
        raise Problem(415)
    value = _json(request.body)
    node = _bound(schema, request)
    unknown = list(_unknown(node, value))
    if unknown:
        raise Problem(400, _("There are fields that we do not know."), unknown=unknown)
    wrong = dict(_never_fit(node, value))
    if wrong:
        raise Problem(422, errors={field: request.localizer.translate(message) for field, message in wrong.items()})
    _deserialized(schema, _without_nulls(value), request)  # it must fit as it was sent
    return _deserialized(schema, _without_nulls(value, tidied=partial(cleaned, lines=True)), request)


def form_of(request, schema: type[colander.Schema], files: Collection[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the values of a multipart form as ``schema`` reads them, and what was sent under the names of ``files``.

    Raises :class:`Problem` as :func:`message_of` does; each field may be there once.
    """
    if request.content_type != "multipart/form-data":
        raise Problem(415, _("Send a form with a file (multipart/form-data)."))
    sent = request.POST
    known = {child.name for child in schema().children} | set(files)
    unknown = sorted(set(sent) - known)
    if unknown:
        raise Problem(400, _("There are fields that we do not know."), unknown=unknown)
    if len(sent) > len(set(sent)):
        raise Problem(400)
    values = {name: value for name, value in sent.items() if name not in files}
    if not all(isinstance(value, str) for value in values.values()):
        raise Problem(400)
    _fit(values)
    return _deserialized(schema, {name: cleaned(value, lines=True) for name, value in values.items()}, request), {
        name: sent[name] for name in files if name in sent and hasattr(sent[name], "file")
    }


def _json(body: bytes) -> Any:
    """Return what the body says. Raises :class:`Problem` 400 unless it is JSON in UTF-8, fit to be kept."""
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
        _fit(value)
    except (ValueError, RecursionError) as wrong:
        raise Problem(400) from wrong
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _value in pairs}) < len(pairs):
        raise ValueError("a key is there twice")
    return dict(pairs)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _fit(value: Any, depth: int = 0) -> None:
    """Raise ``ValueError`` for what no database would keep: NUL, halves of characters, endless nesting."""
    if depth > DEEPEST:
        raise ValueError("nested too deep")
    if isinstance(value, str) and UNKEEPABLE.search(value):
        raise ValueError("NUL or half a character")
    for inner in value.items() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        _fit(inner, depth + 1)


def _unknown(node, value: Any, path: str = "") -> Iterator[str]:
    """Return the paths of the fields that the schema does not have."""
    if isinstance(node.typ, colander.Mapping) and isinstance(value, dict) and node.typ.unknown != "preserve":
        known = {child.name: child for child in node.children}
        for name, inner in value.items():
            yield from _unknown(known[name], inner, f"{path}{name}.") if name in known else (path + name,)
    elif isinstance(node.typ, colander.Sequence) and isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _unknown(node.children[0], inner, f"{path}{number}.")


def _never_fit(node, value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Return the fields that colander would bend, and why they cannot be used.

    It makes a number of "3", 3 of 3.7, and of an empty text what is taken for one that is missing.
    """
    expected = next((types for kind, types in JSON_TYPES if isinstance(node.typ, kind)), (str,))
    if value is None:
        return
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
        yield path.rstrip("."), _("This is not of the right type.")
    elif value == "" and not node.required and not _may_be_empty(node):
        yield path.rstrip("."), NOT_POSSIBLE
    elif isinstance(value, dict):
        for child in node.children:
            if child.name in value:
                yield from _never_fit(child, value[child.name], f"{path}{child.name}.")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _never_fit(node.children[0], inner, f"{path}{number}.")


def _may_be_empty(node) -> bool:
    """Is it for a text of which nothing is asked but that it is not too long?"""
    asked = getattr(node.validator, "validators", [node.validator] if node.validator else [])
    lengths = all(isinstance(validator, colander.Length) and not validator.min for validator in asked)
    return isinstance(node.typ, colander.String) and lengths


def _without_nulls(value: Any, tidied: Callable[[str], str] = str) -> Any:
    """Return the value without its nulls, its texts ``tidied``."""
    match value:
        case dict():
            return {name: _without_nulls(inner, tidied) for name, inner in value.items() if inner is not None}
        case list():
            return [_without_nulls(inner, tidied) for inner in value]
        case str():
            return tidied(value)
        case None:
            return colander.null
    return value


def _bound(schema: type[colander.Schema], request) -> colander.SchemaNode:
    node = schema().bind(request=request)
    unfit = [node]
    while unfit:
        inner = unfit.pop()
        if isinstance(inner.typ, colander.Boolean):
            inner.typ = TRUE_OR_FALSE  # colander's own takes every word but "false" for true
        keep_within_limits(inner)
        unfit += inner.children
    return node


def _deserialized(schema: type[colander.Schema], value: Any, request) -> dict[str, Any]:
    try:
        return _bound(schema, request).deserialize(value)
    except colander.Invalid as wrong:

        def said(message):
            ours = PLAIN.get(str(message), message)
            return request.localizer.translate(ours % message.mapping if message.mapping else ours)

        raise Problem(422, errors=wrong.asdict(translate=said)) from wrong
