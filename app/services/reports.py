"""Building reports: counted by the database, judged by the analysis, kept for as long as nothing changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache, partial

from app.analysis import minimums
from app.analysis.metrics import METRICS, Metric, MetricKey
from app.analysis.nps.change import Change
from app.analysis.types import GroupCounts, Interval, Verdict
from app.models import AnalysisRun, Survey, facets, queries
from app.models.queries import Scope
from app.reports.filters import Filters, Period
from app.reports.report import Analysis, Milestone, Report, Score, SurveyHead, TrendPoint
from app.reports.steps import steps
from app.services import quarantine, rates, report_rows, under_way, values
from app.services.periods import Days, day_of, resolve
from app.services.remembering import remembered
from app.services.report_rows import Question


def build(survey: Survey, filters: Filters, now: datetime, language: str = "en") -> Report:
    """The report on one view of a survey; `language` is that of the names of pain points."""
    if filters.sort == "impact" and not survey.measures.has_impact:
        filters = replace(filters, sort="priority")
    run = queries.current_run(survey.id)
    run_id = run.id if run else None
    failed_at = queries.failure_since(survey.id, run_id)
    today = day_of(now, survey)
    facts = (
        survey.name,
        survey.kind,
        survey.metric,
        survey.timezone,
        *values.settings(survey),
        failed_at,
        *queries.version(survey.id, run_id),
    )
    key = ("report", survey.id, filters.query(), language, today, facts)
    kept = remembered(key, partial(_build, survey, run, failed_at, filters, today, language))
    return _refreshed(survey, kept)


def _refreshed(survey: Survey, kept: Report) -> Report:
    """The same with what changes while no answer does: the loads, and what waits in quarantine."""
    report, waiting = rates.refreshed(survey, kept), _waiting(survey)
    return report if waiting == report.quarantined else replace(report, quarantined=waiting)


def _waiting(survey: Survey) -> int:
    return sum(quarantine.waiting(survey.id).values())


def score(survey: Survey, now: datetime) -> Score:
    """The score of the default period alone, for lists of surveys."""
    today = day_of(now, survey)
    key = ("score", survey.id, survey.metric, survey.timezone, today, queries.version(survey.id, None))

    def ask() -> Score:
        scope = Scope(survey.id, None, Filters())
        window = resolve(survey, Filters(), today).period.moments(survey.timezone)
        return _score(survey.measures, queries.scores(scope, [window])[0], None)

    return remembered(key, ask)


def _build(
    survey: Survey, run: AnalysisRun | None, failed_at: datetime | None, filters: Filters, today: date, language: str
) -> Report:
    days = resolve(survey, filters, today)
    scope = Scope(survey.id, run.id if run else None, filters, days.period.moments(survey.timezone))
    before = days.period.before() if filters.compare == "previous" else None
    earlier = replace(scope, window=before.moments(survey.timezone)) if before else None
    counted, trend = _scores(survey, scope, days, before)
    metric = survey.measures
    in_view = _in_view(metric.groups(counted[0]), filters)
    withheld = filters.is_narrowed and not minimums.reached(in_view, minimums.SCORE)
    rows = report_rows.build(Question(survey, scope, earlier, days.period.last, language, not withheld, today))
    return Report(
        survey=_head(survey),
        filters=filters,
        period=days.period,
        previous_period=before,
        is_whole_survey=days.is_whole_survey,
        is_withheld=withheld,
        analysis=_analysis(survey, run, failed_at),
        score=_score(metric, counted[0], counted[1] if before else None),
        distribution=metric.of_scale(counted[0]),
        trend=trend,
        comments=rows.base,
        ranked=rows.ranked,
        shared_requests=rows.shared_requests,
        too_few=rows.too_few,
        has_ranking=rows.has_ranking,
        tie_bands=rows.tie_bands,
        report_overlap=rows.report_overlap,
        asked=rates.of(survey, filters, days.period),
        unassigned=queries.unassigned(scope),
        hidden=rows.hidden,
        quarantined=0,  # `_refreshed` says how many wait now
        value_at_risk=rows.value_at_risk,
        under_way=under_way.build(survey, today, language, briefly=True),
        milestones=_milestones(survey, trend),
    )


def _head(survey: Survey) -> SurveyHead:
    names = ("key", "name", "kind", "timezone", "currency", "value_basis", "metric")
    return SurveyHead(*(getattr(survey, name) for name in names))


def _milestones(survey: Survey, trend: Sequence[TrendPoint]) -> tuple[Milestone, ...]:
    """When the widget changed while the trend was drawn."""
    found = [Milestone(day_of(moment, survey), version) for version, moment in facets.layouts(survey.id)]
    return tuple(one for one in found if trend and trend[0].period.first <= one.on <= trend[-1].period.last)


def _analysis(survey: Survey, run: AnalysisRun | None, failed_at: datetime | None) -> Analysis:
    if run is None:
        return Analysis(None, None, None, queries.pending(survey.id, None), failed_at)
    return Analysis(run.id, run.finished_at, run.method, queries.pending(survey.id, run.id), failed_at)


def _scores(
    survey: Survey, scope: Scope, days: Days, before: Period | None
) -> tuple[list[list[int]], tuple[TrendPoint, ...]]:
    """How often each score was given, in the period and in the one before if there is one; and the trend."""
    compared = [days.period, before] if before else [days.period]
    shown = steps(days.period, days.first_answer)
    windows = [period.moments(survey.timezone) for period in (*compared, *shown)]
    counts = queries.scores(replace(scope, window=None), windows)
    metric = survey.measures
    of_steps = zip(shown, counts[len(compared) :], strict=True)
    trend = (TrendPoint(period, metric.groups(step), interval(metric, step)) for period, step in of_steps)
    return counts[: len(compared)], tuple(trend)


def interval(metric: Metric, distribution: Sequence[int]) -> Interval | None:
    """The score where there are answers enough for one."""
    enough = minimums.reached(sum(distribution), minimums.SCORE)
    return _interval(metric.key, tuple(distribution)) if enough else None


@lru_cache(4096)
def _interval(metric: MetricKey, distribution: tuple[int, ...]) -> Interval | None:
    """Steps of a trend that are over come again and again."""
    return METRICS[metric].statistic(METRICS[metric], distribution)


def _score(metric: Metric, now: Sequence[int], before: Sequence[int] | None) -> Score:
    counts, shown = metric.groups(now), interval(metric, now)
    other = metric.other(metric, now) if shown else None
    if before is None:
        return Score(counts, shown, None, None, None, None, other)
    earlier = interval(metric, before)
    tested = metric.test(metric, before, now) if earlier and shown else None
    return Score(counts, shown, metric.groups(before), tested, _verdict(tested), earlier, other)


def _verdict(tested: Change | None) -> Verdict:
    return tested.verdict if tested else "suppressed"


def _in_view(counts: GroupCounts, filters: Filters) -> float:
    """How many answers a reader of this view can see comments of."""
    by_group = {"promoter": counts.promoters, "passive": counts.passives, "detractor": counts.detractors}
    return by_group[filters.group] if filters.group else counts.n
