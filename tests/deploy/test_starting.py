"""The command lines of units, image and manifests, run in a copy that holds what the image holds."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from faults.places import postgresql
from tests.deploy.reading import DEPLOY, KUBERNETES, ROOT, exec_start, instructions, pods, unit
from tests.receivers import free_port

SERVICE = DEPLOY / "systemd" / "whyscore.service"
BACKUP = DEPLOY / "systemd" / "whyscore-backup.service"
PATIENCE = 90.0


@dataclass
class Image:
    """A folder with the files of the image, and the environment that a container of it is given."""

    folder: Path
    environment: dict[str, str]

    def command(self, words: Sequence[str]) -> list[str]:
        """The same, by the Python of the tests."""
        assert Path(words[0]).name in {"flask", "gunicorn"}
        return [sys.executable, "-m", Path(words[0]).name, *words[1:]]

    def run(self, words: Sequence[str], **more: str) -> subprocess.CompletedProcess[str]:
        """Run to its end."""
        given = self.environment | more
        return subprocess.run(self.command(words), cwd=self.folder, env=given, capture_output=True, text=True)

    @contextmanager
    def running(self, *programs: Sequence[str]) -> Iterator[list[subprocess.Popen[bytes]]]:
        """Run in the background; whoever still runs in the end is asked to stop."""
        with (self.folder.parent / "log").open("ab") as log:
            started = [
                subprocess.Popen(self.command(words), cwd=self.folder, env=self.environment, stdout=log, stderr=log)
                for words in programs
            ]
        try:
            yield started
        finally:
            for one in started:
                one.send_signal(signal.SIGTERM)
            for one in started:
                one.wait(PATIENCE)

    def status(self, path: str) -> int:
        """What is answered under the trusted host, 0 when nobody answers."""
        asked = urllib.request.Request(f"http://{self.environment['BIND']}{path}", headers={"Host": "nps.example"})
        try:
            with urllib.request.urlopen(asked, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def wait(self, path: str = "/readyz") -> None:
        """Until it is ready, or answers at all."""
        until = time.monotonic() + PATIENCE
        while self.status(path) != 200:
            assert time.monotonic() < until, (self.folder.parent / "log").read_text()[-2000:]
            time.sleep(0.2)


@pytest.fixture(params=["sqlite", "postgresql"])
def image(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Image]:
    """What the Dockerfile copies, and nothing else of the checkout."""
    folder = tmp_path / "image"
    for name, rest in instructions(DEPLOY / "Dockerfile"):
        for word in rest.split()[:-1] if name == "COPY" else ():
            source, target = ROOT / word, folder / word
            target.parent.mkdir(parents=True, exist_ok=True)
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, target, ignore=ignored) if source.is_dir() else shutil.copy(source, target)
    (tmp_path / "data").mkdir()  # the volume
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    settings = {
        "SECRET_KEY": os.environ["SECRET_KEY"],
        "BASE_URL": "https://nps.example",
        "TRUSTED_HOSTS": "nps.example",
        "PROXY_COUNT": "1",
        "BIND": f"127.0.0.1:{free_port()}",
        "DATA_DIR": str(tmp_path / "data"),
        "BACKUP_DIR": str(tmp_path / "backups"),
        "DATABASE_URL": "",
        "WEB_CONCURRENCY": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with ExitStack() as stack:
        if request.param == "postgresql":  # one that keeps what it acknowledges, else nothing starts
            settings["DATABASE_URL"] = stack.enter_context(postgresql()).create("whyscore")
        yield Image(folder, kept | settings)


def words(file: Path) -> list[str]:
    (line,) = exec_start(file)
    return shlex.split(line)


def migrate(image: Image) -> None:
    done = image.run(["flask", "--app", "wsgi", "db", "upgrade"])
    assert done.returncode == 0, done.stderr


def test_the_service_runs_is_healthy_is_backed_up_and_stops_in_its_time(image: Image) -> None:
    migrate(image)
    before = {file for file in image.folder.rglob("*") if file.is_file()}

    with image.running(words(SERVICE)) as (process,):
        image.wait()
        check = [sys.executable, str(image.folder / "deploy" / "healthcheck.py")]
        assert subprocess.run(check, env=image.environment, capture_output=True).returncode == 0
        done = image.run(words(BACKUP))
        assert done.returncode == 0, done.stderr
        assert "is a whole copy" in done.stdout
        process.send_signal(signal.SIGTERM)
        assert process.wait(int(unit(SERVICE)["Service"]["TimeoutStopSec"][0])) == 0

    assert len(list(Path(image.environment["BACKUP_DIR"]).iterdir())) == 1
    assert {file for file in image.folder.rglob("*") if file.is_file()} == before  # so its root may be read-only
    assert subprocess.run(check, env=image.environment, capture_output=True).returncode != 0


@pytest.mark.parametrize("image", ["postgresql"], indirect=True)
def test_web_and_jobs_run_apart(image: Image) -> None:
    by_name = {name: pod["spec"]["containers"][0]["args"] for name, pod in pods(KUBERNETES / "postgresql.yaml")}
    migrate(image)

    with image.running(by_name["whyscore"]):
        image.wait("/healthz")
        assert image.status("/readyz") == 503  # the jobs are still away
        with image.running(by_name["whyscore-jobs"]):
            image.wait()
        assert image.status("/healthz") == 200


@pytest.mark.parametrize("image", ["sqlite"], indirect=True)
def test_jobs_do_not_start_before_the_migration(image: Image) -> None:
    done = image.run(["flask", "--app", "wsgi", "jobs"])

    assert done.returncode == 1
    assert "db upgrade" in done.stderr
    with suppress(FileNotFoundError):
        assert not (Path(image.environment["DATA_DIR"]) / "jobs.db").exists()
