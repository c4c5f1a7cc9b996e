"""The hostile catalogue as data, read from `cases.txt`, and the page that is made of it.

In that file a case is its number and what is done to us; below it stand the tests that decide what comes of it, as
`folder/file::test` without the `test_` and `.py` of the file, and after `not here:` what is not tried, and why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE = Path(__file__).with_name("cases.txt")
PAGE = ROOT / "docs" / "hostile.md"
HEAD = """# Hostile cases

What is done to Whyscore on purpose, and the tests that decide what comes of it. For every case: no fault of ours (5xx)
for what a client sends, nothing stored by mistake, no words lost, and the headers of the kind of page. Tests that ask
for the application run on SQLite and on PostgreSQL; those under `journeys` and in `test_wire.py` speak to a gunicorn.

Made by `make hostile` from `tests/hostile/cases.txt`; a test fails when a case names none, or one that is not there.
"""


@dataclass
class Case:
    """One case: its number, what is done, the tests as file and function, and what of it is not tried here."""

    id: str
    what: str
    part: str
    tests: list[tuple[str, str]] = field(default_factory=list)
    not_here: str = ""


def read() -> Iterator[Case]:
    """All cases in the order of the file."""
    part, case = "", None
    for line in FILE.read_text().splitlines():
        if line.startswith("# "):
            part = line.removeprefix("# ")
        elif found := re.fullmatch(r"(H\d+) (.+)", line):
            if case:
                yield case
            case = Case(*found.groups(), part)
        elif line and case:
            _add(case, line.strip())
    if case:
        yield case


def _add(case: Case, line: str) -> None:
    if line.startswith("not here: "):
        case.not_here = line.removeprefix("not here: ")
        return
    where, _, name = line.partition("::")
    folder, _, file = where.rpartition("/")
    case.tests.append(("/".join(filter(None, ("tests", folder, f"test_{file}.py"))), name))


CASES: Mapping[str, Case] = {case.id: case for case in read()}


def page() -> str:
    """docs/hostile.md."""
    lines = [HEAD]
    for part in dict.fromkeys(case.part for case in CASES.values()):
        lines += [f"## {part}", "", "| case | what | decided by | not tried here |", "|---|---|---|---|"]
        lines += [_row(case) for case in CASES.values() if case.part == part] + [""]
    return "\n".join(lines)


def _row(case: Case) -> str:
    words = [(name.removeprefix("test_").replace("_", " "), file) for file, name in case.tests]
    tests = "; ".join(f"[{name}](../{file})" for name, file in words)
    return f"| {case.id} | {case.what} | {tests} | {case.not_here} |"


if __name__ == "__main__":
    PAGE.write_text(page())
