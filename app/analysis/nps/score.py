"""The NPS, how it is written, and how sure it is.

Answers are coded +1 (promoter), 0 (passive) and −1 (detractor); the NPS is their mean in points. Counts may
be effective ones (see `weights`). Without answers every function returns None, and a count that is negative,
infinite or no number raises ValueError.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from app.analysis.counts import checked, lead
from app.analysis.normal import Z95
from app.analysis.types import GroupCounts, Interval

_MINUS = "\u2212"
_WIDE = Context(prec=400)  # room for every float, so that rounding never fails


def nps(counts: GroupCounts) -> float | None:
    """100·(P − D)/n: −100…+100 points, None without answers.

    >>> nps(GroupCounts(promoters=50, passives=30, detractors=20))
    30.0
    """
    counts = checked(counts)
    return 100 * lead(counts) / counts.n if counts.n else None


def shown(counts: GroupCounts) -> str | None:
    """The NPS as people read it: a signed whole number, halves away from zero; None without answers.

    Rounded from the counts in exact arithmetic, because −12.5 is −13 and the neighbour of a float is not.

    >>> shown(GroupCounts(0, 7, 1))
    '−13'
    """
    counts = checked(counts)
    if not counts.n:
        return None
    promoters, detractors = Fraction(counts.promoters), Fraction(counts.detractors)
    n = promoters + Fraction(counts.passives) + detractors
    points = (200 * abs(promoters - detractors) + n) // (2 * n)
    return _signed(str(points), negative=detractors > promoters)


def format_points(value: float, decimals: int = 0) -> str:
    """Any number of points, written like an NPS: signed, halves away from zero, zero without a sign.

    ValueError for NaN, infinity or a negative number of decimals.

    >>> format_points(-13.3467, 1)
    '−13.3'
    """
    if not math.isfinite(value) or decimals < 0:
        raise ValueError(f"cannot write {value!r} with {decimals} decimals")
    written = Decimal(repr(abs(float(value))))
    rounded = written.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_WIDE)
    return _signed(f"{rounded:f}", negative=value < 0)


def spread(counts: GroupCounts) -> float | None:
    """The variance s² of one coded answer: 0 (all alike)…1 (half promoters, half detractors).

    4pd + q(p + d) with the shares p, q, d of promoters, passives and detractors: p + d − (p − d)² without its
    cancellation. Population form, as in the R package NPS.
    """
    counts = checked(counts)
    if not counts.n:
        return None
    p, q, d = (part / counts.n for part in (counts.promoters, counts.passives, counts.detractors))
    return 4 * p * d + q * (p + d)


def standard_error(counts: GroupCounts) -> float | None:
    """100·√(s²/n) points, 0 or more; None without answers."""
    variance = spread(counts)
    return None if variance is None else 100 * math.sqrt(variance / checked(counts).n)


def wald_margin(counts: GroupCounts, z: float = Z95) -> float | None:
    """z standard errors, in points. Never shown: 0 when everybody agrees, and too narrow below 50 answers."""
    error = standard_error(counts)
    return None if error is None else z * error


def adjusted(counts: GroupCounts) -> GroupCounts | None:
    """The counts with three answers more, spread evenly over the scale: +¾, +1½, +¾ (Rocks 2016)."""
    counts = checked(counts)
    if not counts.n:
        return None
    return GroupCounts(counts.promoters + 0.75, counts.passives + 1.5, counts.detractors + 0.75)


def adjusted_interval(counts: GroupCounts, z: float = Z95) -> Interval | None:
    """The adjusted Wald interval around the shrunken NPS, cut at ±100; None without answers.

    `value` is the NPS of the adjusted counts, not the observed one, which can lie outside. Used within
    the test of a change only. Source: Rocks 2016, arXiv 1601.07235.
    """
    shrunken = adjusted(counts)
    centre, margin = (nps(shrunken), wald_margin(shrunken, z)) if shrunken else (None, None)
    if centre is None or margin is None:
        return None
    return Interval(centre, max(-100.0, centre - margin), min(100.0, centre + margin))


def score_interval(counts: GroupCounts, z: float = Z95) -> Interval | None:
    """The interval shown beside an NPS: inside ±100, always around the observed value; None without answers.

    All differences δ of the shares of promoters and detractors that a score test does not reject. Swapping
    promoters and detractors mirrors it. Source: Tango 1998, the interval of paired differences.

    >>> interval = score_interval(GroupCounts(50, 30, 20))
    >>> round(interval.low, 1), round(interval.high, 1)
    (14.0, 44.3)
    """
    counts = checked(counts)
    value = nps(counts)
    if value is None:
        return None
    if value < 0:
        return _mirrored(score_interval(GroupCounts(counts.detractors, counts.passives, counts.promoters), z))
    observed = lead(counts) / counts.n
    low = 100 * _end(counts, observed, -1.0, z)
    high = 100 * _end(counts, observed, 1.0, z)
    return Interval(value, min(low, value), max(high, value))


def _signed(digits: str, *, negative: bool) -> str:
    if not digits.strip("0."):
        return digits
    return (_MINUS if negative else "+") + digits


def _mirrored(interval: Interval | None) -> Interval | None:
    if interval is None:
        return None
    return Interval(0.0 - interval.value, 0.0 - interval.high, 0.0 - interval.low)


def _end(counts: GroupCounts, accepted: float, limit: float, z: float) -> float:
    """The last accepted difference on the way from `accepted` to `limit`, by bisection to the last digit."""
    observed, rejected = accepted, limit
    for _ in range(200):
        middle = (accepted + rejected) / 2
        if middle in (accepted, rejected):
            break
        if abs(observed - middle) <= z * _null_error(counts, middle):
            accepted = middle
        else:
            rejected = middle
    return accepted


def _null_error(counts: GroupCounts, delta: float) -> float:
    """The standard error of the observed difference if the true one were `delta`."""
    q = _likely_detractors(counts, delta)
    return math.sqrt(max(0.0, 2 * q + delta - delta * delta) / counts.n)


def _likely_detractors(counts: GroupCounts, delta: float) -> float:
    """The most likely share of detractors if promoters lead by `delta`: a root of 2n·q² + b·q + c = 0."""
    p, q, d = (part / counts.n for part in (counts.promoters, counts.passives, counts.detractors))
    b = 2 * delta * (d + q) - (p + d) * (1 - delta)
    c = -d * delta * (1 - delta)
    root = math.sqrt(max(0.0, b * b - 8 * c))
    share = 2 * c / (-b - root) if b > 0 else (root - b) / 4  # the first form keeps digits where b is large
    return min(max(share, 0.0, -delta), (1 - delta) / 2)
