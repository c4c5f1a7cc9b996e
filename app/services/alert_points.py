"""Rules about pain points: new, rising, due tomorrow or overdue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import sqlalchemy as sa

from app.analysis import alerts, minimums
from app.extensions import db
from app.models import AlertCheck, PainPoint, queries
from app.models.pain_points import DONE
from app.reports import alerts as words
from app.reports import metric_words
from app.reports import report as shown
from app.reports.effects import Effect
from app.reports.filters import Period, last_days
from app.reports.report import Report
from app.reports.translating import gettext, ngettext
from app.services import effects, reports
from app.services.alert_news import Found, Look, News

DAY = timedelta(days=1)


def new(look: Look) -> Found:
    """Pain points with the badge "new", each told once."""
    report = _report(look, last_days(look.today - DAY))
    rows = _with(look, report, "new")
    news = [_news(report, row) for row in rows if not look.has_told(f"new {row.id}")]
    return Found(_why(report, "new", rows, news), tuple(news), tuple(row.id for row in rows))


def rising(look: Look) -> Found:
    """Pain points with the badge "rising" that had it in neither of the last two weekly checks."""
    monday = week_of(look.today)
    report = _report(look, last_days(monday - DAY))
    rows = _with(look, report, "rising")
    fresh = alerts.appeared([row.id for row in rows], _earlier(look, monday))
    resting = look.rule.cooldown_days
    told = [id_ for id_ in fresh if not alerts.is_resting(look.told_on(id_), look.today, resting)]
    news = [_news(report, row, monday) for row in rows if row.id in told]
    return Found(_why(report, "rising", rows, news), tuple(news), tuple(row.id for row in rows))


def week_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def _earlier(look: Look, monday: date) -> Sequence[Sequence[str]]:
    query = sa.select(AlertCheck.seen).where(AlertCheck.rule_id == look.rule.id, AlertCheck.day < monday)
    return db.session.scalars(query.order_by(AlertCheck.day.desc()).limit(alerts.WEEKS_WITHOUT)).all()


def _report(look: Look, period: Period) -> Report:
    """The report as its own address would show it, so that the badges are those of the page."""
    filters = replace(look.filters, from_day=period.first, to_day=period.last)
    return reports.build(look.survey, filters, look.at)


def _with(look: Look, report: Report, badge: str) -> list[shown.PainPoint]:
    return [row for row in report.pain_points if row.badge == badge and look.is_theirs(row.department)]


def _news(report: Report, row: shown.PainPoint, week: date | None = None) -> News:
    facts = {
        "id": row.id,
        "name": row.name,
        "part": row.numbers.counts.others,
        "whole": report.comments.others,
        "previous": row.previous,
        "from": report.period.first.isoformat(),
        "to": report.period.last.isoformat(),
    }
    return News(f"rising {row.id} {week}" if week else f"new {row.id}", facts, row.id)


def _why(report: Report, badge: str, rows: Sequence[object], news: Sequence[object]) -> str:
    return words.why_points(badge, len(rows), len(news), _lacks(report))


def _lacks(report: Report) -> str:
    """What is missing for badges at all: comments of those who could be won."""
    number, others = report.comments.others, metric_words.of(report.survey.metric).others
    if minimums.reached(number, minimums.RANKING):
        return ""
    return gettext("%(n)s of 30 comments of %(others)s", n=int(number), others=others)


def due(look: Look) -> Found:
    """Pain points due tomorrow, and those that are overdue, each told once for each due date."""
    points = [point for point in _open(look) if point.due_on and point.due_on <= look.today + DAY]
    waiting = [point for point in points if point.due_on != look.today]
    news = [one for one in (_due(look, point) for point in waiting) if not look.has_told(one.once)]
    if not waiting:
        return Found(gettext("nothing is due tomorrow or overdue"))
    why = ngettext("%(num)s pain point", "%(num)s pain points", len(news)) if news else gettext("told before")
    return Found(why, tuple(news))


def measured(look: Look) -> Found:
    """Fixes whose effect is clear, or that are 90 days old; each told once."""
    points = [point for point in queries.catalogue(look.survey.id) if point.is_visible and point.status == "fixed"]
    theirs = {point.key: point for point in points if look.is_theirs(point.department)}
    found = effects.effects_of(look.survey, list(theirs.values()), look.today)
    ripe = {key: effect for key, effect in found.items() if _is_ripe(look, effect)}
    news = [_effect(theirs[key], effect) for key, effect in ripe.items()]
    fresh = [one for one in news if not look.has_told(one.once)]
    if not found:
        return Found(gettext("nothing is fixed"))
    if not ripe:
        return Found(gettext("no effect is clear yet"))
    why = ngettext("%(num)s fix is measured", "%(num)s fixes are measured", len(fresh))
    return Found(why if fresh else gettext("told before"), tuple(fresh))


def _is_ripe(look: Look, effect: Effect) -> bool:
    verdicts = [effect.verdict] + ([effect.found.impact.verdict] if effect.found and effect.found.impact else [])
    return alerts.is_measured(verdicts, max((look.today - effect.fixed_on).days, 0))


def _effect(point: PainPoint, effect: Effect) -> News:
    facts = {
        "id": point.key,
        "name": point.name(),
        "fixed_on": effect.fixed_on.isoformat(),
        "effect": " ".join(filter(None, [effect.sentence, effect.impact_sentence])),
    }
    return News(f"measured {point.key} {effect.fixed_on}", facts, point.key)


def _open(look: Look) -> list[PainPoint]:
    """What somebody may still have to do."""
    known = [point for point in queries.catalogue(look.survey.id) if point.is_visible]
    return [point for point in known if point.status not in DONE and look.is_theirs(point.department)]


def _due(look: Look, point: PainPoint) -> News:
    is_overdue = point.is_overdue(look.today)
    facts = {
        "id": point.key,
        "name": point.name(),
        "due_on": point.due_on.isoformat() if point.due_on else None,
        "owner": point.owner,
        "department": point.department,
        "is_overdue": is_overdue,
    }
    return News(f"{'overdue' if is_overdue else 'due'} {point.key} {point.due_on}", facts, point.key)
