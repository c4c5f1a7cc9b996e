"""Which tests run which lines of a module, found out once by watching them, so that a mutant meets only those."""

from __future__ import annotations

import ast
import json
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import Any

import pytest

from mutants.sources import Mutant

LINE = "line"


@dataclass(slots=True)
class Watched:
    """What one test ran of the module, and how long it took."""

    lines: list[int]
    seconds: float


@dataclass
class Watcher:
    """A plugin of pytest that writes down, test by test, which lines of a file ran."""

    file: str
    into: Path
    tests: dict[str, dict[str, Any]] = field(default_factory=dict)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[Any]:
        """Watch one test from its set-up to its end, in all its threads."""
        lines, began = set[int](), monotonic()

        def trace(frame: FrameType, event: str, _: Any) -> Any:
            if frame.f_code.co_filename != self.file:
                return None
            lines.add(frame.f_lineno)
            return trace

        threading.settrace(trace)
        sys.settrace(trace)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)
            self.tests[item.nodeid] = {"lines": sorted(lines), "seconds": monotonic() - began}

    def pytest_sessionfinish(self) -> None:
        """Hand over what was seen."""
        self.into.write_text(json.dumps(self.tests))


def read(file: Path) -> dict[str, Watched]:
    """What a watcher wrote."""
    return {test: Watched(**seen) for test, seen in json.loads(file.read_text()).items()}


def tests_of(mutant: Mutant, source: str, watched: Mapping[str, Watched]) -> Sequence[str]:
    """The tests that could notice this mutant: those that run its line first, then the rest of its function.

    What is decided before any test runs, and what is remembered from test to test, all of them could notice.
    """
    lines = _lines(ast.parse(source), mutant.place)
    near = {test: seen for test, seen in watched.items() if lines & set(seen.lines)}
    found = near if lines and near else watched
    return sorted(found, key=lambda test: (mutant.line not in found[test].lines, found[test].seconds))


def _lines(tree: ast.Module, place: str) -> set[int]:
    """The lines of a function, or of all functions that use a constant; none if it is used elsewhere, too."""
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    name = place.rpartition(".")[2]
    if name in functions:
        return set() if _is_remembered(functions[name]) else _span(functions[name])
    users = [function for function in functions.values() if _uses(function, place)]
    if any(_uses(node, place) for node in tree.body if not isinstance(node, ast.FunctionDef)):
        return set()
    return {line for function in users for line in _span(function)}


def _span(node: ast.FunctionDef) -> set[int]:
    return set(range(node.body[0].lineno, (node.end_lineno or node.lineno) + 1))


def _uses(node: ast.AST, name: str) -> bool:
    loads = (one for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load))
    return any(one.id == name for one in loads)


def _is_remembered(node: ast.FunctionDef) -> bool:
    return any("cache" in ast.unparse(decorator) for decorator in node.decorator_list)
