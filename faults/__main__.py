"""`python -m faults`: the whole campaign, or what FAULTS names; each fault tells its row, and docs/evidence.md all."""

from __future__ import annotations

import os
import sys
import time
import traceback

from bench.machine import machine
from faults import evidence
from faults.campaign import ALL, DEFAULT
from faults.rows import HEAD, Row
from faults.sizes import Sizes


def main() -> int:
    """Run, print, write; the status is 1 when a target was missed."""
    sizes = Sizes.from_environment()
    names = os.environ.get("FAULTS", "").replace(",", " ").split() or DEFAULT
    if unknown := set(names) - set(ALL):
        print(f"There is no {', '.join(sorted(unknown))}. FAULTS may name {', '.join(ALL)}.", file=sys.stderr)
        return 2
    print(machine(), end="\n\n")
    print("| " + " | ".join(HEAD) + " |", "|" + " --- |" * len(HEAD), sep="\n", flush=True)
    rows = [row for name in names for row in _tried(name, sizes)]
    evidence.write(rows, sizes, names)
    return int(any(row.is_met is False for row in rows))


def _tried(name: str, sizes: Sizes) -> list[Row]:
    """The rows of one fault. One that breaks the campaign itself is a row, too, and the others go on."""
    began, rows = time.monotonic(), []
    try:
        for row in ALL[name](sizes):
            rows.append(row)
            print("| " + " | ".join(row.cells()) + " |", flush=True)
    except Exception as error:
        traceback.print_exc()
        rows.append(Row(id=name, what=type(error).__name__, found=str(error)[:200], target="an end", is_met=False))
        print("| " + " | ".join(rows[-1].cells()) + " |", flush=True)
    print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return rows


if __name__ == "__main__":
    sys.exit(main())
