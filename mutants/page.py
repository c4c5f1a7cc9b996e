"""docs/mutants.md: how many mutants the tests kill, and each one that they do not, with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib.metadata import version

import pysqlite3

from bench import table
from bench.machine import machine
from mutants.modules import ROOT
from mutants.survivors import reasons
from mutants.trials import Trial

PAGE = ROOT / "docs" / "mutants.md"
PLACE = re.compile(r"(?<=<!-- found -->\n).*(?=<!-- end -->)", re.DOTALL)
HEAD = ("group", "module", "mutants", "killed", "survived", "timed out", "not tried", "noticed")
SURVIVORS = ("line", "in", "change", "why it survives")
TARGET = 0.9  # of each group
PACKAGES = ("pytest", "hypothesis", "flask", "sqlalchemy")


def write(found: Sequence[Trial]) -> None:
    """Put what was found into the page; the words around it stay."""
    PAGE.write_text(PLACE.sub(lambda _: "\n".join([*lines(found), ""]), PAGE.read_text()))


def lines(found: Sequence[Trial]) -> Iterator[str]:
    """The generated part of the page."""
    new = sum(trial.is_new and trial.verdict != "not tried" for trial in found)
    yield f"Run on {machine()}"
    yield f"with SQLite {pysqlite3.sqlite_version}, {', '.join(f'{name} {version(name)}' for name in PACKAGES)}."
    yield f"{new} of {len(found)} mutants were tried in this run, the others earlier with the same module and tests."
    yield ""
    yield from table_lines(found)
    yield ""
    yield from survivor_lines(found)


def table_lines(found: Sequence[Trial]) -> Iterator[str]:
    """A line for each module, and one for each group."""
    rows = []
    for group in dict.fromkeys(trial.group for trial in found):
        own = [trial for trial in found if trial.group == group]
        for path in dict.fromkeys(trial.module.path for trial in own):
            rows.append([group, f"`{path}`", *_numbers([trial for trial in own if trial.module.path == path])])
        rows.append([f"**{group}**", "", *_numbers(own)])
    yield from table.lines(HEAD, [*rows, ["**all**", "", *_numbers(found)]])


def survivor_lines(found: Sequence[Trial]) -> Iterator[str]:
    """Each mutant that no test noticed, module by module."""
    left = [trial for trial in found if trial.verdict == "survived"]
    for path in dict.fromkeys(trial.module.path for trial in left):
        yield f"### `{path}`"
        yield ""
        yield from table.lines(SURVIVORS, [_cells(trial) for trial in left if trial.module.path == path])
        yield ""


def share(found: Sequence[Trial]) -> float:
    """How many of those tried were noticed: killed, or so slow that nobody would take it for well."""
    verdicts = [trial.verdict for trial in found if trial.verdict != "not tried"]
    return sum(verdict != "survived" for verdict in verdicts) / max(1, len(verdicts))


def is_met(found: Sequence[Trial]) -> bool:
    """Whether each group reaches its target and each survivor is explained."""
    groups = {trial.group for trial in found}
    is_whole = not any(trial.verdict == "not tried" for trial in found)
    is_explained = all(why(trial) for trial in found if trial.verdict == "survived")
    return (
        is_whole
        and is_explained
        and all(share([one for one in found if one.group == group]) >= TARGET for group in groups)
    )


def why(trial: Trial) -> str | None:
    """The reason, None if nobody gave one."""
    return reasons().get((trial.module.path, trial.mutant.place, trial.mutant.change))


def _numbers(found: Sequence[Trial]) -> list[str]:
    verdicts: list[str] = [trial.verdict for trial in found]
    counts = [str(verdicts.count(verdict)) for verdict in HEAD[3:7]]
    return [str(len(found)), *counts, f"{100 * share(found):.1f} %"]


def _cells(trial: Trial) -> list[str]:
    change = trial.mutant.change.replace("|", "\\|").replace("`", "'")
    return [str(trial.mutant.line), f"`{trial.mutant.place}`", f"`{change}`", why(trial) or "**not explained**"]
