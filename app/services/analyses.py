"""Understanding what was said: a full run builds a new version beside the old one, then moves one pointer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from flask import current_app

from app.analysis import pipeline
from app.analysis.model import Model
from app.analysis.pain_points.encoder import UseEncoder
from app.analysis.reading import Reader
from app.analysis.types import Entry, Lesson, ReadComment
from app.extensions import db
from app.models import (
    AnalysisRun,
    CurrentRun,
    Event,
    MentionRow,
    Reading,
    Survey,
    Unread,
    following,
    now,
    queries,
    unread,
)
from app.models.analyses import CANCELLED
from app.models.queries import current_run
from app.models.transaction import gather_statistics, stop_reading, writing
from app.models.upsert import put
from app.models.work import CancelledError
from app.services import entries, forgetting, readings, run_changes, stretches
from app.services.made import Made, expect, surely
from app.services.readings import Stream
from app.services.vectors import RememberingEncoder

AT_ONCE = 1_000  # comments stored in one transaction at most, so that answers are taken in between
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
    comments: Stream
    entries: tuple[Entry, ...]
    lessons: Sequence[Lesson]
    erasures: int


Make = Callable[[Told, Progress | None], Made]


def _remake(survey_id: int, make: Make, progress: Progress | None) -> AnalysisRun:
    current_app.extensions.get("readers", {}).clear()  # an erasing may have taken words out of a stored one
    started = _start(survey_id)
    try:
        told = _told(survey_id)
        known, keys = surely(survey_id, make(told, progress), partial(_keep, survey_id))
        comments = _read(started.id, told.comments, known.model, keys, progress)
        surely(survey_id, known, partial(_publish, survey_id, started.id, comments))
    except BaseException as error:
        failure = CANCELLED if isinstance(error, CancelledError) else type(error).__name__
        _finish(started.id, state="failed", failure=failure, model=None)
        raise
    return _tidied(survey_id, started.id, known.learned_in)


def _told(survey_id: int) -> Told:
    erased = following.erasures(survey_id)  # before anything that somebody said
    return Told(survey_id, Stream(survey_id), known_entries(survey_id), entries.lessons(survey_id), erased)


def _keep(survey_id: int, made: Made) -> dict[str, int]:
    return entries.keep(survey_id, made.model.entries, made.erasures)


def _read(run_id: int, comments: Stream, model: Model, keys: Mapping[str, int], progress: Progress | None) -> int:
    """Read the comments and store what was understood, a part at a time; how many there were."""
    total, done = len(comments), 0
    if stretches.are_worth(total):
        return stretches.lead(run_id, comments.survey_id, model, encoder(), partial(progress or _quietly, "read"))
    for part in pipeline.read_parts(comments, model, encoder()):
        for piece in _pieces(part):
            readings.keep(run_id, piece, keys)
        done += len(part)
        if progress:
            progress("read", done, max(done, total))
    return done


def _quietly(_step: str, _done: int, _total: int) -> None:
    """Nobody wants to know."""


def _learn(told: Told, progress: Progress | None) -> Made:
    found = _learned(told.survey_id)
    before = found[1] if found and not entries.has_lost_phrases(found[1], told.entries) else None
    stop_reading()
    model = pipeline.fit(told.comments, told.entries, encoder(), lessons=told.lessons, before=before, progress=progress)
    return Made(model, "further" if before and model.inherits(before) else "anew", told.erasures)


def _adapt(told: Told, progress: Progress | None) -> Made:
    """From what was learned last, never from what was adapted since: so a change that is undone leaves no trace."""
    found = _learned(told.survey_id)
    if found is None or entries.has_lost_phrases(found[1], told.entries):
        return _learn(told, progress)
    learned_in, model = found
    stop_reading()
    adapted = pipeline.adapt(model, told.entries, told.lessons, encoder())
    return Made(adapted, "followed", told.erasures, learned_in)


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
    comments = readings.pending(survey_id, current.id, AT_ONCE)
    if comments:
        reader, keys = _reader(current), entries.keys(survey_id)
        stop_reading()
        readings.keep(current.id, reader.read(comments), keys)
    return len(comments)


def is_unlearned(survey_id: int) -> bool:
    """Whether there is no run of the present method yet, so that reading begins with a full one."""
    current = current_run(survey_id)
    return current is None or current.method != pipeline.METHOD


def is_outgrown(survey_id: int) -> bool:
    """Whether so many comments came since the last full run that a new one may find new pain points."""
    current = current_run(survey_id)
    if current is None:
        return False
    return len(Stream(survey_id)) > current.comments * GROWTH + 20


def newest() -> tuple[int | None, int | None]:
    """The newest event and the newest run that readers see: while both stay, no comment has come or changed."""
    event, run_id = sa.select(sa.func.max(Event.id)), sa.select(sa.func.max(CurrentRun.run_id))
    row = db.session.execute(sa.select(event.scalar_subquery(), run_id.scalar_subquery())).one()
    return row[0], row[1]


def surveys_with_news() -> Sequence[int]:
    """The surveys that have comments still to be read."""
    marked = sa.select(Unread.survey_id).distinct()
    query = sa.select(Survey.id, CurrentRun.run_id).outerjoin(CurrentRun, CurrentRun.survey_id == Survey.id)
    found = db.session.execute(query.where(Survey.id.in_(marked)).order_by(Survey.id)).all()
    return [survey_id for survey_id, run_id in found if queries.pending(survey_id, run_id)]


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
    return entries.known(survey_id, _reader(current).model.entries if current and current.model else ())


def current_model(survey_id: int) -> tuple[int, Model] | None:
    """The run that readers see and its model, None if there is none of the present method."""
    current = current_run(survey_id)
    if current is None or current.method != pipeline.METHOD:
        return None
    has_model = sa.select(AnalysisRun.model.is_not(None)).where(AnalysisRun.id == current.id)
    return (current.id, _reader(current).model) if db.session.scalar(has_model) else None


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


def _pieces(readings: Sequence[ReadComment]) -> Iterator[Sequence[ReadComment]]:
    return (readings[start : start + AT_ONCE] for start in range(0, len(readings), AT_ONCE))


def _reader(current: AnalysisRun) -> Reader:
    """Who reads with the model of a run, kept in memory: the model never changes."""
    readers: dict[int, Reader] = current_app.extensions.setdefault("readers", {})
    kept = readers.get(current.id)  # taken once: another thread may clear them at any moment
    if kept is None:
        content = db.session.scalar(sa.select(AnalysisRun.model).where(AnalysisRun.id == current.id))
        kept = Reader(Model.from_bytes(content or b""), encoder())
        readers.clear()
        readers[current.id] = kept
    return kept


def _finish(run_id: int, **values: Any) -> None:
    with writing() as session:
        session.execute(sa.update(AnalysisRun).where(AnalysisRun.id == run_id).values(finished_at=now(), **values))


def _publish(survey_id: int, run_id: int, comments: int, made: Made) -> None:
    """Move the pointer: from this commit on everybody reads the new run."""
    values = {"state": "succeeded", "finished_at": now(), "model": made.model.to_bytes(), "comments": comments}
    values |= {"learned_in": made.learned_in, "changes": run_changes.found(survey_id, run_id, made.learned)}
    with writing() as session:
        expect(survey_id, made.erasures)
        session.execute(sa.update(AnalysisRun).where(AnalysisRun.id == run_id).values(**values))
        put(CurrentRun, {"survey_id": survey_id}, {"run_id": run_id})
        unread.mark_rest(survey_id, run_id)
        if made.has_forgotten:
            forgetting.learn_anew(session.get_one(Survey, survey_id))


def _tidied(survey_id: int, run_id: int, learned_in: int | None) -> AnalysisRun:
    """The run, once what older ones understood is dropped."""
    _unmark(survey_id, run_id)
    older = sa.select(AnalysisRun.id).where(
        AnalysisRun.survey_id == survey_id, AnalysisRun.id < run_id, AnalysisRun.state != "running"
    )
    with writing() as session:
        for table in (MentionRow, Reading):
            session.execute(sa.delete(table).where(table.run_id.in_(older)))
        unneeded = AnalysisRun.id.in_(older) & (AnalysisRun.id != (learned_in or run_id))
        session.execute(sa.update(AnalysisRun).where(unneeded).values(model=None))
    gather_statistics()
    return db.session.get_one(AnalysisRun, run_id, populate_existing=True)


def _unmark(survey_id: int, run_id: int) -> None:
    """Take away the marks of what was read, in more than one transaction where they are many."""
    while True:
        with writing():
            if not unread.is_current(survey_id, run_id) or unread.unmark(survey_id, run_id) < unread.AT_ONCE:
                return
