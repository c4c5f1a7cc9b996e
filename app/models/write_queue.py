"""The turn in front of SQLite's write lock: fair, bounded in time, and it leaves threads to those who read."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app

WAIT = 5.0  # seconds a writer waits for its turn
POLL = 0.001
STUCK = 0.5  # seconds without a turn for anybody, after which nobody waits for a place any more
GLANCE = 0.02  # that everybody waits for one: the first of those who come together may only just have it


def deadline() -> float:
    """When somebody who begins to wait now must have the turn, on the monotonic clock."""
    return time.monotonic() + WAIT


class NotSavedError(Exception):
    """The database cannot take the answer now. Nothing was stored; sending again is safe."""


class QueueClosedError(NotSavedError):
    """The file of the turn cannot be opened: the disk turned read-only, or it is another account's."""


class WriteQueue:
    """A fair turn: one thread of each process, then one process."""

    def __init__(self, path: Path, places: int) -> None:
        self.places = threading.BoundedSemaphore(places)  # threads of this process that may wait long
        self.threads = threading.Lock()
        self.counting, self.taken = threading.Lock(), 0
        self.moved = time.monotonic()  # when somebody had the turn, or came where nobody waited
        self.file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @contextmanager
    def place(self) -> Iterator[None]:
        """One of the places of those who may wait; NotSavedError when all are taken and nothing moves.

        While turns come, somebody without a place has one soon. When they do not, threads are left to those who read.
        """
        self._take_place(deadline())
        try:
            yield
        finally:
            with self.counting:
                self.taken -= 1
            self.places.release()

    def _take_place(self, until: float) -> None:
        while not self.places.acquire(timeout=max(GLANCE, self._hope(until))):
            if self._hope(until) <= 0:
                raise NotSavedError("too many writers are waiting")
        with self.counting:
            self.moved = self.moved if self.taken else time.monotonic()
            self.taken += 1

    def _hope(self, until: float) -> float:
        """For how long, at most, it is worth while to wait for a place."""
        return min(self.moved + STUCK, until) - time.monotonic()

    @contextmanager
    def turn(self, until: float) -> Iterator[None]:
        """Hold the only write turn, for who has a place; NotSavedError when it does not come in time."""
        if not self.threads.acquire(timeout=max(0.0, until - time.monotonic())):
            raise NotSavedError("too many writers are waiting")
        try:
            self._lock_file(until)
            self.moved = time.monotonic()
            try:
                yield
            finally:
                fcntl.flock(self.file, fcntl.LOCK_UN)
        finally:
            self.threads.release()

    def _lock_file(self, until: float) -> None:
        while True:
            try:
                fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise NotSavedError("the write turn did not come in time") from None
                time.sleep(POLL)
            else:
                return


def queue() -> WriteQueue | None:
    """The queue of this process, None on PostgreSQL, which needs none. QueueClosedError where its file cannot be had.

    The file is opened after the fork: an inherited descriptor excludes nobody.
    """
    url = current_app.config["SQLALCHEMY_DATABASE_URI"]
    if not url.startswith("sqlite"):
        return None
    queues: dict[int, WriteQueue] = current_app.extensions.setdefault("write_queues", {})
    pid = os.getpid()
    if pid not in queues:
        path = Path(url.removeprefix("sqlite:///") + ".queue")
        made = _opened(path)
        if queues.setdefault(pid, made) is not made:
            os.close(made.file)
    return queues[pid]


def _opened(path: Path) -> WriteQueue:
    try:
        return WriteQueue(path, current_app.config["WEB_THREADS"] - 2)
    except OSError as error:
        raise QueueClosedError(error.strerror) from error
