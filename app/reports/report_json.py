"""The Report object as JSON, and the numbers of one pain point as every JSON of ours writes them."""

from __future__ import annotations

from typing import Any

from app.analysis.metrics import METRICS, NPS, Metric
from app.analysis.pain_points.rank import Ranked
from app.analysis.pain_points.value import ValueAtRisk
from app.analysis.types import GroupCounts, Interval
from app.reports.exports import holds_back
from app.reports.filters import Period
from app.reports.report import Analysis, Asked, PainPoint, Quote, Report, Score, TrendPoint
from app.reports.under_way import UnderWay


def to_json(report: Report) -> dict[str, Any]:
    """The report for programs: every key always there, numbers unrounded, null for nothing to compute from."""
    return {
        "survey": _survey(report),
        "period": _days(report.period),
        "analysis": _analysis(report.analysis),
        report.metric.key: _score(report),
        "distribution": list(report.distribution),
        "trend": [_trend_point(point, report.metric) for point in report.trend],
        "comments": _counts(report.comments, "n", report.metric),
        "pain_points": [_pain_point(row) for row in report.ranked],
        "shared_requests": [_pain_point(row) for row in report.shared_requests],
        "too_few": [_pain_point(row) for row in report.too_few],
        "unassigned": report.unassigned,
        "asked": _asked(report.asked),
        "hidden": report.hidden,
        "quarantined": report.quarantined,
        "under_way": _under_way(report.under_way),
        "milestones": [{"on": one.on.isoformat(), "layout": one.layout} for one in report.milestones],
    }


def _survey(report: Report) -> dict[str, str]:
    head = report.survey
    named = {"key": head.key, "name": head.name, "kind": head.kind}
    return named if report.metric.is_nps else {**named, "metric": head.metric}


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


def _counts(counts: GroupCounts, total: str, metric: Metric) -> dict[str, float]:
    return {**metric.counts_of(counts), total: counts.n}


def _score(report: Report) -> dict[str, Any]:
    score, metric = report.score, report.metric
    other = {metric.other_key: _interval(score.other)} if metric.other_key else {}
    return {**_interval(score.interval), **_counts(score.counts, "n", metric), **other, "change": _change(score)}


def _change(score: Score) -> dict[str, Any]:
    """The observed change; its test is that of the adjusted counts."""
    names = ("value", "low", "high", "p")
    return {**{name: getattr(score.change, name, None) for name in names}, "verdict": score.verdict}


def _interval(interval: Interval | None) -> dict[str, float | None]:
    return {name: getattr(interval, name, None) for name in ("value", "low", "high")}


def _trend_point(point: TrendPoint, metric: Metric) -> dict[str, Any]:
    interval = _interval(point.interval)
    return {**_days(point.period), metric.key: interval.pop("value"), **interval, "n": point.counts.n}


def _pain_point(row: PainPoint) -> dict[str, Any]:
    return {
        "rank": row.numbers.place,
        "id": row.id,
        "name": row.name,
        "origin": row.origin,
        **figures(row.numbers, row.value_at_risk, METRICS[row.metric]),
        "trend": {"previous": row.previous, "badge": row.badge},
        "rank_range": [row.rank_range.low, row.rank_range.high] if row.rank_range else None,
        "holds_back": holds_back(row),
        "terms": list(row.terms),
        "examples": [_example(quote) for quote in row.examples],
        "owner": row.owner,
        "status": row.status,
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "pinned": row.is_pinned,
    }


def figures(numbers: Ranked, value_at_risk: ValueAtRisk | None = None, metric: Metric = NPS) -> dict[str, Any]:
    """The numbers of one pain point, as every JSON of ours writes them."""
    impact, odds = numbers.impact, numbers.log_odds
    return {
        "mentions": _counts(numbers.counts, "total", metric),
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
