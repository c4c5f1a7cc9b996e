"""What the page of a pain point tells beside its numbers and quotes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.analysis import minimums
from app.analysis.pain_points.frequency import wilson
from app.analysis.types import GroupCounts, Interval
from app.models import PainPoint, Survey, facets, queries
from app.models.queries import Scope
from app.reports.beside import Beside, Companion, ShareStep
from app.reports.filters import Period
from app.reports.report import Report
from app.reports.steps import steps
from app.services import report_rows
from app.services.periods import day_of
from app.services.report_rows import Counted

MOST = 8  # companions


def build(survey: Survey, key: str, report: Report, language: str = "en") -> Beside:
    """Everything about one pain point of the catalogue in the view of a report."""
    known = {point.key: point for point in queries.catalogue(survey.id)}
    point = known[key]
    scope = Scope(survey.id, report.analysis.id, report.filters, report.period.moments(survey.timezone))
    visible = {name: one for name, one in known.items() if one.is_visible or name == key}
    asking = _Asking(survey, scope, point, visible, language)
    counted = report_rows.count(scope, visible)
    raised = counted.raised.get(key, GroupCounts())
    return Beside(
        score=_score(survey, raised),
        counts=raised,
        trend=asking.trend(report.period),
        companions=asking.companions(counted),
        groups=facets.groups(scope, point.id),
        languages=facets.languages(scope, point.id),
    )


def _score(survey: Survey, counts: GroupCounts) -> Interval | None:
    """Their own score, where there are answers enough for one and the groups tell it."""
    return survey.measures.of_groups(counts) if minimums.reached(counts.n, minimums.SCORE) else None


@dataclass(frozen=True, slots=True)
class _Asking:
    survey: Survey
    scope: Scope
    point: PainPoint
    visible: Mapping[str, PainPoint]
    language: str

    def trend(self, period: Period) -> tuple[ShareStep, ...]:
        """Its share in the steps in which the score of the report is drawn."""
        span = queries.span(self.survey.id)
        shown = steps(period, day_of(span[0], self.survey) if span else None)
        windows = [step.moments(self.survey.timezone) for step in shown]
        scope = replace(self.scope, window=(windows[0][0], windows[-1][1]))
        base, raised = queries.shares_by_window(scope, windows)
        parts = raised.get(self.point.id, [0] * len(windows))
        return tuple(_step(*one) for one in zip(shown, parts, base, strict=True))

    def companions(self, counted: Counted) -> tuple[Companion, ...]:
        """What else those raise who raise it, promoters too, and how many of the others do."""
        key, these, others = self.point.key, Counter[str](), Counter[str]()
        n = counted.raised[key].n if key in counted.raised else 0
        for (_, points), times in counted.kinds.items():
            into = these if key in points else others
            into.update({id_: times for id_ in points if id_ != key})
        found = sorted(these.items(), key=lambda one: (-one[1], one[0]))[:MOST]
        name = {id_: self.visible[id_].name(self.language) for id_, _ in found}
        rest = counted.base.n - n
        return tuple(Companion(id_, name[id_], people, n, others[id_], rest) for id_, people in found)


def _step(period: Period, part: float, whole: float) -> ShareStep:
    return ShareStep(period, part, whole, wilson(part, whole) if minimums.reached(whole, minimums.SCORE) else None)
