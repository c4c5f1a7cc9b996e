"""The share of the highest group, in per cent: "top-2 box" for CSAT, "agree" for CES."""

from __future__ import annotations

from app.analysis import minimums
from app.analysis.counts import checked
from app.analysis.normal import Z95
from app.analysis.nps.change import Change, verdict
from app.analysis.pain_points.frequency import wilson
from app.analysis.pain_points.impact import Impact
from app.analysis.pain_points.impact import impact as nps_impact
from app.analysis.pain_points.trend import share_change
from app.analysis.types import GroupCounts, Interval


def share(counts: GroupCounts) -> Interval | None:
    """The share of the highest group in per cent with its 95 % Wilson interval, 0…100; None without answers.

    >>> share(GroupCounts(promoters=52, passives=100, detractors=28)).value
    28.888888888888886
    """
    counts = checked(counts)
    found = wilson(counts.promoters, counts.n)
    return None if found is None else Interval(100 * found.value, 100 * found.low, 100 * found.high)


def change(before: GroupCounts, after: GroupCounts) -> Change | None:
    """The share after minus the share before, in points, −100…+100; None if a period is empty.

    Tested with one success and one failure more in each period (Agresti and Caffo 2000); below 30 answers in a period
    the verdict is "suppressed". ValueError for invalid counts.
    """
    before, after = checked(before), checked(after)
    found = share_change(before.promoters, before.n, after.promoters, after.n, Z95)
    if found is None:
        return None
    enough = all(minimums.reached(period.n, minimums.COMPARISON) for period in (before, after))
    return Change(
        value=100 * found.value,
        adjusted=100 * found.adjusted,
        se=100 * found.se,
        z=found.z,
        low=100 * found.low,
        high=100 * found.high,
        p=found.p,
        verdict=verdict(found.p) if enough else "suppressed",
    )


def impact(raised: GroupCounts, base: GroupCounts) -> Impact | None:
    """The share of the base minus the share without those who raise the pain point, in points; None as for an NPS.

    It is the impact on the NPS of two groups, the highest against all others: such an NPS is the share of the highest.

    >>> round(impact(GroupCounts(6, 22, 30), GroupCounts(150, 100, 80)).value, 4)
    -7.4866
    """
    return nps_impact(_two_groups(raised), _two_groups(base))


def _two_groups(counts: GroupCounts) -> GroupCounts:
    counts = checked(counts)
    return GroupCounts(counts.promoters, counts.passives + counts.detractors, 0)
