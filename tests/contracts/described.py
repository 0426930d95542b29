"""A browser for programs: it holds every request and every answer of the API against the API's own description."""

import json
from typing import Any

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from openapi_core.templating.paths.exceptions import PathNotFound
from webob.multidict import MultiDict
from webtest import TestApp, TestRequest, TestResponse
from werkzeug.datastructures import Headers, ImmutableMultiDict

NOT_AS_DESCRIBED = frozenset({400, 401, 404, 405, 413, 415, 422})
"""The answers to requests that were not what the description asks for; such a request is then not held against it."""


def describing(document: dict[str, Any]) -> OpenAPI:
    """Return an OpenAPI document, ready to hold requests and answers against."""
    return OpenAPI.from_dict(
        document, config=Config(extra_media_type_deserializers={"application/problem+json": json.loads})
    )


class Sent:
    """A request as openapi-core reads it."""

    def __init__(self, request: TestRequest) -> None:
        self._request = request
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(_pairs(request.GET)),
            header=Headers(dict(request.headers)),
            cookie=ImmutableMultiDict(dict(request.cookies)),
        )

    @property
    def host_url(self) -> str:
        return self._request.host_url

    @property
    def path(self) -> str:
        return self._request.path_info

    @property
    def method(self) -> str:
        return self._request.method.lower()

    @property
    def body(self) -> bytes | None:
        return self._request.body or None

    @property
    def content_type(self) -> str:
        return self._request.headers.get("Content-Type", "")  # with what parts a form


class Answered:
    """An answer as openapi-core reads it."""

    def __init__(self, response: TestResponse) -> None:
        self.status_code = response.status_int
        self.headers = dict(response.headers)
        self.content_type = response.content_type or ""
        self.data = response.body


class DescribedApp(TestApp):
    """A :class:`TestApp` whose requests under ``/api/v1`` and their answers must be as described."""

    def __init__(self, app, description: OpenAPI, **more: Any) -> None:
        super().__init__(app, **more)
        self._description = description

    def do_request(self, req, status=None, expect_errors=None):
        response = super().do_request(req, status, expect_errors)
        if req.path_info.startswith("/api/v1/") and req.method != "HEAD":
            self._hold(Sent(req), Answered(response))
        return response

    def _hold(self, sent: Sent, answered: Answered) -> None:
        try:
            if answered.status_code not in NOT_AS_DESCRIBED:
                self._description.validate_request(sent)
            if answered.status_code not in (304, 405):
                self._description.validate_response(sent, answered)
        except PathNotFound:
            if answered.status_code != 404:
                raise AssertionError(f"{sent.path} is not described") from None
        except OpenAPIError as differs:
            cause = differs.__cause__ or differs
            errors = [error.message for error in getattr(cause, "schema_errors", ())] or [str(cause)]
            told = f"{sent.method} {sent.path} → {answered.status_code} is not as described: {'; '.join(errors)}"
            raise AssertionError(f"{told}\n{answered.data[:2000]!r}") from differs


def _pairs(values: MultiDict) -> list[tuple[str, str]]:
    return list(values.items())
