"""Scores as exports write them: 9, 9.0, 9/10, "9 - Very likely", "Not at all likely - 0"; 4/5 on a scale up to 5."""

from __future__ import annotations

import re
from functools import cache

NUMBER_LAST = re.compile(r"[^\d]*[^\W\d][^\d]*[-–—:=(]\s*(10|[0-9])\s*\)?", re.DOTALL)


@cache
def _number_first(high: int) -> re.Pattern[str]:
    return re.compile(rf"(10|[0-9])(?:\.0+)?(?:\s*/\s*{high})?(?:\s*[-–—:=(].*)?", re.DOTALL)


def read(text: str, high: int = 10) -> int | None:
    """The score that a cell speaks of, None if it speaks of none. The name of a group is none, and so is 4/10 of 5."""
    found = _number_first(high).fullmatch(text.strip()) or NUMBER_LAST.fullmatch(text.strip())
    return int(found[1]) if found else None
