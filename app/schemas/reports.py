"""The report as programs read it. These schemas describe; app/reports/report_json.py writes."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from app.models.pain_points import STATUSES


def _number(description: str = "", **more: Any) -> fields.Float:
    return fields.Float(allow_none=True, metadata={"description": description} if description else {}, **more)


def _count(description: str = "") -> fields.Float:
    return fields.Float(metadata={"description": description} if description else {})


def _one_of(*choices: str, **more: Any) -> fields.String:
    return fields.String(validate=validate.OneOf([*choices, None] if more.get("allow_none") else choices), **more)


class SurveyHead(Schema):
    """Which survey."""

    key = fields.String()
    name = fields.String()
    kind = _one_of("relationship", "touchpoint")
    metric = fields.String(
        validate=validate.OneOf(["csat", "ces"]), metadata={"description": "Left out where an NPS is asked for."}
    )


class Analysis(Schema):
    """The analysis that pain points rest on; all but `pending` is null before the first one."""

    id = fields.Integer(allow_none=True)
    finished_at = fields.DateTime("iso", allow_none=True)
    method = fields.String(allow_none=True)
    pending = fields.Integer(metadata={"description": "Comments that it has not read yet."})


class Change(Schema):
    """The change against the period before, null without one."""

    value = _number("In points of the score.")
    low = _number()
    high = _number()
    p = _number()
    verdict = _one_of("clear", "leaning", "none", "suppressed", allow_none=True)


class Nps(Schema):
    """The score with its interval, null below 5 answers."""

    value = _number("From −100 to 100.")
    low = _number()
    high = _number()
    promoters = _count()
    passives = _count()
    detractors = _count()
    n = _count()
    change = fields.Nested(Change)


class Between(Schema):
    """A value between its ends."""

    value = _number()
    low = _number()
    high = _number()


class Csat(Schema):
    """The score of a survey that asks how satisfied people are, 1 to 5; null below 5 answers."""

    value = _number("The share of satisfied answers (4 and 5) in per cent.")
    low = _number()
    high = _number()
    satisfied = _count()
    neutral = _count()
    dissatisfied = _count()
    n = _count()
    mean = fields.Nested(Between)
    change = fields.Nested(Change)


class Ces(Schema):
    """The score of a survey that asks how easy it was made, 1 to 7; null below 5 answers."""

    value = _number("The mean, from 1 to 7.")
    low = _number()
    high = _number()
    easy = _count()
    neutral = _count()
    difficult = _count()
    n = _count()
    share = fields.Nested(Between, metadata={"description": "Of those who found it easy (5 to 7), in per cent."})
    change = fields.Nested(Change)


class Groups(Schema):
    """Respondents by group, each once. Which three groups are there depends on the survey's metric."""

    promoters = _count()
    passives = _count()
    detractors = _count()
    satisfied = _count("In place of promoters where satisfaction is asked.")
    dissatisfied = _count("In place of detractors there.")
    easy = _count("In place of promoters where effort is asked.")
    difficult = _count("In place of detractors there.")
    neutral = _count("In place of passives in both.")


class Comments(Groups):
    """Respondents with a comment that was read, by group."""

    n = _count()


class RaisedBy(Groups):
    """Respondents who raise it, each counted once, by group."""

    total = _count()


class Impact(Schema):
    """What it costs the score, in points."""

    value = _number()
    se = _number()


class LogOdds(Schema):
    """How much more passives and detractors (of CSAT and CES: the two lower groups) raise it than the others do."""

    value = _number()
    z = _number()


class PainPointTrend(Schema):
    """Against the period before."""

    previous = _number("Its frequency then.")
    badge = fields.String(allow_none=True)


class Example(Schema):
    """A comment that raises it, with the place."""

    response_id = fields.Integer()
    score = fields.Integer()
    language = fields.String(allow_none=True)
    text = fields.String()
    start = fields.Integer()
    end = fields.Integer()


HELD_BACK = ("passives", "detractors", "neutral", "dissatisfied", "difficult")


class ReportedPainPoint(Schema):
    """One pain point with its numbers and its evidence."""

    rank = fields.Integer(allow_none=True)
    id = fields.String()
    name = fields.String(metadata={"examples": ["Speed up support responses"]})
    origin = _one_of("seed", "discovered", "manual")
    mentions = fields.Nested(RaisedBy)
    frequency = fields.Nested(Between)
    overlap = _number("How evenly passives and detractors raise it, from 0 to 1; of CSAT and CES the two lower groups.")
    priority = _number()
    impact = fields.Nested(Impact)
    one_step_gain = _number()
    value_at_risk = _number()
    log_odds = fields.Nested(LogOdds)
    trend = fields.Nested(PainPointTrend)
    rank_range = fields.List(fields.Integer(), allow_none=True, metadata={"description": "Lowest and highest rank."})
    holds_back = _one_of("both", *HELD_BACK, allow_none=True)
    terms = fields.List(fields.String())
    examples = fields.List(fields.Nested(Example))
    owner = fields.String(allow_none=True)
    status = _one_of(*STATUSES)
    due_on = fields.Date(allow_none=True, metadata={"description": "Until when it is to be fixed."})
    pinned = fields.Boolean(metadata={"description": "Whether the report always lists it."})


PERIOD: dict[str, fields.Field[Any]] = {"from": fields.Date(), "to": fields.Date()}
Period = Schema.from_dict(PERIOD, name="Period")
TrendPoint = Schema.from_dict(
    {
        **PERIOD,
        "nps": _number(),
        "csat": _number("In place of nps."),
        "ces": _number("In place of nps."),
        "low": _number(),
        "high": _number(),
        "n": _count(),
    },
    name="TrendPoint",
)


class PainPointPage(Schema):
    """Pain points in the order of the report, with what stands beside them."""

    period = fields.Nested(Period)
    analysis = fields.Nested(Analysis)
    pain_points = fields.List(fields.Nested(ReportedPainPoint))
    shared_requests = fields.List(fields.Nested(ReportedPainPoint))
    too_few = fields.List(fields.Nested(ReportedPainPoint))
    unassigned = fields.Integer(metadata={"description": "Complaints and wishes about nothing that is known."})
    hidden = fields.Integer(metadata={"description": "Pain points that people keep out of the report."})
    next = fields.String(allow_none=True, metadata={"description": "`cursor` of the next page; null after the last."})


class Asked(Schema):
    """How often the question was shown, answered and explained."""

    number_of_loads = fields.Integer(  # `loads` is a method of every schema
        data_key="loads",
        allow_none=True,
        metadata={
            "description": "How often the widget showed the question; null where that is not known for the view."
        },
    )
    answered = fields.Integer(
        metadata={"description": "Responses to those loads; those by mail, API or import have none."}
    )
    response_rate = fields.Float(
        allow_none=True, metadata={"description": "Answered by loads; above 1 if loads were lost."}
    )
    responses = fields.Integer()
    comments = fields.Integer(metadata={"description": "Responses with a comment."})
    comment_rate = fields.Float(allow_none=True, metadata={"description": "Comments by responses."})


class UnderWay(Schema):
    """How many pain points somebody sees to, whatever the filters."""

    overdue = fields.Integer(metadata={"description": "Past their due date, neither fixed nor given up."})
    due_this_week = fields.Integer(metadata={"description": "Due from today to Sunday."})
    unmeasured = fields.Integer(metadata={"description": "Fixed, the effect not yet measurable."})


class Milestone(Schema):
    """A day on which the widget changed its layout."""

    on = fields.Date()
    layout = fields.Integer()


class Report(Schema):
    """Everything the report page says."""

    survey = fields.Nested(SurveyHead)
    period = fields.Nested(Period)
    analysis = fields.Nested(Analysis)
    nps = fields.Nested(Nps)
    csat = fields.Nested(Csat, metadata={"description": "In place of nps where satisfaction is asked."})
    ces = fields.Nested(Ces, metadata={"description": "In place of nps where effort is asked."})
    distribution = fields.List(
        fields.Integer(),
        validate=validate.Length(5, 11),
        metadata={"description": "How often each score of the scale was given: 0 to 10, 1 to 5, or 1 to 7."},
    )
    trend = fields.List(fields.Nested(TrendPoint))
    comments = fields.Nested(Comments)
    pain_points = fields.List(fields.Nested(ReportedPainPoint))
    shared_requests = fields.List(fields.Nested(ReportedPainPoint))
    too_few = fields.List(fields.Nested(ReportedPainPoint))
    unassigned = fields.Integer()
    hidden = fields.Integer()
    asked = fields.Nested(Asked)
    milestones = fields.List(fields.Nested(Milestone))
    quarantined = fields.Integer(
        metadata={"description": "Suspicious answers to the survey that wait; none is counted."}
    )
    under_way = fields.Nested(UnderWay)
