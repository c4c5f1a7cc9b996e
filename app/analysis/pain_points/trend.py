"""Is a pain point new, or raised by more or fewer than in the period before?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from app.analysis import minimums
from app.analysis.counts import checked_share, share_difference
from app.analysis.normal import Z90, two_sided_p
from app.analysis.types import GroupCounts

FALSE_DISCOVERIES = 0.10  # at most this part of the rising and falling badges is expected to be false
MENTIONS_IF_NEW = 3  # the least now for "new", after none before
MENTIONS_TO_MOVE = 5  # the least in the larger period for "rising" or "falling"

Badge = Literal["new", "rising", "falling", "none"]


class Share(NamedTuple):
    """`part` of `whole`: m of the M passives and detractors with a comment in one period."""

    part: float
    whole: float


@dataclass(frozen=True, slots=True)
class ShareChange:
    """The change of a share between two periods, −1…1.

    `value` is the observed change and the number to show; all else belongs to the change with one success and
    one failure more in each period.
    """

    value: float
    adjusted: float
    se: float
    z: float
    low: float
    high: float
    p: float


def share_change(k1: float, n1: float, k2: float, n2: float, z: float = Z90) -> ShareChange | None:
    """k2/n2 − k1/n1 with its interval (90 % unless told) and two-sided p; None if a period is empty.

    ValueError for invalid counts or a part larger than its whole. Source: Agresti and Caffo 2000.

    >>> round(share_change(10, 200, 24, 210).p, 4)
    0.0201
    """
    k1, n1 = checked_share(k1, n1)
    k2, n2 = checked_share(k2, n2)
    if not n1 or not n2:
        return None
    shrunken = share_difference(k2 + 1, n2 + 2, k1 + 1, n1 + 2)
    error = math.hypot(_error(k1, n1), _error(k2, n2))
    return ShareChange(
        value=share_difference(k2, n2, k1, n1),
        adjusted=shrunken,
        se=error,
        z=shrunken / error,
        low=shrunken - z * error,
        high=shrunken + z * error,
        p=two_sided_p(shrunken / error),
    )


def shares(raised: Mapping[str, GroupCounts], base: GroupCounts, ids: Iterable[str]) -> dict[str, Share]:
    """The share of each of `ids` among the passives and detractors of a period; 0 for those nobody raised."""
    return {id_: Share(raised.get(id_, GroupCounts()).others, base.others) for id_ in ids}


def badges(previous: Mapping[str, Share], current: Mapping[str, Share]) -> dict[str, Badge]:
    """The badge of every pain point that a page shows, from its shares in two periods of equal length.

    "new": none before among at least 30, and at least 3 now. "rising", "falling": at least 30 in both periods and
    5 in the larger, the 90 % interval without 0, and kept by the procedure of Benjamini and Hochberg over all that
    are tested. "none" for the rest. ValueError if the two periods do not hold the same pain points.
    """
    if previous.keys() != current.keys():
        raise ValueError("both periods must hold the same pain points")
    new = {id_ for id_ in current if _is_new(previous[id_], current[id_])}
    tested = _tested(previous, current, new)
    kept = benjamini_hochberg([change.p for change in tested.values()], FALSE_DISCOVERIES)
    result: dict[str, Badge] = {id_: "new" if id_ in new else "none" for id_ in current}
    for (id_, change), keep in zip(tested.items(), kept, strict=True):
        if keep and minimums.reached(max(previous[id_].part, current[id_].part), MENTIONS_TO_MOVE):
            result[id_] = _direction(change)
    return result


def benjamini_hochberg(ps: Sequence[float], q: float) -> list[bool]:
    """Which of several tests to keep, in the order given, so that at most the part `q` of them is false.

    Sorted ascending, all up to the last p with p ≤ i·q/j are kept, i being its position of j. No tests keep none.
    ValueError for a p or q outside 0…1. Source: Benjamini and Hochberg 1995.

    >>> benjamini_hochberg([0.04, 0.5, 0.06], q=0.10)
    [True, False, True]
    """
    if not all(0 <= p <= 1 for p in (*ps, q)):
        raise ValueError("p values and q lie between 0 and 1")
    ascending = sorted(ps)
    passed = [p for i, p in enumerate(ascending, start=1) if p * len(ps) <= i * q]
    return [p <= max(passed, default=-1.0) for p in ps]


def _error(k: float, n: float) -> float:
    share = (k + 1) / (n + 2)
    return math.sqrt(share * ((n - k + 1) / (n + 2)) / (n + 2))


def _is_new(before: Share, now: Share) -> bool:
    nobody = before.part == 0 and minimums.reached(before.whole, minimums.COMPARISON)
    return nobody and minimums.reached(now.part, MENTIONS_IF_NEW)


def _tested(previous: Mapping[str, Share], current: Mapping[str, Share], new: set[str]) -> dict[str, ShareChange]:
    """The changes of all pain points with enough respondents in both periods that are not new."""
    tested = {}
    for id_ in sorted(current.keys() - new):
        enough = all(minimums.reached(s.whole, minimums.COMPARISON) for s in (previous[id_], current[id_]))
        if enough and (change := share_change(*previous[id_], *current[id_])):
            tested[id_] = change
    return tested


def _direction(change: ShareChange) -> Badge:
    if change.low > 0:
        return "rising"
    return "falling" if change.high < 0 else "none"
