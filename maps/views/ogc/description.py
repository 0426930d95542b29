"""The OpenAPI document of the service, for the collections that there are."""

from collections.abc import Sequence
from copy import deepcopy
from functools import cache
from typing import Any

from portal.own_files import read_yaml

ALWAYS = {
    "304": "NotModified",
    "400": "InvalidParameter",
    "405": "MethodNotAllowed",
    "500": "ServerError",
    "503": "Unavailable",
}
"""What every address may answer, besides what is said of it alone."""


def described(home: str, kinds: Sequence[str]) -> dict[str, Any]:
    """Return the document of the service below ``home``/ogc with a collection for each of ``kinds``."""
    document = deepcopy(_written())
    document["servers"] = [{"url": f"{home}/ogc"}]
    document["components"]["parameters"]["collectionId"]["schema"]["enum"] = list(kinds)
    for item in document["paths"].values():
        answers = item["get"]["responses"]
        answers |= {code: {"$ref": f"#/components/responses/{name}"} for code, name in ALWAYS.items()}
        item["get"]["responses"] = dict(sorted(answers.items()))
    return document


@cache
def _written() -> dict[str, Any]:
    return read_yaml(__package__, "openapi.yaml")
