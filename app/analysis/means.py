"""The mean of scores on a short scale, how sure it is, and whether it changed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.analysis import minimums
from app.analysis.counts import amount
from app.analysis.nps.change import Change, verdict
from app.analysis.types import Interval


@dataclass(frozen=True, slots=True)
class _Moments:
    n: float
    mean: float
    variance: float  # of one answer, with n − 1 in the denominator

    @property
    def of_mean(self) -> float:
        return self.variance / self.n


def mean(distribution: Sequence[int], low: int, high: int) -> Interval | None:
    """The mean with its 95 % t interval, cut at the ends of the scale; None below two answers.

    `distribution` says how often each score from 0 on was given. Answers that are all alike have no spread, and an
    interval without width would claim what nobody knows: then the spread is that with one answer more, at the far end
    of the scale. ValueError for invalid counts or scores outside the scale. Source: Student 1908.

    >>> interval = mean([0, 1, 2, 3, 2, 2], 1, 5)
    >>> round(interval.value, 3), round(interval.low, 3), round(interval.high, 3)
    (3.2, 2.258, 4.142)
    """
    found = _moments(distribution, low, high)
    if found is None:
        return None
    half = _t95(found.n - 1) * math.sqrt(found.of_mean)
    return Interval(found.mean, max(float(low), found.mean - half), min(float(high), found.mean + half))


def change(before: Sequence[int], after: Sequence[int], low: int, high: int) -> Change | None:
    """The mean after minus the mean before with its 95 % interval; None below two answers in a period.

    Spreads may differ, as in the test of Welch 1947; `z` is his t. Below 30 answers in a period the verdict is
    "suppressed". ValueError as in `mean`.
    """
    first, second = _moments(before, low, high), _moments(after, low, high)
    if first is None or second is None:
        return None
    value, error = second.mean - first.mean, math.sqrt(first.of_mean + second.of_mean)
    freedom = (first.of_mean + second.of_mean) ** 2 / (
        first.of_mean**2 / (first.n - 1) + second.of_mean**2 / (second.n - 1)
    )
    t, half = value / error, _t95(freedom) * error
    enough = all(minimums.reached(period.n, minimums.COMPARISON) for period in (first, second))
    p = _two_sided(t, freedom)
    return Change(value, value, error, t, value - half, value + half, p, verdict(p) if enough else "suppressed")


def _moments(distribution: Sequence[int], low: int, high: int) -> _Moments | None:
    counts = {score: amount(times) for score, times in enumerate(distribution)}
    if any(times and not low <= score <= high for score, times in counts.items()):
        raise ValueError(f"a score outside {low} to {high}")
    n = sum(counts.values())
    if n < 2:
        return None
    centre, spread = _spread(counts)
    if not spread:
        far = low if centre - low > high - centre else high
        _, spread = _spread({**counts, far: counts.get(far, 0) + 1})
    return _Moments(n, float(centre), float(spread))


def _spread(counts: dict[int, float]) -> tuple[Fraction, Fraction]:
    """Mean and sample variance, exact."""
    n = sum((Fraction(times) for times in counts.values()), Fraction(0))
    centre = sum((score * Fraction(times) for score, times in counts.items()), Fraction(0)) / n
    squares = sum((Fraction(times) * (score - centre) ** 2 for score, times in counts.items()), Fraction(0))
    return centre, squares / (n - 1)


def _t95(freedom: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975))


def _two_sided(t: float, freedom: float) -> float:
    from scipy.special import stdtr

    return min(1.0, 2 * float(stdtr(freedom, -abs(t))))
