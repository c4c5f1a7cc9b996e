"""The campaign looks at what is there: no module drops out unseen, and no reason outlives its mutant."""

from __future__ import annotations

import re

import pytest

from mutants import page
from mutants.modules import GROUPS, ROOT, Module
from mutants.sources import mutants, places
from mutants.survivors import reasons

MODULES = [module for modules in GROUPS.values() for module in modules]
DECIDES = ("app/security/*token*.py", "app/analysis/nps/score.py", "app/services/outbox.py", "app/reports/cells.py")


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.path)
def test_each_module_its_functions_and_its_tests_are_there(module: Module) -> None:
    assert (ROOT / module.path).is_file()
    assert [test for test in module.tests if not (ROOT / test).is_file()] == []
    assert set(module.only) <= places(module.source)
    assert list(mutants(module.source, module.only))


def test_each_group_that_was_promised_is_looked_at_and_no_module_twice() -> None:
    assert list(GROUPS) == ["score", "nonce", "token", "outbox", "escape"]
    assert len({module.path for module in MODULES}) == len(MODULES)
    for pattern in DECIDES:
        assert {str(file.relative_to(ROOT)) for file in ROOT.glob(pattern)} <= {module.path for module in MODULES}


def test_each_reason_is_about_a_mutant_that_there_is() -> None:
    there = {
        (module.path, mutant.place, mutant.change)
        for module in MODULES
        for mutant in mutants(module.source, module.only)
    }

    assert sorted(set(reasons()) - there) == []
    assert all(len(why.split()) > 3 for why in reasons().values())


def test_the_page_shows_every_module_and_explains_every_survivor() -> None:
    found = page.PLACE.search(page.PAGE.read_text())
    assert found

    assert re.findall(r"^\| [a-z]+ \| `(.+?)` \|", found[0], re.MULTILINE) == [module.path for module in MODULES]
    assert "not explained" not in found[0]
    shares = re.findall(r"^\| \*\*\w+\*\* \|.* ([\d.]+) % \|$", found[0], re.MULTILINE)
    assert len(shares) == len(GROUPS) + 1
    assert min(map(float, shares)) >= 100 * page.TARGET
