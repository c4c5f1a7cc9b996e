"""Cases that open and close by themselves, in the transaction in which an answer comes in or changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models import Case, CaseEntry, Response, Survey
from app.models.cases import BY_ITSELF
from app.models.upsert import insert
from app.services.periods import day_of

WHO = "Whyscore"
LIVE = ("widget", "api")  # sources of answers that open a case without being asked to
WEBHOOK = "webhook:"  # and those of others, with the name of the source behind it
NEWS = timedelta(days=30)  # an answer that was given longer ago is no news


def is_live(source: str) -> bool:
    """Whether an answer of this source was given just now, and not brought in."""
    return source in LIVE or source.startswith(WEBHOOK)


def arrived(survey: Survey, response_id: int, score: int, given_at: datetime, at: datetime) -> None:
    """Open a case for a new answer that counts, if the survey wants one."""
    if _is_wanted(survey, score) and given_at > at - NEWS:
        insert(Case, [values(survey, response_id, at)])


def values(survey: Survey, response_id: int, at: datetime) -> dict[str, object]:
    """The columns of a new case."""
    known = {"survey_id": survey.id, "response_id": response_id, "opened_at": at, "due_on": _due_on(survey, at)}
    return {**known, "state": "open", "version": 1}


def _due_on(survey: Survey, at: datetime) -> date | None:
    """Until when somebody is to be in touch."""
    return None if survey.contact_days is None else day_of(at, survey) + timedelta(days=survey.contact_days)


def follow(
    survey: Survey, response: Response, at: datetime, *, before: int | None = None, may_open: bool = False
) -> None:
    """Do to the case of a changed answer what the change asks for; `before` is the score it had.

    An answer that does not count any more closes its case. So does one whose low score was raised above the
    threshold before anybody was in touch. What closed by itself opens again when the reason is gone.
    """
    case = db.session.scalar(sa.select(Case).where(Case.response_id == response.id).with_for_update())
    is_low = response.score <= survey.case_threshold
    was_low = before is not None and before <= survey.case_threshold
    if case is None:
        if response.counts and (may_open or is_live(response.source)):
            arrived(survey, response.id, response.score, response.created_at, at)
    elif not response.counts:
        _close(case, "does not count", at)
    elif was_low and not is_low and case.first_contact_at is None:
        _close(case, "score raised", at)
    elif case.reason in BY_ITSELF and (is_low or case.reason == "does not count"):
        _reopen(survey, case, at)


def _is_wanted(survey: Survey, score: int) -> bool:
    return survey.opens_cases and score <= survey.case_threshold


def _close(case: Case, reason: str, at: datetime) -> None:
    if case.state != "closed":
        case.closed_at = at
        _change(case, {"state": "closed", "reason": reason}, at)


def _reopen(survey: Survey, case: Case, at: datetime) -> None:
    """As it was, but not overdue at once."""
    case.closed_at, case.reason = None, None
    is_over = case.due_on is not None and case.due_on < day_of(at, survey)
    due_on = _due_on(survey, at) if is_over else case.due_on
    due = {} if due_on == case.due_on else {"due_on": due_on}
    _change(case, {"state": "in progress" if case.first_contact_at else "open", **due}, at)


def _change(case: Case, values: Mapping[str, Any], at: datetime) -> None:
    """Set these columns and write down, as people read it, what became of them."""
    for name, value in values.items():
        setattr(case, name, value)
    case.version += 1
    changes = {name: str(value) if value else None for name, value in values.items()}
    db.session.add(CaseEntry(case_id=case.id, made_at=at, made_by=WHO, changes=changes))
