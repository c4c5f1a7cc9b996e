"""`python -m bench`: all benchmarks, or those named."""

from __future__ import annotations

import sys

from bench import analysis, capture, report
from bench.machine import machine

ALL = {"capture": capture.main, "analysis": analysis.main, "report": report.main}

print(machine())
for name in sys.argv[1:] or ALL:
    print(f"\n## {name}\n")
    ALL[name]()
