"""The one Report object behind page, JSON, CSV, command line and digest; and its form as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.analysis.nps.change import Change
from app.analysis.nps.rates import comment_rate, response_rate
from app.analysis.pain_points.rank import Ranked
from app.analysis.pain_points.rank_range import RankRange
from app.analysis.pain_points.trend import Badge
from app.analysis.pain_points.value import ValueAtRisk
from app.analysis.types import Group, GroupCounts, Interval, Origin, Verdict
from app.reports.filters import Filters, Period
from app.reports.under_way import UnderWay

Marks = tuple[tuple[int, int], ...]  # places in a comment, in code points, the end excluded


@dataclass(frozen=True, slots=True)
class SurveyHead:
    """Which survey is reported on."""

    key: str
    name: str
    kind: str
    timezone: str
    currency: str = ""
    value_basis: str = "revenue"


@dataclass(frozen=True, slots=True)
class Analysis:
    """The analysis that the pain points rest on. `pending` counts comments of the survey it has not read yet.

    All but `pending` is None before the first one. `failed_at` is set when a newer one failed, so that this one is
    shown in its place.
    """

    id: int | None
    finished_at: datetime | None
    method: str | None
    pending: int
    failed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """The NPS of the period. `interval` is None below 5 answers; `change` is None without a comparison."""

    counts: GroupCounts
    interval: Interval | None
    previous: GroupCounts | None
    change: Change | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The NPS of one step of the trend; `interval` is None below 5 answers."""

    period: Period
    counts: GroupCounts
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Quote:
    """One mention in its comment: `start`…`end` is the mention, `marks` the words that put it there."""

    response_id: int
    score: int
    group: Group
    language: str
    answered_on: date
    text: str
    start: int
    end: int
    marks: Marks = ()


@dataclass(frozen=True, slots=True)
class PainPoint:
    """One row of the ranking with its evidence. `previous` and `weeks` are shares of passives and detractors."""

    id: str
    name: str
    origin: Origin
    numbers: Ranked
    previous: float | None
    badge: Badge
    rank_range: RankRange | None
    terms: tuple[str, ...]
    examples: tuple[Quote, ...]
    weeks: tuple[float | None, ...]
    department: str
    owner: str | None
    status: str
    due_on: date | None = None
    is_overdue: bool = False
    is_pinned: bool = False
    value_at_risk: ValueAtRisk | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """How often the question was shown and answered. Answers by mail, API and import have no load.

    `loads` is None where it is not known for the view; `answered` are the responses to those loads.
    """

    loads: int | None
    answered: int
    responses: int
    comments: int

    @property
    def response_rate(self) -> float | None:
        """Answered loads by loads; above 1 when loads were lost."""
        return None if self.loads is None else response_rate(self.answered, self.loads)

    @property
    def comment_rate(self) -> float | None:
        """The share of responses with a comment."""
        return comment_rate(self.comments, self.responses)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a report says about one view of a survey. The same data and filters give the same report.

    `comments` counts respondents with a comment the analysis has read: the base of all pain points. `tie_bands` are
    runs of ranks (first, last) that cannot be told apart. `is_whole_survey` says that the default period was empty
    and all answers are shown instead; `is_withheld` that comments stay closed because too few people are in view.
    `hidden` counts pain points that people keep out of it, `quarantined` suspicious answers to the survey that wait.
    `value_at_risk` is that of all customers at risk together, None if the survey does not say how long customers stay.
    `under_way` is of the whole survey, whatever the filters.
    """

    survey: SurveyHead
    filters: Filters
    period: Period
    previous_period: Period | None
    is_whole_survey: bool
    is_withheld: bool
    analysis: Analysis
    nps: Score
    distribution: tuple[int, ...]
    trend: tuple[TrendPoint, ...]
    comments: GroupCounts
    ranked: tuple[PainPoint, ...]
    shared_requests: tuple[PainPoint, ...]
    too_few: tuple[PainPoint, ...]
    has_ranking: bool
    tie_bands: tuple[tuple[int, int], ...]
    report_overlap: float | None
    unassigned: int
    asked: Asked
    hidden: int = 0
    quarantined: int = 0
    value_at_risk: ValueAtRisk | None = None
    under_way: UnderWay = field(default_factory=UnderWay)

    @property
    def has_values(self) -> bool:
        """Whether somebody at risk has a known value."""
        return self.value_at_risk is not None and bool(self.value_at_risk.known)

    @property
    def pain_points(self) -> tuple[PainPoint, ...]:
        """All pain points, ranked or not."""
        return self.ranked + self.shared_requests + self.too_few

    @property
    def table(self) -> tuple[PainPoint, ...]:
        """What the table lists: the ranked ones, then those that are pinned though they have no rank."""
        return self.ranked + tuple(row for row in self.shared_requests + self.too_few if row.is_pinned)


def to_json(report: Report) -> dict[str, Any]:
    """The report for programs: every key always there, numbers unrounded, null for nothing to compute from."""
    return {
        "survey": {"key": report.survey.key, "name": report.survey.name, "kind": report.survey.kind},
        "period": _days(report.period),
        "analysis": _analysis(report.analysis),
        "nps": _score(report.nps),
        "distribution": list(report.distribution),
        "trend": [_trend_point(point) for point in report.trend],
        "comments": _counts(report.comments, "n"),
        "pain_points": [_pain_point(row) for row in report.ranked],
        "shared_requests": [_pain_point(row) for row in report.shared_requests],
        "too_few": [_pain_point(row) for row in report.too_few],
        "unassigned": report.unassigned,
        "asked": _asked(report.asked),
        "hidden": report.hidden,
        "quarantined": report.quarantined,
        "under_way": _under_way(report.under_way),
    }


def _under_way(under_way: UnderWay) -> dict[str, int]:
    names = ("overdue", "due_this_week", "unmeasured")
    return {name: getattr(under_way, name) for name in names}


def _asked(asked: Asked) -> dict[str, float | None]:
    names = ("loads", "answered", "response_rate", "responses", "comments", "comment_rate")
    return {name: getattr(asked, name) for name in names}


def _days(period: Period) -> dict[str, str]:
    return {"from": period.first.isoformat(), "to": period.last.isoformat()}


def _analysis(analysis: Analysis) -> dict[str, Any]:
    finished = analysis.finished_at
    return {
        "id": analysis.id,
        "finished_at": finished.isoformat() if finished else None,
        "method": analysis.method,
        "pending": analysis.pending,
    }


def _counts(counts: GroupCounts, total: str) -> dict[str, float]:
    return {
        "promoters": counts.promoters,
        "passives": counts.passives,
        "detractors": counts.detractors,
        total: counts.n,
    }


def _score(score: Score) -> dict[str, Any]:
    return {**_interval(score.interval), **_counts(score.counts, "n"), "change": _change(score)}


def _change(score: Score) -> dict[str, Any]:
    """The observed change; its test is that of the adjusted counts."""
    names = ("value", "low", "high", "p")
    return {**{name: getattr(score.change, name, None) for name in names}, "verdict": score.verdict}


def _interval(interval: Interval | None) -> dict[str, float | None]:
    return {name: getattr(interval, name, None) for name in ("value", "low", "high")}


def _trend_point(point: TrendPoint) -> dict[str, Any]:
    interval = _interval(point.interval)
    return {**_days(point.period), "nps": interval.pop("value"), **interval, "n": point.counts.n}


def _pain_point(row: PainPoint) -> dict[str, Any]:
    return {
        "rank": row.numbers.place,
        "id": row.id,
        "name": row.name,
        "origin": row.origin,
        **figures(row.numbers, row.value_at_risk),
        "trend": {"previous": row.previous, "badge": row.badge},
        "rank_range": [row.rank_range.low, row.rank_range.high] if row.rank_range else None,
        "holds_back": row.numbers.holds_back,
        "terms": list(row.terms),
        "examples": [_example(quote) for quote in row.examples],
        "owner": row.owner,
        "status": row.status,
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "pinned": row.is_pinned,
    }


def figures(numbers: Ranked, value_at_risk: ValueAtRisk | None = None) -> dict[str, Any]:
    """The numbers of one pain point, as every JSON of ours writes them."""
    impact, odds = numbers.impact, numbers.log_odds
    return {
        "mentions": _counts(numbers.counts, "total"),
        "frequency": _interval(numbers.frequency),
        "overlap": numbers.overlap,
        "priority": numbers.priority,
        "impact": {"value": impact.value, "se": impact.se_full} if impact else {"value": None, "se": None},
        "one_step_gain": numbers.one_step_gain,
        "value_at_risk": value_at_risk.amount if value_at_risk else None,
        "log_odds": {"value": odds.value, "z": odds.z} if odds else {"value": None, "z": None},
    }


def _example(quote: Quote) -> dict[str, Any]:
    return {
        "response_id": quote.response_id,
        "score": quote.score,
        "language": quote.language,
        "text": quote.text,
        "start": quote.start,
        "end": quote.end,
    }
