"""F4, F13: no fault at all, but load for long."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bench.capture import Run, hammer
from bench.peers import FORM, Sent
from bench.table import percentile
from faults.clients import Crowd
from faults.judge import judge
from faults.kills import CLEAN, told
from faults.places import KEY, Place, databases, installed
from faults.rows import Row
from faults.sizes import Sizes

CLIENTS = 8
FIRST = 200  # answers that tell the rate
A_SECOND = 150  # answers
P99 = 250  # ms
SOAKED = 50  # answers a second
MEGABYTE = 2**20
MAY_GROW = 30.0  # MB an hour
LONG = 30.0  # minutes; in a shorter soak memory is still being filled


def sustained(sizes: Sizes) -> Iterator[Row]:
    """F4: forms that are open already, sent over keep-alive connections."""
    for database in databases():
        with installed(database) as place:
            place.start()
            place.wait()
            rate, latencies, sent = hammered(place, sizes.seconds)
            place.kill()
            verdict = judge(place, {})
        p50, p95, p99 = (percentile(latencies, share) for share in (0.5, 0.95, 0.99))
        yield Row(
            id="F4",
            what=f"{sizes.seconds} s of answers from {CLIENTS} clients on {database}",
            acknowledged=sent,
            found=f"{rate:.0f}/s; p50 {p50:.0f}, p95 {p95:.0f}, p99 {p99:.0f}, most {latencies[-1]:.0f} ms; {verdict}",
            target=f"≥ {A_SECOND}/s, p99 < {P99} ms, 0 errors",
            is_met=rate >= A_SECOND and p99 < P99 and verdict.is_clean,
        )


def hammered(place: Place, seconds: int, key: str = KEY) -> tuple[float, list[float], int]:
    """A part to know the rate, then as many as fill the time; a refused answer is an error."""
    first = _all_taken(hammer(place.port, _open_forms(place, key, "first", FIRST), CLIENTS))
    number = max(FIRST, int(first.rate * seconds))
    then = _all_taken(hammer(place.port, _open_forms(place, key, "then", number), CLIENTS))
    return then.rate, then.latencies, number


def _all_taken(run: Run) -> Run:
    if run.refused:
        raise RuntimeError(f"{run.refused} answers were not taken")
    return run


def _open_forms(place: Place, key: str, words: str, number: int) -> list[Sent]:
    """What so many people have on their screens, sealed here so that only sending is measured."""
    with place.inside():
        from app.security import tokens
        from app.services import surveys

        survey_id = surveys.get(key).id
        made = [tokens.Form(survey_id) for _ in range(number)]
        sealed = [(form.nonce, tokens.seal_form(form)) for form in made]
    fields = [{"score": "3", "comment": f"{words} {one}", "token": token} for one, (_, token) in enumerate(sealed)]
    bodies = zip(sealed, fields, strict=True)
    return [Sent(f"/w/{key}/send/{nonce}", urlencode(sent), FORM) for (nonce, _), sent in bodies]


@dataclass(frozen=True)
class Sample:
    """What the web processes hold at one moment."""

    at: float
    memory: float
    files: int
    log: float


def soak(sizes: Sizes) -> Iterator[Row]:
    """F13: the same load for long; what grows is told."""
    with installed("SQLite") as place:
        place.start()
        place.wait()
        samples = []
        with Crowd(place.port, CLIENTS, pace=CLIENTS / SOAKED) as crowd:
            until = time.monotonic() + 60 * sizes.soak
            while time.monotonic() < until:
                samples.append(_sample(place))
                time.sleep(max(0.5, sizes.soak))
        place.kill()
        verdict = judge(place, crowd.thanked)
    yield Row(
        id="F13",
        what=f"{sizes.soak:g} min at {SOAKED} answers a second on SQLite",
        acknowledged=verdict.acknowledged,
        lost=verdict.lost,
        doubled=verdict.doubled,
        found=f"{_slopes(samples)}; {_drift(crowd)}; {verdict}; {told(crowd)}",
        target=f"flat; from {LONG:.0f} min on memory < {MAY_GROW:.0f} MB/h in the second half; {CLEAN}",
        is_met=verdict.is_clean and not crowd.wrong and (sizes.soak < LONG or _memory_slope(samples) < MAY_GROW),
    )


def _sample(place: Place) -> Sample:
    workers = place.workers()
    pages = sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in workers)
    log = Path(place.settings["DATA_DIR"]) / "whyscore.db-wal"
    files = sum(len(list(Path(f"/proc/{one}/fd").iterdir())) for one in workers)
    size = log.stat().st_size / MEGABYTE if log.exists() else 0.0
    return Sample(time.monotonic(), pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE, files, size)


def _memory_slope(samples: list[Sample]) -> float:
    """MB an hour, over the second half."""
    half = samples[len(samples) // 2 :]
    at, memory = [one.at for one in half], [one.memory for one in half]
    middle, mean = sum(at) / len(at), sum(memory) / len(memory)
    below = sum((x - middle) ** 2 for x in at)
    return 3600 * sum((x - middle) * (y - mean) for x, y in zip(at, memory, strict=True)) / below if below else 0.0


def _slopes(samples: list[Sample]) -> str:
    first, last = samples[0], samples[-1]
    return (
        f"memory of the web {first.memory:.0f} → {last.memory:.0f} MB ({_memory_slope(samples):+.0f} MB/h), "
        f"open files {first.files} → {last.files}, WAL at most {max(one.log for one in samples):.1f} MB"
    )


def _drift(crowd: Crowd) -> str:
    took = sorted(crowd.thanked.values(), key=lambda one: one.at)
    halves = took[: len(took) // 2], took[len(took) // 2 :]
    first, second = (percentile(sorted(one.ms for one in half), 0.99) for half in halves)
    return f"p99 {first:.0f} → {second:.0f} ms"
