"""Several hosts read one big run: its comments are cut into stretches, and whoever has time takes the next one.

The leader, who has made the model, goes on until all are done; the others help while its lease lives. A stretch may
be read twice, and is stored once: one that is done, or no more, takes no reading.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.analysis import pipeline
from app.analysis.model import Model
from app.analysis.pain_points.encoder import Encoder
from app.analysis.types import Comment, ReadComment
from app.extensions import db
from app.models import AnalysisRun, Response, Stretch, now
from app.models.transaction import stop_reading, writing
from app.models.upsert import insert_selected_once
from app.services import entries, leases, readings

log = logging.getLogger("whyscore.jobs")

LEAST = 20_000  # comments from which on a run is worth sharing
LENGTH = 2_000  # comments of a stretch: seconds of work, so that nobody waits long for the last one
LED = "run "  # begins the name of a leader's lease

Tell = Callable[[int, int], None]  # comments read, and of how many


def are_worth(comments: int) -> bool:
    """Whether so many comments are shared. SQLite is one host."""
    return _can_be_shared() and comments >= LEAST


def lead(run_id: int, survey_id: int, model: Model, encoder: Encoder, tell: Tell) -> int:
    """Have all comments of a survey read, by ourselves and whoever helps; how many there were."""
    with leases.held(f"{LED}{run_id}"):
        number = _cut(run_id, survey_id, model)
        try:
            return _read_to_the_end(_Contribution(run_id, survey_id, lambda: True), number, model, encoder, tell)
        finally:
            with writing() as session:
                session.execute(sa.delete(Stretch).where(Stretch.run_id == run_id))


def help_out(encoder: Encoder, has_time: Callable[[], bool]) -> int:
    """Read for a run that another host leads, while we have time and there is something; the stretches done."""
    if not _can_be_shared() or leases.has_any(LED):
        return 0
    ours = sa.select(AnalysisRun.id).where(AnalysisRun.state == "running", AnalysisRun.method == pipeline.METHOD)
    found = _free(_is_led(), Stretch.run_id.in_(ours))
    if found is None:
        return 0
    made = sa.select(AnalysisRun.survey_id, AnalysisRun.model).where(AnalysisRun.id == found.run_id)
    survey_id, model = db.session.execute(made).one()
    stop_reading()
    mine = _Contribution(found.run_id, survey_id, has_time, _is_led())
    mine.read(Model.from_bytes(model or b""), encoder, lambda: None)
    log.info("helped with run %s: %s stretches", found.run_id, mine.done)
    return mine.done


def _can_be_shared() -> bool:
    return db.engine.dialect.name == "postgresql"


def _cut(run_id: int, survey_id: int, model: Model) -> int:
    """Lay down the model and the stretches; how many. Those of runs that are over go."""
    place = sa.func.row_number().over(order_by=Response.id) - 1
    placed = (
        sa.select(Response.id, (place // LENGTH).label("number")).where(*readings.has_comment(survey_id)).subquery()
    )
    ends = sa.func.min(placed.c.id), sa.func.max(placed.c.id), sa.func.count()
    cut = sa.select(sa.literal(run_id), placed.c.number, *ends, sa.null()).group_by(placed.c.number)
    over = sa.select(AnalysisRun.id).where(AnalysisRun.state != "running")
    with writing() as session:
        session.execute(sa.delete(Stretch).where(Stretch.run_id.in_(over)))
        session.execute(sa.update(AnalysisRun).where(AnalysisRun.id == run_id).values(model=model.to_bytes()))
        insert_selected_once(Stretch, cut)
        return session.scalar(sa.select(sa.func.count()).where(Stretch.run_id == run_id)) or 0


def _read_to_the_end(mine: _Contribution, number: int, model: Model, encoder: Encoder, tell: Tell) -> int:
    """Read what is free, wait for what others read, and take up what they leave."""
    while True:
        if _free(*mine.where):
            mine.read(model, encoder, lambda: tell(*_progress(mine.run_id)[1:]))
        done, comments, total = _progress(mine.run_id)
        tell(comments, total)
        if done == number:
            log.info("led run %s: %s of %s stretches were read here", mine.run_id, mine.done, number)
            return comments
        if not total:
            raise RuntimeError("another run has taken this one to be dead")
        time.sleep(leases.LOOK_EVERY)


def _progress(run_id: int) -> tuple[int, int, int]:
    """How many stretches are done, how many comments that were, and of how many."""
    is_done = Stretch.done_at.is_not(None)
    read = sa.func.coalesce(sa.func.sum(Stretch.comments).filter(is_done), 0)
    total = sa.func.coalesce(sa.func.sum(Stretch.comments), 0)
    query = sa.select(sa.func.count().filter(is_done), read, total).where(Stretch.run_id == run_id)
    done, comments, of = db.session.execute(query).one()
    stop_reading()
    return done, comments, of


def _is_led() -> sa.ColumnElement[bool]:
    return leases.is_taken(LED + sa.cast(Stretch.run_id, sa.Text))


def _free(*where: sa.ColumnElement[bool]) -> Any:
    """The first stretch that nobody reads or has read."""
    named = sa.literal("stretch ") + sa.cast(Stretch.run_id, sa.Text) + " " + sa.cast(Stretch.number, sa.Text)
    query = sa.select(Stretch.run_id, Stretch.number, Stretch.first_id, Stretch.last_id)
    query = query.where(Stretch.done_at.is_(None), ~leases.is_taken(named), *where)
    found = db.session.execute(query.order_by(Stretch.run_id, Stretch.number).limit(1)).first()
    stop_reading()
    return found


@dataclass(slots=True)
class _Taken:
    """A stretch that is being read here, and how far."""

    number: int
    lease: ExitStack
    sent: int = 0  # comments that went into the stream
    kept: int = 0
    is_whole: bool = False  # all of them did


class _Contribution:
    """What this process reads of a run: one stream through stretch after stretch, so that it starts others once."""

    def __init__(
        self, run_id: int, survey_id: int, has_time: Callable[[], bool], *where: sa.ColumnElement[bool]
    ) -> None:
        self.run_id, self.survey_id, self.has_time = run_id, survey_id, has_time
        self.where = (Stretch.run_id == run_id, *where)
        self.taken: deque[_Taken] = deque()
        self.done = 0

    def read(self, model: Model, encoder: Encoder, tell: Callable[[], None]) -> None:
        """Read and store until no stretch is free."""
        keys = entries.keys(self.survey_id)
        stop_reading()
        try:
            for read in pipeline.read_parts(self._comments(), model, encoder, least=0):
                self._keep(read, keys)
                tell()
            self._finish()
        finally:
            while self.taken:
                self.taken.popleft().lease.close()

    def _comments(self) -> Iterator[Comment]:
        while self.has_time() and (row := _free(*self.where)):
            lease = ExitStack()
            if not lease.enter_context(leases.held(f"stretch {self.run_id} {row.number}")):
                continue  # another host was quicker
            taken = _Taken(row.number, lease)
            self.taken.append(taken)
            for comment in readings.Stream(self.survey_id, row.first_id - 1, row.last_id):
                taken.sent += 1
                yield comment
            taken.is_whole = True

    def _keep(self, read: Sequence[ReadComment], keys: Mapping[str, int]) -> None:
        """Store readings, which come in the order of the stream: the first are those of the oldest stretch."""
        while read:
            self._finish()
            oldest = self.taken[0]
            own = read[: oldest.sent - oldest.kept]
            with writing():
                if self._takes_readings(oldest.number):
                    readings.put(self.run_id, own, keys)
            oldest.kept += len(own)
            read = read[len(own) :]
        self._finish()

    def _takes_readings(self, number: int) -> bool:
        """Whether a stretch is still to be read, and not by two at the same moment."""
        there = sa.select(Stretch.number).where(self._is(number), Stretch.done_at.is_(None))
        return db.session.scalar(there.with_for_update()) is not None

    def _finish(self) -> None:
        """Those of which all is kept are done."""
        while self.taken and self.taken[0].is_whole and self.taken[0].kept == self.taken[0].sent:
            taken = self.taken.popleft()
            with taken.lease, writing() as session:
                undone = sa.update(Stretch).where(self._is(taken.number), Stretch.done_at.is_(None))
                values = {"done_at": now(), "comments": taken.kept}
                done = session.execute(undone.values(values).returning(Stretch.number)).all()
            self.done += len(done)

    def _is(self, number: int) -> sa.ColumnElement[bool]:
        return (Stretch.run_id == self.run_id) & (Stretch.number == number)
