"""What customers are worth, as a form says it: text, read as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from app.errors import Invalid


def _number(example: str) -> fields.Float:
    text = f"Give a number such as {example}."
    return fields.Float(load_default=None, error_messages={"invalid": text, "too_large": text, "special": text})


class Lines(fields.Field[dict[str, float]]):
    """`pro = 36`, one value of an attribute on a line."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, float]:
        return dict(_pair(line) for line in str(value).splitlines() if line.strip())


def _pair(line: str) -> tuple[str, float]:
    name, _, months = line.rpartition("=")
    try:
        pair = name.strip(), float(months)
    except ValueError:
        pair = "", 0.0
    if not pair[0]:
        raise ValidationError(f"Write a value and its months on each line, such as pro = 36, not “{line.strip()}”.")
    return pair


class ValueSettings(Schema):
    """The fields of the form."""

    class Meta:
        """The token of the form stands beside them."""

        unknown = EXCLUDE

    currency = fields.String(load_default="")
    basis = fields.String(load_default="revenue")
    lifetime_months = _number("24")
    monthly_churn = _number("0.04")
    lifetime_attribute = fields.String(load_default=None)
    lifetimes = Lines(load_default=dict)
    margin = _number("0.3")
    value_attribute = fields.String()
    per_month_attribute = fields.String()


def read(values: Mapping[str, str]) -> dict[str, Any]:
    """The settings of a form, without its empty fields; Invalid says by field what cannot be read."""
    given = {name: value.strip() for name, value in values.items() if value.strip()}
    try:
        found: dict[str, Any] = ValueSettings().load(given)
    except ValidationError as error:
        errors = error.messages_dict
        raise Invalid(" ".join(text for texts in errors.values() for text in texts), errors) from error
    if found["lifetime_months"] is not None and found["monthly_churn"] is not None:
        text = "Give either the months or the monthly churn."
        raise Invalid(text, {"monthly_churn": [text]})
    return found
