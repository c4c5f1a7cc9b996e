"""A Whyscore of its own: real gunicorn, a database in a temporary folder, settings from the environment."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import flask_migrate
from flask import Flask

from app import create_app
from app.extensions import db

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0  # seconds to come up on a busy machine


class Site:
    """Starts on enter, serves at `url`, stops on exit. `inside()` is the same database seen from the test."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "gunicorn.log"
        self.settings = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "BASE_URL": self.url,
            "TRUSTED_HOSTS": "127.0.0.1,localhost",
            "DATA_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder / 'whyscore.db'}",
            "RATE_LIMITS": "false",
            "LEAST_SECONDS": "0",
        } | settings

    def __enter__(self) -> Self:
        with self.inside():
            flask_migrate.upgrade(str(ROOT / "migrations"))
        options = ["-k", "gthread", "-w", "1", "--threads", "8", "--no-control-socket", "-b", f"127.0.0.1:{self.port}"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "wsgi:app", *options],
                cwd=ROOT,
                env=os.environ | self.settings,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait()
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)

    @contextlib.contextmanager
    def inside(self) -> Iterator[Flask]:
        """The application in this process, on the same database."""
        given = {name: self.settings[name] for name in ("SECRET_KEY", "BASE_URL", "DATABASE_URL")}
        app = create_app({**given, "DATA_DIR": Path(self.settings["DATA_DIR"])})
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.1)
        raise RuntimeError(f"gunicorn did not start:\n{self.log.read_text()}")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
