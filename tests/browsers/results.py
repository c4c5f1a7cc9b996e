"""What was found, written into docs/browsers.md as a table; what could not be tried stands there with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from tests.browsers.engines import ENGINES, HABITS, Engine
from tests.journeys.site import ROOT

PAGE = ROOT / "docs" / "browsers.md"
PLACE = re.compile(r"(?<=<!-- found -->\n).*(?=<!-- end -->)", re.DOTALL)
SHORT = {
    "scripts on": "scripts on",
    "scripts off": "scripts off",
    "third-party storage blocked": "no third-party storage",
}

_cells: dict[tuple[str, str, str], str] = {}
_versions: dict[str, str] = {}
_skipped: dict[tuple[str, str], str] = {}


def runs(engine: str, version: str) -> None:
    """Note that an engine was started."""
    _versions[engine] = version


def skipped(engine: str, habit: str, reason: str) -> None:
    """Note that an engine could not be started, and why."""
    _skipped[engine, habit] = reason


@contextmanager
def cell(engine: Engine, embedding: str, good: str = "yes") -> Iterator[None]:
    """Note how one cell ends."""
    place = (type(engine).__name__, engine.habit, embedding)
    _cells[place] = "**no**"
    yield
    _cells[place] = good


def write() -> None:
    """Put the table into the page. Without a result nothing is changed."""
    if _cells:
        text = PLACE.sub(lambda _: "\n".join([*_table(), "", *_remarks(), ""]), PAGE.read_text())
        PAGE.write_text(text)


def _table() -> Iterator[str]:
    columns = [(name, habit) for name in ENGINES for habit in HABITS]
    rows = list(dict.fromkeys(embedding for _, _, embedding in _cells))
    yield "| | " + " | ".join(f"{name}, {SHORT[habit]}" for name, habit in columns) + " |"
    yield "| --- " * (len(columns) + 1) + "|"
    for row in rows:
        yield f"| {row} | " + " | ".join(_cells.get((*column, row), "–") for column in columns) + " |"


def _remarks() -> Iterator[str]:
    yield "Run with " + ", ".join(_versions.values()) + "."
    for (name, habit), reason in _skipped.items():
        yield f"Not tried: {name}, {SHORT[habit]}: {reason}."
