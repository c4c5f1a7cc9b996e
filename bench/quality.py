"""Quality against people's labels, beside other methods: `python -m bench.quality [FOLDER]`.

Measured are the project's own corpus and every CSV in FOLDER with a comment and a column `aspects`, `spans` or
`label`. The tables are printed and put into docs/quality.md, where a file that is not measured now keeps its table.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.analysis.evaluation import Quality, measure
from app.analysis.labels import Labelled, labelled
from app.analysis.pipeline import METHOD
from app.analysis.text.clean import normalise
from app.reports.evaluations import Evaluation, measures, shown
from app.services import quality
from bench import table
from bench.baselines import METHODS, Given, NotInstalledError, timed
from bench.machine import machine

PAGE = Path(__file__).resolve().parent.parent / "docs" / "quality.md"
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
LABELS = {"aspects", "spans", "label"}
OWN = "The project's own corpus"
COLUMNS = ["F1", "mF1", "NMI", "rho", "lost", "leak", "lang", "lang by chance", "pain points"]


def main(folder: Path | None) -> None:
    """Measure one after the other, and write after each: a run that is broken off leaves what it has."""
    for file in [None, *_labelled_files(folder)]:
        name = file.stem if file else OWN
        section = "\n".join(_section(file))
        print(f"\n### {name}\n\n{section}", flush=True)
        PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), name, section), encoding="utf-8")


def _labelled_files(folder: Path | None) -> Iterator[Path]:
    for path in sorted(folder.glob("*.csv")) if folder else ():
        with path.open(encoding="utf-8", newline="") as file:
            columns = set(csv.DictReader(file).fieldnames or ())
        if "comment" in columns and columns & LABELS:
            yield path


def _section(file: Path | None) -> Iterator[str]:
    ours = quality.evaluate(file)
    found = ours.quality
    yield f"{machine()} · method {METHOD}\n"
    yield f"{found.comments:,} complaint comments that count, in {found.categories} categories.\n"
    yield from table.lines(["method", *COLUMNS, "seconds"], [_row("Whyscore", found, ours.seconds), *_others(file)])
    yield from _further(ours)
    yield from _confidence(ours)


def _others(file: Path | None) -> Iterator[list[str]]:
    """A row for each other method: the better of its tries."""
    rows = list(quality.read_rows([file] if file else quality.own_files()))
    said = [labelled(row, file.name if file else "") for row in rows]
    complains = [number for number, one in enumerate(said) if one.complaints]
    given = Given([normalise(rows[number]["comment"]) or "" for number in complains])
    for name, (_, sizes) in METHODS.items():
        try:
            tries = [_try(name, size, given, said, complains) for size in sizes]
        except NotInstalledError:
            yield [name.partition(",")[0], "not installed", *[""] * len(COLUMNS)]
            continue
        size, found, seconds = max(tries, key=lambda one: one[1].f1 or 0)
        yield _row(name.format(size), found, seconds, praise=False)


def _try(
    name: str, size: int, given: Given, said: Sequence[Labelled], complains: Sequence[int]
) -> tuple[int, Quality, float]:
    groups, seconds = timed(METHODS[name][0], given, size)
    answers: list[list[str]] = [[] for _ in said]
    for number, group in zip(complains, groups, strict=True):
        answers[number] = group
    return size, measure(said, answers), seconds


def _row(name: str, found: Quality, seconds: float, *, praise: bool = True) -> list[str]:
    """Methods that were given no praise cannot leak."""
    cells = {column: shown(value) for column, value in measures(found).items()}
    if not praise:
        cells["leak"] = "–"
    return [name, *(cells[column] for column in COLUMNS), f"{seconds:.1f}"]


def _further(ours: Evaluation) -> Iterator[str]:
    yield "\nWhyscore when comments are added, and on the parallel sentences with what it learned here:\n"
    shares = [shown(share) for share in ours.probes.values()]
    head = ["stability", "steadiness", *(f"probe {language}" for language in ours.probes), "peak memory MB"]
    yield from table.lines(head, [[shown(ours.stability), shown(ours.steadiness), *shares, str(ours.megabytes)]])


def _confidence(ours: Evaluation) -> Iterator[str]:
    if ours.bins:
        yield "\nConfidence, and how often it is right:\n"
        head = ["confidence", "mentions", "mean confidence", "right"]
        cells = ([one.mentions, shown(one.confidence), shown(one.right)] for one in ours.bins)
        steps = [f"{one.low:.1f} to {one.high:.1f}" for one in ours.bins]
        yield from table.lines(head, [[step, *rest] for step, rest in zip(steps, cells, strict=True)])


def replaced(page: str, name: str, section: str) -> str:
    """The page with the section of this name new, or last if it is the first time."""
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        raise ValueError(f"{PAGE.name} needs one {BEGIN} and one {END} after it: what lies between is replaced")
    before, _, rest = page.partition(BEGIN)
    measured, _, after = rest.partition(END)
    sections = dict(re.findall(r"^### ([^\n]+)\n+(.*?)\n*(?=^### |\Z)", measured, re.MULTILINE | re.DOTALL))
    sections[name] = section
    body = "\n\n".join(f"### {title}\n\n{text}" for title, text in sections.items())
    return f"{before}{BEGIN}\n{body}\n{END}{after}"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
