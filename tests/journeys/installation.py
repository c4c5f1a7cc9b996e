"""A whole installation as an operator starts it: web and jobs, the demo survey, one process group."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Self

import pytest

from app import create_app
from app.extensions import db
from tests.journeys.site import ROOT, free_port

PATIENCE = 90.0


class Installation:
    """`up` on enter, Ctrl-C on exit; what was printed is in `log`."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / "up.log"
        self.environment = {
            **os.environ,
            "SECRET_KEY": secrets.token_urlsafe(48),
            "BASE_URL": self.url,
            "BIND": f"127.0.0.1:{port}",
            "TRUSTED_HOSTS": "127.0.0.1",
            "DATA_DIR": str(folder / "data"),
            "DATABASE_URL": "",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }

    def flask(self, *words: str) -> str:
        """Run a command and return what it printed; in this process, since another one takes seconds to start."""
        with pytest.MonkeyPatch.context() as patched:
            for name, value in self.environment.items():
                patched.setenv(name, value)
            app = create_app()
        done = app.test_cli_runner().invoke(args=words)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        if done.exit_code:
            raise RuntimeError(f"{' '.join(words)} failed: {done.output}")
        return done.stdout

    def __enter__(self) -> Self:
        self.flask("db", "upgrade")
        with self.log.open("wb") as log:
            command = [sys.executable, "-m", "flask", "--app", "wsgi", "up"]
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.wait_until_ready()
        return self

    def __exit__(self, *_error: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(PATIENCE)

    def wait_until_ready(self) -> None:
        """Until web answers and jobs has a heartbeat."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self.readiness() == 200:
                return
            time.sleep(0.2)
        raise RuntimeError(f"not ready after {PATIENCE:.0f} s:\n{self.log.read_text()}")

    def readiness(self) -> int:
        """The status of /readyz, 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def children(self) -> dict[str, int]:
        """The programs of the group and their process ids."""
        found = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                number, parent = int(stat.parent.name), int(stat.read_text().rpartition(")")[2].split()[1])
                if parent == self.process.pid:
                    words = (stat.parent / "cmdline").read_bytes().decode().split("\0")
                    found["web" if "gunicorn" in words else "jobs"] = number
        return found

    def get_json(self, path: str, key: str) -> Any:
        """What the API answers."""
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {key}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
