"""A gunicorn of its own on a free port, as in production but without limits, for as long as it is needed."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

ROOT = Path(__file__).resolve().parent.parent


def settings(folder: Path) -> dict[str, str]:
    """An environment with a database in `folder`."""
    return {
        **os.environ,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "TRUSTED_HOSTS": "127.0.0.1,localhost",
        "DATA_DIR": str(folder),
        "DATABASE_URL": "",
        "RATE_LIMITS": "false",
        "LEAST_SECONDS": "0",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def flask(environment: Mapping[str, str], *words: str) -> str:
    """Run a command of ours."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout


def application(environment: Mapping[str, str]) -> Flask:
    """The application with these settings, in this process."""
    from app import create_app

    os.environ.update(environment)
    return create_app()


@contextmanager
def gunicorn(
    app: str,
    environment: Mapping[str, str],
    options: Sequence[str] = (),
    python: str | Path = sys.executable,
    healthy: str = "/healthz",
) -> Iterator[int]:
    """The port of a running server, once the page `healthy` answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(python), "-m", "gunicorn", app, "--access-logfile", "/dev/null", "--log-level", "error"]
    command += ["--bind", f"127.0.0.1:{port}", *options]
    process = subprocess.Popen(command, cwd=ROOT, env=dict(environment))
    try:
        _wait(port, healthy, process)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int, healthy: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{healthy}", timeout=1)
        except OSError:
            if process.poll() is not None:
                raise RuntimeError("the server did not start") from None
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not answer in 20 seconds")
