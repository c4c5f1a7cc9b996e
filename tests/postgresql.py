"""Starts a throw-away PostgreSQL. It refuses to run as root, so root hands it to the `postgres` account."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Self

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


class Server:
    """A cluster in `folder`, listening on a socket there only; fast rather than durable."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = BINARIES[0] if BINARIES else Path(shutil.which("postgres") or "/nonexistent").parent
        self.account = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []

    def __enter__(self) -> Self:
        if self.account:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run("initdb", "-D", self.data, "-U", "whyscore", "-A", "trust", "-E", "UTF8", "--locale=C")
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c fsync=off"
        self._run("pg_ctl", "-D", self.data, "-w", "-l", str(self.folder / "log"), "-o", options, "start")
        return self

    def __exit__(self, *_error: object) -> None:
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    def create(self, name: str) -> str:
        """A new, empty database; returns its address."""
        self._run("createdb", "-h", str(self.folder), "-U", "whyscore", name)
        return f"postgresql+psycopg://whyscore@/{name}?host={self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self.account, str(self.bin / program), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr or done.stdout}")
