"""The table of hostile cases is whole, names tests that are there, and is the one in the documents."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.hostile import catalogue
from tests.hostile.catalogue import CASES

ROOT = Path(__file__).resolve().parents[2]


def test_every_case_has_its_line_in_order() -> None:
    assert list(CASES) == [f"H{number}" for number in range(1, 75)]


@pytest.mark.parametrize("id_", CASES)
def test_every_case_is_decided_by_tests_that_are_there(id_: str) -> None:
    missing = [test for test in CASES[id_].tests if not _is_there(*test)]

    assert CASES[id_].tests
    assert missing == []


def _is_there(file: str, name: str) -> bool:
    path = ROOT / file
    tree = ast.parse(path.read_text()) if path.exists() else ast.Module([], [])
    return name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_page_is_made_of_this_table() -> None:
    assert catalogue.PAGE.read_text() == catalogue.page(), "run: make hostile"
