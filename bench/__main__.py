"""`python -m bench`: all benchmarks, or those named."""

from __future__ import annotations

import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench import analysis, capture, report

ALL = {"capture": capture.main, "analysis": analysis.main, "report": report.main}


def machine() -> str:
    """What the figures were measured on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown processor"
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d} · {os.cpu_count()} cores, {model} · {memory:.0f} GiB · "
        f"Linux {platform.release()} · Python {platform.python_version()}"
    )


print(machine())
for name in sys.argv[1:] or ALL:
    print(f"\n## {name}\n")
    ALL[name]()
