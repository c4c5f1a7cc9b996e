"""How many passives and detractors raise a pain point, counted cautiously."""

from __future__ import annotations

import math

from app.analysis.counts import checked_share
from app.analysis.normal import Z95
from app.analysis.types import Interval


def wilson(k: float, n: float, z: float = Z95) -> Interval | None:
    """The share k/n with its Wilson interval, all 0…1; None for n = 0.

    The lower end is exactly 0 for k = 0 and the upper exactly 1 for k = n. ValueError for invalid counts or k > n.
    Source: Wilson 1927. The lower end is written as its product with the upper one, which loses no digits.

    >>> interval = wilson(52, 180)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.2276, 0.359)
    """
    k, n = checked_share(k, n)
    if not n:
        return None
    reach = k + z * z / 2 + z * math.sqrt(k * ((n - k) / n) + z * z / 4)
    return Interval(k / n, k * (k / n) / reach, 1.0 if k == n else reach / (n + z * z))
