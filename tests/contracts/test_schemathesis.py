"""A stranger reads the API's description and tries what it promises, and what it does not, with all rights and none."""

from contextlib import suppress
from urllib.parse import parse_qsl, urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from sqlalchemy.orm import Session

from portal.app import configure
from portal.clock import StoppedClock
from portal.migrations import history
from portal.people.terms import Role
from tests.conftest import DATABASES, NOW
from tests.factories import lending, maps, people
from tests.houses import own_settings, own_url


def refuses_what_is_not_as_described(context, response, case):
    """An empty parameter is none at all, as in the address that a form makes; all else must be as described."""
    asked = parse_qsl(urlsplit(response.request.url).query, keep_blank_values=True)
    return "" in dict(asked).values() or negative_data_rejection(context, response, case)


PROMISES = [
    checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    refuses_what_is_not_as_described,
    missing_required_header,
    allow_header_conformance,
    unsupported_method,
]
EXAMPLES = 20
PLAIN = {"Accept-Encoding": "identity"}  # schemathesis does not unpack what a WSGI application compressed


@pytest.fixture(scope="module", params=DATABASES)
def house(request, tmp_path_factory):
    """A house of its own with a little to lend, and a token that may do everything."""
    folder = tmp_path_factory.mktemp("stranger")
    config = configure(own_settings(own_url(request.param, folder), folder))
    history.upgrade(config.registry.engine)
    app = config.make_wsgi_app()
    app.registry.clock = StoppedClock(NOW)
    with Session(app.registry.engine) as session, session.begin():
        who = people.staff(session)
        for role in set(Role) - {Role.ADMIN}:
            people.role(session, who, role)
        recorder = lending.stock(session, units=3)
        loan = lending.loan(session, recorder, "2026-10-24T10:00", "2026-10-26T10:00", borrower=who)
        late = lending.loan(session, recorder, "2026-10-19T10:00", "2026-10-21T10:00", borrower=who, state="out")
        lending.custody(session, late.lines[0])
        app.bearer = people.token(session, who)
        app.known = {
            "/api/v1/": {"slug": recorder.model.slug, "id": str(loan.id), "tag": recorder.items[0].asset_tag},
            "/api/v1/loans/{id}/extend": {"id": str(late.id)},
            "/api/v1/trails/": {"slug": maps.trail(session, author_id=who.id).slug},
            "/api/v1/places/": {"slug": maps.place(session, author_id=who.id).slug},
        }
    yield app
    app.registry.engine.dispose()


@pytest.fixture
def operations(house):
    """Everything that the API says it can do."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", house)
    return [found.ok() for found in schema.get_all_operations()]


def tries(operation, mode: GenerationMode, examples: int, known: dict[str, dict[str, str]]):
    """Return a decorator that calls a function with requests for ``operation``, well formed or (``NEGATIVE``) not.

    ``known`` are the names of things that are there, for addresses with a name in them, by how these addresses begin;
    the longest beginning counts.
    """
    there = max((begin for begin in known if operation.path.startswith(begin)), key=len, default=None)
    named = {name: value for name, value in known.get(there, {}).items() if f"{{{name}}}" in operation.path}
    bounded = settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    return lambda function: bounded(given(operation.as_strategy(generation_mode=mode, path_parameters=named))(function))


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_the_api_does_what_its_description_says(house, operations, subtests, mode):
    for operation in operations:

        @tries(operation, mode, EXAMPLES, house.known)
        def as_described(case):
            case.call_and_validate(headers=PLAIN | {"Authorization": f"Bearer {house.bearer}"}, checks=PROMISES)

        with subtests.test(operation.label), suppress(*[Unsatisfiable] if mode is GenerationMode.NEGATIVE else []):
            as_described()  # of an address that is there, and of nothing else, there is nothing that could be wrong


def test_without_a_token_the_api_does_only_what_is_public(operations, subtests):
    for operation in operations:
        security = operation.definition.raw.get("security")
        for_all = security == [] or {} in (security or [])

        @tries(operation, GenerationMode.POSITIVE, EXAMPLES // 4, {})
        def public_or_refused(case):
            response = case.call_and_validate(headers=PLAIN, checks=PROMISES)
            assert response.status_code in (400, 401, 404) or for_all  # noqa: B023

        with subtests.test(operation.label):
            public_or_refused()
