"""How many answers a number needs before it is shown; one name for each rule."""

from __future__ import annotations

from typing import Literal

SCORE = 5  # responses; with fewer, counts only
COMPARISON = 30  # in each of two periods or segments; with fewer, a score is an "early reading"
RANKING = 30  # passives and detractors with a comment
MENTIONS_TO_RANK = 5  # passives and detractors who raise a pain point
PROMOTERS_TO_SHARE = 5  # promoters who raise it, before it counts as a request that promoters share
IMPACT = 5  # respondents who raise it, before the impact has an interval
PER_CENT = 20  # base of a share; with less, "3 of 12"

Reading = Literal["counts", "early", "full"]
Dot = Literal["gap", "count", "hollow", "filled"]


def reached(n: float, minimum: int) -> bool:
    """Whether `n`, rounded down, is at least `minimum`.

    Effective counts are sums of fractions: 29.999999999999996 is thirty respondents.
    """
    return n >= minimum - 1e-9


def reading(n: float) -> Reading:
    """How an NPS of `n` answers is shown: "counts" only below 5, "early" below 30, else "full"."""
    if not reached(n, SCORE):
        return "counts"
    return "full" if reached(n, COMPARISON) else "early"


def dot(n: float) -> Dot:
    """How a period of `n` answers is drawn in a trend: a "gap" for none, never a zero."""
    if n <= 0:
        return "gap"
    if not reached(n, 5):
        return "count"
    return "filled" if reached(n, 10) else "hollow"
