"""How the API answers: views that give JSON, lists in pages, one shape for money and instants, versions that match."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from pyramid.renderers import JSON
from pyramid.view import view_config, view_defaults

from portal.api.problems import Problem


class api_view(view_config):  # noqa: N801 (used as Pyramid's decorator of the same shape)
    """A view of the API: ``@api_view(request_method="POST", body=Schema, query=Schema, idempotent=True, …)``."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"renderer": "json"} | settings)


def api_defaults(**settings: Any):
    """Say what the views of a class of the API share: ``@api_defaults(route_name=…, permission=…)``."""
    return view_defaults(renderer="json", **settings)


def paged(request, items: Sequence[object], total: int) -> dict[str, Any]:
    """Return a list's answer: these items of ``total``, and the address of the next page, or None."""
    end = request.paging.offset + request.paging.limit
    following = None
    if end < total:
        query = [(name, value) for name, value in request.GET.items() if name not in ("limit", "offset")]
        page = urlencode([*query, ("limit", request.paging.limit), ("offset", end)])
        following = f"{request.path_url}?{page}"
    return {"items": items, "total": total, "next": following}


def money(cents: int) -> dict[str, Any]:
    """Return an amount as the API tells it."""
    return {"amount": cents, "currency": "EUR"}


def precondition(request, version: str) -> None:
    """Let the answer name the thing's ``version`` as its ETag.

    Raises :class:`Problem` 412 when If-Match asks for another.
    """
    if request.if_match and version not in request.if_match:
        raise Problem(412)
    request.response.etag = version


def includeme(config) -> None:
    renderer = JSON(ensure_ascii=False)
    for kind, adapter in (
        (datetime, lambda at, _request: at.isoformat()),
        (date, lambda day, _request: day.isoformat()),
        (time, lambda hour, _request: hour.isoformat("minutes")),
        (UUID, lambda name, _request: str(name)),
        (Decimal, lambda number, _request: str(number)),
        (set, lambda members, _request: sorted(members)),
        (frozenset, lambda members, _request: sorted(members)),
    ):
        renderer.add_adapter(kind, adapter)
    config.add_renderer("json", renderer)
