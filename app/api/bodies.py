"""Bodies of JSON, read strictly: what cannot be read is 400, what can be read but is wrong is 422."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from flask import Request
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from app.errors import Invalid
from app.schemas.messages import by_field


class BodyParser(FlaskParser):
    """Reads the body for `Blueprint.arguments`."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The value in the body; BadRequest or UnsupportedMediaType when there is none to be read."""
        if req.mimetype != "application/json" or req.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
            raise UnsupportedMediaType("Send JSON in UTF-8, with Content-Type: application/json.")
        if req.headers.get("Content-Encoding"):
            raise UnsupportedMediaType("Send the body as it is, without Content-Encoding.")
        return parse(req.get_data())

    def handle_error(
        self, error: ValidationError, req: Request, schema: Schema, **_status: Any
    ) -> NoReturn:  # fmt: skip
        """Say by field what is wrong."""
        errors = by_field(error.messages["json"] if isinstance(error.messages, dict) else error.messages)
        raise Invalid(" ".join(f"{name}: {' '.join(texts)}" for name, texts in errors.items()), errors) from error


def parse(body: bytes) -> Any:
    """One JSON value; BadRequest for whatever the parser does not like, NaN and repeated names included."""
    try:
        return json.loads(body.decode(), parse_constant=_refuse, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"The body is not JSON that can be read: {_reason(error)}.") from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number in JSON")


def _once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise ValueError("a name is given twice")
    return dict(pairs)


def _reason(error: ValueError | RecursionError) -> str:
    """The parser's own words where they quote nothing of the body."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.pos + 1}"
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start + 1} is not UTF-8"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
