"""How a customer is doing, 0 to 100: from what they said and what was left undone, with parts that add up.

The score they gave last is the base; what speaks for or against it is added in whole points. It ranks whom to look at
first, and forecasts nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

Name = Literal["score", "change", "pain points", "case", "silence", "limit"]
CaseState = Literal["none", "open", "overdue"]

PER_SCORE = 10  # points for each point of the score given last
PER_CHANGE, MOST_CHANGE = 2, 10  # for each point by which it rose or fell
PER_PAIN_POINT, MOST_PAIN = 3, 15  # off for each open pain point
OF_CASE: dict[CaseState, int] = {"none": 0, "open": 5, "overdue": 10}  # off for a case that nobody closed
FRESH, PER_SILENCE, MOST_SILENCE = 90, 30, 10  # days without a loss; days for each point off; at most


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a customer; of several people the means of their latest scores and changes.

    `change` is the latest score minus the mean of the two before, None without any before; `days` are those since the
    last answer.
    """

    latest: float
    change: float | None = None
    open_pain_points: int = 0
    case: CaseState = "none"
    days: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """What one fact adds or, below 0, takes off."""

    name: Name
    points: int


@dataclass(frozen=True, slots=True)
class Health:
    """0 to 100, the sum of its parts. The part "limit" is what keeps it there, most often 0."""

    score: int
    parts: tuple[Part, ...]


def health(facts: Facts | None) -> Health | None:
    """The health of a customer; None without any answer, never 0. ValueError for facts that cannot be.

    >>> health(Facts(latest=6, change=-2, open_pain_points=2, case="overdue", days=120)).score
    39
    """
    if facts is None:
        return None
    _check(facts)
    parts = {
        "score": _whole(PER_SCORE * facts.latest),
        "change": _within(PER_CHANGE * (facts.change or 0), MOST_CHANGE),
        "pain points": -min(PER_PAIN_POINT * facts.open_pain_points, MOST_PAIN),
        "case": -OF_CASE[facts.case],
        "silence": -min(max(0, facts.days - FRESH) // PER_SILENCE, MOST_SILENCE),
    }
    total = sum(parts.values())
    parts["limit"] = min(max(total, 0), 100) - total
    return Health(total + parts["limit"], tuple(Part(name, parts[name]) for name in get_args(Name)))


def _check(facts: Facts) -> None:
    is_sound = 0 <= facts.latest <= 10 and (facts.change is None or -10 <= facts.change <= 10)
    if not is_sound or facts.open_pain_points < 0 or facts.days < 0:
        raise ValueError(f"not the facts of a customer: {facts!r}")


def _within(points: float, most: int) -> int:
    return _whole(min(max(points, -most), most))


def _whole(points: float) -> int:
    """The nearest whole number; halves go away from 0, so that rising and falling weigh the same."""
    return int(math.copysign(math.floor(abs(points) + 0.5), points))
