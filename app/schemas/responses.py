"""A response on its way in from a host's program, and on its way out to one."""

from __future__ import annotations

from typing import Any

from babel import Locale
from marshmallow import RAISE, Schema, ValidationError, fields, post_load, pre_load, validate

from app.analysis.metrics import METRICS
from app.schemas.attributes import ABOUT_ATTRIBUTES, CONTROL, PLAIN, Attributes

LANGUAGES = frozenset(code for code in map(str, Locale("en").languages) if len(code) == 2)
FIELDS = 20  # more than there are, so that a body of nothing but mistakes gets a short answer


def plain(text: str) -> None:
    """ValidationError for characters that have no place in an identifier."""
    if CONTROL.search(text):
        raise ValidationError("Line breaks and other control characters have no place here.")


def _word(longest: int, description: str) -> fields.String:
    length = validate.Length(1, longest, error=f"Use 1 to {longest} characters.")
    about = {"description": description, "pattern": PLAIN}
    return fields.String(validate=[length, plain], allow_none=True, metadata=about)


def _known_language(code: str) -> None:
    if code not in LANGUAGES:
        raise ValidationError("Give a two-letter code of ISO 639-1, such as de.")


class NewResponse(Schema):
    """One answer. Only the score is needed; null says the same as leaving a field out.

    Whether the scale of the survey has the score is said where the survey is known.
    """

    class Meta:
        """A field that is not known is a mistake."""

        unknown = RAISE

    error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "unknown": "There is no such field.",
        "type": "Send one JSON object.",
    }

    score = fields.Integer(
        strict=True,
        required=True,
        error_messages={
            "required": "Choose a number.",
            "null": "Choose a number.",
            "invalid": "Send a whole number, without quotation marks.",
        },
        metadata={
            "description": "How likely it is that they recommend you, 0 to 10. A survey of CSAT takes 1 to 5 (how "
            "satisfied they are), one of CES 1 to 7 (how easy it was made for them), and nothing else.",
            "minimum": 0,
            "maximum": 10,
            "examples": [9],
        },
    )
    comment = fields.String(
        allow_none=True,
        metadata={
            "description": "Their own words. Control characters are removed.",
            "maxLength": 4_000,
            "examples": ["Support takes days to answer"],
        },
    )
    language = fields.String(
        validate=_known_language,
        allow_none=True,
        metadata={
            "description": "ISO 639-1. Without it the language is found in the comment.",
            "pattern": "^[a-z]{2}$",
            "examples": ["en"],
        },
    )
    respondent = _word(200, "Your own id of whoever answered: opaque, compared byte by byte. Never an e-mail address.")
    touchpoint = _word(64, "The moment in the journey where the question was asked.")
    attributes = Attributes(allow_none=True, metadata=ABOUT_ATTRIBUTES)
    created_at = fields.DateTime(
        "iso",
        allow_none=True,
        error_messages={"invalid": "Give a time of ISO 8601, such as 2026-11-22T09:30:00Z."},
        metadata={
            "description": "When the answer was given, at most a day from now. Without an offset the survey's time "
            "zone is meant, without the field this moment."
        },
    )
    external_id = _word(200, "Your own id of this answer: sent again it is the same answer, and changes with it.")
    monthly_revenue = fields.Float(
        allow_none=True,
        validate=validate.Range(0, 1e12, error="Give an amount of 0 or more."),
        error_messages={"invalid": "Give an amount such as 49.9.", "special": "Give an amount such as 49.9."},
        metadata={"description": "What comes in from them in a month, in the currency of the survey."},
    )
    customer_since = fields.Date(
        "%Y-%m-%d",
        allow_none=True,
        error_messages={"invalid": "Give a day that exists, written like 2024-05-01."},
        metadata={"description": "The day on which they became a customer."},
    )

    @pre_load
    def _few(self, values: Any, **_more: Any) -> Any:
        if isinstance(values, dict) and len(values) > FIELDS:
            raise ValidationError(f"Send at most {FIELDS} fields.")
        return values

    @post_load
    def _without_nulls(self, values: dict[str, Any], **_more: Any) -> dict[str, Any]:
        return {name: value for name, value in values.items() if value is not None}


class PainPointMention(Schema):
    """A place in a comment that raises a pain point."""

    id = fields.String(metadata={"description": "The stable id of the pain point."})
    name = fields.String(metadata={"description": "Its name as an action.", "examples": ["Speed up support responses"]})
    confidence = fields.Float(metadata={"description": "How sure the assignment is, from 0 to 1."})
    start = fields.Integer(metadata={"description": "Where it begins in the comment, in code points."})
    end = fields.Integer(metadata={"description": "Where it ends, exclusive."})
    stance = fields.String(validate=validate.OneOf(["complaint", "wish", "praise", "neutral"]))


class Mention(Schema):
    """One opinion in a comment, whether or not it raises something of the catalogue."""

    start = fields.Integer()
    end = fields.Integer()
    stance = fields.String(validate=validate.OneOf(["complaint", "wish", "praise", "neutral"]))
    pain_point = fields.String(attribute="id", allow_none=True)


class StoredResponse(Schema):
    """A response as it is stored."""

    id = fields.Integer()
    survey = fields.String(metadata={"description": "The key of the survey."})
    score = fields.Integer(metadata={"minimum": 0, "maximum": 10})
    group = fields.String(
        attribute="group_name",
        validate=validate.OneOf([name for metric in METRICS.values() for name, _ in metric.words.values()]),
        metadata={"description": "By the metric: promoter, passive, detractor; satisfied …; easy …"},
    )
    comment = fields.String(allow_none=True)
    language = fields.String(
        allow_none=True,
        metadata={"description": "The language the comment is written in; until it is read, the declared one."},
    )
    respondent = fields.String(allow_none=True)
    identity = fields.String(validate=validate.OneOf(["anonymous", "claimed", "verified"]))
    touchpoint = fields.String(allow_none=True)
    attributes = fields.Dict(keys=fields.String(), values=fields.String())
    external_id = fields.String(allow_none=True)
    created_at = fields.DateTime("iso")
    updated_at = fields.DateTime("iso")
    revision = fields.Integer(metadata={"description": "1, and one more with every change of score or comment."})


class ReadResponse(StoredResponse):
    """A response with what the current analysis understood of it."""

    analysed = fields.Boolean(
        allow_none=True,
        metadata={"description": "Whether the comment was read as it stands now; null without a comment."},
    )
    pain_points = fields.List(fields.Nested(PainPointMention))
    mentions = fields.List(fields.Nested(Mention))


class ResponsePage(Schema):
    """One page of responses, the newest first."""

    responses = fields.List(fields.Nested(ReadResponse))
    next = fields.String(allow_none=True, metadata={"description": "`cursor` of the next page; null after the last."})
    is_withheld = fields.Boolean(
        data_key="withheld",
        metadata={"description": "So few answers pass the filters (under 5) that their comments stay closed."},
    )
