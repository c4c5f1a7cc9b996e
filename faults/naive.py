"""F5: SQLite as it is often set up, beside ours: what the settings of decision 3 are for."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pysqlite3

from faults.rows import Row
from faults.sizes import Sizes

EACH = 100  # transactions of each process
TIMEOUT = 5.0  # seconds
KINDS = {  # journal and the beginning of a transaction
    "deferred BEGIN, WAL": ("WAL", "BEGIN"),
    "BEGIN IMMEDIATE, rollback journal": ("DELETE", "BEGIN IMMEDIATE"),
    "BEGIN IMMEDIATE, WAL (ours)": ("WAL", "BEGIN IMMEDIATE"),
}


def beside_ours(sizes: Sizes) -> Iterator[Row]:
    """Each process reads, then inserts; told is how many find the database locked, and how many commit in a second."""
    found = {name: _measured(*kind, sizes.writers) for name, kind in KINDS.items()}
    told = "; ".join(f"{name}: {locked} locked, {rate:.0f} commits/s" for name, (locked, rate) in found.items())
    whole = sizes.writers * EACH
    yield Row(
        id="F5",
        what=f"{sizes.writers} processes, {whole} transactions that read and then insert, SQLite alone",
        found=told,
        target=f"0 of {whole} locked with ours",
        is_met=found["BEGIN IMMEDIATE, WAL (ours)"][0] == 0,
    )


def _measured(journal: str, begin: str, writers: int) -> tuple[int, float]:
    processes = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "naive.db")
        database = pysqlite3.connect(file)
        database.execute(f"PRAGMA journal_mode={journal}")
        database.execute("CREATE TABLE answer (id INTEGER PRIMARY KEY, score INTEGER)")
        database.close()
        pipes = [processes.Pipe() for _ in range(writers)]
        started = [processes.Process(target=_write, args=(file, begin, other)) for _, other in pipes]
        for one in started:
            one.start()
        for mine, _ in pipes:
            mine.recv()
        for mine, _ in pipes:
            mine.send(True)
        began = time.perf_counter()
        locked = sum(mine.recv() for mine, _ in pipes)
        seconds = time.perf_counter() - began
        for one in started:
            one.join()
    return locked, (writers * EACH - locked) / seconds


def _write(file: str, begin: str, told: Connection) -> None:
    database = pysqlite3.connect(file, timeout=TIMEOUT, isolation_level=None)
    database.execute("PRAGMA synchronous=FULL")
    told.send(True)
    told.recv()
    locked = 0
    for number in range(EACH):
        try:
            database.execute(begin)
            database.execute("SELECT count(*) FROM answer").fetchone()
            database.execute("INSERT INTO answer (score) VALUES (?)", (number % 11,))
            database.execute("COMMIT")
        except pysqlite3.OperationalError:
            locked += 1
            if database.in_transaction:
                database.execute("ROLLBACK")
    told.send(locked)
