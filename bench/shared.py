"""One full analysis on PostgreSQL, by one host alone and with workers that help: `python -m bench.shared [WORKERS]`.

Each host has processors of its own, as many as all others, and shares the rest of this machine with them and with the
database. The comments are those of `bench.analysis`.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from bench import server, table
from bench.analysis import SURVEY, comments
from bench.machine import machine
from tests.postgresql import Server

FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
READY = "SELECT count(*) FROM runner WHERE at > now() - interval '5 s'"
STORED = """
    SELECT r.response_id, r.revision, r.language, p.key, m.start, m."end", m.stance, m.confidence, m.terms::text
    FROM reading r LEFT JOIN mention m USING (run_id, response_id) LEFT JOIN pain_point p ON p.id = m.pain_point_id
    ORDER BY 1, 5, 4
"""


@dataclass
class Host:
    """A program on a host of its own, and what it took of the processors, its children with it."""

    folder: Path
    environment: dict[str, str]
    command: tuple[str, ...]
    processors: set[int]
    cpu: float = 0.0
    said: str = ""
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        """Begin; nobody waits for it."""
        self.folder.mkdir(exist_ok=True)
        own = {"DATA_DIR": str(self.folder), "LOG_FORMAT": "text", "LOG_LEVEL": "INFO"}
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                (*FLASK, *self.command), cwd=server.ROOT, env=self.environment | own, stdout=log, stderr=log
            )
            os.sched_setaffinity(self.process.pid, self.processors)  # before it starts any other

    def wait(self) -> None:
        """To its end."""
        _, status, used = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self.cpu, self.said = used.ru_utime + used.ru_stime, (self.folder / "log").read_text()

    def stop(self) -> None:
        """At its own pace."""
        self.process.send_signal(signal.SIGTERM)
        self.wait()

    @property
    def stretches(self) -> int:
        """How many it has read."""
        found = re.findall(r"helped with run \d+: (\d+) stretches|led run \d+: (\d+) of", self.said)
        return sum(int(number) for pair in found for number in pair if number)


def main(workers: int) -> None:
    """Three runs of the same comments: the first one learns and fills the memory of vectors."""
    print(machine())
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="shared-")))
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pg-")))
        database = stack.enter_context(Server(place, is_durable=True))
        url = database.create("whyscore")
        environment = server.settings(folder) | {"DATABASE_URL": url, "QUEUE_URL": url}
        _import(environment, folder)
        rows = []
        each = max(1, (os.cpu_count() or 1) // (workers + 1))
        for helpers in (0, 0, workers):
            rows.append(_run(environment, folder, url, helpers, each))
    table.show(["helpers", "seconds", "CPU seconds of each", "stretches read by each", "what was stored"], rows[1:])


def _import(environment: dict[str, str], folder: Path) -> None:
    with (folder / "said.csv").open("w", newline="", encoding="utf-8") as out:
        rows = [(score, text) for text, score in comments(int(os.environ.get("SIZE", SURVEY)))]
        csv.writer(out).writerows([("score", "comment"), *rows])
    server.flask(environment, "survey", "create", "bench", "--name", "Bench")
    server.flask(environment, "import", str(folder / "said.csv"), "--survey", "bench")


def _run(environment: dict[str, str], folder: Path, url: str, helpers: int, each: int) -> list[str]:
    own = [set(range(host * each, (host + 1) * each)) for host in range(helpers + 1)]
    others = [Host(folder / f"worker-{at}", environment, ("jobs",), own[at + 1]) for at in range(helpers)]
    for host in others:
        host.start()
    while _asked(url, READY)[0][0] < helpers:
        if any(host.process.poll() is not None for host in others):
            raise RuntimeError((others[0].folder / "log").read_text())
        time.sleep(0.2)
    leader = Host(folder / "leader", environment, ("analyse", "--survey", "bench"), own[0])
    began = time.perf_counter()
    leader.start()
    leader.wait()
    seconds = time.perf_counter() - began
    for host in others:
        host.stop()
    hosts = [leader, *others]
    return [
        str(helpers),
        f"{seconds:.1f}",
        " + ".join(f"{host.cpu:.1f}" for host in hosts),
        " + ".join(str(host.stretches) for host in hosts),
        hashlib.sha256(repr(_asked(url, STORED)).encode()).hexdigest()[:12],
    ]


def _asked(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return connection.execute(query).fetchall()


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 1)
