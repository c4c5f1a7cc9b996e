"""The order in which to fix pain points, and where each one is listed.

Ranked by how many passives and detractors raise it, counted cautiously, and more when both do.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from app.analysis import minimums
from app.analysis.counts import checked
from app.analysis.pain_points.frequency import wilson
from app.analysis.pain_points.impact import Impact, LogOdds, impact, log_odds, one_step_gain
from app.analysis.pain_points.overlap import holds_back, overlap, shared_share
from app.analysis.types import GroupCounts, HoldsBack, Interval, Voice

PAIN_Z = 1.645  # below it, non-promoters do not clearly raise a pain point more than promoters do
COSTLIEST = 3  # how many of the most negative impacts may be called "costs most"

Cost = Callable[[GroupCounts, GroupCounts], Impact | None]
Gain = Callable[[GroupCounts, GroupCounts], float | None]
SortKey = Literal["priority", "frequency", "overlap", "impact", "value", "trend"]


@dataclass(frozen=True, slots=True)
class Ranked:
    """One pain point with everything that says why it stands where it stands.

    `place` counts from 1 and is None for those that are listed but not ranked. `counts` are respondents, each
    once. Shares are 0…1, priority 0…100, impact and gain in points; None where there is nothing to compute from.
    """

    id: str
    place: int | None
    counts: GroupCounts
    frequency: Interval
    overlap: float | None
    shared_share: float | None
    priority: float
    impact: Impact | None
    one_step_gain: float | None
    log_odds: LogOdds | None
    holds_back: HoldsBack | None
    costs_most: bool

    @property
    def shows_gain(self) -> bool:
        """Whether the gain is shown instead of the impact: raised by passives, so that the impact says nothing."""
        return self.holds_back == "passives" and self.impact is not None and self.impact.value >= 0


@dataclass(frozen=True, slots=True)
class Ranking:
    """All pain points in three lists, each in order of priority; all are empty unless there is `enough`."""

    ranked: tuple[Ranked, ...]
    shared_requests: tuple[Ranked, ...]
    too_few: tuple[Ranked, ...]
    enough: bool


def tally(voices: Iterable[Voice]) -> tuple[dict[str, GroupCounts], GroupCounts]:
    """Who raises each pain point, by its id in order, and the base of all respondents with a comment.

    Every respondent counts once in the base and once in each pain point. No voices give no ids and a base of 0.
    """
    return tally_kinds((voice, 1) for voice in voices)


def tally_kinds(kinds: Iterable[tuple[Voice, int]]) -> tuple[dict[str, GroupCounts], GroupCounts]:
    """The same of respondents who are alike, each with how many they are."""
    raised: defaultdict[str, Counter[str]] = defaultdict(Counter)
    everyone: Counter[str] = Counter()
    for voice, times in kinds:
        everyone[voice.group] += times
        for id_ in voice.pain_points:
            raised[id_][voice.group] += times
    return {id_: _counted(raised[id_]) for id_ in sorted(raised)}, _counted(everyone)


def priority(m: float, non_promoters: float, overlap: float | None) -> float | None:
    """100 · the lower end of m of `non_promoters` · (1 + overlap)/2: 0…100, None without non-promoters.

    Frequency first; overlap can at most double it. Without an overlap the factor is ½ for every pain point alike.

    >>> round(priority(40, 180, 0.4293), 3)
    11.981
    """
    frequency = wilson(m, non_promoters)
    return None if frequency is None else 100 * frequency.low * (1 + (overlap or 0.0)) / 2


def rank(
    raised: Mapping[str, GroupCounts], base: GroupCounts, cost: Cost = impact, gain: Gain = one_step_gain
) -> Ranking:
    """List every pain point: too few to rank, a request that promoters share, or ranked.

    `raised` says who raises each one, `base` who commented, `cost` and `gain` what it costs of the score and what could
    be won. Below 30 passives and detractors with a comment nothing is ranked. Equal priorities go by the more negative
    impact, then by id. ValueError for invalid counts.
    """
    base = checked(base)
    rows = [row for id_, counts in raised.items() if (row := _judged(id_, counts, base, cost, gain))]
    if not minimums.reached(base.others, minimums.RANKING):
        return Ranking((), (), (), enough=False)
    rows.sort(key=_by_priority)
    too_few = tuple(row for row in rows if _is_rare(row))
    shared = tuple(row for row in rows if not _is_rare(row) and _is_shared(row))
    ranked = [row for row in rows if not _is_rare(row) and not _is_shared(row)]
    return Ranking(_placed(ranked), shared, too_few, enough=True)


def order(
    ranked: Iterable[Ranked], key: SortKey = "priority", figures: Mapping[str, float | None] | None = None
) -> tuple[Ranked, ...]:
    """The same pain points in another order, equals by priority; places stay. ValueError for an unknown key.

    Impact puts the negative ones first, then the others by their gain. `figures` holds by id what the rows do not
    know: the value at risk for "value", the z value of the change in share for "trend". Largest first, None last.
    """
    if key not in get_args(SortKey):
        raise ValueError(f"unknown order: {key!r}")
    by_priority = sorted(ranked, key=_by_priority)
    return tuple(sorted(by_priority, key=lambda row: _sort_value(row, key, figures or {})))


def _counted(groups: Counter[str]) -> GroupCounts:
    return GroupCounts(groups["promoter"], groups["passive"], groups["detractor"])


def _judged(id_: str, counts: GroupCounts, base: GroupCounts, cost: Cost, gain: Gain) -> Ranked | None:
    """All numbers of one pain point; None if there is no base for them."""
    counts = checked(counts)
    evenness = overlap(counts, base)
    frequency = wilson(counts.others, base.others)
    first = priority(counts.others, base.others, evenness)
    if frequency is None or first is None:
        return None
    return Ranked(
        id=id_,
        place=None,
        counts=counts,
        frequency=frequency,
        overlap=evenness,
        shared_share=shared_share(counts, base),
        priority=first,
        impact=cost(counts, base),
        one_step_gain=gain(counts, base),
        log_odds=log_odds(counts, base),
        holds_back=holds_back(counts, base),
        costs_most=False,
    )


def _is_rare(row: Ranked) -> bool:
    return not minimums.reached(row.counts.others, minimums.MENTIONS_TO_RANK)


def _is_shared(row: Ranked) -> bool:
    """Whether promoters raise it about as often, and enough of them to say so."""
    heard = minimums.reached(row.counts.promoters, minimums.PROMOTERS_TO_SHARE)
    return heard and row.log_odds is not None and row.log_odds.z < PAIN_Z


def _placed(ranked: list[Ranked]) -> tuple[Ranked, ...]:
    """The rows with their places, and the badge for detractors' pain points that overlap would hide."""
    negative = [row for row in ranked if row.impact is not None and row.impact.value < 0]
    costliest = {row.id for row in sorted(negative, key=_impact_or_last)[:COSTLIEST]}
    return tuple(
        replace(row, place=place, costs_most=row.holds_back == "detractors" and row.id in costliest)
        for place, row in enumerate(ranked, start=1)
    )


def _by_priority(row: Ranked) -> tuple[float, float, str]:
    return -round(row.priority, 9), _impact_or_last(row), row.id


def _impact_or_last(row: Ranked) -> float:
    return round(row.impact.value, 9) if row.impact else float("inf")


def _sort_value(row: Ranked, key: SortKey, figures: Mapping[str, float | None]) -> tuple[bool, float]:
    if key == "impact":
        costs = row.impact is not None and row.impact.value < 0
        return not costs, _impact_or_last(row) if costs else -(row.one_step_gain or 0.0)
    by_key: dict[str, float | None] = {
        "priority": row.priority,
        "frequency": row.frequency.value,
        "overlap": row.overlap,
    }
    figure = by_key[key] if key in by_key else figures.get(row.id)
    return figure is None, -round(figure or 0.0, 9)
