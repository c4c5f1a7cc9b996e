"""Is the NPS of two periods, or of two segments, really different?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from app.analysis import minimums
from app.analysis.counts import checked, lead, share_difference
from app.analysis.normal import Z95, two_sided_p
from app.analysis.nps.score import adjusted, standard_error
from app.analysis.types import GroupCounts, Verdict


@dataclass(frozen=True, slots=True)
class Change:
    """The change between two periods, in points, and how sure it is.

    `value` is the observed change and the number to show. The others belong to the change of the adjusted
    counts, so that near ±200 `value` can lie just outside of `low`…`high`, the 95 % interval.
    """

    value: float
    adjusted: float
    se: float
    z: float
    low: float
    high: float
    p: float
    verdict: Verdict


def change(before: GroupCounts, after: GroupCounts) -> Change | None:
    """NPS after minus NPS before, −200…+200 points, tested on adjusted counts; None if a period is empty.

    Below 30 answers in a period the verdict is "suppressed". ValueError for invalid counts. If the same
    people answer in both periods the test is conservative. The adjustment is that of Rocks 2016,
    arXiv 1601.07235.

    >>> change(GroupCounts(450, 300, 250), GroupCounts(500, 300, 200)).verdict
    'clear'
    """
    before, after = checked(before), checked(after)
    error = _error(before, after)
    if error is None:
        return None
    observed = 100 * share_difference(lead(after), after.n, lead(before), before.n)
    shrunken = 100 * share_difference(lead(after), after.n + 3, lead(before), before.n + 3)
    z = shrunken / error
    p = two_sided_p(z)
    enough = all(minimums.reached(period.n, minimums.COMPARISON) for period in (before, after))
    low, high = shrunken - Z95 * error, shrunken + Z95 * error
    return Change(observed, shrunken, error, z, low, high, p, verdict(p) if enough else "suppressed")


def verdict(p: float) -> Literal["clear", "leaning", "none"]:
    """The word for a test that may be shown: "clear" below .05, "leaning" below .20, else "none"."""
    if p < 0.05:
        return "clear"
    return "leaning" if p < 0.20 else "none"


def _error(*periods: GroupCounts) -> float | None:
    shrunken = [counts for period in periods if (counts := adjusted(period))]
    errors = [error for counts in shrunken if (error := standard_error(counts)) is not None]
    return math.hypot(*errors) if len(errors) == len(periods) else None
