"""Spread pure work over processes: for bulk only, and never where processes may not be started."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import current_process, get_context
from typing import Any, TypeVar

Work = TypeVar("Work")
Result = TypeVar("Result")

AHEAD = 3  # pieces of work that wait for each process
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
) -> Iterator[Result]:
    """The results in the order of the work, of which a little is taken ahead and no more.

    `start` runs once in each process before its first piece, with what it is `told`.
    """
    _round_alike()
    pool = ProcessPoolExecutor(processes, get_context("spawn"), start, told)
    waiting: deque[Future[Result]] = deque()
    try:
        for piece in work:
            waiting.append(pool.submit(function, piece))
            if len(waiting) > AHEAD * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _round_alike() -> None:
    """Processes to come compute with the same routines as this one, so that they round alike."""
    from threadpoolctl import threadpool_info

    loaded = (library.get("architecture") for library in threadpool_info() if library["internal_api"] == "openblas")
    for architecture in filter(None, loaded):
        os.environ.setdefault("OPENBLAS_CORETYPE", architecture)
