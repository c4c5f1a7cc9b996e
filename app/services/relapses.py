"""What was fixed and rises again is opened again, under the name of this program, for everybody to see and undo."""

from __future__ import annotations

from datetime import datetime

from app.extensions import db
from app.models import PainPoint, Survey, queries
from app.services import acting, effects
from app.services.periods import day_of

WHO = "Whyscore"


def reopen(survey_id: int, at: datetime) -> int:
    """Open again what has relapsed in one survey; how many."""
    survey = db.session.get_one(Survey, survey_id)
    fixed = [point for point in queries.catalogue(survey.id) if point.status == "fixed" and point.is_visible]
    found = effects.effects_of(survey, fixed, day_of(at, survey))
    relapsed = [point for point in fixed if point.key in found and found[point.key].has_relapsed]
    for point in relapsed:
        _reopen(survey, point)
    return len(relapsed)


def _reopen(survey: Survey, point: PainPoint) -> None:
    note = f"More people raise it again since the fix on {point.fixed_on}."
    acting.change(survey, point.key, WHO, {"status": "open", "note": note}, point.acting_version)
