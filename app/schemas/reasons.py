"""Why a comment is listed where it is, as programs read it."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from app.reports import reasons as told

RULES = (
    "best", "leading", "last resort", "corrected", "corrected alike", "praise", "neutral", "empty", "chatter",
    "plain", "promoter", "second", "weak",
)  # fmt: skip


class NamedPainPoint(Schema):
    """A pain point by its stable id and its name."""

    id = fields.String()
    name = fields.String()


class ComparedPainPoint(NamedPainPoint):
    """A pain point and how well the mention fits it: `total` is the sum of the four parts."""

    id = fields.String(attribute="point.id")
    name = fields.String(attribute="point.name")
    meaning = fields.Float(attribute="fit.meaning", metadata={"description": "Likeness in meaning, −1 to 1."})
    words = fields.Float(attribute="fit.words", metadata={"description": "What they say in the same words, 0 to 0.9."})
    favour = fields.Float(attribute="fit.favour", metadata={"description": "What it lacks for being raised by few."})
    corrections = fields.Float(attribute="fit.lessons", metadata={"description": "What people's corrections add."})
    total = fields.Float()


class SharedWord(Schema):
    """A word of the comment that speaks for the pain point."""

    text = fields.String()
    start = fields.Integer()
    end = fields.Integer()
    weight = fields.Float(metadata={"description": "Its part of what they say in the same words."})


class NearPhrase(Schema):
    """A phrase that the pain point is known by."""

    text = fields.String()
    language = fields.String()
    likeness = fields.Float(metadata={"description": "Likeness in meaning, up to 1."})


class NearQuote(NearPhrase):
    """What somebody else said of the same pain point."""

    response_id = fields.Integer()


class CorrectionFollowed(Schema):
    """What a person said of these words, or of words that are nearly the same."""

    text = fields.String()
    language = fields.String()
    wrong = fields.Nested(NamedPainPoint, allow_none=True)
    right = fields.Nested(NamedPainPoint, allow_none=True, metadata={"description": "Null: no pain point known."})
    likeness = fields.Float()


class MentionReasons(Schema):
    """Why one mention is listed where it is."""

    start = fields.Integer(attribute="span.start")
    end = fields.Integer(attribute="span.end")
    text = fields.String()
    stance = fields.String(validate=validate.OneOf(["complaint", "wish", "praise", "neutral"]))
    pain_point = fields.Nested(NamedPainPoint, attribute="point", allow_none=True)
    confidence = fields.Float()
    rule = fields.String(validate=validate.OneOf(RULES), metadata={"description": "What decided."})
    sentence = fields.Function(lambda one: " ".join(told.sentences(one)), metadata={"type": "string"})
    needed = fields.Float(metadata={"description": "The fit that raises a pain point in this comment."})
    first = fields.Nested(
        ComparedPainPoint,
        attribute="own",
        allow_none=True,
        metadata={"description": "What it is listed under, else the nearest; null where nothing was compared."},
    )
    second = fields.Nested(ComparedPainPoint, allow_none=True)
    ahead = fields.Float(allow_none=True, metadata={"description": "How much better the first fits than the second."})
    words = fields.List(fields.Nested(SharedWord))
    phrases = fields.List(fields.Nested(NearPhrase))
    quotes = fields.List(fields.Nested(NearQuote))
    lead = fields.String(allow_none=True, metadata={"description": "The clearest part of the comment, if followed."})
    correction = fields.Nested(CorrectionFollowed, allow_none=True)


class ResponseReasons(Schema):
    """Why each mention of a comment is listed where it is."""

    response_id = fields.Integer()
    state = fields.String(
        validate=validate.OneOf(["explained", "unread", "outdated"]),
        metadata={
            "description": "unread: the comment as it stands is still to be read; outdated: another version of "
            "Whyscore read it, whose reasons are not known any more. Both have no mentions."
        },
    )
    mentions = fields.List(fields.Nested(MentionReasons), attribute="reasons")
