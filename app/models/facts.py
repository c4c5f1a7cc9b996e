"""What a report is counted from: the facts of a survey's answers in columns, without any words of theirs.

Answers stand in the order in which they were given, so that a period is one piece. Who answered is a number; −1 is
somebody unknown, who counts as one person for each answer. What a comment raises is a set of bits, one for each pain
point. docs/decisions/0013 says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.metrics import Metric
from app.analysis.types import Group
from app.models.columns import Codes, Column, Columns, Places

if TYPE_CHECKING:
    from app.models.queries import Moments, Scope

GROUPS: tuple[Group, ...] = ("promoter", "passive", "detractor")
PROMOTER = GROUPS.index("promoter")
ATTRIBUTE = "attribute "  # how the name of a column begins that holds the values of an attribute
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WORD = 64  # bits


@dataclass(frozen=True, slots=True)
class Seen:
    """How far the facts go: the newest events, how much was erased, and what a run had read."""

    recent: frozenset[int] = frozenset()
    erasures: int = 0
    edition: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """The answers of a survey and the opinions in them, as one run understood them; None is before the first."""

    survey_id: int
    run_id: int | None
    seen: Seen
    responses: Columns
    mentions: Columns
    words: Codes
    points: Codes
    sets: dict[int, frozenset[str]]  # sets of pain points that were named before

    @property
    def names(self) -> list[str]:
        """The attributes whose values are here."""
        return [name.removeprefix(ATTRIBUTE) for name in self.responses if name.startswith(ATTRIBUTE)]

    @property
    def people(self) -> int:
        """How many known people answered, at most."""
        return int(self.responses["person"].max(initial=-1)) + 1

    def window(self, moments: Moments | None) -> slice:
        """The answers of a period."""
        if moments is None:
            return slice(0, len(self.responses["id"]))
        first, last = np.searchsorted(self.responses["at"], [micros(moment) for moment in moments])
        return slice(int(first), max(int(first), int(last)))

    def passing(self, scope: Scope, rows: slice) -> Column:
        """Which of these answers count and pass the filters. The group is not asked: scores need all three."""
        columns, filters = self.responses, scope.filters
        found: Column = np.ones(rows.stop - rows.start, bool) if scope.with_quarantine else columns["counts"][rows]
        if filters.language is not None:
            language = columns["declared" if scope.run_id is None else "language"][rows]
            found = found & (language == self.words.find(filters.language))
        if filters.touchpoint is not None:
            found = found & (columns["touchpoint"][rows] == self.words.find(filters.touchpoint))
        for name in {name for name, _ in filters.attributes}:
            values = [self.words.find(value) for other, value in filters.attributes if other == name]
            found = found & np.isin(columns[ATTRIBUTE + name][rows], values)
        return found

    def commented(self, scope: Scope) -> Places:
        """The answers of a scope whose comment was read as it stands; before the first run all that have one."""
        rows = self.window(scope.window)
        has = self.responses["has_comment" if scope.run_id is None else "is_read"][rows]
        found: Places = np.flatnonzero(self.passing(scope, rows) & has) + rows.start
        return found

    def voices(self, rows: Places) -> Column:
        """Who gave these answers: a respondent by its id, somebody unknown by the answer."""
        respondent: Column = self.responses["respondent"][rows]
        return np.where(respondent > 0, respondent, -self.responses["id"][rows])

    def raised(self, scope: Scope, rows: Places, merged: Mapping[int, int]) -> Column:
        """The bits of what these answers raise; what was merged is raised as what stands for it."""
        if scope.run_id is None:
            return np.zeros((len(rows), 1), np.uint64)
        bits: Column = self.responses["points"][rows]
        numbers = zip(self.points.of(merged).tolist(), self.points.of(merged.values()).tolist(), strict=True)
        bits = widened(bits, words(len(self.points.values)))
        for old, new in numbers:
            has = has_bit(bits, old)
            bits[:, old // WORD] &= ~bit(old)
            bits[has, new // WORD] |= bit(new)
        return bits


def groups_of(metric: Metric, scores: Column) -> Column:
    """Which of `GROUPS` the scores belong to."""
    numbers = np.zeros(metric.high + 1, np.int8)
    numbers[metric.low :] = [GROUPS.index(metric.group_of(score)) for score in metric.scores]
    return numbers[scores]


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    gone = moment - EPOCH
    return (gone.days * 86_400 + gone.seconds) * 1_000_000 + gone.microseconds


def bit(number: int) -> np.uint64:
    """A word with one bit."""
    return np.uint64(1 << number % WORD)


def words(points: int) -> int:
    """How many words hold a set of so many pain points."""
    return max(1, -(-points // WORD))


def widened(bits: Column, words: int) -> Column:
    """The sets in at least so many words."""
    return np.pad(bits, ((0, 0), (0, max(0, words - bits.shape[1]))))


def has_bit(bits: Column, number: int) -> Column:
    """Which sets hold a pain point."""
    has: Column = (bits[:, number // WORD] & bit(number)) != 0
    return has
