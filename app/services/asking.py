"""Whom a survey asks, and when: decided by what is stored of a person, never by chance at the moment of asking.

Without a respondent there is nothing to decide by but the day's cap: anonymous visitors are asked each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from flask import current_app

from app.models import Survey, askings
from app.reports.filters import midnight
from app.schemas import asking as schema
from app.security import sampling
from app.services import surveys
from app.services.periods import day_of

VISIT = timedelta(minutes=30)  # a person who is shown the question sees it again while they look around
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Reason = Literal["closed", "not_sampled", "answered", "asked_recently", "asked_elsewhere", "daily_cap"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether somebody is asked now. `reason` says why not, and `next_at` when to look again, as far as is known.

    `is_shown` says that they were shown the question a moment ago, so that it is no new load.
    """

    reason: Reason | None = None
    next_at: datetime | None = None
    is_shown: bool = False

    @property
    def is_eligible(self) -> bool:
        """Whether to ask."""
        return self.reason is None


def judge(survey: Survey, subject: str, at: datetime) -> Verdict:
    """Whether to ask a respondent: is the survey open, are they drawn, is it long enough since they were asked."""
    if not survey.is_open:
        return Verdict("closed")
    if (draw := _draw(survey, subject, at)) is not None:
        return draw
    shown, answered = askings.last_of(survey.id, subject)
    window = timedelta(days=survey.window_days)
    if answered is not None and at < answered + window:
        return Verdict("answered", answered + window)
    if shown is not None and at < shown + VISIT:
        return Verdict(is_shown=True)
    if shown is not None and at < shown + window:
        return Verdict("asked_recently", shown + window)
    return _rest(survey, subject, at) or judge_anyone(survey, at)


def judge_anyone(survey: Survey, at: datetime) -> Verdict:
    """Whether to ask somebody of whom nothing is known."""
    if not survey.is_open:
        return Verdict("closed")
    today = day_of(at, survey)
    most, most_of_all = survey.daily_cap, current_app.config["DAILY_CAP"]
    is_full = most is not None and askings.loads_on(today, survey.id) >= most
    if is_full or (most_of_all and askings.loads_on(today) >= most_of_all):
        return Verdict("daily_cap", midnight(today + timedelta(days=1), survey.timezone))
    return Verdict()


def _draw(survey: Survey, subject: str, at: datetime) -> Verdict | None:
    """A refusal for those who are not drawn in this window. Windows are the same for everybody."""
    length = timedelta(days=survey.sample_days)
    window = (at - EPOCH) // length
    if survey.sample_rate >= 1 or sampling.is_drawn(survey.sample_rate, survey.key, subject, str(window)):
        return None
    return Verdict("not_sampled", EPOCH + (window + 1) * length)


def _rest(survey: Survey, subject: str, at: datetime) -> Verdict | None:
    """A refusal for those whom another survey of the audience asked a short time ago."""
    days = {"relationship": survey.rest_after_relationship, "touchpoint": survey.rest_after_touchpoint}
    if not any(days.values()):
        return None
    last = askings.last_elsewhere(survey, subject)
    until = max((moment + timedelta(days=days[kind]) for kind, moment in last.items()), default=at)
    return Verdict("asked_elsewhere", until) if until > at else None


def configure(key: str, values: dict[str, Any]) -> Survey:
    """Change when a survey asks. `values` by the names of `schemas.asking`; Invalid says what is wrong with which."""
    given = schema.load(values)
    return surveys.alter(key, {schema.COLUMNS.get(name, name): value for name, value in given.items()})
