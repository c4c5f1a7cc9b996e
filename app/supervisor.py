"""Web and jobs as one process group: started together, stopped together, and put up again when one falls."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from types import FrameType

log = logging.getLogger("whyscore.supervisor")

GRACE = 35.0  # seconds, a little more than gunicorn gives its own workers
PAUSE = 1.0  # before a program that fell is started again
HOPELESS = 5  # falls within a minute


class Program:
    """One program of the group."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self.command = list(command)
        self.environment = {**os.environ, **environment}
        self.falls: list[float] = []
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, in our process group so that the terminal reaches it as well."""
        self.process = subprocess.Popen(self.command, env=self.environment)  # noqa: S603 - our own commands

    def has_fallen(self) -> bool:
        """Whether it ended by itself."""
        return self.process is not None and self.process.poll() is not None

    def is_hopeless(self) -> bool:
        """Whether it falls again and again."""
        self.falls = [*(at for at in self.falls if time.monotonic() - at < 60), time.monotonic()]
        return len(self.falls) >= HOPELESS

    def ask_to_stop(self) -> None:
        """Let it finish what it does."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def wait(self, until: float) -> None:
        """Wait for its end; past `until` it is killed."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Group:
    """The programs that make up an installation on one machine."""

    def __init__(self, programs: Sequence[Program]) -> None:
        self.programs = programs
        self.is_over = False

    def run(self) -> int:
        """Run until SIGINT or SIGTERM, or until a program falls too often; the exit status."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._end)
        for program in self.programs:
            program.start()
        status = self._watch()
        self._stop()
        return status

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self.is_over = True

    def _watch(self) -> int:
        while not self.is_over:
            for program in self.programs:
                if program.has_fallen() and not self._restart(program):
                    return 1
            time.sleep(0.2)
        return 0

    def _restart(self, program: Program) -> bool:
        """Start it again unless it is hopeless or we are stopping anyway."""
        if self.is_over:
            return True
        log.error("%s ended with status %s", program.name, program.process and program.process.returncode)
        if program.is_hopeless():
            return False
        time.sleep(PAUSE)
        program.start()
        return True

    def _stop(self) -> None:
        until = time.monotonic() + GRACE
        for program in self.programs:
            program.ask_to_stop()
        for program in self.programs:
            program.wait(until)


def installation(host_page: Sequence[str] | None = None) -> Group:
    """Web and jobs of this checkout and, for the demo, a host page on another origin."""
    quiet = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    programs = [
        Program("web", [sys.executable, "-m", "gunicorn", "wsgi:app"], quiet),
        Program("jobs", [sys.executable, "-m", "flask", "--app", "wsgi", "jobs"], quiet),
    ]
    if host_page:
        programs.append(Program("host page", host_page, {}))
    return Group(programs)
