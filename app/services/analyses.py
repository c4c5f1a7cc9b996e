"""Understanding what was said: a full run builds a new version beside the old one, then moves one pointer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from app.analysis import pipeline
from app.analysis.model import Model
from app.analysis.pain_points.encoder import UseEncoder
from app.analysis.types import Comment, Entry, Lesson, ReadComment
from app.extensions import db
from app.models import AnalysisRun, CurrentRun, MentionRow, Reading, Response, Survey, now
from app.models.queries import current_run
from app.models.transaction import gather_statistics, stop_reading, writing
from app.models.upsert import insert, put
from app.services import entries, run_changes
from app.services.vectors import RememberingEncoder

AT_ONCE = 1_000  # comments stored in one transaction, so that answers are taken in between
ABANDONED = timedelta(hours=6)
GROWTH = 1.25  # a catalogue is learned anew when there are this many times the comments it was learned from

Progress = Callable[[str, int, int], None]


def run(survey_id: int, progress: Progress | None = None) -> AnalysisRun:
    """A full run over all comments. Readers see the old run until the new one is complete."""
    return _remake(survey_id, _learn, progress)


def follow(survey_id: int, progress: Progress | None = None) -> AnalysisRun:
    """Read all comments again after people changed the catalogue, in the space that was learned before."""
    return _remake(survey_id, _adapt, progress)


@dataclass(frozen=True, slots=True)
class Told:
    """What a model is made from."""

    survey_id: int
    comments: Sequence[Comment]
    entries: tuple[Entry, ...]
    lessons: Sequence[Lesson]


@dataclass(frozen=True, slots=True)
class Made:
    """A model, how it was learned, and in which run if that was an earlier one."""

    model: Model
    learned: run_changes.Learned
    learned_in: int | None = None


Make = Callable[[Told, Progress | None], Made]


def _remake(survey_id: int, make: Make, progress: Progress | None) -> AnalysisRun:
    current_app.extensions.get("models", {}).clear()  # an erasing may have taken words out of a stored one
    started = _start(survey_id)
    try:
        comments, revisions = _comments(survey_id)
        told = Told(survey_id, comments, known_entries(survey_id), entries.lessons(survey_id))
        made = make(told, progress)
        keys = entries.keep(survey_id, made.model.entries)
        for number, part in enumerate(_parts(comments), start=1):
            _keep(started.id, pipeline.read(part, made.model, encoder()), revisions, keys)
            if progress:
                progress("read", min(number * AT_ONCE, len(comments)), len(comments))
    except BaseException as error:
        _finish(started.id, state="failed", failure=type(error).__name__)
        raise
    return _publish(survey_id, started.id, made, len(comments))


def _learn(told: Told, progress: Progress | None) -> Made:
    found = _learned(told.survey_id)
    before = found[1] if found and not entries.has_lost_phrases(found[1], told.entries) else None
    stop_reading()
    model = pipeline.fit(told.comments, told.entries, encoder(), lessons=told.lessons, before=before, progress=progress)
    return Made(model, "further" if before and model.inherits(before) else "anew")


def _adapt(told: Told, progress: Progress | None) -> Made:
    """From what was learned last, never from what was adapted since: so a change that is undone leaves no trace."""
    found = _learned(told.survey_id)
    if found is None or entries.has_lost_phrases(found[1], told.entries):
        return _learn(told, progress)
    learned_in, model = found
    stop_reading()
    return Made(pipeline.adapt(model, told.entries, told.lessons, encoder()), "followed", learned_in)


def _learned(survey_id: int) -> tuple[int, Model] | None:
    """The run that learned last and its model, None if there is none of the present method."""
    current = current_run(survey_id)
    if current is None or current.method != pipeline.METHOD:
        return None
    run_id = current.learned_in or current.id
    content = db.session.scalar(sa.select(AnalysisRun.model).where(AnalysisRun.id == run_id))
    return (run_id, Model.from_bytes(content)) if content else None


def read_new(survey_id: int) -> int:
    """Read the comments that the current run has not, with its model; how many there were."""
    current = current_run(survey_id)
    if current is None or current.method != pipeline.METHOD:
        return run(survey_id).comments
    rows = db.session.execute(_pending(survey_id).limit(AT_ONCE)).all()
    comments, revisions = _as_comments(rows)
    if comments:
        model, keys = _model(current), entries.keys(survey_id)
        stop_reading()
        _keep(current.id, pipeline.read(comments, model, encoder()), revisions, keys)
    return len(comments)


def is_outgrown(survey_id: int) -> bool:
    """Whether so many comments came since the last full run that a new one may find new pain points."""
    current = current_run(survey_id)
    if current is None:
        return False
    comments = sa.select(sa.func.count()).where(*_counts(survey_id))
    return (db.session.scalar(comments) or 0) > current.comments * GROWTH + 20


def surveys_with_news() -> Sequence[int]:
    """The surveys that have comments still to be read."""
    unread = _pending_where(Survey.id)
    return db.session.scalars(sa.select(Survey.id).where(sa.exists(unread)).order_by(Survey.id)).all()


def surveys_behind() -> Sequence[int]:
    """The surveys whose current run was made from another catalogue than the one they have now."""
    return db.session.scalars(_behind().order_by(Survey.id)).all()


def is_behind(survey_id: int) -> bool:
    """Whether a change of the catalogue is still to be applied to the comments of a survey."""
    return db.session.scalar(_behind().where(Survey.id == survey_id)) is not None


def _behind() -> sa.Select[int]:
    query = sa.select(Survey.id).join(CurrentRun, CurrentRun.survey_id == Survey.id)
    query = query.join(AnalysisRun, AnalysisRun.id == CurrentRun.run_id)
    return query.where(AnalysisRun.catalogue_version != Survey.catalogue_version)


def known_entries(survey_id: int) -> tuple[Entry, ...]:
    """The catalogue of a survey, as the engine is told it."""
    current = current_run(survey_id)
    return entries.known(survey_id, _model(current).entries if current and current.model else ())


def current_model(survey_id: int) -> tuple[int, Model] | None:
    """The run that readers see and its model, None if there is none of the present method."""
    current = current_run(survey_id)
    if current is None or current.method != pipeline.METHOD:
        return None
    has_model = sa.select(AnalysisRun.model.is_not(None)).where(AnalysisRun.id == current.id)
    return (current.id, _model(current)) if db.session.scalar(has_model) else None


def encoder() -> RememberingEncoder:
    """The encoder of this process, with the database as its memory."""
    if "encoder" not in current_app.extensions:
        current_app.extensions["encoder"] = RememberingEncoder(UseEncoder())
    kept: RememberingEncoder = current_app.extensions["encoder"]
    return kept


def _start(survey_id: int) -> AnalysisRun:
    with writing() as session:
        abandoned = sa.update(AnalysisRun).where(
            AnalysisRun.survey_id == survey_id,
            AnalysisRun.state == "running",
            AnalysisRun.started_at < now() - ABANDONED,
        )
        session.execute(abandoned.values(state="failed", failure="interrupted", finished_at=now()))
        version = sa.select(Survey.catalogue_version).where(Survey.id == survey_id).scalar_subquery()
        started = AnalysisRun(survey_id=survey_id, method=pipeline.METHOD, catalogue_version=version)
        session.add(started)
        session.flush()
    return started


def _comments(survey_id: int) -> tuple[list[Comment], dict[str, int]]:
    query = _readable().where(*_counts(survey_id)).order_by(Response.id)
    return _as_comments(db.session.execute(query).all())


def _readable() -> Any:
    return sa.select(Response.id, Response.comment, Response.score, Response.language, Response.revision)


def _as_comments(rows: Sequence[Any]) -> tuple[list[Comment], dict[str, int]]:
    comments = [Comment(str(row.id), row.comment, row.score, row.language) for row in rows]
    return comments, {str(row.id): row.revision for row in rows}


def _pending(survey_id: int) -> Any:
    return _readable().where(Response.id.in_(_pending_where(survey_id))).order_by(Response.id)


def _pending_where(survey_id: Any) -> sa.Select[Any]:
    """Responses with a comment whose present revision the current run has not read."""
    own = sa.select(CurrentRun.run_id).where(CurrentRun.survey_id == Response.survey_id)
    current = own.correlate(Response).scalar_subquery()
    is_read = sa.exists().where(
        Reading.response_id == Response.id, Reading.run_id == current, Reading.revision == Response.revision
    )
    return sa.select(Response.id).where(*_counts(survey_id), ~is_read)


def _counts(survey_id: Any) -> list[sa.ColumnElement[bool]]:
    """Comments of answers that count: nothing is learned from what waits in quarantine."""
    return [Response.survey_id == survey_id, Response.comment.is_not(None), Response.counts.is_(True)]


def _keep(run_id: int, readings: Sequence[ReadComment], revisions: Mapping[str, int], keys: Mapping[str, int]) -> None:
    """Store what was understood of these comments, in place of what this run knew of them before."""
    ids = [int(reading.id) for reading in readings]
    with writing() as session:
        session.execute(sa.select(AnalysisRun.id).where(AnalysisRun.id == run_id).with_for_update())  # one at a time
        there = set(session.scalars(sa.select(Response.id).where(Response.id.in_(ids))))  # some may be erased
        kept = [reading for reading in readings if int(reading.id) in there]
        for table in (MentionRow, Reading):
            session.execute(sa.delete(table).where(table.run_id == run_id, table.response_id.in_(ids)))
        insert(Reading, [_reading_row(run_id, reading, revisions) for reading in kept])
        insert(MentionRow, [row for reading in kept for row in _mention_rows(run_id, reading, keys)])


def _reading_row(run_id: int, reading: ReadComment, revisions: Mapping[str, int]) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "response_id": int(reading.id),
        "revision": revisions[reading.id],
        "language": reading.language,
    }


def _mention_rows(run_id: int, reading: ReadComment, keys: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for mention in reading.mentions:
        yield {
            "run_id": run_id,
            "response_id": int(reading.id),
            "pain_point_id": keys[mention.pain_point] if mention.pain_point else None,
            "start": mention.start,
            "end": mention.end,
            "stance": mention.stance,
            "confidence": mention.confidence,
            "terms": [[term.start, term.end] for term in mention.terms],
        }


def _parts(comments: Sequence[Comment]) -> Iterator[Sequence[Comment]]:
    return (comments[start : start + AT_ONCE] for start in range(0, len(comments), AT_ONCE))


def _model(current: AnalysisRun) -> Model:
    """The model of a run, kept in memory: how it assigns never changes."""
    models = current_app.extensions.setdefault("models", {})
    if current.id not in models:
        models.clear()
        content = db.session.scalar(sa.select(AnalysisRun.model).where(AnalysisRun.id == current.id))
        models[current.id] = Model.from_bytes(content or b"")
    kept: Model = models[current.id]
    return kept


def _finish(run_id: int, **values: Any) -> None:
    with writing() as session:
        session.execute(sa.update(AnalysisRun).where(AnalysisRun.id == run_id).values(finished_at=now(), **values))


def _publish(survey_id: int, run_id: int, made: Made, comments: int) -> AnalysisRun:
    """Move the pointer: from this commit on everybody reads the new run. What older runs understood is dropped."""
    values = {"state": "succeeded", "finished_at": now(), "model": made.model.to_bytes(), "comments": comments}
    values |= {"learned_in": made.learned_in, "changes": run_changes.found(survey_id, run_id, made.learned)}
    with writing() as session:
        session.execute(sa.update(AnalysisRun).where(AnalysisRun.id == run_id).values(**values))
        put(CurrentRun, {"survey_id": survey_id}, {"run_id": run_id})
    older = sa.select(AnalysisRun.id).where(
        AnalysisRun.survey_id == survey_id, AnalysisRun.id < run_id, AnalysisRun.state != "running"
    )
    with writing() as session:
        for table in (MentionRow, Reading):
            session.execute(sa.delete(table).where(table.run_id.in_(older)))
        unneeded = AnalysisRun.id.in_(older) & (AnalysisRun.id != (made.learned_in or run_id))
        session.execute(sa.update(AnalysisRun).where(unneeded).values(model=None))
    gather_statistics()
    return db.session.get_one(AnalysisRun, run_id, populate_existing=True)
