"""How many answers a question needs, and how long to wait for them."""

from __future__ import annotations

import math

from app.analysis.counts import amount
from app.analysis.normal import Z95

TYPICAL_SPREAD = 0.65  # s² of many surveys; 1.0 is the worst case
POWER_80 = 0.8416  # the z value of a power of 80 %


def answers_for_margin(margin: float, spread: float = TYPICAL_SPREAD, z: float = Z95) -> int:
    """Answers for a margin of error of `margin` points: n = z²·s²/(margin/100)² − 3, rounded up, at least 1.

    ValueError for a margin that is not above 0, or a spread s² outside 0…1.

    >>> answers_for_margin(10)
    247
    """
    return _rounded_up(_checked_spread(spread) * _ratio(z, margin))


def answers_to_detect(points: float, spread: float = TYPICAL_SPREAD, z: float = Z95, power: float = POWER_80) -> int:
    """Answers in **each** period to detect a change of `points`: at least 1.

    n = 2·s²·(z + z_power)²/(points/100)² − 3, rounded up. ValueError as in `answers_for_margin`.

    >>> answers_to_detect(10)
    1018
    """
    return _rounded_up(2 * _checked_spread(spread) * _ratio(z + power, points))


def weeks_to_wait(answers: int, per_week: float) -> int | None:
    """Weeks until that many answers are in, rounded up; None while nobody answers at all.

    >>> weeks_to_wait(1018, per_week=40)
    26
    """
    per_week = amount(per_week)
    return math.ceil(amount(answers) / per_week) if per_week else None


def _checked_spread(spread: float) -> float:
    if not 0 <= spread <= 1:
        raise ValueError(f"a spread lies between 0 and 1: {spread!r}")
    return spread


def _ratio(z: float, points: float) -> float:
    if not 0 < points < math.inf:
        raise ValueError(f"points must be above 0: {points!r}")
    ratio = 100 * z / points
    return ratio * ratio


def _rounded_up(answers: float) -> int:
    if math.isinf(answers):
        raise ValueError("no number of answers is enough for so few points")
    return max(1, math.ceil(answers - 3))
