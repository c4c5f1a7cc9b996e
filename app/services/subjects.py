"""Everything that is kept about one respondent, for the person who asks for it.

It is found by the keys of the tables, not by a list of them, so that a new table is in it by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.errors import NotFound
from app.extensions import db
from app.models import AuditEntry, Base, IdempotentAnswer, Notice, NoticeAnswer, PainPoint, Respondent, Response, Survey
from app.security import audit_chain

SECRET = {  # what opens something, and what others said: a message may quote several people and has links that act
    "response": {"nonce", "code_hash"},
    "notice": {"once", "title", "lines", "links", "html", "unsubscribe", "body"},
}
Rows = Sequence[Mapping[str, Any]]


def export(survey: Survey, subject: str, at: datetime) -> str:
    """A JSON object: the rows of every table, what the pain points are called, and when somebody looked.

    NotFound if nobody is known by this id.
    """
    found = records(survey, subject)
    whole = {
        "survey": survey.key,
        "subject": subject,
        "exported_at": at,
        "records": {name: list(map(_without_secrets(name), rows)) for name, rows in found.items() if rows},
        "pain_points": _names(found.get("mention", ())),
        "acts": _acts(survey, subject),
    }
    return json.dumps(whole, default=_plain, ensure_ascii=False, indent=2) + "\n"


def records(survey: Survey, subject: str) -> dict[str, Rows]:
    """The rows by table: the respondent, their answers, and whatever points at those."""
    known = _rows(Respondent.__table__, Respondent.survey_id == survey.id, Respondent.subject == subject)
    by = Response.respondent_id.in_([one["id"] for one in known]) | (Response.claimed_as == subject)
    answers = _rows(Response.__table__, Response.survey_id == survey.id, by)
    if not known and not answers:
        raise NotFound("This survey knows nobody by this id.")
    ids = [one["id"] for one in answers]
    found: dict[str, Rows] = {"respondent": known, "response": answers} | _of_answers(ids)
    found |= _behind(found)
    notices = [one["notice_id"] for one in found.get(NoticeAnswer.__tablename__, ())]
    found["notice"] = _rows(Notice.__table__, Notice.id.in_(notices))
    same = IdempotentAnswer.answer["response_id"].as_integer()
    found["idempotent_answer"] = _rows(
        IdempotentAnswer.__table__, IdempotentAnswer.survey_id == survey.id, same.in_(ids)
    )
    return found


def _of_answers(ids: Sequence[int]) -> dict[str, Rows]:
    """Rows that name one of the answers, whether by a foreign key or not."""
    tables = [table for table in Base.metadata.sorted_tables if "response_id" in table.c]
    return {table.name: _rows(table, table.c.response_id.in_(ids)) for table in tables}


def _behind(found: Mapping[str, Rows]) -> dict[str, Rows]:
    """Rows that go when one of those goes, such as the notes of a case."""
    more: dict[str, Rows] = {}
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            ids = [row["id"] for row in found.get(key.column.table.name, ()) if "id" in row]
            if ids and table.name not in found and key.ondelete == "CASCADE":
                more[table.name] = [*more.get(table.name, ()), *_rows(table, key.parent.in_(ids))]
    return more


def _rows(table: Any, *which: sa.ColumnElement[bool]) -> Rows:
    return [dict(row) for row in db.session.execute(sa.select(table).where(*which)).mappings()]


def _without_secrets(table: str) -> Any:
    hidden = SECRET.get(table, set())
    return lambda row: {name: value for name, value in row.items() if name not in hidden}


def _names(mentions: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    ids = {mention["pain_point_id"] for mention in mentions}
    return {
        point.id: point.name("en") for point in db.session.scalars(sa.select(PainPoint).where(PainPoint.id.in_(ids)))
    }


def _acts(survey: Survey, subject: str) -> list[dict[str, Any]]:
    """When somebody looked at this person here or did something about them; who that was is about others."""
    marks = [audit_chain.mark(subject, key) for key in audit_chain.all_keys()]
    query = sa.select(AuditEntry.at, AuditEntry.action).where(AuditEntry.survey_id == survey.id)
    found = db.session.execute(query.where(AuditEntry.mark.in_(marks)).order_by(AuditEntry.id))
    return [{"at": at, "action": action} for at, action in found]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    raise TypeError(f"{type(value).__name__} is not written as JSON")
