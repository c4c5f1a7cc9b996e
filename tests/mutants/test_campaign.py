"""A small campaign from end to end: what tests notice is killed, what they do not is told, and both are remembered."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from mutants import __main__ as program
from mutants import page, trials
from mutants.bench import Bench
from mutants.modules import ROOT, Module
from mutants.remembered import Memory
from mutants.sources import Mutant, mutants
from mutants.trials import Trial, UnsoundError

GROUPS_OF = Module("app/analysis/nps/groups.py", ("tests/analysis/nps/test_groups.py",), ("group_of",))
ENDLESS = "while True:\n    pass\n"


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "mutants.jsonl")


def test_a_nine_that_is_no_promoter_any_more_is_noticed_in_a_copy_and_never_again_tried(memory: Memory) -> None:
    said = GROUPS_OF.source

    found = list(trials.run("score", [GROUPS_OF], memory))

    assert GROUPS_OF.source == said
    verdicts = {trial.mutant.change: trial.verdict for trial in found}
    assert verdicts["score >= 9 → score > 9"] == verdicts["9 → 10"] == "killed"
    assert set(verdicts.values()) == {"killed"}
    again = list(trials.run("score", [GROUPS_OF], Memory(memory.file)))
    assert [(trial.mutant, trial.verdict) for trial in again] == [(trial.mutant, trial.verdict) for trial in found]
    assert not any(trial.is_new for trial in again)


def test_a_mutant_that_no_test_looks_at_survives_and_one_that_never_ends_is_stopped() -> None:
    bench = Bench(GROUPS_OF.tests)

    assert bench.status(GROUPS_OF.path, GROUPS_OF.source + "\nUNSEEN = 1\n", GROUPS_OF.tests) == 0
    assert bench.status(GROUPS_OF.path, GROUPS_OF.source + ENDLESS, GROUPS_OF.tests, most=3) is None
    assert bench.status(GROUPS_OF.path, "raise SystemExit(0)", GROUPS_OF.tests) != 0
    assert (bench.tree / GROUPS_OF.path).read_text() == GROUPS_OF.source
    assert "app.analysis.nps.groups" not in {name for name in sys.modules if name.startswith("mutants.")}
    assert Path.cwd() == ROOT or not str(Path.cwd()).startswith(str(bench.tree))


def test_tests_that_fail_as_it_is_say_nothing() -> None:
    with pytest.raises(UnsoundError, match="1 failed"):
        trials._most(1, 2.0, "1 failed")
    assert trials._most(0, 2.0, "") == trials.SPARE + 2.0 * trials.TIMES


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

    assert "| score | `app/analysis/nps/groups.py` | 2 | 1 | 1 | 0 | 50.0 % |" in lines
    assert "| **score** |  | 2 | 1 | 1 | 0 | 50.0 % |" in lines
    assert lines[-2].endswith("| `group_of` | `7 → 8` | **not explained** |")
    assert not page.is_met(found)
    assert page.is_met(found[:1])


def test_a_group_that_is_not_there_is_refused_with_those_that_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(os.environ, "MODULES", "score,tokens")

    assert program.main() == 2
    assert capsys.readouterr().err == "There is no tokens. MODULES may name score, nonce, token, outbox, escape.\n"
