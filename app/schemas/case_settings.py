"""When a survey opens cases, as a form or a command line says it: text, read as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from app.errors import Invalid

SCORES = "Give a whole number from 0 to 10."
DAYS = "Give a whole number from 0 to 365, or nothing for no day."


class CaseSettings(Schema):
    """The settings of cases."""

    class Meta:
        """A setting that is not known is a mistake."""

        unknown = RAISE

    error_messages = {"unknown": "There is no such setting."}  # noqa: RUF012 - marshmallow reads it from the class

    opens_cases = fields.Boolean(error_messages={"invalid": "Say yes or no."})
    case_threshold = fields.Integer(
        validate=validate.Range(0, 10, error=SCORES), error_messages={"invalid": SCORES, "null": SCORES}
    )
    contact_days = fields.Integer(
        validate=validate.Range(0, 365, error=DAYS), allow_none=True, error_messages={"invalid": DAYS}
    )


def load(values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that were given, checked; Invalid says by name what is wrong."""
    try:
        loaded: dict[str, Any] = CaseSettings().load(dict(values))
    except ValidationError as error:
        errors = error.messages_dict
        raise Invalid(" ".join(text for texts in errors.values() for text in texts), errors) from error
    return loaded
