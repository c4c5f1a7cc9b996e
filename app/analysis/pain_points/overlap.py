"""How evenly passives and detractors raise a pain point."""

from __future__ import annotations

import math
from collections.abc import Iterable

from app.analysis.counts import checked, checked_part
from app.analysis.types import GroupCounts, HoldsBack

HOLDS_BACK_BOTH = 0.5  # the least overlap of a pain point that "holds back both"


def group_shares(raised: GroupCounts, base: GroupCounts) -> tuple[float | None, float | None]:
    """The shares of the passives and of the detractors who raise it, 0…1; None for an empty group."""
    raised, base = checked_part(raised, base)
    passives = raised.passives / base.passives if base.passives else None
    detractors = raised.detractors / base.detractors if base.detractors else None
    return passives, detractors


def shared_share(raised: GroupCounts, base: GroupCounts) -> float | None:
    """The smaller of both shares: "at least this part of both groups says so". 0…1, None if a group is empty."""
    passives, detractors = group_shares(raised, base)
    return None if passives is None or detractors is None else min(passives, detractors)


def overlap(raised: GroupCounts, base: GroupCounts) -> float | None:
    """The smaller smoothed share over the larger one: above 0, and 1 where both groups raise it alike.

    Shares are smoothed as (k + ½)/(size + 1), so that a pain point of one group alone is not 0. None if a group is
    empty or neither raises it.

    >>> round(overlap(GroupCounts(6, 22, 30), GroupCounts(150, 100, 80)), 4)
    0.5916
    """
    raised, base = checked_part(raised, base)
    if not base.passives or not base.detractors or not raised.others:
        return None
    passives, detractors = _smoothed(raised, base)
    return min(passives, detractors) / max(passives, detractors)


def holds_back(raised: GroupCounts, base: GroupCounts) -> HoldsBack | None:
    """Whom the pain point holds back: both groups, or mostly one of them. None where there is no overlap."""
    evenness = overlap(raised, base)
    if evenness is None:
        return None
    if evenness >= HOLDS_BACK_BOTH:
        return "both"
    passives, detractors = _smoothed(raised, base)
    return "passives" if passives > detractors else "detractors"


def report_overlap(raised: Iterable[GroupCounts]) -> float | None:
    """How alike the complaints of passives and detractors are, over all pain points: 0…1.

    The sum of the smaller of both parts of each pain point. None if a group raises nothing at all.
    """
    all_counts = [checked(counts) for counts in raised]
    passives = math.fsum(counts.passives for counts in all_counts)
    detractors = math.fsum(counts.detractors for counts in all_counts)
    if not passives or not detractors:
        return None
    return math.fsum(min(c.passives / passives, c.detractors / detractors) for c in all_counts)


def _smoothed(raised: GroupCounts, base: GroupCounts) -> tuple[float, float]:
    """Both smoothed shares times the same number, so that their ratio is exact."""
    return (
        (raised.passives + 0.5) * (base.detractors + 1),
        (raised.detractors + 0.5) * (base.passives + 1),
    )
