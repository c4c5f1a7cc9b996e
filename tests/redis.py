"""Starts a throw-away Redis, on a socket in a temporary folder."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path
from typing import Self

BINARY = shutil.which("redis-server")
PATIENCE = 10.0  # seconds to come up


class Redis:
    """A server in `folder` that nobody reaches over the network and that keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self.url = f"unix://{self.socket}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it can be reached."""
        options = ("--port", "0", "--unixsocket", str(self.socket), "--save", "", "--appendonly", "no")
        self.process = subprocess.Popen(
            [BINARY or "redis-server", *options], cwd=self.socket.parent, stdout=subprocess.DEVNULL
        )
        until = time.monotonic() + PATIENCE
        while not self.socket.exists():
            if time.monotonic() > until:
                raise RuntimeError(f"Redis did not come up in {PATIENCE:.0f} s")
            time.sleep(0.02)

    def stop(self) -> None:
        """`kill -9`: whatever it held is lost."""
        self.process.kill()
        self.process.wait()
        self.socket.unlink(missing_ok=True)
