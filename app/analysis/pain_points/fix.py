"""Did a fix work? The rate and the impact of a pain point in equal windows before and after it.

A comparison in time, not an experiment: pain points are often fixed at their peak, and part of any fall is the
way back to normal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from app.analysis import minimums
from app.analysis.counts import checked_part
from app.analysis.normal import Z95, two_sided_p
from app.analysis.nps.change import verdict
from app.analysis.pain_points.impact import Impact, impact
from app.analysis.pain_points.trend import ShareChange, share_change
from app.analysis.types import GroupCounts

LONGEST_WINDOW = 90  # days

FixVerdict = Literal["clear", "leaning", "none", "too_early", "too_few"]


@dataclass(frozen=True, slots=True)
class ImpactChange:
    """Impact after minus impact before, in points: above 0, the pain point costs less than it did.

    The 95 % interval is `low`…`high`. `z` and `p` are None if neither impact has any spread to test against.
    """

    value: float
    se: float
    z: float | None
    low: float
    high: float
    p: float | None


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """What changed with a fix, in numbers and words.

    `rate` is the change of m/M with its 95 % interval, None if a window holds only promoters. `impact_change` is
    None, with the word "too_few", if fewer than 5 raise the pain point in a window or everybody does.
    """

    rate: ShareChange | None
    rate_verdict: FixVerdict
    impact_before: Impact | None
    impact_after: Impact | None
    impact_change: ImpactChange | None
    impact_verdict: FixVerdict


def window(days_since_fix: int) -> int:
    """Days to look at on both sides of a fix: all since then, at most 90. ValueError for a fix to come."""
    if days_since_fix < 0:
        raise ValueError("a fix to come has no window yet")
    return min(LONGEST_WINDOW, days_since_fix)


def before_after(
    raised_before: GroupCounts, base_before: GroupCounts, raised_after: GroupCounts, base_after: GroupCounts
) -> BeforeAfter | None:
    """Compare the windows before and after a fix; None if nobody commented in one of them.

    The words are those of a change of the NPS, and "too_early" while a window has fewer than 30 passives and
    detractors with a comment. ValueError for invalid counts.
    """
    raised_before, base_before = checked_part(raised_before, base_before)
    raised_after, base_after = checked_part(raised_after, base_after)
    if not base_before.n or not base_after.n:
        return None
    early = not all(minimums.reached(base.others, minimums.RANKING) for base in (base_before, base_after))
    rate = share_change(raised_before.others, base_before.others, raised_after.others, base_after.others, Z95)
    first, second = impact(raised_before, base_before), impact(raised_after, base_after)
    enough = all(minimums.reached(raised.n, minimums.IMPACT) for raised in (raised_before, raised_after))
    step = _impact_change(first, second) if enough else None
    return BeforeAfter(
        rate=rate,
        rate_verdict=_word(rate.p if rate else None, early=early),
        impact_before=first,
        impact_after=second,
        impact_change=step,
        impact_verdict=_word(step.p, early=early) if step else "too_few",
    )


def _impact_change(before: Impact | None, after: Impact | None) -> ImpactChange | None:
    if before is None or after is None or before.se_full is None or after.se_full is None:
        return None
    value = after.value - before.value
    error = math.hypot(before.se_full, after.se_full)
    z = value / error if error else None
    p = None if z is None else two_sided_p(z)
    return ImpactChange(value, error, z, value - Z95 * error, value + Z95 * error, p)


def _word(p: float | None, *, early: bool) -> FixVerdict:
    if early:
        return "too_early"
    return "none" if p is None else verdict(p)
