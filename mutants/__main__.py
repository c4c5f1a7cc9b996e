"""`python -m mutants`: the groups that MODULES names, or all; all of them together write docs/mutants.md."""

from __future__ import annotations

import math
import os
import sys
import time
from multiprocessing.pool import Pool

from bench.machine import machine
from mutants import page, trials
from mutants.modules import GROUPS
from mutants.remembered import Memory
from mutants.trials import Trial, UnsoundError


def main() -> int:
    """Run, print, write; the status is 1 when a target is missed, a survivor unexplained, or a test fails as it is."""
    names = os.environ.get("MODULES", "").replace(",", " ").split() or list(GROUPS)
    if unknown := set(names) - set(GROUPS):
        print(f"There is no {', '.join(sorted(unknown))}. MODULES may name {', '.join(GROUPS)}.", file=sys.stderr)
        return 2
    print(machine(), end="\n\n", flush=True)
    memory, until = Memory(), time.time() + 60 * float(os.environ.get("MINUTES") or math.inf)
    try:
        with trials.benches([module for name in names for module in GROUPS[name]], memory, until) as pool:
            found = [trial for name in names for trial in _tried(pool, name, memory, until)]
    except UnsoundError as error:
        print(f"These tests fail without any mutant:\n{error}", file=sys.stderr)
        return 1
    print(*page.table_lines(found), "", *page.survivor_lines(found), sep="\n")
    if names == list(GROUPS):
        page.write(found)
    return int(not page.is_met(found))


def _tried(pool: Pool | None, name: str, memory: Memory, until: float) -> list[Trial]:
    began, found = time.monotonic(), []
    for trial in (one for module in GROUPS[name] for one in trials.run(pool, name, module, memory, until)):
        found.append(trial)
        if trial.verdict == "survived" and page.why(trial) is None:
            print(f"{trial.module.path}:{trial.mutant.line} {trial.verdict}: {trial.mutant.change}", flush=True)
    print(f"{name}: {len(found)} mutants, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
