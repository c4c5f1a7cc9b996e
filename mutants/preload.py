"""What of the application does not depend on a module: it is imported once for all mutants of that module."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

PACKAGE = "app"
AT_START = ("app.jobs", "app.cli", "app.processor", "app.supervisor", "app.sender")  # programs, not parts


def load(tree: Path, path: str) -> None:
    """Import from a tree what does not depend on this module, and forget what was imported for another one."""
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]
    for name in independent(tree, path):
        with suppress(Exception):  # its own tests will say so
            importlib.import_module(name)


def independent(tree: Path, path: str) -> list[str]:
    """The modules that import this one neither themselves nor through others, as long as no function is called."""
    files = {_name(file.relative_to(tree)): file for file in (tree / PACKAGE).rglob("*.py")}
    needs = {name: set(_needs(name, file, files)) for name, file in files.items()}
    found: set[str] = set()
    more = {_name(Path(path))}
    while more:
        found |= more
        more = {name for name, needed in needs.items() if needed & found} - found
    return sorted(name for name in files.keys() - found if not name.startswith(AT_START))


def _needs(name: str, file: Path, files: Mapping[str, Path]) -> Iterator[str]:
    """What is imported before a module is: its packages, and what it names outside of functions."""
    parts = name.split(".")
    yield from (".".join(parts[:end]) for end in range(1, len(parts)))
    for node in _outside_of_functions(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (full for alias in node.names if (full := f"{node.module}.{alias.name}") in files)


def _outside_of_functions(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.Lambda):
            yield child
            yield from _outside_of_functions(child)


def _name(file: Path) -> str:
    return ".".join(file.with_suffix("").parts).removesuffix(".__init__")
