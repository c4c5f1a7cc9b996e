"""What is done about a pain point: whose it is, how far it is, until when, and what was said about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.errors import Conflict, Invalid
from app.models import PainPoint, Survey, now
from app.services import acting_checks as checks
from app.services import departments
from app.services.catalogue_journal import Journal, changing, put
from app.services.periods import day_of

FIELDS = ("owner", "department", "status", "due_on", "ticket", "fixed_on", "note")


def change(
    survey: Survey, point_id: str, who: str, changes: Mapping[str, Any], version: int | None = None
) -> PainPoint:
    """Change what is done about a pain point, all of what is given or nothing, written down under who did it.

    `changes` hold any of `FIELDS`, as texts or days; empty means none. `version` is the one that the changes rest on:
    Conflict if somebody else saved since. Without one the changes are made whatever happened in between. `fixed_on`
    goes with the status “fixed” and is today when empty; while it stays fixed it corrects the day of the last fix.
    Invalid says by field what is wrong, NotFound that there is no such pain point.
    """
    today = day_of(now(), survey)
    with changing(survey, who, "act") as journal:
        point = journal.point(point_id)
        _check_version(point, version)
        _apply(journal, point, changes, today)
    return point


def reopen(survey: Survey, point_id: str, who: str, version: int | None = None) -> PainPoint:
    """Set a fixed one back to open; the days of its fixes stay."""
    return change(survey, point_id, who, {"status": "open"}, version)


def _check_version(point: PainPoint, version: int | None) -> None:
    if version is not None and version != point.acting_version:
        raise Conflict(f"Somebody else has saved “{point.name()}” in between. Look at both, and save again.")


def _apply(journal: Journal, point: PainPoint, changes: Mapping[str, Any], today: date) -> None:
    known = departments.names(journal.survey)
    columns, note, errors = checks.read(point, changes, known, today)
    if errors:
        raise Invalid(" ".join(text for texts in errors.values() for text in texts), errors)
    put(point, columns)
    if note:
        journal.change.note = note
        if not journal.has_changed(point):
            journal.change.action = "note"
            point.acting_version += 1
