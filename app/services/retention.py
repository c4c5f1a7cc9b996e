"""How long a survey keeps what people said, and the removal of what has had its time.

Time counts from when an answer came here or was last changed, so that old answers are not lost as soon as they are
brought in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models import Correction, MentionRow, Reading, Response, ResponseRevision, Survey, Unread, now
from app.models.transaction import scrub, writing
from app.schemas import retention as schema
from app.security import audit
from app.services import erasure, surveys

AT_ONCE = 100  # answers in one transaction
MONTH = timedelta(days=365.25 / 12)

Progress = Callable[[str, int, int], None]
Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Due:
    """How many answers go, and how many lose their words."""

    answers: int
    comments: int


def configure(key: str, values: Mapping[str, Any]) -> Survey:
    """Change how long answers and comments are kept; Invalid says by name what is wrong."""
    return surveys.alter(
        key, schema.load(values), lambda survey: schema.check(survey.comments_months, survey.answers_months)
    )


def due(survey: Survey, at: datetime) -> Due:
    """What is over its time."""
    return Due(_number(survey, _answers(survey, at)), _number(survey, _comments(survey, at)))


def apply(survey: Survey, at: datetime, progress: Progress = lambda *_: None) -> Due:
    """Remove what is over its time, a part at a time; how much it was."""
    found = due(survey, at)
    for step, condition, remove, total in (
        ("answers", _answers(survey, at), erasure.remove, found.answers),
        ("comments", _comments(survey, at), _silence, found.comments),
    ):
        for done in range(0, total, AT_ONCE):
            with writing() as session:
                for response in session.scalars(_some(survey, condition)):
                    remove(response)
            progress(step, min(done + AT_ONCE, total), total)
    if found.answers or found.comments:
        scrub()
    return found


def remove_old(survey_id: int, progress: Progress = lambda *_: None) -> Due:
    """The same as of now, noted in the audit log for this survey if anything went."""
    survey = surveys.by_id(survey_id)
    with audit.command("retention", survey.key):
        return apply(survey, now(), progress)


def _answers(survey: Survey, at: datetime) -> Condition:
    return _older(survey.answers_months, at)


def _comments(survey: Survey, at: datetime) -> Condition:
    revised = sa.exists().where(ResponseRevision.response_id == Response.id, ResponseRevision.comment.is_not(None))
    has_words = sa.or_(Response.comment.is_not(None), revised)
    return sa.and_(_older(survey.comments_months, at), has_words, ~_answers(survey, at))


def _older(months: int | None, at: datetime) -> Condition:
    return sa.false() if months is None else Response.updated_at < at - months * MONTH


def _number(survey: Survey, condition: Condition) -> int:
    query = sa.select(sa.func.count()).select_from(Response).where(Response.survey_id == survey.id, condition)
    return db.session.scalar(query) or 0


def _some(survey: Survey, condition: Condition) -> sa.Select[Response]:
    query = sa.select(Response).where(Response.survey_id == survey.id, condition)
    return query.order_by(Response.id).limit(AT_ONCE).with_for_update(of=Response)


def _silence(response: Response) -> None:
    """The score stays with everything that came with it; the words go with everything that was read out of them."""
    with erasure.forgetting_words(response):
        for table in (MentionRow, Reading, Unread, Correction):
            db.session.execute(sa.delete(table).where(table.response_id == response.id))
        for revision in response.revisions:
            revision.comment = None
        response.comment = None
