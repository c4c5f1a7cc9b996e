"""What is under way in a survey, and what is due."""

from __future__ import annotations

from datetime import date, timedelta

from app.analysis.pain_points.before_after import LONGEST
from app.models import PainPoint, Survey, queries
from app.models.pain_points import DONE
from app.reports.effects import Effect
from app.reports.under_way import Item, UnderWay
from app.services.effects import effects_of


def build(survey: Survey, today: date, language: str = "en", *, briefly: bool = False) -> UnderWay:
    """On a day of the survey all visible pain points that somebody sees to, the fixed ones with what became of them.

    Briefly only of the last 90 days: counting takes long, and what is older has been told.
    """
    points = [point for point in queries.catalogue(survey.id) if point.is_visible and _is_seen_to(point)]
    first = today - timedelta(days=LONGEST - 1) if briefly else date.min
    fixed = [point for point in points if point.status == "fixed" and (point.fixed_on or date.min) >= first]
    effects = effects_of(survey, fixed, today)
    return UnderWay(tuple(_item(point, effects.get(point.key), today, language) for point in points))


def _is_seen_to(point: PainPoint) -> bool:
    return point.status != "open" or bool(point.owner or point.due_on)


def _item(point: PainPoint, effect: Effect | None, today: date, language: str) -> Item:
    return Item(
        id=point.key,
        name=point.name(language),
        owner=point.owner,
        department=point.department,
        status=point.status,
        due_on=point.due_on,
        ticket=point.ticket,
        fixed_on=point.fixed_on,
        is_overdue=point.is_overdue(today),
        is_due_this_week=_is_due_this_week(point, today),
        effect=effect,
    )


def _is_due_this_week(point: PainPoint, today: date) -> bool:
    """Whether it is due from today to Sunday and not done."""
    sunday = today + timedelta(days=6 - today.weekday())
    return point.due_on is not None and today <= point.due_on <= sunday and point.status not in DONE
