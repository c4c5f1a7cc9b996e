"""From scores to the three groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from app.analysis.types import Group, GroupCounts


def group_of(score: object) -> Group:
    """The group of one score: 0–6 detractor, 7–8 passive, 9–10 promoter.

    ValueError for whatever is not an integer from 0 to 10: a float, a text, a boolean or None is no score.

    >>> group_of(7)
    'passive'
    """
    if isinstance(score, bool) or not isinstance(score, int) or not 0 <= score <= 10:
        raise ValueError(f"not a score from 0 to 10: {score!r}")
    if score >= 9:
        return "promoter"
    return "passive" if score >= 7 else "detractor"


def count_groups(scores: Iterable[object]) -> GroupCounts:
    """How many of the scores fall into each group: three zeros for none, ValueError as in `group_of`."""
    groups = Counter(group_of(score) for score in scores)
    return GroupCounts(groups["promoter"], groups["passive"], groups["detractor"])
