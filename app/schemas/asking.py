"""When a survey asks: the settings as people and programs give them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from app.errors import Invalid
from app.schemas.attributes import PLAIN
from app.schemas.responses import plain

LONGEST = 3_650  # days
SHORT = "Use 1 to 200 characters without control characters."
COLUMNS = {"resurvey_days": "window_days"}  # where a column has another name


def _whole(low: int, high: int, description: str, **more: Any) -> fields.Integer:
    text = f"Give a whole number from {low} to {high:,}."
    errors: dict[str, Any] = {"invalid": text, "null": text}
    return fields.Integer(
        validate=validate.Range(low, high, error=text),
        error_messages=errors,
        metadata={"description": description},
        **more,
    )


class AskingSettings(Schema):
    """Whom a survey asks and when. Text is read as numbers, so forms and command lines give it as it was typed."""

    class Meta:
        """A setting that is not known is a mistake."""

        unknown = RAISE

    error_messages = {"unknown": "There is no such setting."}  # noqa: RUF012 - marshmallow reads it from the class

    resurvey_days = _whole(1, LONGEST, "Days from one question to a person until the next, at least 1.")
    sample_rate = fields.Float(
        validate=validate.Range(0, 1, error="Give a share from 0 to 1, such as 0.1 for one in ten."),
        error_messages={"invalid": "Give a share from 0 to 1, such as 0.1 for one in ten."},
        metadata={"description": "The share of known respondents who are asked, 0 to 1."},
    )
    sample_days = _whole(1, LONGEST, "Days until people are drawn anew.")
    daily_cap = _whole(1, 10_000_000, "People asked in one day at most; null is no limit.", allow_none=True)
    rest_after_relationship = _whole(0, LONGEST, "Days of rest after a relationship survey asked the same person.")
    rest_after_touchpoint = _whole(0, LONGEST, "Days of rest after another touchpoint survey asked the same person.")
    audience = fields.String(
        validate=validate.Regexp(r"[a-z0-9-]{0,64}\Z", error="Use up to 64 lower-case letters, digits and hyphens."),
        metadata={"description": "Surveys with the same name here ask the same people, and rest after each other."},
    )


def load(values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that were given, checked; Invalid says by name what is wrong."""
    try:
        loaded: dict[str, Any] = AskingSettings().load(dict(values))
    except ValidationError as error:
        errors = error.messages_dict
        raise Invalid(" ".join(f"{name}: {' '.join(texts)}" for name, texts in errors.items()), errors) from error
    return loaded


class AskedRespondent(Schema):
    """Whose turn it is, as an address asks it."""

    class Meta:
        """An unknown name is a mistake."""

        unknown = RAISE

    error_messages = {"unknown": "There is no such parameter."}  # noqa: RUF012 - marshmallow reads it from the class

    respondent = fields.String(
        required=True,
        validate=[validate.Length(1, 200, error=SHORT), plain],
        error_messages={"required": "Say whose turn it is: your own id of the person."},
        metadata={
            "description": "Your own id of the person, as in respondent tokens.",
            "pattern": PLAIN,
            "examples": ["user-17"],
        },
    )


class Eligibility(Schema):
    """Whether to put the question before a respondent now."""

    is_eligible = fields.Boolean(data_key="eligible", metadata={"description": "Whether to render the tag."})
    reason = fields.String(
        allow_none=True,
        validate=validate.OneOf(
            ["closed", "not_sampled", "answered", "asked_recently", "asked_elsewhere", "daily_cap"]
        ),
        metadata={"description": "Why not; null when they are to be asked."},
    )
    next_at = fields.DateTime(
        "iso", allow_none=True, metadata={"description": "When to look again; null where that is not known."}
    )
