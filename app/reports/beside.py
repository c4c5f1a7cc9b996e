"""What stands on the page of a pain point beside its row of the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.analysis.types import GroupCounts, Interval
from app.reports.filters import Period


@dataclass(frozen=True, slots=True)
class ShareStep:
    """The share of passives and detractors who raise it in one step of the trend.

    `interval` is None where fewer than 5 of them commented.
    """

    period: Period
    part: float
    whole: float
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Companion:
    """Another pain point that the same people raise: how many of those who raise this one, and of the others."""

    id: str
    name: str
    people: float
    of: float
    others: float
    of_others: float


@dataclass(frozen=True, slots=True)
class Beside:
    """Own score, trend, companions, kinds of comments, and what people changed, the newest first.

    `companions` are ordered by how many raise both. `groups` and `languages` count comments.
    """

    score: Interval | None
    counts: GroupCounts
    trend: tuple[ShareStep, ...]
    companions: tuple[Companion, ...]
    groups: Mapping[str, int]
    languages: Mapping[str, int]
