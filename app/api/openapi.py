"""The OpenAPI document: made from the same schemas and routes that answer requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import flask_smorest  # type: ignore[import-untyped]
from flask import Blueprint as Routes
from flask import Flask
from marshmallow import Schema, fields

from app.api.bodies import BodyParser
from app.reports.segments import ComparisonOrder, SegmentOrder
from app.schemas.attributes import LONGEST, PLAIN
from app.schemas.filters import FiltersSchema

PREFIX = "/api/v1"
TITLE = "Whyscore API"
DESCRIPTION = (
    "Send answers, and read them, the pain points in them and the report. "
    "A key belongs to one survey and is sent as `Authorization: Bearer KEY`. "
    "Every error has the same shape; what a field did wrong stands in `errors` under its name."
)
BEARER = {"type": "http", "scheme": "bearer", "description": "Made by `flask --app wsgi key create`, shown once."}


class Error(Schema):
    """Why a request was refused."""

    code = fields.Integer(metadata={"description": "The status of the answer."})
    name = fields.String(metadata={"description": "The reason, for programs.", "examples": ["invalid"]})
    message = fields.String(metadata={"description": "The reason, for people."})
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "By field what is wrong with it; empty where no field is to blame."},
    )


class Api(flask_smorest.Api):  # type: ignore[misc]
    """Makes the document only. Errors are answered in app/errors.py, and the page of the document is our own."""

    ERROR_SCHEMA = Error

    def _register_error_handlers(self) -> None:
        """Add none: flask-smorest's own would answer in another shape, and for pages too."""

    def _register_pagination_header(self) -> None:
        """Describe none: pages are told in the body."""

    def _register_etag_headers(self) -> None:
        """Describe none: nothing of the API may be stored."""


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """The routes of one noun."""

    ARGUMENTS_PARSER = BodyParser()


def register(app: Flask, blueprints: Sequence[Routes]) -> None:
    """Add the routes and describe them."""
    info = {"description": DESCRIPTION}
    api = Api(app, spec_kwargs={"title": TITLE, "version": "1", "openapi_version": "3.1.0", "info": info})
    api.ma_plugin.converter.add_attribute_function(_property_names)
    api.spec.components.security_scheme("bearer", BEARER)
    for blueprint in blueprints:
        api.register_blueprint(blueprint, url_prefix=PREFIX)
    app.cli.commands.pop("openapi", None)  # the document has an address; a second way to it is one more to keep


def _property_names(_converter: Any, field: fields.Field[Any], **_more: Any) -> dict[str, Any]:
    """What the properties of an object may be called; apispec passes it over, for OpenAPI 3.0 did not know it."""
    return {name: field.metadata[name] for name in ("propertyNames",) if name in field.metadata}


def document(app: Flask) -> dict[str, Any]:
    """The whole document."""
    apis = app.extensions["flask-smorest"]["apis"]
    found: dict[str, Any] = apis[""]["ext_obj"].spec.to_dict()
    return found


def _parameter(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {"in": "query", "name": name, "description": description, "schema": {"type": "string", **schema}}


KEY = {
    "in": "path",
    "name": "key",
    "required": True,
    "description": "The key of the survey.",
    "schema": {"type": "string", "pattern": "^[a-z0-9-]{1,64}$"},
}
ID = {
    "in": "path",
    "name": "id_",
    "required": True,
    "description": "The stable id of the pain point.",
    "schema": {"type": "string"},
}
RESPONSE = {
    "in": "path",
    "name": "response_id",
    "required": True,
    "description": "The `id` of the answer.",
    "schema": {"type": "integer"},
}
CHANGE = {
    "in": "path",
    "name": "number",
    "required": True,
    "description": "The `id` of the change.",
    "schema": {"type": "integer"},
}
CASE = {
    "in": "path",
    "name": "case_id",
    "required": True,
    "description": "The `id` of the case.",
    "schema": {"type": "integer"},
}
ATTRIBUTES = {
    "in": "query",
    "name": "attributes",
    "description": "Each stands in the address by itself as `attr.NAME=VALUE`: only this value of the attribute NAME; "
    "several values of one name are joined with or.",
    "style": "form",
    "explode": True,
    "schema": {
        "type": "object",
        "propertyNames": {"pattern": r'^attr[.][^"\\\x00-\x1f\x7f]{1,100}$'},
        "additionalProperties": {"type": "string", "maxLength": LONGEST, "pattern": PLAIN},
        "examples": [{"attr.plan": "pro"}],
    },
}
FILTERS: list[dict[str, Any]] = [
    {"in": "query", "schema": FiltersSchema(exclude=("attributes",))},
    ATTRIBUTES,
]
ORDER = "The order of the rows, as on the page."
BY = _parameter(
    "by", "What to tell apart: `touchpoint`, `language`, `attr.NAME`; for two sides also `period`.", maxLength=300
)
SEGMENTS = [BY, _parameter("order", ORDER, enum=list(get_args(SegmentOrder)))]
SIDES = [
    BY,
    _parameter("order", ORDER, enum=list(get_args(ComparisonOrder))),
    _parameter("first", "The first value; without it the commonest.", maxLength=300),
    _parameter("second", "The second value.", maxLength=300),
    _parameter("from2", "With `by=period` the first day of the second period.", format="date"),
    _parameter("to2", "Its last day.", format="date"),
]
PAGING = [
    _parameter("limit", "How many on a page.", type="integer", minimum=1, maximum=200, default=50),
    _parameter("cursor", "`next` of the page before."),
]
