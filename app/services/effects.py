"""Did a fix help? The answers before and after it, counted as every report counts them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from app.analysis.pain_points.before_after import before_after, has_relapsed, window
from app.analysis.pain_points.trend import Share
from app.analysis.types import GroupCounts
from app.models import PainPoint, Survey, queries
from app.models.queries import Scope
from app.reports.effects import Effect
from app.reports.filters import Filters, Period
from app.services.periods import day_of
from app.services.remembering import remembered


def effect_of(survey: Survey, pain_point: PainPoint, now: datetime) -> Effect | None:
    """What became of a pain point since its last fix, over all answers of the survey; None if it was never fixed."""
    return effects_of(survey, [pain_point], day_of(now, survey)).get(pain_point.key)


def effects_of(survey: Survey, pain_points: Sequence[PainPoint], today: date) -> dict[str, Effect]:
    """The same of several on a day of the survey, by stable id; those that were never fixed are left out."""
    fixed = [point for point in pain_points if point.fixed_on]
    if not fixed:
        return {}
    run = queries.current_run(survey.id)
    run_id = run.id if run else None
    fixes = tuple((point.key, point.fixed_on) for point in fixed)
    key = ("effects", survey.id, survey.timezone, today, fixes, queries.version(survey.id, run_id))
    return remembered(key, lambda: {point.key: _Counts(survey, run_id, point).effect(today) for point in fixed})


class _Counts:
    """Who raises one pain point in some days, and who could have."""

    def __init__(self, survey: Survey, run_id: int | None, point: PainPoint) -> None:
        self.survey, self.run_id, self.point = survey, run_id, point

    def effect(self, today: date) -> Effect:
        fixed_on = self.point.fixed_on or today
        days = window(max((today - fixed_on).days, 0))
        if not days:
            return Effect(fixed_on, None, None, (0, 0), None)
        before = Period(fixed_on - timedelta(days=days), fixed_on - timedelta(days=1))
        after = Period(fixed_on + timedelta(days=1), fixed_on + timedelta(days=days))
        (raised_before, base_before), (raised_after, base_after) = self._within(before), self._within(after)
        found = before_after(raised_before, base_before, raised_after, base_after, self.survey.measures.cost)
        comments = base_before.others, base_after.others
        has_impact = self.survey.measures.has_impact
        return Effect(fixed_on, before, after, comments, found, self._has_relapsed(fixed_on, today), has_impact)

    def _within(self, period: Period) -> tuple[GroupCounts, GroupCounts]:
        scope = Scope(self.survey.id, self.run_id, Filters(), period.moments(self.survey.timezone))
        return queries.raising(scope, self.point.id)

    def _has_relapsed(self, fixed_on: date, today: date) -> bool:
        """Whether it rises again, by the later half of the time since the fix against the earlier one."""
        days = window((today - fixed_on).days // 2)
        if self.point.status != "fixed" or not days:
            return False
        later = Period(today - timedelta(days=days - 1), today)
        (raised, base), (raised_now, base_now) = self._within(later.before()), self._within(later)
        return has_relapsed(Share(raised.others, base.others), Share(raised_now.others, base_now.others))
