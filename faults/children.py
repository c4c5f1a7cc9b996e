"""Work in a process of its own, killed at a random moment after it has begun."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection

PATIENCE = 120.0  # seconds for work that nobody kills

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["faults.preloaded", "faults.campaign"])


def killed(work: Callable[[], object], settings: Mapping[str, str], after: float | None) -> tuple[bool, float]:
    """Do it inside an application of its own; `kill -9` so many seconds from its beginning, or never.

    Whether it was killed before its end, and how long it ran.
    """
    mine, other = _processes.Pipe()
    process = _processes.Process(target=_do, args=(work, dict(settings), other))
    process.start()
    other.close()
    mine.recv()
    began = time.monotonic()
    process.join(PATIENCE if after is None else after)
    was_killed = process.is_alive()
    process.kill()
    process.join()
    if not was_killed and process.exitcode:
        raise RuntimeError(f"{work} ended with status {process.exitcode}")
    return was_killed, time.monotonic() - began


def _do(work: Callable[[], object], settings: Mapping[str, str], begun: Connection) -> None:
    from faults.places import application

    with application(settings).app_context():
        begun.send(True)
        work()
