"""Weighted answers: shares with weights, and as many answers as they are worth."""

from __future__ import annotations

import math
from collections.abc import Sequence

from app.analysis.counts import amount
from app.analysis.nps.groups import group_of
from app.analysis.types import Group, GroupCounts


def effective_size(weights: Sequence[float]) -> float | None:
    """How many equally weighted answers are worth the same: 1…n; None without a weight above 0.

    (Σw)²/Σw². ValueError for a negative weight, or one that is no number. Source: Kish 1965.

    >>> round(effective_size([1, 1, 2, 4]), 4)
    2.9091
    """
    scaled = _scaled(weights)
    return math.fsum(scaled) * _worth(scaled) if scaled else None


def effective_counts(
    scores: Sequence[object], weights: Sequence[float], base: Sequence[float] | None = None
) -> GroupCounts | None:
    """Counts by group that every formula takes unchanged: the weighted shares times the effective size.

    For a pain point, `scores` and `weights` are those of the respondents who raise it and `base` the weights of
    all who commented, so that part and whole are worth the same. None without a weight above 0; equal weights give
    the plain counts; a weight of 0 drops an answer. ValueError for invalid scores or weights, or unequal lengths.
    """
    everyone = weights if base is None else base
    scaled = _scaled(everyone)
    if not scaled:
        return None
    heaviest, worth = max(everyone), _worth(scaled)
    by_group: dict[Group, list[float]] = {"promoter": [], "passive": [], "detractor": []}
    for score, weight in zip(scores, weights, strict=True):
        by_group[group_of(score)].append(amount(weight) / heaviest)
    promoters, passives, detractors = (math.fsum(parts) * worth for parts in by_group.values())
    return GroupCounts(promoters, passives, detractors)


def _scaled(weights: Sequence[float]) -> list[float]:
    """The weights relative to the heaviest, so that equal ones are exactly 1; empty if all are 0."""
    heaviest = max(map(amount, weights), default=0)
    return [weight / heaviest for weight in weights] if heaviest else []


def _worth(scaled: Sequence[float]) -> float:
    """The effective size of one unit of weight: Σw/Σw²."""
    return math.fsum(scaled) / math.fsum(weight * weight for weight in scaled)
