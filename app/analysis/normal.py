"""The normal distribution, as far as the formulas need it."""

from __future__ import annotations

import math

Z95 = 1.959963984540054  # two-sided 95 %
Z90 = 1.6448536269514722  # two-sided 90 %


def two_sided_p(z: float) -> float:
    """The chance of a value at least as far from 0 as `z`, on either side: 0…1, and 1 for z = 0.

    >>> round(two_sided_p(Z95), 12)
    0.05
    """
    return math.erfc(abs(z) / math.sqrt(2))
