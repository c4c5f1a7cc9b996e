"""Work behind the pages. What is left to do is always read from our own tables, so a lost queue loses nothing."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask
from huey import SqliteHuey, crontab

from app.analysis.judge import judge
from app.analysis.text.tokens import load_stemmers, stems
from app.analysis.types import Comment
from app.models import now
from app.models.transaction import scrub
from app.sender import LAST_WAIT, Sender
from app.services import (
    analyses,
    heartbeats,
    housekeeping,
    relapses,
    retention,
    rounds,
    source_doing,
    surveys,
    work_doing,
    work_files,
)
from app.services.work_doing import Doing

log = logging.getLogger("whyscore.jobs")

LOOK_EVERY = 1.0  # seconds between two looks for new comments and changed catalogues
AGAIN = 5.0  # seconds after which a look goes through all comments though nothing was told since
LONGEST_PAUSE = 60.0  # after failures in a row
TELL_EVERY = 5.0  # seconds between two looks for what is to be told


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of work and, for what comes by itself, when."""

    does: str
    function: Callable[..., Any]
    when: Callable[..., bool] | None = None


def read_news() -> None:
    """Follow every catalogue that people changed, then read every comment that is still to be read."""
    _each(analyses.surveys_behind(), analyses.follow)
    _each(analyses.surveys_with_news(), _read_all)


def learn_anew() -> None:
    """A full run for every survey that has outgrown its last one."""
    _each([survey.id for survey in surveys.every() if analyses.is_outgrown(survey.id)], analyses.run)


def reopen_all() -> None:
    """Open again, in every survey, what was fixed and rises again."""
    _each([survey.id for survey in surveys.every()], lambda survey_id: relapses.reopen(survey_id, now()))


def remove_old() -> None:
    """What each survey keeps no longer."""
    _each([survey.id for survey in surveys.every()], retention.remove_old)


def _read_all(survey_id: int) -> None:
    while analyses.read_new(survey_id) == analyses.AT_ONCE:
        continue


def warm_up() -> None:
    """Load what reading needs before somebody waits for it: language identification, stemmers, the encoder."""
    judge(Comment("", "wärm up please", 3))
    stems("warming up", "en")
    analyses.encoder().encode(["warm up"])


def _each(survey_ids: Sequence[int], work: Callable[[int], Any]) -> None:
    """Do it for every survey; one that fails does not keep the others waiting, but is told about in the end."""
    failures = []
    for survey_id in survey_ids:
        try:
            work(survey_id)
        except Exception as error:
            log.error("survey %s: %s", survey_id, type(error).__name__)
            failures.append(error)
    if failures:
        raise failures[0]


JOBS = (
    Job("read new comments", read_news, crontab(minute="*")),
    Job("learn the catalogue anew when a survey has grown", learn_anew, crontab(minute="17")),
    Job("check the alerts, tell what they found, send digests", rounds.tell_people, crontab(minute="*")),
    Job("open again what was fixed and rises again", reopen_all, crontab(day_of_week="1", hour="5", minute="7")),
    Job("remove what has expired", housekeeping.tidy, crontab(minute="43", hour="3")),
    Job("remove what surveys keep no longer", remove_old, crontab(minute="13", hour="2")),
    Job("remove files of imports and exports after a day", work_files.expire, crontab(minute="23")),
    Job("bring in what folders and URLs hold", source_doing.run_due, crontab(minute="*")),
    Job("empty the log that holds what was erased", scrub, crontab(minute="*/5")),
)


def queue(app: Flask) -> SqliteHuey:
    """The queue with every job of the table on it. Its file holds ids only, never words."""
    file = app.config["DATA_DIR"] / "jobs.db"
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.touch(mode=0o600)
    huey = SqliteHuey("whyscore", filename=str(file), journal_mode="truncate", fsync=True, results=False)
    for job in JOBS:
        _put_on(huey, app, job)
    return huey


def _put_on(huey: SqliteHuey, app: Flask, job: Job) -> None:
    def work() -> None:
        with app.app_context():
            job.function()

    name = job.function.__name__
    if job.when is None:
        huey.task(name=name)(huey.lock_task(name)(work))
    else:
        huey.periodic_task(job.when, name=name)(huey.lock_task(name)(work))


class Lookout:
    """Reads what is new, and goes through all comments only if something was told since, or now and then.

    Now and then, because on PostgreSQL two events may be committed in another order than they are numbered.
    """

    def __init__(self) -> None:
        self.told: tuple[int | None, int | None] | None = None
        self.again = 0.0

    def read_news(self) -> None:
        """Look once. What a look that fails has not read is looked for again."""
        told, at = analyses.newest(), time.monotonic()
        if told == self.told and at < self.again and not analyses.surveys_behind():
            return
        read_news()
        self.told, self.again = told, at + AGAIN


class Ticker(threading.Thread):
    """Looks into the tables once a second: a heartbeat, new comments, what is to be told, and what people asked for."""

    def __init__(self, app: Flask) -> None:
        super().__init__(name="ticker", daemon=True)
        self.app = app
        self.over = threading.Event()
        self.lookout = Lookout()
        self.reader = threading.Thread(target=self._read, name="reader", daemon=True)
        self.worker = threading.Thread(target=self._work, name="worker", daemon=True)
        self.doing: Doing | None = None
        self.teller = threading.Thread(target=self._tell, name="teller", daemon=True)

    def run(self) -> None:
        """Beat until told to stop. A beat that fails is logged and tried again: the page turns red by itself."""
        self.reader.start()
        self.worker.start()
        self.teller.start()
        while not self.over.wait(heartbeats.EVERY):
            self._try(heartbeats.beat, "jobs")
            if (doing := self.doing) is not None:
                self._try(work_doing.tell, doing)

    def _work(self) -> None:
        while not self.over.wait(LOOK_EVERY):
            self._try(self._do_next)

    def _do_next(self) -> None:
        self.doing = work_doing.take()
        try:
            if self.doing is not None:
                work_doing.do(self.doing)
        finally:
            self.doing = None

    def _read(self) -> None:
        self._try(warm_up)
        pause = LOOK_EVERY
        while not self.over.wait(pause):
            pause = LOOK_EVERY if self._try(self.lookout.read_news) else min(2 * pause, LONGEST_PAUSE)

    def _tell(self) -> None:
        pause = TELL_EVERY
        while not self.over.wait(pause):
            pause = TELL_EVERY if self._try(rounds.tell_people) else min(2 * pause, LONGEST_PAUSE)

    def _try(self, work: Callable[..., Any], *arguments: Any) -> bool:
        try:
            with self.app.app_context():
                work(*arguments)
        except Exception as error:
            log.error("%s: %s", getattr(work, "__name__", "work"), type(error).__name__, exc_info=error)
            return False
        return True


def run(app: Flask) -> None:
    """Run the queue until SIGINT or SIGTERM."""
    load_stemmers()
    ticker = Ticker(app)
    ticker.start()
    sender = Sender(app, ticker.over)
    sender.start()
    consumer = queue(app).create_consumer(workers=1, worker_type="thread", periodic=True)
    try:
        consumer.run()
    finally:
        ticker.over.set()
        sender.join(LAST_WAIT)
