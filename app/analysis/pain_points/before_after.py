"""Did a fix help? A pain point in two windows of equal length, before and after its day."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from app.analysis import minimums
from app.analysis.counts import checked_part
from app.analysis.normal import Z95, two_sided_p
from app.analysis.nps.change import verdict
from app.analysis.pain_points.impact import impact
from app.analysis.pain_points.rank import Cost
from app.analysis.pain_points.trend import Share, ShareChange, badges, share_change
from app.analysis.types import GroupCounts

LONGEST = 90  # days of a window

Effect = Literal["clear", "leaning", "none", "too early"]


@dataclass(frozen=True, slots=True)
class ImpactChange:
    """The impact after minus the impact before, in points: positive means that it costs less."""

    before: float
    after: float
    value: float
    low: float
    high: float
    p: float
    verdict: Effect


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """How a pain point has changed: `before` and `after` are m of M, `rate` their change with its 95 % interval.

    `impact` is None where fewer than 5 raise it in a window: too few mentions to compare the impact.
    """

    before: Share
    after: Share
    rate: ShareChange
    verdict: Effect
    impact: ImpactChange | None

    @property
    def has_fallen(self) -> bool:
        """Whether fewer raise it than before, by the change that is tested."""
        return self.rate.adjusted < 0


def window(days: int) -> int:
    """How many days each window has, so many days after the fix: all of them, at most 90; 0 on the day itself.

    ValueError for a fix that is still to come.
    """
    if days < 0:
        raise ValueError("the fix is still to come")
    return min(LONGEST, days)


def before_after(
    raised_before: GroupCounts,
    base_before: GroupCounts,
    raised_after: GroupCounts,
    base_after: GroupCounts,
    cost: Cost = impact,
) -> BeforeAfter | None:
    """Share and impact after a fix against before, from those who raise it and all respondents with a comment.

    `cost` is how the survey's metric counts the impact. None if in one of the windows no passive or detractor
    commented. "too early" below 30 of them in a window.
    ValueError if a count is invalid or larger than its group in the base.

    >>> counts = [GroupCounts(6, 22, 30), GroupCounts(150, 100, 80), GroupCounts(8, 12, 9), GroupCounts(160, 95, 70)]
    >>> before_after(*counts).verdict
    'clear'
    """
    raised_before, base_before = checked_part(raised_before, base_before)
    raised_after, base_after = checked_part(raised_after, base_after)
    before, after = Share(raised_before.others, base_before.others), Share(raised_after.others, base_after.others)
    rate = share_change(*before, *after, Z95)
    if rate is None:
        return None
    enough = all(minimums.reached(share.whole, minimums.COMPARISON) for share in (before, after))
    costs = _impact_change((raised_before, base_before), (raised_after, base_after), enough, cost)
    return BeforeAfter(before, after, rate, _word(rate.p, enough), costs)


def has_relapsed(earlier: Share, later: Share) -> bool:
    """Whether a fixed pain point is rising again, from its shares in two equal halves of the time since its fix.

    By the rules of the badges "rising" and "new". ValueError for invalid counts.
    """
    return badges({"": earlier}, {"": later})[""] in ("rising", "new")


def _word(p: float, enough: bool) -> Effect:
    return verdict(p) if enough else "too early"


def _impact_change(
    before: tuple[GroupCounts, GroupCounts], after: tuple[GroupCounts, GroupCounts], enough: bool, cost: Cost
) -> ImpactChange | None:
    if not all(minimums.reached(raised.n, minimums.IMPACT) for raised, _ in (before, after)):
        return None
    first, second = cost(*before), cost(*after)
    if first is None or second is None or first.se_full is None or second.se_full is None:
        return None
    error, value = math.hypot(first.se_full, second.se_full), second.value - first.value
    if not error:
        return None
    p = two_sided_p(value / error)
    return ImpactChange(first.value, second.value, value, value - Z95 * error, value + Z95 * error, p, _word(p, enough))
