"""F1, F2, H66: `kill -9` under load, paced by the first new acknowledgement and a random time after it."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import cycle, islice

from faults.clients import Crowd
from faults.judge import judge
from faults.places import Place, databases, installed, programs
from faults.rows import Row
from faults.sizes import Sizes

CLEAN = "0 lost, 0 doubled, outbox equal to responses, integrity ok"
Kill = Callable[[], None]


def of_the_group(sizes: Sizes) -> Iterator[Row]:
    """F1: web and jobs, killed together and started again."""
    with installed("SQLite", programs(sizes.jobs)) as place:
        yield _campaign(
            "F1", "`kill -9` of web and jobs on SQLite", place, sizes,
            [partial(_crash, place)], sizes.kills, sizes.acknowledged,
        )  # fmt: skip


def in_turn(sizes: Sizes) -> Iterator[Row]:
    """F2: the application and the postmaster in turn."""
    if "PostgreSQL" not in databases():
        return
    with installed("PostgreSQL", programs(sizes.jobs)) as place:
        yield _campaign(
            "F2", "`kill -9` of web and jobs, and of the postmaster, in turn, on PostgreSQL", place, sizes,
            [partial(_crash, place), place.kill_postmaster], sizes.kills_in_turn, 0,
        )  # fmt: skip


def of_one(sizes: Sizes) -> Iterator[Row]:
    """H66: one web process or the jobs, while the others go on."""
    for database in databases():
        with installed(database) as place:
            yield _campaign(
                "H66", f"`kill -9` of one worker or of the jobs on {database}", place, sizes,
                [partial(_kill_a_worker, place), place.kill_last], sizes.worker_kills, 0,
            )  # fmt: skip


def _crash(place: Place) -> None:
    place.kill()
    place.start()


def _kill_a_worker(place: Place) -> None:
    os.kill(place.workers()[0], signal.SIGKILL)


def _campaign(
    id_: str, what: str, place: Place, sizes: Sizes, kills: Sequence[Kill], least_kills: int, least_thanked: int
) -> Row:
    made, waits, crowd = _break(place, sizes, kills, least_kills, least_thanked)
    place.kill()
    verdict = judge(place, crowd.thanked)
    is_enough = made >= least_kills and len(crowd.thanked) >= least_thanked
    asked = f"≥ {least_kills:,} kills" + (f", ≥ {least_thanked:,} acknowledged" if least_thanked else "")
    return Row(
        id=id_,
        what=what,
        kills=made,
        acknowledged=verdict.acknowledged,
        lost=verdict.lost,
        doubled=verdict.doubled,
        found=f"{verdict}; {told(crowd)}; longest until the next thanks {max(waits):.1f} s",
        target=f"{asked}; {CLEAN}",
        is_met=verdict.is_clean and not crowd.wrong and is_enough,
    )


def _break(
    place: Place, sizes: Sizes, kills: Sequence[Kill], least_kills: int, least_thanked: int
) -> tuple[int, list[float], Crowd]:
    """Kill until it is enough; how often, how long each recovery took, and who answered meanwhile."""
    moments, until = random.Random(1), time.monotonic() + 60 * sizes.minutes
    made, waits = 0, []
    place.start()
    with Crowd(place.port, sizes.clients) as crowd:
        for kill in islice(cycle(kills), 100 * least_kills):
            waits.append(crowd.wait_for_one_more())
            is_enough = made >= least_kills and len(crowd.thanked) >= least_thanked
            if is_enough or time.monotonic() > until:
                break
            time.sleep(moments.uniform(0, sizes.spread))
            kill()
            made += 1
    return made, waits, crowd


def told(crowd: Crowd) -> str:
    """How often somebody was asked to send again, and what should never be said."""
    again = ", ".join(f"{number:,} × {status}" for status, number in sorted(crowd.refused.items()))
    return f"asked to send again: {again or 'nobody'}" + (f"; WRONG: {crowd.wrong[0]}" if crowd.wrong else "")
