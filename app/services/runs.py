"""Analysis runs to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from app.extensions import db
from app.models import AnalysisRun, PainPoint, Survey


def newest(survey: Survey, limit: int, before: int | None = None) -> Sequence[AnalysisRun]:
    """The runs of a survey, the newest first; with `before` those made before that one."""
    query = sa.select(AnalysisRun).where(AnalysisRun.survey_id == survey.id)
    if before is not None:
        query = query.where(AnalysisRun.id < before)
    return db.session.scalars(query.order_by(AnalysisRun.id.desc()).limit(limit)).all()


def names(survey: Survey, language: str = "en") -> Mapping[str, str]:
    """What the pain points of a survey are called, also those that are gone."""
    points = db.session.scalars(sa.select(PainPoint).where(PainPoint.survey_id == survey.id))
    return {point.key: point.name(language) for point in points}
