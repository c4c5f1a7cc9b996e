"""A small campaign from end to end: what tests notice is killed, what they do not is told, and both are remembered."""

from __future__ import annotations

import multiprocessing
import os
from math import inf
from pathlib import Path

import pytest

from mutants import __main__ as program
from mutants import coverage, page, trials
from mutants.coverage import Watched
from mutants.modules import Module
from mutants.remembered import Memory
from mutants.sources import Mutant, mutants
from mutants.trials import Trial, UnsoundError

GROUPS_OF = Module("app/analysis/nps/groups.py", ("tests/analysis/nps/test_groups.py",), ("group_of",))


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "mutants.jsonl")


def tried(module: Module, memory: Memory) -> list[Trial]:
    with trials.benches([module], memory) as pool:
        return list(trials.run(pool, "score", module, memory))


@pytest.mark.long
def test_a_mutant_is_tried_in_a_copy_told_and_not_tried_again(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "PROCESSES", 1)
    counting = Module(GROUPS_OF.path, GROUPS_OF.tests, ("count_groups",))
    said = counting.source

    found = tried(counting, memory)

    assert counting.source == said
    assert {trial.mutant.change: trial.verdict for trial in found} == {
        "return GroupCounts(groups['promoter'], groups['passive'], groups['detractor']) → return None": "killed",
        "'promoter' → ''": "killed",
        "'passive' → ''": "killed",
        "'detractor' → ''": "killed",
    }
    again = tried(counting, Memory(memory.file))
    assert [(trial.mutant, trial.verdict) for trial in again] == [(trial.mutant, trial.verdict) for trial in found]
    assert all(trial.is_new for trial in found)
    assert not any(trial.is_new for trial in again)


@pytest.mark.long
def test_what_no_test_looks_at_survives_and_what_never_ends_is_stopped() -> None:
    source, tests = GROUPS_OF.source, GROUPS_OF.tests

    def becomes(what: str, most: float = 60.0) -> str:
        verdict, _ = pool.apply(trials._try, ((GROUPS_OF, Mutant(1, "", "", "", what), tests, most, inf),))
        return str(verdict)

    with multiprocessing.get_context("spawn").Pool(1, trials._begin, (tests,)) as pool:
        assert becomes(f"{source}\nUNSEEN = 1\n") == "survived"
        assert becomes(f"{source}\nwhile True:\n    pass\n", most=3.0) == "timed out"
        assert becomes("raise SystemExit(0)") == "killed"
        assert becomes(source) == "survived", "the copy is whole again"
        assert pool.apply(trials._try, ((GROUPS_OF, one(), tests, 60.0, 0.0),)) == ("not tried", "")
        watched = pool.apply(trials._watched, (GROUPS_OF, inf))

    assert {test.partition("::")[0] for test in watched} == {*tests}
    near = coverage.tests_of(one(), source, watched)
    assert 0 < len(near) < len(watched)


WATCHED = {"a": Watched([6, 7], 2.0), "b": Watched([6], 1.0), "c": Watched([10], 0.5)}
LIMITED = """LIMIT = 5
OTHER = 7
NAMES = (OTHER,)

def decides(score):
    if score > LIMIT:
        return 1

def shows():
    return NAMES
"""


@pytest.mark.parametrize(
    ("change", "tests"),
    [
        ("score > LIMIT → score >= LIMIT", ["b", "a"]),
        ("1 → 2", ["a", "b"]),
        ("return NAMES → return None", ["c"]),
        ("5 → 6", ["b", "a"]),
        ("7 → 8", ["c", "b", "a"]),
    ],
)
def test_a_mutant_meets_the_tests_that_run_its_function_its_line_first(change: str, tests: list[str]) -> None:
    mutant = next(mutant for mutant in mutants(LIMITED) if mutant.change == change)

    assert coverage.tests_of(mutant, LIMITED, WATCHED) == tests


def test_what_is_remembered_from_test_to_test_all_of_them_could_notice() -> None:
    source = LIMITED.replace("def shows", "@cache\ndef shows")
    mutant = next(mutant for mutant in mutants(source) if mutant.change == "return NAMES → return None")

    assert coverage.tests_of(mutant, source, WATCHED) == ["c", "b", "a"]


def test_tests_that_fail_as_it_is_say_nothing() -> None:
    with pytest.raises(UnsoundError, match=GROUPS_OF.path):
        trials._sound(GROUPS_OF, {}, "1 failed")
    assert trials._sound(GROUPS_OF, WATCHED, "3 passed") == WATCHED


def one(change: str = "9 → 10") -> Mutant:
    return next(mutant for mutant in mutants(GROUPS_OF.source, GROUPS_OF.only) if mutant.change == change)


def test_a_killed_mutant_depends_on_its_killer_alone_and_a_survivor_on_all_its_tests(memory: Memory) -> None:
    two = Module(GROUPS_OF.path, (*GROUPS_OF.tests, "tests/analysis/test_counts.py"), GROUPS_OF.only)
    memory.put(two, one(), "killed", "FAILED tests/analysis/nps/test_groups.py::test_a - assert 1\n")
    memory.put(two, one("7 → 8"), "survived", "27 passed")

    assert memory.verdict(GROUPS_OF, one()) == memory.verdict(two, one()) == "killed"
    assert memory.verdict(two, one("7 → 8")) == "survived"
    more = Module(GROUPS_OF.path, (*two.tests, "tests/analysis/nps/test_score.py"), GROUPS_OF.only)
    assert memory.verdict(more, one("7 → 8")) is None
    memory.lines = {key: {**line, "said": "before somebody changed a test"} for key, line in memory.lines.items()}
    assert memory.verdict(two, one()) is memory.verdict(two, one("7 → 8")) is None


def test_the_table_counts_by_module_and_group_and_names_what_nobody_noticed() -> None:
    found = [Trial("score", GROUPS_OF, one(), "killed"), Trial("score", GROUPS_OF, one("7 → 8"), "survived")]

    lines = list(page.lines(found))

    assert "| score | `app/analysis/nps/groups.py` | 2 | 1 | 1 | 0 | 0 | 50.0 % |" in lines
    assert "| **score** |  | 2 | 1 | 1 | 0 | 0 | 50.0 % |" in lines
    assert lines[-2].endswith("| `group_of` | `7 → 8` | **not explained** |")
    assert not page.is_met(found)
    assert page.is_met(found[:1])
    late = Trial("score", GROUPS_OF, one("7 → 8"), "not tried")
    assert not page.is_met([*found[:1], late])
    assert "| **all** |  | 2 | 1 | 0 | 0 | 1 | 100.0 % |" in list(page.lines([*found[:1], late]))


def test_a_group_that_is_not_there_is_refused_with_those_that_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(os.environ, "MODULES", "score,tokens")

    assert program.main() == 2
    assert capsys.readouterr().err == "There is no tokens. MODULES may name score, nonce, token, outbox, escape.\n"
