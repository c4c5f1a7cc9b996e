"""What is still to be read: marks, made with every change that needs reading, and taken away by the current run."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models.analyses import CurrentRun, Reading, Unread
from app.models.responses import Response
from app.models.upsert import insert_once, insert_selected_once

AT_ONCE = 10_000  # marks taken away in one statement


def mark(response: Response) -> None:
    """Have the comment of a response read as it stands now, if it has one and counts."""
    if response.comment is not None and response.counts:
        mark_new(response.survey_id, response.id, response.revision)


def mark_new(survey_id: int, response_id: int, revision: int = 1) -> None:
    """Have this revision of a comment read."""
    insert_once(Unread, {"survey_id": survey_id, "response_id": response_id, "revision": revision})


def mark_rest(survey_id: int, run_id: int) -> None:
    """Have everything read that a run has not: it becomes the current one, and an older one had read more."""
    columns: tuple[Any, ...] = (Response.survey_id, Response.id, Response.revision)
    insert_selected_once(Unread, sa.select(*columns).where(Response.survey_id == survey_id, *needs(run_id)))


def unmark(survey_id: int, run_id: int) -> int:
    """Take marks away that a run has dealt with, many at most; how many."""
    same = (Reading.response_id == Unread.response_id) & (Reading.revision >= Unread.revision)
    done = sa.select(Unread.response_id).join(Reading, same & (Reading.run_id == run_id))
    rows = (Unread.response_id, Unread.revision)
    some = done.with_only_columns(*rows).where(Unread.survey_id == survey_id).limit(AT_ONCE)
    return db.session.execute(sa.delete(Unread).where(sa.tuple_(*rows).in_(some))).rowcount  # type: ignore[attr-defined,no-any-return]


def is_current(survey_id: Any, run_id: int) -> bool:
    """Whether readers see this run. Nobody moves the pointer until the transaction ends."""
    query = sa.select(CurrentRun.run_id).where(CurrentRun.survey_id == survey_id).with_for_update()
    return db.session.scalar(query) == run_id


def ids(run_id: Any) -> sa.Select[Any]:
    """The marked responses that a run has not read as they stand now."""
    same = (Response.id == Unread.response_id) & (Response.revision == Unread.revision)
    return sa.select(Response.id).select_from(Unread).join(Response, same).where(*needs(run_id))


def needs(run_id: Any) -> list[sa.ColumnElement[bool]]:
    """Comments of answers that count, which a run has not read as they stand now."""
    same = (Reading.response_id == Response.id) & (Reading.revision == Response.revision)
    read = sa.exists().where(Reading.run_id == run_id, same).correlate(Response)
    return [Response.comment.is_not(None), Response.counts.is_(True), ~read]
