"""`make million`: a million answers from a file, out again, and beside them; ten million on PostgreSQL.

`python -m bench.million export capture move ten` picks parts; MILLION=50000 and TEN=100000 make them smaller.
"""

from __future__ import annotations

import csv
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from bench import server, table, tens
from bench.analysis import comments
from bench.capture import forms, hammer
from bench.machine import machine

SIZE = int(os.environ.get("MILLION", "1_000_000"))
CLIENTS = 8
ANSWERS = 2_000
ROUNDS = 3
HEAD = ("score", "comment", "created_at", "language", "respondent", "touchpoint", "external_id", "plan")
WIDTH = "160"  # columns of the terminal that the bar is drawn for
Rows = list[list[str]]
Environment = Mapping[str, str]


def main(parts: list[str]) -> None:
    """Print a table of each part."""
    print(machine(), "\n")
    print("| what | found | aim |\n| --- | --- | --- |")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        full = server.settings(Path(folder) / "full")
        os.environ |= {name: full[name] for name in ("SECRET_KEY", "TRUSTED_HOSTS")}  # for what is made in this process
        if set(parts) != {"ten"}:
            _show(bring_in(full, Path(folder) / "answers.csv"))
        for name, part in PARTS.items():
            if not parts or name in parts:
                _show(part(full, Path(folder)))
    if not parts or "ten" in parts:
        _show(tens.rows())


def _show(rows: Iterable[list[str]]) -> None:
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def bring_in(full: Environment, file: Path) -> Rows:
    """The whole command, from the start of the program on, with its progress bar."""
    write(file, SIZE)
    server.flask(full, "survey", "create", "bench", "--name", "Bench")
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "import", str(file), "--survey", "bench"],
        cwd=server.ROOT,
        env={**full, "COLUMNS": WIDTH},
        capture_output=True,
        text=True,
        check=True,
    )
    minutes = (time.monotonic() - began) / 60
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    bars = re.findall(r"import: +\d+%[^\r\n]*", done.stderr)
    size = sum(one.stat().st_size for one in Path(full["DATA_DIR"]).glob("whyscore.db*")) / 2**20
    said = done.stdout.strip().splitlines()[-1]
    return [
        [f"import of {SIZE:,} rows, {file.stat().st_size / 2**20:.0f} MiB of CSV, SQLite",
         f"{minutes:.1f} min, {SIZE / minutes / 60:,.0f} rows/s; {said}; {len(bars):,} steps of its bar", "< 10 min"],
        ["memory of the import, at most", f"{memory:.0f} MiB", ""],
        ["database, for each answer", f"{size:,.0f} MiB, {size * 2**20 / SIZE:,.0f} bytes", ""],
    ]  # fmt: skip


def write(file: Path, size: int) -> None:
    """Three answers in ten say why, six in ten come from somebody known; three years."""
    chance, texts, newest = Random(20), [text for text, _ in comments(2_000)], datetime.now(UTC)
    with file.open("w", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(HEAD)
        for number in range(size):
            at = newest - timedelta(seconds=chance.random() * 3 * 365 * 86_400)
            comment = texts[number % len(texts)] if chance.random() < 0.3 else ""
            person = f"u-{int(chance.random() ** 1.5 * size / 5)}" if chance.random() < 0.6 else ""
            where, plan = chance.choice(("checkout", "support", "")), chance.choice(("free", "team", "business"))
            rows.writerow((chance.choice(SCORES), comment, at.isoformat(), "en", person, where, f"e-{number}", plan))


SCORES = (0, 1, 2, 3, 4, 5, 6, 7, 7, 8, 8, 8, 9, 9, 9, 9, 10, 10, 10, 10)


def export(full: Environment, _folder: Path) -> Rows:
    """What `export` holds from its first line on."""
    found = []
    for kind in ("csv", "jsonl"):
        began = time.monotonic()
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "export", "--survey", "bench", "--format", kind]
        with subprocess.Popen(command, cwd=server.ROOT, env=dict(full), stdout=subprocess.PIPE) as process:
            lines = iter(process.stdout or ())
            next(lines)
            first, before, most, size = time.monotonic() - began, held(process.pid), 0.0, 0
            for number, line in enumerate(lines):
                size += len(line)
                if number % 10_000 == 0:
                    most = max(most, held(process.pid))
        took = time.monotonic() - began
        said = (
            f"first line after {first:.1f} s, all {size / 2**20:,.0f} MiB after {took:.0f} s, {most - before:+.0f} MiB"
        )
        found.append([f"export of {SIZE:,} answers as {kind}, memory from the first line on", said, "< 64 MiB"])
    return found


def held(process: int) -> float:
    """MiB that a process holds now."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * 4 / 1024


def capture(full: Environment, folder: Path) -> Rows:
    """Forms sent to an empty installation and to the full one, in turn; the median run of each."""
    empty = server.settings(folder / "empty")
    server.flask(empty, "survey", "create", "bench", "--name", "Bench")
    runs: dict[str, list[tuple[float, list[float]]]] = {"empty": [], f"{SIZE:,} answers": []}
    with server.gunicorn("wsgi:app", empty) as one, server.gunicorn("wsgi:app", full) as other:
        for _ in range(ROUNDS):
            for name, port, settings in zip(runs, (one, other), (empty, full), strict=True):
                runs[name].append(hammer(port, forms(dict(settings), ANSWERS), CLIENTS))
    return [[f"capture, {CLIENTS} clients, SQLite, {name}", _said(tried), ""] for name, tried in runs.items()]


def move(full: Environment, folder: Path) -> Rows:
    """`copy-to` with all of it, then the move, for whose length nothing is stored."""
    from tests.postgresql import BINARIES, Server

    if not BINARIES:
        return [["move to PostgreSQL", "not measured: its programs are not installed", ""]]
    place = folder / "server"
    place.mkdir()
    folder.chmod(0o755)
    with Server(place, is_durable=True) as running:
        url, took = running.create("whyscore"), []
        for way in ((), ("--final",)):
            began = time.monotonic()
            server.flask(full, "copy-to", url, *way)
            took.append(time.monotonic() - began)
    first, last = took
    return [
        [f"copy-to with {SIZE:,} answers, while everything runs", f"{first:.0f} s", ""],
        ["copy-to --final, nothing changed since: two comparisons of all, keys and indexes", f"{last:.0f} s", ""],
    ]


def _said(tried: list[tuple[float, list[float]]]) -> str:
    p50, p99 = (sorted(table.percentile(took, share) for _, took in tried)[ROUNDS // 2] for share in (0.5, 0.99))
    return f"{sorted(rate for rate, _ in tried)[ROUNDS // 2]:.0f}/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms"


PARTS: dict[str, Callable[[Environment, Path], Rows]] = {"export": export, "capture": capture, "move": move}

if __name__ == "__main__":
    main(sys.argv[1:])
