"""What became of mutants earlier, so that an interrupted campaign goes on and a new test is tried where it matters.

A mutant stays killed as long as the file of the test that killed it says the same, and stays a survivor as long as all
files of its tests do. Whoever changes anything else on which they depend removes var/mutants.jsonl.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from mutants.modules import ROOT, Module
from mutants.sources import Mutant

FILE = ROOT / "var" / "mutants.jsonl"
KILLER = re.compile(r"^(?:FAILED|ERROR) (tests/[\w/]+\.py)", re.MULTILINE)
Verdict = Literal["killed", "survived", "timed out", "not tried"]


@dataclass(slots=True)
class Memory:
    """Verdicts by mutant, with the files they depend on and what was in them."""

    file: Path = FILE
    lines: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read what earlier campaigns wrote; the last word on a mutant counts."""
        written = self.file.read_text().splitlines() if self.file.is_file() else []
        self.lines = {line["mutant"]: line for line in map(json.loads, written)}

    def look(self, tests: Iterable[str]) -> None:
        """Read files of tests as they are before they are copied: who edits one meanwhile has it tried again."""
        for test in tests:
            _text(test)

    def verdict(self, module: Module, mutant: Mutant) -> Verdict | None:
        """What is known of a mutant, None when it has to be tried."""
        line = self.lines.get(_key(module, mutant))
        if line is None or not set(line["tests"]) <= set(module.tests):
            return None
        is_whole = line["verdict"] == "killed" or line["tests"] == list(module.tests)
        verdict: Verdict = line["verdict"]
        return verdict if is_whole and line["said"] == _said(line["tests"]) else None

    def put(self, module: Module, mutant: Mutant, verdict: Verdict, printed: str) -> None:
        """Remember a verdict; of a killed one, the file that killed it is found in what its tests printed."""
        killers = [file for file in KILLER.findall(printed) if file in module.tests]
        tests = killers[:1] if verdict == "killed" and killers else list(module.tests)
        key = _key(module, mutant)
        line = {"mutant": key, "verdict": verdict, "tests": tests, "said": _said(tests)}
        self.lines[key] = line
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a") as lines:
            lines.write(json.dumps(line) + "\n")


def _key(module: Module, mutant: Mutant) -> str:
    return hashlib.sha256(f"{module.path}\0{mutant.source}".encode()).hexdigest()


def _said(tests: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(map(_text, tests)).encode()).hexdigest()


@cache
def _text(test: str) -> str:
    return (ROOT / test).read_text()
