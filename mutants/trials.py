"""What became of each mutant, tried in two processes and in a fixed order."""

from __future__ import annotations

import math
import multiprocessing
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from multiprocessing.pool import Pool

from mutants import coverage
from mutants.bench import NOTHING_RUN, UNKNOWN, Bench
from mutants.coverage import Watched
from mutants.modules import Module
from mutants.remembered import Memory, Verdict
from mutants.sources import Mutant, mutants

PROCESSES = 2
SPARE, TIMES = 30.0, 5  # seconds and times that tests may take longer than without a mutant
NOT_TRIED: tuple[Verdict, str] = ("not tried", "")
Task = tuple[Module, Mutant, Sequence[str], float, float]


class UnsoundError(Exception):
    """The tests of a module do not pass as it is, so they say nothing about its mutants."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A mutant and what became of it; `is_new` if it was tried just now."""

    group: str
    module: Module
    mutant: Mutant
    verdict: Verdict
    is_new: bool = True


@contextmanager
def benches(modules: Sequence[Module], memory: Memory, until: float = math.inf) -> Iterator[Pool | None]:
    """Processes with a copy of the tree each, ready for the tests of these modules; none when the time is over."""
    if time.time() >= until:
        yield None
        return
    tests = sorted({test for module in modules for test in module.tests})
    memory.look(tests)
    with multiprocessing.get_context("spawn").Pool(PROCESSES, _begin, (tests,)) as pool:
        yield pool


def run(pool: Pool | None, group: str, module: Module, memory: Memory, until: float = math.inf) -> Iterator[Trial]:
    """The trials of a module, in the order of its lines; after `until` nothing new is tried."""
    wanted = [(mutant, memory.verdict(module, mutant)) for mutant in mutants(module.source, module.only)]
    new = [mutant for mutant, known in wanted if known is None]
    found = _found(pool, module, new, until) if pool and new else repeat(NOT_TRIED)
    for mutant, known in wanted:
        if known is not None:
            yield Trial(group, module, mutant, known, is_new=False)
            continue
        verdict, printed = next(found)
        if verdict != "not tried":
            memory.put(module, mutant, verdict, printed)
        yield Trial(group, module, mutant, verdict)


def _found(pool: Pool, module: Module, new: Sequence[Mutant], until: float) -> Iterator[tuple[Verdict, str]]:
    watched = pool.apply(_watched, (module, until))
    return pool.imap(_try, _tasks(module, new, watched, until))


def _tasks(module: Module, new: Sequence[Mutant], watched: Mapping[str, Watched], until: float) -> Iterator[Task]:
    source = module.source
    for mutant in new:
        tests = coverage.tests_of(mutant, source, watched)
        yield module, mutant, tests, SPARE + TIMES * sum(watched[test].seconds for test in tests), until


_bench: Bench


def _begin(tests: Sequence[str]) -> None:
    global _bench  # noqa: PLW0603 - one for each process of the pool
    _bench = Bench(tests)


def _watched(module: Module, until: float) -> Mapping[str, Watched]:
    if time.time() > until:
        return {}
    return _sound(module, _bench.watched(module.path, module.tests), _bench.printed())


def _sound(module: Module, watched: Mapping[str, Watched], printed: str) -> Mapping[str, Watched]:
    if not watched:
        raise UnsoundError(f"{module.path}\n{printed}")
    return watched


def _try(task: Task) -> tuple[Verdict, str]:
    module, mutant, tests, most, until = task
    if time.time() > until:
        return NOT_TRIED
    status = _bench.status(module.path, mutant.source, tests, most)
    if status == UNKNOWN and "not found:" in _bench.printed():
        status = _bench.status(module.path, mutant.source, module.tests)
    if status is None:
        return "timed out", ""
    return ("survived" if status in {0, NOTHING_RUN} else "killed"), _bench.printed()
