"""What the kernel itself answers: who you are, what there is to find, and how the API is to be used."""

from typing import Any
from urllib.parse import quote

import colander
from pyramid.view import view_config

from portal.api.answering import api_view, paged
from portal.api.document import chapters
from portal.api.permissions import Api
from portal.api.problems import Problem
from portal.i18n import _, in_language
from portal.index.models import IndexEntry
from portal.index.permissions import Index
from portal.index.queries import changed_at, search
from portal.people.models import Person
from portal.places.models import Place
from portal.transport import settled


@api_view(route_name="api.me", request_method="GET", permission=Api.READ_ME)
def me(request) -> dict[str, Any]:
    """Return who is signed in."""
    identity = request.identity
    return {
        "id": identity.person_id,
        "name": identity.name,
        "email": request.db.get_one(Person, identity.person_id).email,
        "language": identity.language,
        "roles": [{"role": held.role, "scope": held.scope} for held in identity.roles],
        "acting_for": {"id": identity.acting_for_id, "name": identity.acting_for} if identity.acting_for_id else None,
    }


class SearchCriteria(colander.Schema):
    q = colander.SchemaNode(colander.String(), missing="")
    language = colander.SchemaNode(colander.String(), missing=None)


@api_view(route_name="api.search", request_method="GET", permission=Index.READ, query=SearchCriteria, public=True)
def found(request) -> dict[str, Any]:
    """Return one page of what answers a question."""
    known, page = request.registry.index_kinds, request.paging
    kinds = request.GET.getall("kind") or list(known)
    if not set(kinds) <= set(known):
        raise Problem(422, errors={"kind": request.localizer.translate(_("There is no such kind."))})
    answer = search(request.db, request.criteria["q"], kinds, request.criteria["language"], page.limit, page.offset)
    request.response.last_modified = settled(changed_at(request.db, kinds), request.clock.now())
    items = [shown(entry, request) for entry in answer.rows]
    return paged(request, items, answer.total) | {"every_word": answer.every_word}


def shown(entry: IndexEntry, request) -> dict[str, Any]:
    """Return an entry of the index as the API tells it, its texts in the reader's language where they can be."""
    title, title_language = in_language(entry.title, request.locale_name)
    return {
        "kind": entry.kind,
        "title": title,
        "title_language": title_language,
        "summary": in_language(entry.summary, request.locale_name)[0],
        "url": request.registry.portal_settings.base_url + quote(entry.path),
        "language": entry.language,
        "licence": entry.licence,
        "place": where(entry.place) if entry.place else None,
        "starts_at": entry.starts_at,
        "ends_at": entry.ends_at,
        "updated_at": entry.updated_at,
    }


def where(place: Place) -> dict[str, Any]:
    """Return a place as the API tells it."""
    return {
        "name": place.name,
        "address": place.address,
        "quarter": place.quarter,
        "latitude": place.latitude,
        "longitude": place.longitude,
    }


@api_view(route_name="api.description", request_method="GET", permission=Api.READ_DESCRIPTION, public=3600)
def description(request) -> dict[str, Any]:
    """Return the OpenAPI document."""
    return request.registry.openapi


@view_config(
    route_name="api.docs",
    request_method="GET",
    permission=Api.READ_DESCRIPTION,
    renderer="portal:templates/portal/api/docs.jinja2",
    public=True,
)
def docs(request) -> dict[str, Any]:
    """Return the page that describes the API."""
    document = request.registry.openapi
    return {"info": document["info"], "chapters": chapters(document)}
