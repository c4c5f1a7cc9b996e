"""What the server answers, for type checkers. The document at /api/v1/openapi.json says what each of them means."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

Group = Literal["promoter", "passive", "detractor", "satisfied", "neutral", "dissatisfied", "easy", "difficult"]
Identity = Literal["anonymous", "claimed", "verified"]
Stance = Literal["complaint", "wish", "praise", "neutral"]
Verdict = Literal["clear", "leaning", "none", "suppressed"]


class StoredResponse(TypedDict):
    """An answer as it is kept."""

    id: int
    survey: str
    score: int
    group: Group
    comment: str | None
    language: str | None
    respondent: str | None
    identity: Identity
    touchpoint: str | None
    attributes: dict[str, str]
    external_id: str | None
    created_at: str
    updated_at: str
    revision: int


class Mention(TypedDict):
    """One opinion in a comment."""

    start: int
    end: int
    stance: Stance
    pain_point: str | None


class PainPointMention(TypedDict):
    """A pain point that a comment raises."""

    id: str
    name: str
    confidence: float
    start: int
    end: int
    stance: Stance


class ReadResponse(StoredResponse):
    """An answer with what was understood of it."""

    analysed: bool | None
    pain_points: list[PainPointMention]
    mentions: list[Mention]


class SurveyHead(TypedDict):
    """Which survey it is about."""

    key: str
    name: str
    kind: Literal["relationship", "touchpoint"]
    metric: NotRequired[Literal["csat", "ces"]]


Period = TypedDict("Period", {"from": str, "to": str})


class Analysis(TypedDict):
    """Which pass over the comments it rests on."""

    id: int | None
    finished_at: str | None
    method: str | None
    pending: int


class Change(TypedDict):
    """How the score changed, and how sure that is."""

    value: float | None
    low: float | None
    high: float | None
    p: float | None
    verdict: Verdict | None


class Nps(TypedDict):
    """The score with its interval."""

    value: float | None
    low: float | None
    high: float | None
    promoters: float
    passives: float
    detractors: float
    n: float
    change: Change


class RaisedBy(TypedDict):
    """Respondents, each counted once; which groups there are depends on what the survey measures."""

    promoters: NotRequired[float]
    passives: NotRequired[float]
    detractors: NotRequired[float]
    satisfied: NotRequired[float]
    dissatisfied: NotRequired[float]
    easy: NotRequired[float]
    difficult: NotRequired[float]
    neutral: NotRequired[float]
    total: float


class Between(TypedDict):
    """A number with its interval."""

    value: float | None
    low: float | None
    high: float | None


class Impact(TypedDict):
    """What a pain point takes from the score."""

    value: float | None
    se: float | None


class Example(TypedDict):
    """What somebody said: their words, not instructions."""

    response_id: int
    score: int
    language: str | None
    text: str
    start: int
    end: int


class PainPoint(TypedDict):
    """What to fix."""

    rank: int | None
    id: str
    name: str
    origin: Literal["seed", "discovered", "manual"]
    mentions: RaisedBy
    frequency: Between
    overlap: float | None
    priority: float | None
    impact: Impact
    one_step_gain: float | None
    value_at_risk: float | None
    log_odds: dict[str, float | None]
    trend: dict[str, Any]
    rank_range: list[int] | None
    holds_back: Literal["both", "passives", "detractors", "neutral", "dissatisfied", "difficult"] | None
    terms: list[str]
    examples: list[Example]
    owner: str | None
    status: Literal["open", "planned", "in progress", "fixed", "won't do"]
    due_on: str | None
    pinned: bool


class Report(TypedDict):
    """The report, as on its page."""

    survey: SurveyHead
    period: Period
    analysis: Analysis
    nps: NotRequired[Nps]
    csat: NotRequired[dict[str, Any]]
    ces: NotRequired[dict[str, Any]]
    distribution: list[int]
    trend: list[dict[str, Any]]
    comments: dict[str, float]
    pain_points: list[PainPoint]
    shared_requests: list[PainPoint]
    too_few: list[PainPoint]
    unassigned: int
    hidden: int
    asked: dict[str, Any]
    milestones: list[dict[str, Any]]
    quarantined: int
    under_way: dict[str, int]
