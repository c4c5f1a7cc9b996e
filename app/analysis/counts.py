"""What counts may be, and how two shares are compared without losing digits.

Counts are whole numbers or, with weights, effective ones; every formula takes both. Whole numbers stay
Python integers up to the last division, so that a billion answers cost no digit.
"""

from __future__ import annotations

from numbers import Integral, Real

from app.analysis.types import GroupCounts

_LARGEST = 1e100  # beyond any survey, and small enough that products of counts stay finite


def amount(value: object) -> float:
    """`value` as a plain count of 0 or more. ValueError for anything else, NaN and infinity included."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ValueError(f"not a count: {value!r}")
    number = int(value) if isinstance(value, Integral) else float(value)
    if not 0 <= number <= _LARGEST:
        raise ValueError(f"not a count: {value!r}")
    return number


def checked(counts: GroupCounts) -> GroupCounts:
    """`counts` as plain numbers. ValueError if one of them is no count."""
    return GroupCounts(amount(counts.promoters), amount(counts.passives), amount(counts.detractors))


def checked_share(part: object, whole: object) -> tuple[float, float]:
    """Part and whole as plain numbers. ValueError if the part is larger than its whole."""
    k, n = amount(part), amount(whole)
    if k > n:
        raise ValueError(f"a part of {k} is larger than its whole of {n}")
    return k, n


def checked_part(raised: GroupCounts, base: GroupCounts) -> tuple[GroupCounts, GroupCounts]:
    """Both as plain numbers. ValueError if a group of `raised` is larger than the same group of `base`."""
    part, whole = checked(raised), checked(base)
    checked_share(part.promoters, whole.promoters)
    checked_share(part.passives, whole.passives)
    checked_share(part.detractors, whole.detractors)
    return part, whole


def lead(counts: GroupCounts) -> float:
    """Promoters minus detractors: what the NPS divides by n."""
    return counts.promoters - counts.detractors


def share_difference(part: float, whole: float, other_part: float, other_whole: float) -> float:
    """part/whole − other_part/other_whole over one denominator, exact to the last digit for integers."""
    return (part * other_whole - other_part * whole) / (whole * other_whole)
