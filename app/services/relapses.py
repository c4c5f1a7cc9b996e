"""What was fixed and rises again is opened again, under the name of this program, for everybody to see and undo."""

from __future__ import annotations

from datetime import datetime

from app.models import PainPoint, Survey, now, queries
from app.services import acting, effects, surveys
from app.services.periods import day_of

WHO = "Whyscore"


def reopen_all() -> int:
    """Go through every survey now; how many were opened again."""
    return sum(reopen(survey, now()) for survey in surveys.every())


def reopen(survey: Survey, at: datetime) -> int:
    """Open again what has relapsed in one survey; how many."""
    fixed = [point for point in queries.catalogue(survey.id) if point.status == "fixed" and point.is_visible]
    found = effects.effects_of(survey, fixed, day_of(at, survey))
    relapsed = [point for point in fixed if point.key in found and found[point.key].has_relapsed]
    for point in relapsed:
        _reopen(survey, point)
    return len(relapsed)


def _reopen(survey: Survey, point: PainPoint) -> None:
    note = f"More people raise it again since the fix on {point.fixed_on}."
    acting.change(survey, point.key, WHO, {"status": "open", "note": note}, point.acting_version)
