"""What a pain point costs in points, what could be won, and whether it is a pain at all.

Every function takes those who raise the pain point and the base of all respondents with a comment, by group, and
raises ValueError if a count is invalid or larger than its group in the base.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from app.analysis import minimums
from app.analysis.counts import checked_part, lead, share_difference
from app.analysis.normal import Z95
from app.analysis.nps.score import nps, spread
from app.analysis.types import GroupCounts


@dataclass(frozen=True, slots=True)
class Impact:
    """The NPS minus the NPS without those who raise the pain point: negative costs points.

    `value` is `share` × (`nps_raised` − `nps_rest`). `se_given_share` takes the share as known and is too narrow for
    large gaps; `se_full` does not, and `low`…`high` is its 95 % interval. None where nothing can be said: no
    interval below 5 respondents or without any spread, no errors and no `nps_raised` when nobody raises it.
    """

    value: float
    se_given_share: float | None
    se_full: float | None
    low: float | None
    high: float | None
    nps_raised: float | None
    nps_rest: float
    share: float


@dataclass(frozen=True, slots=True)
class LogOdds:
    """The log odds ratio of raising a pain point, non-promoters against promoters, and its z value."""

    value: float
    z: float


def impact(raised: GroupCounts, base: GroupCounts) -> Impact | None:
    """The impact on the NPS of the base, −200…+200 points.

    0 when nobody raises it; None without a base, or when everybody raises it and nobody is left to compare with.

    >>> round(impact(GroupCounts(6, 22, 30), GroupCounts(150, 100, 80)).value, 4)
    -13.3467
    """
    raised, base = checked_part(raised, base)
    rest = _rest(raised, base)
    without = nps(rest)
    if without is None:
        return None
    mentioned = nps(raised)
    if mentioned is None:
        return Impact(0.0, None, None, None, None, None, without, 0.0)
    share = raised.n / base.n
    value = share * 100 * share_difference(lead(raised), raised.n, lead(rest), rest.n)
    given, full = _errors(raised, rest)
    known = full > 0 and minimums.reached(raised.n, minimums.IMPACT)
    low, high = (value - Z95 * full, value + Z95 * full) if known else (None, None)
    return Impact(value, given, full, low, high, mentioned, without, share)


def one_step_gain(raised: GroupCounts, base: GroupCounts) -> float | None:
    """The most that can be won: 100·m/n points, 0…100, if all who raise it moved up one group; None without a base.

    Passives count fully, a passive as much as a detractor. An upper bound, and to be worded so.
    """
    raised, base = checked_part(raised, base)
    return 100 * raised.others / base.n if base.n else None


def log_odds(raised: GroupCounts, base: GroupCounts) -> LogOdds | None:
    """How much likelier a passive or detractor is to raise it than a promoter; any value, 0 for alike.

    Half a respondent is added to each of the four cells. None without promoters or without anybody else.
    """
    raised, base = checked_part(raised, base)
    if not base.promoters or not base.others:
        return None
    rest = _rest(raised, base)
    cells = [2 * count + 1 for count in (raised.others, rest.promoters, rest.others, raised.promoters)]
    value = _log_ratio(cells[0] * cells[1], cells[2] * cells[3])
    return LogOdds(value, value / math.sqrt(math.fsum(2 / cell for cell in cells)))


def _rest(raised: GroupCounts, base: GroupCounts) -> GroupCounts:
    return GroupCounts(
        base.promoters - raised.promoters,
        base.passives - raised.passives,
        base.detractors - raised.detractors,
    )


def _errors(raised: GroupCounts, rest: GroupCounts) -> tuple[float, float]:
    """The standard errors of the impact: given the share, and in full."""
    n = raised.n + rest.n
    share = raised.n / n
    gap = 100 * share_difference(lead(raised), raised.n, lead(rest), rest.n)
    variances = (spread(raised) or 0.0) / raised.n + (spread(rest) or 0.0) / rest.n
    given = 100 * share * math.sqrt(variances)
    return given, math.hypot(given, gap * math.sqrt(share * (rest.n / n) / n))


def _log_ratio(a: float, b: float) -> float:
    """ln(a/b), with all its digits where a and b are close."""
    return math.log1p((a - b) / b) if b / 2 < a < 2 * b else math.log(a / b)
