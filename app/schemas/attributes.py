"""Attributes of a respondent, such as plan or country: flat, few, short, and stored as text."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields

MOST = 20
LONGEST = 200
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
LARGEST = 2**63  # what other programs can still hold
PLAIN = r"^[^\x00-\x1f\x7f]*$"  # the same for the document, where half a character cannot be written

ABOUT_ATTRIBUTES = {
    "description": "What reports can filter by. Numbers and booleans are kept as text.",
    "maxProperties": MOST,
    "propertyNames": {"pattern": f"^{NAME.pattern}$"},
    "additionalProperties": {
        "type": ["string", "integer", "boolean"],
        "maxLength": LONGEST,
        "pattern": PLAIN,
        "minimum": 1 - LARGEST,
        "maximum": LARGEST - 1,
    },
    "examples": [{"plan": "pro", "seats": 12}],
}


class Attributes(fields.Dict):
    """An object of strings, whole numbers and booleans; numbers and booleans become their text in JSON."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            raise ValidationError('Send an object such as {"plan": "pro"}.')
        if len(value) > MOST:
            raise ValidationError(f"Send at most {MOST} attributes.")
        found, wrong = {}, {}
        for name, one in value.items():
            try:
                found[_name(name)] = _text(one)
            except ValidationError as error:
                wrong[name] = error.messages
        if wrong:
            raise ValidationError(wrong)
        return found


def _name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValidationError("Name it with 1 to 32 lower-case letters, digits and underscores, a letter first.")
    return name


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) < LARGEST:
        return str(value)
    if isinstance(value, str) and len(value) <= LONGEST and not CONTROL.search(value):
        return value
    raise ValidationError(f"Send a text of at most {LONGEST} characters, a whole number, or true or false.")
