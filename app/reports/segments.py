"""The segments of a survey side by side, and two of them compared: what is told, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from app.analysis import minimums
from app.analysis.nps.change import Change
from app.analysis.pain_points.trend import Share
from app.analysis.segments import AgainstRest, ShareDifference, Standing
from app.analysis.types import GroupCounts, Interval, Verdict
from app.reports.filters import ATTRIBUTE, Filters, Period
from app.reports.report import SurveyHead

PERIOD = "period"  # what two sides can differ in besides what answers carry
SegmentOrder = Literal["nps", "name", "n", "detractors", "value"]
ComparisonOrder = Literal["difference", "first", "second", "name"]


@dataclass(frozen=True, slots=True)
class Raised:
    """A pain point and how many of the passives and detractors with a comment raise it."""

    id: str
    name: str
    share: Share


@dataclass(frozen=True, slots=True)
class Segment:
    """One value. `interval` is None below 5 answers, `top` empty below 30 passives and detractors with a comment.

    `against` is None for languages, whose scores are not compared. `worth` is what its passives and detractors who
    raise something are worth, None where nobody's value is known.
    """

    value: str
    filters: Filters
    counts: GroupCounts
    interval: Interval | None
    against: AgainstRest | None
    comments: GroupCounts
    top: tuple[Raised, ...]
    worth: float | None

    @property
    def standing(self) -> Standing | None:
        """How it stands to everybody else; None where that is not asked."""
        return self.against.standing if self.against else None


@dataclass(frozen=True, slots=True)
class Segments:
    """All segments of one kind in one view. `everybody` are all answers in it, with or without a value.

    `by` is "language", "touchpoint" or "attr.NAME". `is_monthly` says that worth is the revenue of a month, because
    the survey does not know how long customers stay.
    """

    survey: SurveyHead
    filters: Filters
    period: Period
    by: str
    everybody: GroupCounts
    interval: Interval | None
    rows: tuple[Segment, ...]
    is_monthly: bool

    @property
    def has_worth(self) -> bool:
        """Whether the value of anybody is known."""
        return any(row.worth is not None for row in self.rows)

    @property
    def unhappy(self) -> tuple[Segment, ...]:
        """Those whose score is clearly below everybody else's, the lowest first."""
        return self.standing("below")

    def standing(self, word: str) -> tuple[Segment, ...]:
        """Those that stand so, in the order of their score."""
        found = [row for row in self.rows if row.standing == word]
        return tuple(sorted(found, key=_by_score))

    @property
    def unknown(self) -> float:
        """How many answers carry no value."""
        return self.everybody.n - sum(row.counts.n for row in self.rows)


@dataclass(frozen=True, slots=True)
class Side:
    """One of two groups of people: in words, as filters, and what it counts."""

    label: str
    filters: Filters
    period: Period
    counts: GroupCounts
    interval: Interval | None
    comments: GroupCounts


@dataclass(frozen=True, slots=True)
class ComparedPoint:
    """One pain point in both groups, with the Wilson intervals of its shares."""

    id: str
    name: str
    first: Share
    second: Share
    first_interval: Interval | None
    second_interval: Interval | None
    tested: ShareDifference

    @property
    def is_rare(self) -> bool:
        """Whether fewer than 5 of either side raise it."""
        return not minimums.reached(max(self.first.part, self.second.part), minimums.MENTIONS_TO_RANK)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two groups side by side. `difference` is the first minus the second, None where their scores are not compared:
    for two languages, and below 5 answers."""

    survey: SurveyHead
    by: str
    first: Side
    second: Side
    difference: Change | None
    verdict: Verdict | None
    rows: tuple[ComparedPoint, ...]


def narrowed(filters: Filters, by: str, value: str) -> Filters:
    """The same view of one value alone."""
    if not by.startswith(ATTRIBUTE):
        return replace(filters, **{by: value})  # type: ignore[arg-type]
    name = by.removeprefix(ATTRIBUTE)
    others = tuple(pair for pair in filters.attributes if pair[0] != name)
    return replace(filters, attributes=(*others, (name, value)))


def widened(filters: Filters, by: str) -> Filters:
    """The same view of all values."""
    if not by.startswith(ATTRIBUTE):
        return filters if by == PERIOD else replace(filters, **{by: None})  # type: ignore[arg-type]
    name = by.removeprefix(ATTRIBUTE)
    return replace(filters, attributes=tuple(pair for pair in filters.attributes if pair[0] != name))


def _by_score(row: Segment) -> tuple[Any, ...]:
    return row.interval is None, row.interval.value if row.interval else 0.0, -row.counts.n, row.value


SEGMENT_ORDERS: Mapping[SegmentOrder, Callable[[Segment], Any]] = {
    "nps": _by_score,
    "name": lambda row: (row.value.casefold(), row.value),
    "n": lambda row: (-row.counts.n, row.value),
    "detractors": lambda row: (-row.counts.detractors / row.counts.n, row.value),
    "value": lambda row: (-(row.worth or 0.0), row.worth is None, row.value),
}
COMPARISON_ORDERS: Mapping[ComparisonOrder, Callable[[ComparedPoint], Any]] = {
    "difference": lambda row: (-abs(row.tested.difference.z if row.tested.difference else 0.0), row.name),
    "first": lambda row: (-_size(row.first), row.name),
    "second": lambda row: (-_size(row.second), row.name),
    "name": lambda row: (row.name.casefold(), row.id),
}


def _size(share: Share) -> float:
    return share.part / share.whole if share.whole else 0.0


def ordered(told: Segments, order: SegmentOrder) -> Segments:
    """The same in another order."""
    return replace(told, rows=tuple(sorted(told.rows, key=SEGMENT_ORDERS[order])))


def ordered_points(told: Comparison, order: ComparisonOrder) -> Comparison:
    """The same with its pain points in another order."""
    return replace(told, rows=tuple(sorted(told.rows, key=COMPARISON_ORDERS[order])))
