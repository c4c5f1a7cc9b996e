"""One look of a rule, and what it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models import Alert, AlertRule, Survey, queries
from app.models.queries import Scope
from app.reports.filters import Filters, Period
from app.services import alert_rules
from app.services.periods import day_of


@dataclass(frozen=True, slots=True)
class News:
    """Something to tell. `once` is what it is known by to its rule; `subject` what it is about."""

    once: str
    facts: Mapping[str, Any]
    subject: str = ""
    response_id: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a look found. `why` says in words why that much; `seen` are the ids it saw, news or not."""

    why: str
    news: tuple[News, ...] = ()
    seen: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Look:
    """One look of one rule: when, and at which answers."""

    survey: Survey
    rule: AlertRule
    at: datetime

    @property
    def today(self) -> date:
        """The day in the survey's time zone."""
        return day_of(self.at, self.survey)

    @property
    def filters(self) -> Filters:
        """The answers that the rule is about."""
        return alert_rules.filters(self.rule.query)

    def scope(self, period: Period | None = None) -> Scope:
        """The answers of some days that the rule's filters let through."""
        run = queries.current_run(self.survey.id)
        window = period.moments(self.survey.timezone) if period else None
        return Scope(self.survey.id, run.id if run else None, self.filters, window)

    def told_on(self, subject: str = "") -> date | None:
        """The day on which the rule last found something about a subject; None if it never did."""
        query = sa.select(sa.func.max(Alert.id)).where(Alert.rule_id == self.rule.id, Alert.subject == subject)
        newest = db.session.get(Alert, db.session.scalar(query) or 0)
        return day_of(newest.found_at, self.survey) if newest else None

    def has_told(self, once: str) -> bool:
        """Whether the rule found this before."""
        query = sa.select(Alert.id).where(Alert.rule_id == self.rule.id, Alert.once == once)
        return db.session.scalar(query) is not None

    def is_theirs(self, department: str) -> bool:
        """Whether the rule tells about pain points of a department."""
        return not self.rule.department or self.rule.department == department
