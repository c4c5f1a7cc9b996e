"""Work behind the pages. What is left to do is always read from our own tables, so a lost queue loses nothing."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Flask
from huey import RetryTask, crontab

from app import queues
from app.analysis.text.tokens import load_stemmers
from app.chores import learn_anew, read_news, remove_old, reopen_all, tell_people, warm_up
from app.models import now
from app.models.transaction import scrub
from app.sender import LAST_WAIT, Sender
from app.services import housekeeping, leases, source_doing, work_files
from app.ticker import Ticker

if TYPE_CHECKING:
    from huey.api import Huey

__all__ = ["JOBS", "Job", "learn_anew", "queue", "read_news", "remove_old", "reopen_all", "run", "warm_up"]

log = logging.getLogger("whyscore.jobs")

MOST_RARE = timedelta(days=8)  # how far back the last moment of any job lies at most
QUEUE_AGAIN = 5.0  # seconds between two attempts to reach a queue that is away


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of work that comes by the clock: once for all runners, unless they share it among themselves."""

    does: str
    function: Callable[[], Any]
    when: Callable[[datetime], bool]
    is_shared: bool = False

    def moment(self, at: datetime) -> datetime:
        """The last minute, until then, at which it was to come: the same for whoever takes it up late."""
        minute = at.astimezone(UTC).replace(second=0, microsecond=0)
        while not self.when(minute.replace(tzinfo=None)) and at - minute < MOST_RARE:
            minute -= timedelta(minutes=1)
        return minute


JOBS = (
    Job("read new comments", read_news, crontab(minute="*"), is_shared=True),
    Job("learn the catalogue anew when a survey has grown", learn_anew, crontab(minute="17"), is_shared=True),
    Job("check the alerts, tell what they found, send digests", tell_people, crontab(minute="*"), is_shared=True),
    Job("open again what was fixed and rises again", reopen_all, crontab(day_of_week="1", hour="5", minute="7")),
    Job("remove what has expired", housekeeping.tidy, crontab(minute="43", hour="3")),
    Job("remove what surveys keep no longer", remove_old, crontab(minute="13", hour="2")),
    Job("remove files of imports and exports after a day", work_files.expire, crontab(minute="23")),
    Job("bring in what folders and URLs hold", source_doing.run_due, crontab(minute="*")),
    Job("empty the log that holds what was erased", scrub, crontab(minute="*/5")),
)


def queue(app: Flask) -> Huey:
    """The queue with every job of the table on it. It holds names of jobs only, never words."""
    huey = queues.connected(app.config["QUEUE_URL"], app.config["DATA_DIR"], app.config["SECRET_KEY"])
    for job in JOBS:
        _put_on(huey, app, job)
    return huey


def _put_on(huey: Huey, app: Flask, job: Job) -> None:
    def work() -> None:
        with app.app_context():
            _do(job)

    huey.periodic_task(job.when, name=job.function.__name__)(work)


def _do(job: Job) -> None:
    """Every runner has its own copy of a job on the queue, so that one that is killed takes none along."""
    if job.is_shared:
        job.function()
        return
    try:
        with leases.once(job.function.__name__, job.moment(now())) as is_ours:
            if is_ours:
                job.function()
    except leases.TakenError:
        at = now()
        if job.moment(at + leases.LASTS) == job.moment(at):  # else the copies of the next moment look after it
            raise RetryTask(delay=leases.LASTS.total_seconds()) from None


def run(app: Flask) -> None:
    """Run the queue until SIGINT or SIGTERM."""
    load_stemmers()
    ticker = Ticker(app)
    signal.signal(signal.SIGTERM, lambda *_: ticker.over.set())  # until the consumer has its own
    ticker.start()
    sender = Sender(app, ticker.over)
    sender.start()
    try:
        _consume(app, ticker)
    finally:
        ticker.stop()
        sender.join(LAST_WAIT)


def _consume(app: Flask, ticker: Ticker) -> None:
    """While the queue is away only what comes by the clock waits: the looks of the ticker need none."""
    consumer = None
    while consumer is None and not ticker.over.is_set():
        try:
            consumer = queue(app).create_consumer(workers=1, worker_type="thread", periodic=True)
        except Exception as error:
            log.error("queue: %s, QUEUE_URL cannot be reached", type(error).__name__)
            ticker.over.wait(QUEUE_AGAIN)
    if consumer is not None and not ticker.over.is_set():
        consumer.run()
