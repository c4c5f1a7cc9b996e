"""Suspicious answers for programs, and what is decided about them."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

from app.models.quarantines import DECISIONS
from app.security.suspicion import REASONS

MOST = 200


class QuarantineDecision(Schema):
    """Which answers to include in all numbers, or to exclude again: by their ids, or all of one reason."""

    class Meta:
        """A field that is not known is a mistake."""

        unknown = RAISE

    error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "unknown": "There is no such field.",
        "type": "Send one JSON object.",
    }

    decision = fields.String(required=True, metadata={"enum": list(DECISIONS), "examples": ["include"]})
    ids = fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, 2**53)),
        validate=validate.Length(1, MOST, error=f"Name 1 to {MOST} answers."),
        metadata={"description": "The answers that are meant."},
    )
    reason = fields.String(
        metadata={"description": "Instead of ids: all answers that wait for this reason.", "enum": list(REASONS)}
    )


class DecisionMade(Schema):
    """What a decision did."""

    changed = fields.Integer(metadata={"description": "How many answers it changed."})


class QuarantinedResponse(Schema):
    """A suspicious answer."""

    id = fields.Integer()
    score = fields.Integer(metadata={"minimum": 0, "maximum": 10})
    comment = fields.String(allow_none=True)
    quarantine = fields.String(metadata={"description": "Why it looked suspicious."})
    counts = fields.Boolean(metadata={"description": "Whether somebody included it in all numbers."})
    created_at = fields.DateTime("iso")
    host = fields.String(allow_none=True, metadata={"description": "The site that showed the form, if known."})
    touchpoint = fields.String(allow_none=True)


class QuarantinePage(Schema):
    """One page of suspicious answers, the newest first, and how many wait by reason."""

    waiting = fields.Dict(keys=fields.String(), values=fields.Integer())
    responses = fields.List(fields.Nested(QuarantinedResponse))
    next = fields.String(allow_none=True, metadata={"description": "`cursor` of the next page; null after the last."})
