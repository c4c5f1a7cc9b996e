"""Starts a throw-away PostgreSQL. It refuses to run as root, so root hands it to the `postgres` account."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Self

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


PATIENCE = 60.0  # seconds for what is left of a killed server to go


class Server:
    """A cluster in `folder`, listening on a socket there only; fast rather than durable unless it is to be killed."""

    def __init__(self, folder: Path, *, is_durable: bool = False) -> None:
        self.folder = folder
        self.durability = "" if is_durable else "-c fsync=off"
        self.bin = BINARIES[0] if BINARIES else Path(shutil.which("postgres") or "/nonexistent").parent
        self.account = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []

    def __enter__(self) -> Self:
        if self.account:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run("initdb", "-D", self.data, "-U", "whyscore", "-A", "trust", "-E", "UTF8", "--locale=C")
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' {self.durability}"
        self._run("pg_ctl", "-D", self.data, "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop it as it stands, without waiting for anybody."""
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")

    def kill(self) -> None:
        """End the postmaster as a crash does, start it again, and let it recover."""
        os.kill(int((self.folder / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        until = time.monotonic() + PATIENCE
        while True:  # until its last backend has left the shared memory, no other may start
            try:
                return self.start()
            except RuntimeError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    def create(self, name: str) -> str:
        """A new, empty database; returns its address."""
        self._run("createdb", "-h", str(self.folder), "-U", "whyscore", name)
        return f"postgresql+psycopg://whyscore@/{name}?host={self.folder}"

    def copy(self, source: str, target: str) -> None:
        """Replace a database by a copy of another one that nobody uses."""
        where = ("-h", str(self.folder), "-U", "whyscore")
        self._run("dropdb", *where, "--force", "--if-exists", target)
        self._run("createdb", *where, "-T", source, target)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self.account, str(self.bin / program), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr or done.stdout}")
