"""Spread pure work over processes: for bulk only, and never where processes may not be started."""

from __future__ import annotations

import ctypes
import gc
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import current_process, get_context
from typing import Any, TypeVar

Work = TypeVar("Work")
Result = TypeVar("Result")

AHEAD = 3  # pieces of work that wait for each process
SELDOM = (100_000, 50, 1000)  # objects made, and collections of the younger ones, between two collections
MOST = 4  # processes; each may hold a model of its own


def processors() -> int:
    """How many processes are worth starting here: 1 inside a process that may not have children."""
    return 1 if current_process().daemon else min(MOST, os.cpu_count() or 1)


def shards(things: Sequence[Work], size: int) -> list[Sequence[Work]]:
    """The things in runs of `size`, in order; the last may be shorter."""
    return [things[i : i + size] for i in range(0, len(things), size)]


def spread(
    function: Callable[[Work], Result],
    work: Iterable[Work],
    processes: int,
    start: Callable[..., None] | None = None,
    told: tuple[Any, ...] = (),
    here: Callable[[Work], Result] | None = None,
) -> Iterator[Result]:
    """The results in the order of the work, of which a little is taken ahead and no more.

    `start` runs once in each process before its first piece, with what it is `told`. With `here` this process is one
    of them and does a piece itself whenever the others have enough: a process less to start and to hold in memory.
    """
    _round_alike()
    others = processes - 1 if here else processes
    pool = ProcessPoolExecutor(others, get_context("spawn"), start, told)
    coming: deque[Future[Result]] = deque()
    try:
        for piece in work:
            busy = sum(not future.done() for future in coming) >= AHEAD * others
            coming.append(_done(here(piece)) if here and busy else pool.submit(function, piece))
            while coming and (coming[0].done() or len(coming) > 2 * AHEAD * processes):
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _done(result: Result) -> Future[Result]:
    future: Future[Result] = Future()
    future.set_result(result)
    return future


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Look for garbage seldom: a bulk of results holds none, and going through it again and again takes a sixth.

    Where another one does so already, it is left to that one, who ends it.
    """
    before = gc.get_threshold()
    if before == SELDOM:
        yield
        return
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def give_back() -> None:
    """Return to the system what a step has freed: after a fit the C library would keep a hundred megabytes."""
    gc.collect()
    with suppress(AttributeError, OSError):  # not every C library has this
        ctypes.CDLL(None).malloc_trim(0)


def _round_alike() -> None:
    """Processes to come compute with the same routines as this one, so that they round alike."""
    from threadpoolctl import threadpool_info

    loaded = (library.get("architecture") for library in threadpool_info() if library["internal_api"] == "openblas")
    for architecture in filter(None, loaded):
        os.environ.setdefault("OPENBLAS_CORETYPE", architecture)
