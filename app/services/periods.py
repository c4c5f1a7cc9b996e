"""Which days a report is about, when its address does not say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.models import Survey, queries
from app.models.queries import Scope
from app.reports.filters import Filters, Period, last_days


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a report. `is_whole_survey`: the last 90 days are empty, so all answers are shown."""

    period: Period
    first_answer: date | None
    is_whole_survey: bool


def day_of(moment: datetime, survey: Survey) -> date:
    """The day in the survey's time zone."""
    return day_in(moment, survey.timezone)


def day_in(moment: datetime, timezone: str) -> date:
    """The day in a time zone."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def resolve(survey: Survey, filters: Filters, today: date) -> Days:
    """The days asked for, else the last 90 if somebody answered then, else all from the first answer to the last."""
    span = queries.span(survey.id)
    first, last = (day_of(moment, survey) for moment in span) if span else (None, None)
    asked, usual = filters.period(today), last_days(today)
    if asked or first is None or last is None:
        return Days(asked or usual, first, is_whole_survey=False)
    if queries.has_answer(Scope(survey.id, None, Filters(), usual.moments(survey.timezone))):
        return Days(usual, first, is_whole_survey=False)
    return Days(Period(first, last), first, is_whole_survey=True)
