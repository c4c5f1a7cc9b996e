"""What a survey measures, for questions that know a survey by its id."""

from __future__ import annotations

from app.analysis.metrics import Metric
from app.extensions import db
from app.models.surveys import Survey


def metric_of(survey_id: int) -> Metric:
    """What a survey measures. It is read again only where the session does not hold the survey."""
    return db.session.get_one(Survey, survey_id).measures
