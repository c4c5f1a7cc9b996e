"""docs/evidence.md: what the campaign found, with machine, versions and day."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import version

import pysqlite3

from bench import table
from bench.machine import machine
from faults.places import ROOT
from faults.rows import HEAD, Row
from faults.sizes import Sizes
from tests.postgresql import BINARIES

PAGE = ROOT / "docs" / "evidence.md"
BROWSERS = ROOT / "docs" / "browsers.md"
PLACE = re.compile(r"(?<=<!-- found -->\n).*(?=<!-- end -->)", re.DOTALL)
PACKAGES = ("flask", "sqlalchemy", "gunicorn", "psycopg", "huey")


def write(rows: Sequence[Row], sizes: Sizes, names: Sequence[str]) -> None:
    """Put what was found into the page; the words around it stay."""
    PAGE.write_text(PLACE.sub(lambda _: "\n".join([*lines(rows, sizes, names), ""]), PAGE.read_text()))


def lines(rows: Sequence[Row], sizes: Sizes, names: Sequence[str]) -> Iterator[str]:
    """The generated part of the page."""
    yield f"Run on {machine()}"
    yield f"with {', '.join(versions())}."
    yield ""
    met = sum(row.is_met is True for row in rows)
    tried = sum(row.is_met is not None for row in rows)
    yield f"{met} of {tried} targets were met; {len(rows) - tried} could not be tried. Faults: {', '.join(names)}."
    changed = [f"{name}={value}" for name, value in asdict(sizes).items() if value != getattr(Sizes(), name)]
    yield f"Sizes other than those of `make faults`: {', '.join(changed) or 'none'}."
    yield ""
    yield from table.lines(HEAD, [list(row.cells()) for row in rows])
    yield from ("", browsers())


def versions() -> Iterator[str]:
    """What was run."""
    yield f"SQLite {pysqlite3.sqlite_version}"
    yield from (f"{name} {version(name)}" for name in PACKAGES)
    if BINARIES:
        done = subprocess.run([BINARIES[0] / "postgres", "--version"], capture_output=True, text=True, check=True)
        yield f"PostgreSQL {re.findall(r'[0-9.]+', done.stdout)[0]}"


def browsers() -> str:
    """F12 is a table of its own; this is what it says as a line."""
    cells = re.findall(r"\| (yes|refused|\*\*no\*\*|–) (?=\|)", BROWSERS.read_text())
    bad = cells.count("**no**")
    return (
        f"F12, the widget in three engines and nine kinds of host page, is [browsers.md](browsers.md): {len(cells)} "
        f"cells, {cells.count('yes')} answers stored and thanked for, {cells.count('refused')} refused where the "
        f"survey does not name the site, {bad} failed, {cells.count('–')} not tried."
    )
