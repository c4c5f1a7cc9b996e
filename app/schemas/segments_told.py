"""Segments and comparisons as programs read them. These schemas describe; app/reports/segment_files.py writes."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from app.schemas.reports import Comments, Period, SurveyHead


class ScoreOf(Schema):
    """A score with its interval, null below 5 answers, and who gave it."""

    value = fields.Float(allow_none=True)
    low = fields.Float(allow_none=True)
    high = fields.Float(allow_none=True)
    promoters = fields.Float()
    passives = fields.Float()
    detractors = fields.Float()
    n = fields.Float()


class Difference(Schema):
    """A tested difference, null where nothing is compared."""

    value = fields.Float(allow_none=True)
    low = fields.Float(allow_none=True)
    high = fields.Float(allow_none=True)
    p = fields.Float(allow_none=True)


class AgainstRest(Difference):
    """A segment against everybody else in view; all null by language."""

    standing = fields.String(allow_none=True, validate=validate.OneOf(["above", "below", "alike", "too few", None]))


class ScoreDifference(Difference):
    """The first minus the second, in points."""

    verdict = fields.String(allow_none=True, validate=validate.OneOf(["clear", "leaning", "none", "suppressed", None]))


class ShareDifference(Difference):
    """The first minus the second, as a share."""

    more = fields.String(validate=validate.OneOf(["first", "second", "neither", "too few"]))


class Share(Schema):
    """How many of the passives and detractors with a comment raise it."""

    people = fields.Float()
    of = fields.Float()
    share = fields.Float(allow_none=True)


class ShareBetween(Share):
    """A share with its 95 % interval."""

    low = fields.Float(allow_none=True)
    high = fields.Float(allow_none=True)


class TopPainPoint(Share):
    """One of the first of a segment's own ranking."""

    id = fields.String()
    name = fields.String()


class Segment(Schema):
    """One value."""

    value = fields.String()
    nps = fields.Nested(ScoreOf)
    against_rest = fields.Nested(AgainstRest)
    comments = fields.Nested(Comments)
    pain_points = fields.List(fields.Nested(TopPainPoint))
    value_at_risk = fields.Float(allow_none=True)


class Segments(Schema):
    """All values side by side, the lowest score first."""

    survey = fields.Nested(SurveyHead)
    period = fields.Nested(Period)
    by = fields.String()
    nps = fields.Nested(ScoreOf)
    without_value = fields.Float(metadata={"description": "Answers that carry no value."})
    value_is = fields.String(validate=validate.OneOf(["value at risk", "monthly revenue"]))
    segments = fields.List(fields.Nested(Segment))


class Side(Schema):
    """One of the two."""

    label = fields.String()
    filters = fields.String(metadata={"description": "The query of its report."})
    period = fields.Nested(Period)
    nps = fields.Nested(ScoreOf)
    comments = fields.Nested(Comments)


class PainPointOfTwo(Schema):
    """One pain point on both sides."""

    id = fields.String()
    name = fields.String()
    first = fields.Nested(ShareBetween)
    second = fields.Nested(ShareBetween)
    difference = fields.Nested(ShareDifference)


class Comparison(Schema):
    """Two sides, the clearest difference first."""

    survey = fields.Nested(SurveyHead)
    by = fields.String()
    first = fields.Nested(Side)
    second = fields.Nested(Side)
    difference = fields.Nested(ScoreDifference)
    pain_points = fields.List(fields.Nested(PainPointOfTwo))
