"""Our OpenAPI document, asked of a server by schemathesis with all its checks: `python -m tests.fuzz.document 60`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from faults.places import ROOT, WEB, Place, databases, installed

SETTINGS = Path(__file__).with_name("schemathesis.toml")
PROGRAM = (sys.executable, "-m", "schemathesis.cli", "--config-file", str(SETTINGS), "run")


def main(seconds: str, *more: str) -> int:
    """Ask for so long on each database; the status is 1 where a check failed."""
    return max(_asked(database, "--max-time", seconds, *more) for database in databases())


def _asked(database: str, *more: str) -> int:
    with installed(database, (WEB,)) as place:
        key = _demo(place)
        place.start()
        place.wait()
        command = [*PROGRAM, *more, f"{place.settings['BASE_URL']}/api/v1/openapi.json"]
        status = subprocess.run(command, cwd=ROOT, env={**os.environ, "WHYSCORE_KEY": key}, check=False).returncode
        sys.stdout.writelines(_faults(place.log.read_text()))
    return status


def _faults(log: str) -> Iterator[str]:
    """What the server wrote down where it could not answer."""
    return (line for line in log.splitlines(keepends=True) if '"trace"' in line)


def _demo(place: Place) -> str:
    """The survey of the demo; a key of all scopes."""
    place.flask("demo")
    with place.inside():
        from app.services import keys, surveys

        return keys.create(surveys.get("demo"), "schemathesis")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
