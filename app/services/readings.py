"""The comments of a survey in a stream, and what was understood of them into the database: never all at once.

The engine knows a comment as "response:revision", so that a reading says by itself which wording was read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app.analysis.metrics import Metric
from app.analysis.types import Comment, ReadComment
from app.extensions import db
from app.models import AnalysisRun, MentionRow, Reading, Response, Unread, unread
from app.models.metrics import metric_of
from app.models.transaction import stop_reading, writing
from app.models.upsert import insert

PAGE = 2_000  # comments fetched at a time


class Stream:
    """The comments of a survey, the oldest first, as often as somebody goes through them; or those of a stretch."""

    def __init__(self, survey_id: int, after: int = 0, until: int | None = None) -> None:
        self.survey_id, self.after, self.until = survey_id, after, until

    def __iter__(self) -> Iterator[Comment]:
        last, metric = self.after, metric_of(self.survey_id)
        while rows := self._page(last):
            yield from (_comment(row, metric) for row in rows)
            last = rows[-1].id

    def __len__(self) -> int:
        comments = sa.select(sa.func.count()).where(*has_comment(self.survey_id))
        return db.session.scalar(comments) or 0

    def _page(self, after: int) -> Sequence[Any]:
        query = _readable().where(*has_comment(self.survey_id), Response.id > after)
        query = query if self.until is None else query.where(Response.id <= self.until)
        rows = db.session.execute(query.order_by(Response.id).limit(PAGE)).all()
        stop_reading()
        return rows


def pending(survey_id: int, run_id: int, most: int) -> list[Comment]:
    """The oldest comments that a run has not read in their present wording."""
    marked = unread.ids(run_id).where(Unread.survey_id == survey_id).order_by(Unread.response_id).limit(most)
    query = _readable().where(Response.id.in_(marked)).order_by(Response.id)
    metric = metric_of(survey_id)
    return [_comment(row, metric) for row in db.session.execute(query)]


def keep(run_id: int, readings: Sequence[ReadComment], keys: Mapping[str, int]) -> None:
    """Store what was understood of these comments, in place of what this run knew of them before."""
    with writing():
        survey_id, edition = _next_edition(run_id)
        put(run_id, readings, keys, edition)
        if unread.is_current(survey_id, run_id):
            unread.unmark(survey_id, run_id)


def put(run_id: int, readings: Sequence[ReadComment], keys: Mapping[str, int], edition: int = 0) -> None:
    """The same inside `writing()`, of an edition; by itself only for a run that nobody sees yet."""
    ids = [_response(reading) for reading in readings]
    some = sa.select(Response.id).where(Response.id.in_(ids)).order_by(Response.id)  # others may be erased
    there = set(db.session.scalars(some.with_for_update(read=True, key_share=True)))  # and not before this is stored
    kept = [reading for reading in readings if _response(reading) in there]
    for table in (MentionRow, Reading):
        db.session.execute(sa.delete(table).where(table.run_id == run_id, table.response_id.in_(ids)))
    insert(Reading, [_reading_row(run_id, reading) | {"edition": edition} for reading in kept])
    insert(MentionRow, [row for reading in kept for row in _mention_rows(run_id, reading, keys)])


def _next_edition(run_id: int) -> tuple[int, int]:
    """The survey of a run, and the edition that the readings of this transaction make; one after the other."""
    later = sa.update(AnalysisRun).where(AnalysisRun.id == run_id).values(edition=AnalysisRun.edition + 1)
    row = db.session.execute(later.returning(AnalysisRun.survey_id, AnalysisRun.edition)).one()
    return row[0], row[1]


def _comment(row: Any, metric: Metric) -> Comment:
    return Comment(f"{row.id}:{row.revision}", row.comment, metric.reading[row.score], row.language)


def _response(reading: ReadComment) -> int:
    return int(reading.id.partition(":")[0])


def has_comment(survey_id: Any) -> tuple[sa.ColumnElement[bool], ...]:
    """Comments of answers that count: nothing is learned from what waits in quarantine."""
    return Response.survey_id == survey_id, Response.comment.is_not(None), Response.counts.is_(True)


def _readable() -> Any:
    return sa.select(Response.id, Response.comment, Response.score, Response.language, Response.revision)


def _reading_row(run_id: int, reading: ReadComment) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "response_id": _response(reading),
        "revision": int(reading.id.partition(":")[2]),
        "language": reading.language,
    }


def _mention_rows(run_id: int, reading: ReadComment, keys: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for mention in reading.mentions:
        yield {
            "run_id": run_id,
            "response_id": _response(reading),
            "pain_point_id": keys[mention.pain_point] if mention.pain_point else None,
            "start": mention.start,
            "end": mention.end,
            "stance": mention.stance,
            "confidence": mention.confidence,
            "terms": [[term.start, term.end] for term in mention.terms],
        }
