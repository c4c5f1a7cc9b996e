"""Group commit: answers that arrive together share one turn, one transaction and one fsync.

Whoever comes first leads: it waits for the write turn, and meanwhile others line up behind it. With the turn it does
the work of all of them and commits; nobody is told "stored" before. If anything fails, each does its own alone.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from flask import current_app

from app.extensions import db
from app.models.transaction import writing
from app.models.write_queue import NotSavedError, deadline, queue

MOST = 32  # pieces of work in one transaction
T = TypeVar("T")


class Waiting:
    """One piece of work and who waits for it: woken when it is done, or to do it, alone or leading others."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.work = work
        self.until = deadline()
        self.woken = threading.Event()
        self.is_done = self.is_alone = False
        self.result: object = None

    def wake(self, *, is_done: bool) -> None:
        """Let who waits go on: with the result, or to do it alone after all."""
        self.is_done, self.is_alone = is_done, not is_done
        self.woken.set()


class Line:
    """Those of one process who wait, in the order in which they came."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting: deque[Waiting] = deque()
        self.is_led = False

    def join(self, one: Waiting) -> None:
        """Line up. Where nobody leads, lead."""
        with self.lock:
            if self.is_led:
                self.waiting.append(one)
            else:
                self.is_led = True
                one.woken.set()

    def take(self) -> list[Waiting]:
        """Those whom the leader takes along; who comes after them leads the next transaction."""
        with self.lock:
            taken = [self.waiting.popleft() for _ in range(min(MOST - 1, len(self.waiting)))]
            self._hand_over()
            return taken

    def hand_over(self) -> None:
        """Let the next in line lead, if there is one."""
        with self.lock:
            self._hand_over()

    def _hand_over(self) -> None:
        self.is_led = bool(self.waiting)
        if self.waiting:
            self.waiting.popleft().woken.set()

    def leave(self, one: Waiting) -> bool:
        """Give up waiting; False when the work is being done or its turn to lead has just come."""
        with self.lock:
            if one in self.waiting:
                self.waiting.remove(one)
                return True
            return False


def together(work: Callable[[], T]) -> T:
    """What the work returns, after a commit that it may have shared. It may be called twice, and counts once.

    The work may run in the thread of another request: of what Flask knows it may use the application, nothing else.
    On PostgreSQL, which gathers the commits of its connections itself, this is `with writing()`.
    """
    waits = queue()
    if waits is None:
        with writing():
            return work()
    with waits.place():
        return _in_line(work)


def _in_line(work: Callable[[], T]) -> T:
    db.session.rollback()  # what was read so far is over: nobody holds an old state while waiting
    line, one = _line(), Waiting(work)
    line.join(one)
    _wait(line, one)
    if not one.is_done and not one.is_alone:
        _lead(line, one)
    if one.is_alone:
        with writing(deadline()):
            return work()
    return one.result  # type: ignore[return-value]  # what the work returned


def _wait(line: Line, one: Waiting) -> None:
    if one.woken.wait(max(0.0, one.until - time.monotonic())):
        return
    if line.leave(one):
        raise NotSavedError("the write turn did not come in time")
    one.woken.wait()  # the transaction that holds it ends: the database bounds how long it takes


def _lead(line: Line, one: Waiting) -> None:
    taken: list[Waiting] | None = None
    is_done = False
    try:
        with writing(one.until) as session:
            session.connection()  # begins: while the database takes nothing, nobody else is taken along
            taken = line.take()
            for each in (one, *taken):
                each.result = each.work()
        is_done = True
    except Exception:
        if not taken:
            raise
        one.is_alone = True  # whichever of them it was: each finds out for itself
    finally:
        if taken is None:
            line.hand_over()
        for other in taken or ():
            other.wake(is_done=is_done)


def _line() -> Line:
    lines: dict[int, Line] = current_app.extensions.setdefault("group_commits", {})
    return lines.setdefault(os.getpid(), Line())
