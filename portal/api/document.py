"""The API's description of itself: OpenAPI 3.1, put together from what the kernel and each feature say of theirs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pyramid.exceptions import ConfigurationError

from portal.own_files import read_yaml

METHODS = ("get", "put", "post", "delete", "patch")
AFTER_ALL = 100  # Pyramid's own phases end at 0


def includeme(config) -> None:
    config.registry.openapi_parts = []
    config.add_directive("add_openapi", add_openapi)
    config.add_openapi("portal.api:openapi.yaml")

    def assemble() -> None:
        config.registry.openapi = assembled(config.registry.openapi_parts)

    config.action(None, assemble, order=AFTER_ALL)


def add_openapi(config, asset: str) -> None:
    """Add a feature's part, ``paths`` and ``components``: ``config.add_openapi("equipment_lending:openapi.yaml")``."""
    config.registry.openapi_parts.append(asset)


def assembled(assets: Iterable[str]) -> dict[str, Any]:
    """Return the whole document. Raises ``ConfigurationError`` when two parts describe the same thing."""
    whole: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    components: dict[str, Any] = {}
    tags: list[dict[str, str]] = []
    for asset in assets:
        part = read_yaml(*asset.split(":"))
        tags += part.pop("tags", [])
        for path, operations in part.pop("paths", {}).items():
            _add(paths.setdefault(path, {}), operations, f"{asset}: {path}")
        for section, members in part.pop("components", {}).items():
            _add(components.setdefault(section, {}), members, f"{asset}: {section}")
        _add(whole, part, asset)
    return whole | {"tags": tags, "paths": paths, "components": components}


def _add(to: dict[str, Any], members: dict[str, Any], where: str) -> None:
    twice = to.keys() & members.keys()
    if twice:
        raise ConfigurationError(f"{where}: described twice: {', '.join(sorted(twice))}")
    to.update(members)


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing the API can do, as the page about it shows it."""

    method: str
    path: str
    summary: str
    description: str
    signed_in: bool
    parameters: list[dict[str, Any]] = field(default_factory=list)
    body: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"{self.method}{self.path.replace('/', '-').replace('{', '').replace('}', '')}".lower()


def chapters(document: dict[str, Any]) -> list[tuple[str, str, list[Operation]]]:
    """Return ``(tag, its description, its operations)`` for the page that describes the API."""
    found: dict[str, list[Operation]] = {tag["name"]: [] for tag in document["tags"]}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                shown = _operation(document, method, path, item, operation)
                found.setdefault(operation["tags"][0], []).append(shown)
    told = {tag["name"]: tag.get("description", "") for tag in document["tags"]}
    return [(tag, told.get(tag, ""), operations) for tag, operations in found.items() if operations]


def _operation(document, method: str, path: str, item: dict, operation: dict) -> Operation:
    content = _resolved(document, operation.get("requestBody", {})).get("content", {})
    body: dict[str, Any] = next(iter(content.values()), {})  # JSON, or a form with a file
    parameters = [_resolved(document, p) for p in (*item.get("parameters", ()), *operation.get("parameters", ()))]
    return Operation(
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=operation.get("description", ""),
        signed_in=bool(operation.get("security", document.get("security"))),
        parameters=[{"required": False} | p | {"type": _type(document, p.get("schema", {}))} for p in parameters],
        body=list(_fields(document, body.get("schema", {}))),
        answers=[
            (str(c), _resolved(document, r)["description"].replace("`", "")) for c, r in operation["responses"].items()
        ],
    )


def _fields(document, schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return the fields of an object: name, type, whether it is required, and what it means."""
    schema = _resolved(document, schema)
    for name, inner in schema.get("properties", {}).items():
        meaning = _resolved(document, inner).get("description", "")
        required = name in schema.get("required", ())
        yield {"name": name, "type": _type(document, inner), "required": required, "description": meaning}


def _type(document, schema: dict[str, Any]) -> str:
    """Return a schema's type in few words: «string (date-time)», «array of Line»."""
    if "$ref" in schema:
        named = schema["$ref"].rpartition("/")[2]
        inner = _resolved(document, schema)
        return named if inner.get("type") == "object" or "allOf" in inner else _type(document, inner)
    if schema.get("type") == "array":
        return f"array of {_type(document, schema['items'])}"
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "contentMediaType" in schema:
        return "file"
    kinds = schema.get("type", "object")
    name = " | ".join(kinds) if isinstance(kinds, list) else kinds
    return f"{name} ({schema['format']})" if "format" in schema else name


def _resolved(document, part: dict[str, Any]) -> dict[str, Any]:
    """Return what a ``$ref`` within the document points at, or the part itself."""
    while "$ref" in part:
        reference, part = part["$ref"], document
        for step in reference.removeprefix("#/").split("/"):
            part = part[step]
    return part
