"""Rules and digests as forms and command lines give them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from app.errors import Invalid
from app.models.alerts import CYCLES, KINDS
from app.schemas.filters import parse

LONGEST = 365  # days of rest
NO_WINDOW = ("from", "to", "compare", "sort")  # alerts and digests have periods of their own


def _whole(low: int, high: int, **more: Any) -> fields.Integer:
    text = f"Give a whole number from {low} to {high}."
    errors: dict[str, Any] = {"invalid": text, "null": text}
    return fields.Integer(validate=validate.Range(low, high, error=text), error_messages=errors, **more)


def _line(least: int, most: int) -> fields.String:
    return fields.String(
        validate=[
            validate.Length(least, most, error=f"Use {least} to {most} characters."),
            validate.Predicate("isprintable", error="Use no line breaks or other controls."),
        ]
    )


class _Told(Schema):
    """What rules and digests have in common."""

    class Meta:
        """A setting that is not known is a mistake."""

        unknown = RAISE

    error_messages = {"unknown": "There is no such setting."}  # noqa: RUF012 - marshmallow reads it from the class

    is_on = fields.Boolean()
    query = fields.String()
    department = fields.String(validate=validate.Length(max=100, error="At most 100 characters."))


class RuleSettings(_Told):
    """What a rule looks at, how often it tells and when it keeps quiet."""

    kind = fields.String(validate=validate.OneOf(KINDS, error="Choose what to tell."))
    threshold = _whole(0, 6)
    cooldown_days = _whole(0, LONGEST)
    quiet_from = _whole(0, 23, allow_none=True)
    quiet_to = _whole(0, 23, allow_none=True)


class DigestSettings(_Told):
    """What a digest is called, how often it comes and what it looks at."""

    name = _line(1, 100)
    cycle = fields.String(validate=validate.OneOf(CYCLES, error="Choose daily, weekly or monthly."))


def rule(values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a rule that were given, checked; Invalid says by name what is wrong."""
    loaded = _load(RuleSettings(), values)
    if (loaded.get("quiet_from") is None) != (loaded.get("quiet_to") is None):
        raise Invalid("Quiet hours have a beginning and an end.", {"quiet_from": ["Give both hours, or neither."]})
    return loaded


def digest(values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a digest that were given, checked; Invalid says by name what is wrong."""
    return _load(DigestSettings(), values)


def query(pairs: Iterable[tuple[str, str]]) -> str:
    """The report's filters in their one order, as they are kept; Invalid for days, which an alert chooses itself."""
    given = [(name, value) for name, value in pairs if value]
    wrong = {name: ["It looks at days of its own."] for name, _ in given if name in NO_WINDOW}
    if wrong:
        raise Invalid("An alert and a digest have periods of their own: leave out the days and the order.", wrong)
    return parse(given).query()


def _load(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(dict(values))
    except ValidationError as error:
        errors = error.messages_dict
        raise Invalid(" ".join(text for texts in errors.values() for text in texts), errors) from error
    return loaded
