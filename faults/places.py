"""An installation to break: web and jobs as the Procfile starts them, on a database of their own."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self
from unittest.mock import patch

from tests.postgresql import BINARIES, Server
from tests.receivers import free_port

if TYPE_CHECKING:
    from flask import Flask

ROOT = Path(__file__).resolve().parent.parent
WEB = ("-m", "gunicorn", "wsgi:app")
JOBS = ("-m", "flask", "--app", "wsgi", "jobs")
DATABASES = ("SQLite", "PostgreSQL")
KEY = "shop"
GRACE = 120.0  # seconds to come up, on a machine that has other things to do
WORKERS = 2


class Place:
    """Programs in one process group, started, killed and stopped together. The database is that of `settings`."""

    def __init__(self, folder: Path, programs: Sequence[Sequence[str]] = (WEB, JOBS), **settings: str) -> None:
        self.folder, self.programs = folder, programs
        self.port = free_port()
        self.server: Server | None = None
        self.running: list[subprocess.Popen[bytes]] = []
        self.log = folder / "log"
        self.settings = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "BIND": f"127.0.0.1:{self.port}",
            "TRUSTED_HOSTS": "127.0.0.1",
            "DATA_DIR": str(folder / "data"),
            "DATABASE_URL": "",
            "RATE_LIMITS": "false",
            "LEAST_SECONDS": "0",
            "WEBHOOK_TO_LOOPBACK": "true",
            "WEB_CONCURRENCY": str(WORKERS),
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        } | settings

    @property
    def environment(self) -> dict[str, str]:
        """What our programs are given."""
        return {**os.environ, **self.settings}

    def flask(self, *words: str) -> str:
        """Run a command of ours; what it printed."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)} failed: {done.stderr}")
        return done.stdout

    def start(self, *programs: Sequence[str]) -> None:
        """Start everything, or these programs, in one group; nobody waits for it."""
        for program in programs or self.programs:
            group = self.running[0].pid if self.running else 0
            with self.log.open("ab") as log:
                self.running.append(
                    subprocess.Popen(
                        [sys.executable, *program],
                        cwd=ROOT,
                        env=self.environment,
                        stdout=log,
                        stderr=log,
                        process_group=group,
                    )
                )

    def wait(self) -> None:
        """Until the web answers with all its processes."""
        until = time.monotonic() + GRACE
        while time.monotonic() < until:
            with suppress(OSError), urllib.request.urlopen(f"{self.settings['BASE_URL']}/healthz", timeout=5):
                if len(self.workers()) == WORKERS:
                    return
            time.sleep(0.05)
        raise RuntimeError(f"the web did not come up in {GRACE:.0f} s:\n{self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """`kill -9` of the whole group."""
        if self.running:
            with suppress(ProcessLookupError):
                os.killpg(self.running[0].pid, signal.SIGKILL)
        for one in self.running:
            one.wait()
        self.running = []

    def kill_last(self) -> None:
        """`kill -9` of the last program, here the jobs, which is started again."""
        last = self.running.pop()
        last.kill()
        last.wait()
        self.start(self.programs[-1])

    def kill_postmaster(self) -> None:
        """`kill -9` of PostgreSQL, which is started again and recovers."""
        if self.server is not None:
            self.server.kill()

    def workers(self) -> list[int]:
        """The web processes that take answers."""
        listed = Path(f"/proc/{self.running[0].pid}/task/{self.running[0].pid}/children")
        return [int(number) for number in listed.read_text().split()]

    @contextmanager
    def inside(self) -> Iterator[Flask]:
        """The application in this process, on the same database."""
        app = application(self.settings)
        with app.app_context():
            from app.extensions import db

            yield app
            db.session.remove()
            db.engine.dispose()
        for queue in app.extensions.pop("write_queues", {}).values():
            os.close(queue.file)  # else the disk that it lies on could not be unmounted

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.inside():
            from app.services import installation, surveys

            installation.upgrade()
            surveys.create(KEY, "Shop")
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()


def application(settings: Mapping[str, str]) -> Flask:
    """The application with these settings, in this process."""
    from app import create_app

    with patch.dict(os.environ, settings):
        return create_app()


@contextmanager
def installed(
    database: str, programs: Sequence[Sequence[str]] = (WEB, JOBS), data: Path | None = None, **settings: str
) -> Iterator[Place]:
    """A migrated database with one open survey; nothing runs yet. `data` is another folder for SQLite's files."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True)))
        server = stack.enter_context(postgresql()) if database == "PostgreSQL" else None
        url = {"DATABASE_URL": server.create("whyscore")} if server else {}
        where = {"DATA_DIR": str(data)} if data else {}
        place = Place(folder, programs, **url, **where, **settings)
        place.server = server
        yield stack.enter_context(place)


@contextmanager
def postgresql() -> Iterator[Server]:
    """A server that keeps what it acknowledges, and may be killed."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True))
        yield stack.enter_context(Server(Path(folder), is_durable=True))


def programs(jobs: int) -> Sequence[Sequence[str]]:
    """The web and so many job runners."""
    return (WEB, *[JOBS] * jobs)


def databases() -> Sequence[str]:
    """What can be tried here."""
    return DATABASES if BINARIES else DATABASES[:1]
