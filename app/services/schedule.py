"""When a delivery that did not arrive is tried again."""

from __future__ import annotations

import random
from datetime import timedelta

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400))
MOST = len(PAUSES) + 1  # tries
SPREAD = 0.2
SHORTEST = sum(PAUSES, timedelta()) * (1 - SPREAD)  # from the first try to the last


def pause(tries: int) -> timedelta:
    """How long to wait after so many tries, a little different each time, so that not all come back at once."""
    return PAUSES[tries - 1] * random.uniform(1 - SPREAD, 1 + SPREAD)  # noqa: S311 - no secret
