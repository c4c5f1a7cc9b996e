"""Lists of responses for programs: which ones the filters mean, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.analysis.minimums import SCORE
from app.errors import NotFound
from app.extensions import db
from app.models import Response, Survey, listings, now
from app.models.listings import Listed, Position, View
from app.models.queries import Scope, group_column
from app.reports.filters import Filters
from app.services.periods import day_of


@dataclass(frozen=True, slots=True)
class Page:
    """Some responses, and where the next ones begin: None after the last."""

    responses: list[Listed]
    next: Position | None
    is_withheld: bool


def newest(survey: Survey, filters: Filters, limit: int, after: Position | None = None) -> Page:
    """A page of the responses that pass the filters, the newest first; answers that arrive meanwhile shift nothing."""
    connection = db.session.connection()
    shown = view(connection, survey, filters)
    found = listings.part(connection, shown, limit + 1, after, newest_first=True)
    responses = found[:limit]
    return Page(responses, responses[-1].position if len(found) > limit else None, shown.is_withheld)


def one(survey: Survey, response_id: int) -> Listed:
    """One response of this survey, or NotFound."""
    connection = db.session.connection()
    only = [Response.survey_id == survey.id, Response.id == response_id]
    found = listings.part(connection, View(survey, listings.current_run_id(connection, survey.id), only), 1)
    if not found:
        raise NotFound("There is no such answer.")
    return found[0]


def view(connection: sa.Connection, survey: Survey, filters: Filters, *, with_quarantine: bool = False) -> View:
    """What these filters show; without days they reach over all answers. Comments of a handful stay closed."""
    run_id = listings.current_run_id(connection, survey.id)
    period = filters.period(day_of(now(), survey))
    window = period.moments(survey.timezone) if period else None
    counted = _conditions(Scope(survey.id, run_id, filters, window))
    is_withheld = filters.is_narrowed and not listings.at_least(connection, counted, SCORE)
    shown = _conditions(Scope(survey.id, run_id, filters, window, with_quarantine))
    return View(survey, run_id, shown, is_withheld)


def _conditions(scope: Scope) -> list[sa.ColumnElement[bool]]:
    group = scope.filters.group
    return scope.conditions() + ([group_column(scope.survey_id) == group] if group is not None else [])
