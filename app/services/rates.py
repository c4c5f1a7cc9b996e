"""How many of those who were asked answered, and how many of them said why."""

from __future__ import annotations

from dataclasses import replace

from app.models import Survey, askings
from app.models.queries import Scope
from app.reports.filters import Filters, Period
from app.reports.report import Asked, Report


def of(survey: Survey, filters: Filters, period: Period) -> Asked:
    """The rates of one view."""
    scope = Scope(survey.id, None, filters, period.moments(survey.timezone))
    responses, comments, answered = askings.answers(scope)
    return Asked(_loads(survey, filters, period), answered, responses, comments)


def refreshed(survey: Survey, report: Report) -> Report:
    """A report that was kept, with the loads of now: they come without any answer."""
    loads = _loads(survey, report.filters, report.period)
    return report if loads == report.asked.loads else replace(report, asked=replace(report.asked, loads=loads))


def _loads(survey: Survey, filters: Filters, period: Period) -> int | None:
    """Loads are counted by day and touchpoint alone, so other filters leave them unknown."""
    if filters.language or filters.attributes:
        return None
    return askings.loads(survey.id, (period.first, period.last), filters.touchpoint)
