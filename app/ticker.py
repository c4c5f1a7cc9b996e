"""The looks into the tables, in a thread of each kind, that keep what people see up to date within seconds."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask

from app.chores import help_read, read_news, tell_people, warm_up
from app.services import analyses, heartbeats, leases, runners, work_doing
from app.services.work_doing import Doing

log = logging.getLogger("whyscore.jobs")

LOOK_EVERY = 1.0  # seconds between two looks for new comments and changed catalogues
AGAIN = 5.0  # seconds after which a look goes through all comments though nothing was told since
LONGEST_PAUSE = 60.0  # after failures in a row
TELL_EVERY = 5.0  # seconds between two looks for what is to be told


class Lookout:
    """Reads what is new, and goes through all comments only if something was told since, or now and then.

    Now and then, because on PostgreSQL two events may be committed in another order than they are numbered.
    """

    def __init__(self) -> None:
        self.told: tuple[int | None, int | None] | None = None
        self.again = 0.0

    def read_news(self) -> None:
        """Look once. What a look that fails or leaves to another runner has not read is looked for again."""
        told, at = analyses.newest(), time.monotonic()
        if told == self.told and at < self.again and not analyses.surveys_behind():
            return
        if read_news():
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
            self._try(runners.beat)
            self._try(leases.renew)
            if (doing := self.doing) is not None:
                self._try(work_doing.tell, doing)

    def stop(self) -> None:
        """No new looks; whoever else runs need not wait for the end of our leases."""
        self.over.set()
        self._try(leases.let_go)
        self._try(runners.leave)

    def _work(self) -> None:
        while not self.over.wait(LOOK_EVERY):
            self._try(self._do_next)

    def _do_next(self) -> None:
        """What people asked for, or else what another host has too much of."""
        self.doing = work_doing.take()
        if self.doing is None:
            help_read(self._has_time)
            return
        try:
            work_doing.do(self.doing)
        finally:
            self.doing = None

    def _has_time(self) -> bool:
        return not self.over.is_set() and not work_doing.is_waiting()

    def _read(self) -> None:
        self._try(warm_up)
        pause = LOOK_EVERY
        while not self.over.wait(pause):
            pause = LOOK_EVERY if self._try(self.lookout.read_news) else min(2 * pause, LONGEST_PAUSE)

    def _tell(self) -> None:
        pause = TELL_EVERY
        while not self.over.wait(pause):
            pause = TELL_EVERY if self._try(tell_people) else min(2 * pause, LONGEST_PAUSE)

    def _try(self, work: Callable[..., Any], *arguments: Any) -> bool:
        try:
            with self.app.app_context():
                work(*arguments)
        except Exception as error:
            log.error("%s: %s", getattr(work, "__name__", "work"), type(error).__name__, exc_info=error)
            return False
        return True
