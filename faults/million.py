"""F14: much in the table already. Asked for by name only, as filling it takes minutes: FAULTS=F14 make faults."""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from bench.table import percentile
from faults.load import P99, hammered
from faults.places import ROOT, Place, databases, installed
from faults.rows import Row
from faults.sizes import Sizes

KEY = "bench"
DAYS = range(20, 380, 12)
REPORT = 500.0  # ms
FIRST = 1.0  # seconds
MORE = 64  # MB


def answers_there(sizes: Sizes) -> Iterator[Row]:
    """Report, export and capture beside so many answers."""
    for database in databases():
        with installed(database) as place:
            key = _fill(place, sizes.million)
            place.start()
            place.wait()
            report = percentile(sorted(_reports(place, key)), 0.95)
            rate, latencies, _ = hammered(place, sizes.seconds, KEY)
            place.kill()
            first, grown = _export(place)
        p99 = percentile(latencies, 0.99)
        yield Row(
            id="F14",
            what=f"{sizes.million:,} answers in the table, on {database}",
            found=f"report p95 {report:.0f} ms; export: first line after {first:.1f} s, then {grown:+.0f} MB; "
            f"capture {rate:.0f}/s, p99 {p99:.0f} ms",
            target=f"report p95 < {REPORT:.0f} ms; export < {FIRST:.0f} s and {MORE} MB; capture p99 < {P99} ms",
            is_met=report < REPORT and first < FIRST and grown < MORE and p99 < P99,
        )


def _fill(place: Place, number: int) -> str:
    with place.inside():
        from app.services import keys
        from bench import population

        return str(keys.create(population.fill(number), "reader"))


def _reports(place: Place, key: str) -> Iterator[float]:
    """Milliseconds of reports over periods that nobody has asked for yet; the first also warms its process."""
    headers = {"Authorization": f"Bearer {key}"}
    with closing(http.client.HTTPConnection("127.0.0.1", place.port, timeout=120)) as connection:
        for number, days in enumerate((7, 8, 9, *DAYS)):
            since = date.today() - timedelta(days)  # noqa: DTZ011 - any day does
            began = time.monotonic()
            connection.request("GET", f"/api/v1/surveys/{KEY}/report?from={since}", headers=headers)
            connection.getresponse().read()
            if number > 2:
                yield 1000 * (time.monotonic() - began)


def _export(place: Place) -> tuple[float, float]:
    """Seconds from a started program to its first line, and how many MB it grew from there to the end."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "export", "--survey", KEY, "--format", "csv"]
    began = time.monotonic()
    subprocess.run([*command[:-4], "--help"], cwd=ROOT, env=place.environment, stdout=subprocess.DEVNULL, check=True)
    start = time.monotonic() - began
    began = time.monotonic()
    with subprocess.Popen(command, cwd=ROOT, env=place.environment, stdout=subprocess.PIPE) as export:
        lines = iter(export.stdout or ())
        next(lines)
        first, before, most = time.monotonic() - began - start, _memory(export.pid), 0.0
        for number, _line in enumerate(lines):
            if number % 10_000 == 0:
                most = max(most, _memory(export.pid))
    return max(0.0, first), most - before


def _memory(process: int) -> float:
    """MB, of what is read on the way: at the end nothing can be read any more."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) / 256
