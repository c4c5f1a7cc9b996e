"""Let NumPy use the whole width of the processor, where its routines do not know the processor yet.

OpenBLAS picks its routines by name of the processor. An AMD processor that is newer than the library gets the ones of
2013, with half the width of its registers. This has to be said before NumPy is loaded.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

SETTING = "OPENBLAS_CORETYPE"
WIDE = frozenset({"avx512f", "avx512cd", "avx512dq", "avx512bw", "avx512vl"})  # what the routines below ask for
ROUTINES = "SkylakeX"


def use_whole_width() -> None:
    """Name the routines for registers of 512 bits, unless somebody chose others or NumPy has chosen already."""
    about = Path("/proc/cpuinfo")
    if SETTING not in os.environ and "numpy" not in sys.modules and about.is_file():
        chosen = routines(about.read_text(encoding="utf-8", errors="replace"))
        os.environ.update({SETTING: chosen} if chosen else {})


def routines(described: str) -> str | None:
    """The routines to name for a processor as /proc/cpuinfo describes it; None if the library knows it well."""
    first = described.split("\n\n")[0]
    return ROUTINES if "AuthenticAMD" in first and set(first.split()) >= WIDE else None
