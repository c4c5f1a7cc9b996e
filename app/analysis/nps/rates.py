"""Shares of answers, and how a share is written."""

from __future__ import annotations

from fractions import Fraction

from app.analysis import minimums
from app.analysis.counts import amount, checked_share


def response_rate(responses: float, loads: float) -> float | None:
    """Responses by distinct loads, 0 or more; None without loads.

    Above 1 when loads were lost; it is then shown as counts. ValueError for invalid counts.
    """
    responses, loads = amount(responses), amount(loads)
    return responses / loads if loads else None


def comment_rate(comments: float, responses: float) -> float | None:
    """The share of responses with a comment, 0…1; None without responses. ValueError for invalid counts."""
    return rate(comments, responses)


def coverage(assigned: float, comments: float) -> float | None:
    """The share of comments with at least one pain point, 0…1; None without comments."""
    return rate(assigned, comments)


def rate(part: float, whole: float) -> float | None:
    """A part by its whole, 0…1; None for a whole of 0. ValueError for invalid counts or a part above its whole."""
    part, whole = checked_share(part, whole)
    return part / whole if whole else None


def whole_per_cent(part: float, whole: float) -> int | None:
    """A share as a whole number of per cent, halves away from zero, 0…100; None for a whole of 0.

    >>> whole_per_cent(9, 40)
    23
    """
    part, whole = checked_share(part, whole)
    exact_part, exact_whole = Fraction(part), Fraction(whole)
    return int((200 * exact_part + exact_whole) // (2 * exact_whole)) if whole else None


def share_shown(part: float, whole: float) -> str | None:
    """A share as people read it: "3 of 12" below a base of 20, from 20 on "29 %"; None for a base of 0.

    Effective counts below 20 are written with at most one decimal. ValueError as in `rate`.

    >>> share_shown(52, 180)
    '29 %'
    """
    per_cent = whole_per_cent(part, whole)
    if per_cent is None:
        return None
    if minimums.reached(whole, minimums.PER_CENT):
        return f"{per_cent} %"
    return f"{round(part, 1):g} of {round(whole, 1):g}"
