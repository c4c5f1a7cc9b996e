"""Which pain point stands for which: merging is resolved when read, the engine keeps both."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models.analyses import MentionRow
from app.models.pain_points import PainPoint


def merged(survey_id: int) -> dict[int, int]:
    """The merged pain points of a survey and the ones that stand for them; there are no chains."""
    query = sa.select(PainPoint.id, PainPoint.merged_into_id)
    rows = db.session.execute(query.where(PainPoint.survey_id == survey_id, PainPoint.merged_into_id.is_not(None)))
    return {id_: into for id_, into in rows if into is not None}


def shown_as(survey_id: int) -> sa.ColumnElement[int | None]:
    """The pain point that a mention is listed under, in SQL."""
    column: sa.ColumnElement[int | None] = MentionRow.pain_point_id.expression
    cases: dict[Any, Any] = {id_: sa.literal_column(str(into)) for id_, into in merged(survey_id).items()}
    return sa.case(cases, value=column, else_=column) if cases else column


def about(point_id: int) -> sa.ColumnElement[bool]:
    """Whether a mention is listed under this pain point: its own ones, and those of all merged into it."""
    into = sa.select(PainPoint.id).where(sa.or_(PainPoint.id == point_id, PainPoint.merged_into_id == point_id))
    return MentionRow.pain_point_id.in_(into)
