"""Checking rules: once a day, some once a week, those about single answers at once; what they found is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from app.analysis.sending import quiet_until
from app.extensions import db
from app.models import Alert, AlertCheck, AlertRule, Survey
from app.models.transaction import writing
from app.models.upsert import insert_once
from app.services import alert_cases, alert_points, alert_scores
from app.services.alert_news import Found, Look, News

LATELY = timedelta(days=9)
KEPT = timedelta(days=60)  # checks, and alerts about single answers, which are told within a day
Check = Callable[[Look], Found]
CHECKS: Mapping[str, Check] = {
    "nps.dropped": alert_scores.dropped,
    "detractor.arrived": alert_scores.arrived,
    "survey.quiet": alert_scores.silent,
    "pain_point.new": alert_points.new,
    "pain_point.rising": alert_points.rising,
    "pain_point.due": alert_points.due,
    "fix.measured": alert_points.measured,
    "case.overdue": alert_cases.overdue,
}


def preview(survey: Survey, rule: AlertRule, now: datetime) -> Found:
    """What the rule would tell now, and why that much; nothing is kept."""
    return CHECKS[rule.kind](Look(survey, rule, now))


def due(now: datetime) -> list[tuple[Survey, AlertRule]]:
    """The rules that are to be checked, with their surveys: each once for its day, those about answers always."""
    checked = _checked(now)
    query = sa.select(Survey, AlertRule).join(AlertRule, AlertRule.survey_id == Survey.id)
    rules = db.session.execute(
        query.where(AlertRule.is_on.is_(True), AlertRule.kind.in_(CHECKS)).order_by(AlertRule.id)
    ).all()
    return [(survey, rule) for survey, rule in rules if (rule.id, _day(Look(survey, rule, now))) not in checked]


def _checked(now: datetime) -> set[tuple[int, date | None]]:
    """The rules that were checked lately, and for which day: a check looks back to Monday at most."""
    rows = db.session.execute(sa.select(AlertCheck.rule_id, AlertCheck.day).where(AlertCheck.day > now.date() - LATELY))
    return {(rule_id, day) for rule_id, day in rows}


def _day(look: Look) -> date | None:
    """The day that a check is for: missed days are not made up for, so a week without checks is no storm."""
    if look.rule.kind == "detractor.arrived":
        return None
    return alert_points.week_of(look.today) if look.rule.kind == "pain_point.rising" else look.today


def check(survey: Survey, rule: AlertRule, now: datetime) -> int:
    """Check a rule and keep its news; how many were new. Two runners who meet keep them once."""
    look = Look(survey, rule, now)
    found, day = CHECKS[rule.kind](look), _day(look)
    if day is None and not found.news:
        return 0
    with writing():
        if day is not None and not _mark(rule, day, found):
            return 0
        return sum(_keep(look, news) for news in found.news)


def _mark(rule: AlertRule, day: date, found: Found) -> bool:
    row = {"rule_id": rule.id, "day": day, "seen": list(found.seen)}
    return insert_once(AlertCheck, row) is not None


def tidy(at: datetime) -> None:
    """Let go of checks that no later one looks at, and of single answers that were told. Call it inside `writing()`."""
    answered = Alert.response_id.is_not(None) & (Alert.told_at < at - KEPT) & (Alert.found_at < at - KEPT)
    about_answers = sa.select(AlertRule.id).where(AlertRule.kind == "detractor.arrived")
    db.session.execute(sa.delete(Alert).where(answered, Alert.rule_id.in_(about_answers)))
    db.session.execute(sa.delete(AlertCheck).where(AlertCheck.day < (at - KEPT).date()))


def _keep(look: Look, news: News) -> bool:
    """Keep it until its time has come: at once, or when the quiet hours are over."""
    rule = look.rule
    row = {
        "rule_id": rule.id,
        "once": news.once,
        "subject": news.subject,
        "response_id": news.response_id,
        "facts": dict(news.facts),
        "found_at": look.at,
        "due_at": quiet_until(look.at, rule.quiet_from, rule.quiet_to, look.survey.timezone),
        "told_in": "",
    }
    return insert_once(Alert, row) is not None
