"""The description of the API: as a document for programs, and as a page made from it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template

from app.api import describing, openapi

blueprint = Blueprint("api_docs", __name__)
STYLE = (Path(__file__).parent.parent / "static" / "api.css").read_bytes()
STYLE_ADDRESS = f"/api/docs.{hashlib.sha256(STYLE).hexdigest()[:12]}.css"


@dataclass(frozen=True, slots=True)
class Field:
    """One row of a table: a parameter or a property."""

    name: str
    type: str
    is_required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing a program can ask for."""

    id: str
    method: str
    path: str
    summary: str
    parameters: list[Field]
    body: str | None
    answers: list[tuple[str, str, str | None]]  # status, description, name of the schema


@blueprint.get("/api/v1/openapi.json")
def show_document() -> Response:
    """The OpenAPI document."""
    return jsonify(_document())


@blueprint.get("/api/docs")
def show_page() -> str:
    """The same for people."""
    document = _document()
    return render_template(
        "api/docs.html",
        info=document["info"],
        operations=list(operations(document)),
        schemas=list(schemas(document)),
        names=set(document["components"]["schemas"]),
        style=STYLE_ADDRESS,
    )


def _document() -> dict[str, Any]:
    return describing.for_programs(openapi.document(current_app))


@blueprint.get(STYLE_ADDRESS)
def show_style() -> Response:
    """The page's stylesheet, under an address that changes with it."""
    return Response(STYLE, mimetype="text/css")


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    """What stands under `paths`, in its order."""
    for path, methods in document["paths"].items():
        shared = methods.get("parameters", [])
        for method, described in methods.items():
            if method != "parameters":
                yield _operation(document, path, method, {**described, "shared": shared})


def _operation(document: dict[str, Any], path: str, method: str, described: dict[str, Any]) -> Operation:
    parameters = [*described["shared"], *described.get("parameters", [])]
    body = described.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    answers = [(status, *_answer(document, answer)) for status, answer in sorted(described["responses"].items())]
    return Operation(
        id=f"{method}-{path.rsplit('/', 1)[-1]}",
        method=method.upper(),
        path=path,
        summary=described.get("summary", ""),
        parameters=[_field(one["name"], one["schema"], one) for one in parameters],
        body=_type(body) if body else None,
        answers=answers,
    )


def _answer(document: dict[str, Any], answer: dict[str, Any]) -> tuple[str, str | None]:
    if "$ref" in answer:
        answer = document["components"]["responses"][_last(answer["$ref"])]
    schema = answer.get("content", {}).get("application/json", {}).get("schema")
    return answer["description"], _type(schema) if schema else None


def schemas(document: dict[str, Any]) -> Iterator[tuple[str, str, list[Field]]]:
    """Name, description and properties of every schema."""
    for name, schema in sorted(document["components"]["schemas"].items()):
        required = schema.get("required", [])
        rows = [
            _field(one, described, {**described, "required": one in required})
            for one, described in schema.get("properties", {}).items()
        ]
        yield name, schema.get("description", f"{_type(schema)}." if "enum" in schema else ""), rows


def _field(name: str, schema: dict[str, Any], described: dict[str, Any]) -> Field:
    text = described.get("description") or schema.get("description", "")
    return Field(name, _type(schema), bool(described.get("required")), text)


def _type(schema: dict[str, Any]) -> str:
    """A schema in a few words, such as `string or null` or `list of Mention`."""
    if "$ref" in schema:
        return _last(schema["$ref"])
    if "anyOf" in schema or "allOf" in schema:
        return " or ".join(_type(one) for one in schema.get("anyOf") or schema["allOf"])
    if "enum" in schema:
        return " or ".join("null" if value is None else str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    types = schema.get("type", "anything")
    return types if isinstance(types, str) else " or ".join(types)


def _last(reference: str) -> str:
    return reference.rsplit("/", 1)[-1]
