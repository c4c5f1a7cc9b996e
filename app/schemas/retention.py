"""How long things are kept, as a form or a command line says it: text, read as months."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from app.errors import Invalid

MONTHS = "Give a whole number of months from 1 to 240, or nothing to keep them."
SOONER = "Comments go with their answers: give at most as many months."


def _months() -> fields.Integer:
    return fields.Integer(
        validate=validate.Range(1, 240, error=MONTHS), allow_none=True, error_messages={"invalid": MONTHS}
    )


class Retention(Schema):
    """The months after which comments, and whole answers, are removed; null keeps them."""

    class Meta:
        """A setting that is not known is a mistake."""

        unknown = RAISE

    error_messages = {"unknown": "There is no such setting."}  # noqa: RUF012 - marshmallow reads it from the class

    comments_months = _months()
    answers_months = _months()


def load(values: Mapping[str, Any]) -> dict[str, int | None]:
    """The settings that were given, checked; Invalid says by name what is wrong."""
    try:
        loaded: dict[str, int | None] = Retention().load(dict(values))
    except ValidationError as error:
        errors = error.messages_dict
        raise Invalid(" ".join(text for texts in errors.values() for text in texts), errors) from error
    return loaded


def check(comments_months: int | None, answers_months: int | None) -> None:
    """Comments cannot be kept longer than the answers they belong to."""
    if comments_months is not None and answers_months is not None and comments_months > answers_months:
        raise Invalid(SOONER, {"comments_months": [SOONER]})
