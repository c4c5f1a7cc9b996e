"""Questions to the database about who was asked when, and how often in all."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from app.extensions import db
from app.models.loads import Load
from app.models.queries import Scope, facts_of
from app.models.responses import Respondent, Response
from app.models.surveys import Survey
from app.models.types import UtcDateTime

Moment = datetime | None


def last_of(survey_id: int, subject: str) -> tuple[Moment, Moment]:
    """When this survey was last shown to a respondent, and when they last answered it, by whatever way."""
    query = sa.select(Respondent.shown_at, _answered()).where(
        Respondent.survey_id == survey_id, Respondent.subject == subject
    )
    row = db.session.execute(query).first()
    return (row[0], row[1]) if row else (None, None)


def last_elsewhere(survey: Survey, subject: str) -> dict[str, datetime]:
    """By kind when another survey of the same audience was last shown to a respondent, or answered by them."""
    query = sa.select(Survey.kind, Respondent.shown_at, _answered()).join(Survey, Survey.id == Respondent.survey_id)
    others = (Respondent.subject == subject, Survey.id != survey.id, Survey.audience == survey.audience)
    found: dict[str, datetime] = {}
    for kind, *moments in db.session.execute(query.where(*others)):
        for moment in filter(None, moments):
            found[kind] = max(moment, found.get(kind, moment))
    return found


def _answered() -> sa.ScalarSelect[datetime]:
    latest = sa.select(sa.func.max(Response.created_at, type_=UtcDateTime())).where(
        Response.respondent_id == Respondent.id
    )
    return latest.correlate(Respondent).scalar_subquery()


def loads_on(day: date, survey_id: int | None = None) -> int:
    """The loads of one day, of one survey or of all."""
    query = sa.select(sa.func.sum(Load.loads)).where(Load.day == day)
    if survey_id is not None:
        query = query.where(Load.survey_id == survey_id)
    return int(db.session.scalar(query) or 0)


def loads(survey_id: int, days: tuple[date, date] | None = None, touchpoint: str | None = None) -> int:
    """The loads of a survey in these days, both included; at one touchpoint or at any."""
    query = sa.select(sa.func.sum(Load.loads)).where(Load.survey_id == survey_id)
    if days is not None:
        query = query.where(Load.day.between(*days))
    if touchpoint is not None:
        query = query.where(Load.touchpoint == touchpoint)
    return int(db.session.scalar(query) or 0)


def turned_away(survey_id: int, since: date) -> int:
    """Suspicious answers that found the quarantine full, from this day on."""
    query = sa.select(sa.func.sum(Load.turned_away)).where(Load.survey_id == survey_id, Load.day >= since)
    return int(db.session.scalar(query) or 0)


def answers(scope: Scope) -> tuple[int, int, int]:
    """Responses, those with a comment, and those whose load was counted."""
    facts = facts_of(scope)
    rows = facts.window(scope.window)
    found = facts.passing(scope, rows)
    said, loaded = (facts.responses[name][rows] & found for name in ("has_comment", "has_load"))
    return int(found.sum()), int(said.sum()), int(loaded.sum())
