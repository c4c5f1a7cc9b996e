"""What people do in a case: each change and note is kept with its author, and nobody overwrites another's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.analysis.text.clean import normalise
from app.errors import Conflict, Invalid, NotFound
from app.extensions import db
from app.models import Case, CaseEntry, Survey, now
from app.models.cases import BY_PEOPLE, STATES
from app.models.transaction import writing
from app.services import cases
from app.services.cases import CaseFile

NOTE_LIMIT = 4_000
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)
FIELDS = ("state", "reason", "assignee", "department", "due_on")


def change(survey: Survey, who: str, case_id: int, values: Mapping[str, Any], version: int | None = None) -> CaseFile:
    """Change the fields that are given, add a note, say that somebody was in touch: all of it or nothing.

    Conflict when the case is not of this version any more; Invalid says by field what cannot be.
    """
    with writing():
        case = _locked(survey, case_id)
        if version is not None and version != case.version:
            raise Conflict("Somebody else changed this case meanwhile.")
        _apply(survey, case, who, values, now())
    return cases.one(survey, case_id, now())


def _locked(survey: Survey, case_id: int) -> Case:
    query = sa.select(Case).where(Case.survey_id == survey.id, Case.id == case_id)
    case = db.session.scalar(query.with_for_update())
    if case is None:
        raise NotFound("There is no such case.")
    return case


def _apply(survey: Survey, case: Case, who: str, values: Mapping[str, Any], at: datetime) -> None:
    note, is_contact = _note(values.get("note")), bool(values.get("contact"))
    before = _now(case)
    wanted = {**before, **{name: values[name] or None for name in FIELDS if name in values}}
    if is_contact and wanted["state"] == "open":
        wanted["state"] = "in progress"
    _check(before, wanted)
    is_first = case.first_contact_at is None and (is_contact or wanted["state"] == "in progress")
    if is_first and wanted["due_on"] == before["due_on"]:
        wanted["due_on"] = None  # what it was due for has happened
    _store(survey, case, wanted, at)
    case.first_contact_at = at if is_first else case.first_contact_at
    changes = {name: str(value) if value else None for name, value in wanted.items() if value != before[name]}
    if changes or note or is_contact:
        case.version += 1
        entry = {"made_at": at, "made_by": who, "note": note, "is_contact": is_contact, "changes": changes}
        db.session.add(CaseEntry(case_id=case.id, **entry))


def _now(case: Case) -> dict[str, Any]:
    """The fields as people read them."""
    return {
        "state": case.state,
        "reason": case.reason,
        "assignee": case.assignee.email if case.assignee else None,
        "department": case.department.name if case.department else None,
        "due_on": case.due_on,
    }


def _check(before: Mapping[str, Any], wanted: dict[str, Any]) -> None:
    """Only what is closed has a reason, and people give one of theirs."""
    errors: dict[str, list[str]] = {}
    if wanted["state"] not in STATES:
        errors["state"] = [f"Choose one of {', '.join(STATES)}."]
    if wanted["state"] != "closed":
        wanted["reason"] = None
    elif wanted["reason"] not in BY_PEOPLE and (before["state"], wanted["reason"]) != ("closed", before["reason"]):
        errors["reason"] = [f"Say why it is closed: {', '.join(BY_PEOPLE)}."]
    if wanted["due_on"] is not None and not EARLIEST <= wanted["due_on"] <= LATEST:
        errors["due_on"] = ["Give a day of this century."]
    if errors:
        raise Invalid(" ".join(text for texts in errors.values() for text in texts), errors)


def _store(survey: Survey, case: Case, wanted: Mapping[str, Any], at: datetime) -> None:
    whose, group = wanted["assignee"], wanted["department"]
    if whose != (case.assignee.email if case.assignee else None):
        case.assignee = cases.assignee(survey, whose) if whose else None
    if group != (case.department.name if case.department else None):
        case.department = cases.department(survey, group) if group else None
    if wanted["state"] != case.state:
        case.closed_at = at if wanted["state"] == "closed" else None
    case.state, case.reason, case.due_on = wanted["state"], wanted["reason"], wanted["due_on"]


def _note(text: str | None) -> str | None:
    note = normalise(text) if text else None
    if note is not None and len(note) > NOTE_LIMIT:
        raise Invalid(f"Shorten the note to {NOTE_LIMIT} characters.", {"note": [f"At most {NOTE_LIMIT} characters."]})
    return note or None
