"""Scores as exports write them: 9, 9.0, 9/10, "9 - Very likely", "Not at all likely - 0"."""

from __future__ import annotations

import re

NUMBER_FIRST = re.compile(r"(10|[0-9])(?:\.0+)?(?:\s*/\s*10)?(?:\s*[-–—:=(].*)?", re.DOTALL)
NUMBER_LAST = re.compile(r"[^\d]*[^\W\d][^\d]*[-–—:=(]\s*(10|[0-9])\s*\)?", re.DOTALL)


def read(text: str) -> int | None:
    """The score that a cell speaks of, None if it speaks of none. The name of a group is none."""
    found = NUMBER_FIRST.fullmatch(text.strip()) or NUMBER_LAST.fullmatch(text.strip())
    return int(found[1]) if found else None
