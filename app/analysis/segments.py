"""Do two groups of people, or one and everybody else, really differ? Several questions at once are asked carefully."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.analysis import minimums
from app.analysis.nps.change import Change, change
from app.analysis.pain_points.trend import (
    FALSE_DISCOVERIES,
    MENTIONS_TO_MOVE,
    Share,
    ShareChange,
    benjamini_hochberg,
    share_change,
)
from app.analysis.types import GroupCounts

Standing = Literal["above", "below", "alike", "too few"]
More = Literal["first", "second", "neither", "too few"]


@dataclass(frozen=True, slots=True)
class AgainstRest:
    """The NPS of a segment minus that of everybody else in view, None where one of them is empty; and the word."""

    difference: Change | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class ShareDifference:
    """The share of the first group minus that of the second, None where one of them is empty; and who raises more."""

    difference: ShareChange | None
    more: More


def against_rest(segments: Mapping[str, GroupCounts], everybody: GroupCounts) -> dict[str, AgainstRest]:
    """How each segment stands to everybody else in view, whoever is in no segment included.

    "above" and "below" are those that the procedure of Benjamini and Hochberg keeps, so that at most one in ten of
    them is expected to be false; below 30 answers on either side it is "too few". ValueError for a segment that is
    larger than the whole.

    >>> told = against_rest({"free": GroupCounts(10, 20, 70)}, GroupCounts(310, 320, 170))
    >>> told["free"].standing
    'below'
    """
    found = {value: change(_without(counts, everybody), counts) for value, counts in segments.items()}
    tested = {value: one for value, one in found.items() if one is not None and one.verdict != "suppressed"}
    kept = dict(zip(tested, benjamini_hochberg([one.p for one in tested.values()], FALSE_DISCOVERIES), strict=True))
    return {value: AgainstRest(one, _standing(one, kept.get(value))) for value, one in found.items()}


def _without(part: GroupCounts, whole: GroupCounts) -> GroupCounts:
    """Everybody else."""
    return GroupCounts(
        whole.promoters - part.promoters, whole.passives - part.passives, whole.detractors - part.detractors
    )


def _standing(found: Change | None, is_kept: bool | None) -> Standing:
    if found is None or is_kept is None:
        return "too few"
    if not is_kept:
        return "alike"
    return "above" if found.adjusted > 0 else "below"


def share_differences(first: Mapping[str, Share], second: Mapping[str, Share]) -> dict[str, ShareDifference]:
    """By pain point, which of two groups raises it more: Agresti and Caffo, kept by Benjamini and Hochberg.

    Tested are those that 5 raise in one of the groups, if both have at least 30 passives and detractors with a
    comment. ValueError if the groups do not hold the same pain points.

    >>> share_differences({"slow": Share(24, 100)}, {"slow": Share(6, 120)})["slow"].more
    'first'
    """
    if first.keys() != second.keys():
        raise ValueError("both groups must hold the same pain points")
    found = {id_: share_change(*second[id_], *first[id_]) for id_ in first}
    tested = {id_: one for id_, one in found.items() if one is not None and _enough(first[id_], second[id_])}
    kept = dict(zip(tested, benjamini_hochberg([one.p for one in tested.values()], FALSE_DISCOVERIES), strict=True))
    return {id_: ShareDifference(one, _more(one, kept.get(id_))) for id_, one in found.items()}


def _enough(*shares: Share) -> bool:
    most = max(share.part for share in shares)
    return minimums.reached(most, MENTIONS_TO_MOVE) and all(
        minimums.reached(share.whole, minimums.COMPARISON) for share in shares
    )


def _more(found: ShareChange | None, is_kept: bool | None) -> More:
    if found is None or is_kept is None:
        return "too few"
    if not is_kept:
        return "neither"
    return "first" if found.adjusted > 0 else "second"
