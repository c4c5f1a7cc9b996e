"""What a survey measures: NPS, CSAT or CES, each with its scale, its three groups and its statistic.

The groups keep their parts whatever they are called: the lowest complains ("detractor"), the middle one could be won
("passive"), the highest is content ("promoter"). All that is said about comments and pain points goes by these.

- NPS: Reichheld 2003, "The One Number You Need to Grow".
- CSAT: the share of the two highest of five answers ("top-2 box"), the field's usual figure; docs/statistics.md.
- CES 2.0: Dixon, Toman and DeLisi 2013, "The Effortless Experience": agreement from 1 to 7 that something was made
  easy, as a mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from app.analysis import means, top_box
from app.analysis.nps.change import Change, change
from app.analysis.nps.score import score_interval
from app.analysis.pain_points.impact import impact, one_step_gain
from app.analysis.pain_points.rank import Cost, Gain
from app.analysis.types import Group, GroupCounts, Interval

MetricKey = Literal["nps", "csat", "ces"]
Distribution = Sequence[int]  # how often each score was given, from 0 on


@dataclass(frozen=True, slots=True)
class Metric:
    """One way to ask. Scores go from `low` to `high`; the middle group begins at `middle`, the highest at `top`.

    `words` are the names of the groups in files: of one answer, and of several. `reading` is the score from 0 to 10 of
    the same group that comments are read with. `statistic` is the score with its 95 % interval and `other` a second
    figure beside it, called `other_key` in files; both are None without answers. `of_groups` is the statistic where
    groups tell it, else None. `test` compares two periods, None if
    one is empty. `cost` and `gain` are the points of the statistic that a pain point costs and that could be won; None
    where groups cannot tell.
    """

    key: MetricKey
    low: int
    high: int
    middle: int
    top: int
    words: Mapping[Group, tuple[str, str]]
    reading: Mapping[int, int]
    statistic: Callable[[Metric, Distribution], Interval | None]
    test: Callable[[Metric, Distribution, Distribution], Change | None]
    other: Callable[[Metric, Distribution], Interval | None] = lambda _metric, _distribution: None
    other_key: str = ""
    of_groups: Callable[[GroupCounts], Interval | None] = lambda _groups: None
    cost: Cost = impact
    gain: Gain = one_step_gain

    @property
    def scores(self) -> range:
        """Every score there is."""
        return range(self.low, self.high + 1)

    @property
    def is_nps(self) -> bool:
        """Whether it is the one that the rest of the trade is built on."""
        return self.key == "nps"

    @property
    def has_impact(self) -> bool:
        """Whether groups tell what a pain point costs: not of a mean."""
        return self.cost is not _unknown

    @property
    def lowest_group(self) -> int:
        """The highest score of the lowest group."""
        return self.middle - 1

    def group_of(self, score: object) -> Group:
        """The group of one score; ValueError for whatever is no whole number of the scale.

        >>> METRICS["csat"].group_of(2)
        'detractor'
        """
        if isinstance(score, bool) or not isinstance(score, int) or score not in self.scores:
            raise ValueError(f"not a score from {self.low} to {self.high}: {score!r}")
        if score >= self.top:
            return "promoter"
        return "passive" if score >= self.middle else "detractor"

    def groups(self, distribution: Distribution) -> GroupCounts:
        """How many scores fall into each group; three zeros without answers. ValueError for one outside the scale."""
        by_group: dict[Group, int] = {"promoter": 0, "passive": 0, "detractor": 0}
        for score, times in enumerate(distribution):
            if times:
                by_group[self.group_of(score)] += times
        return GroupCounts(by_group["promoter"], by_group["passive"], by_group["detractor"])

    def of_scale(self, distribution: Distribution) -> tuple[int, ...]:
        """The part of a distribution that lies on the scale."""
        return tuple(distribution[self.low : self.high + 1])

    def out_of_ten(self, score: float) -> float:
        """Where a score lies between the ends of its scale, 0…10."""
        return 10 * (score - self.low) / (self.high - self.low)

    def name_of(self, group: Group) -> str:
        """What one answer of a group is called in files."""
        return self.words[group][0]

    def counts_of(self, counts: GroupCounts) -> dict[str, float]:
        """The three groups by the names that they have in files, the highest first."""
        sizes = {"promoter": counts.promoters, "passive": counts.passives, "detractor": counts.detractors}
        return {self.words[group][1]: size for group, size in sizes.items()}  # type: ignore[index]


def _unknown(_raised: GroupCounts, _base: GroupCounts) -> None:
    """A mean cannot be told from how many are of each group."""


def _satisfied(metric: Metric, distribution: Distribution) -> Interval | None:
    return top_box.share(metric.groups(distribution))


def _satisfied_test(metric: Metric, before: Distribution, after: Distribution) -> Change | None:
    return top_box.change(metric.groups(before), metric.groups(after))


def _mean(metric: Metric, distribution: Distribution) -> Interval | None:
    return means.mean(distribution, metric.low, metric.high)


def _mean_test(metric: Metric, before: Distribution, after: Distribution) -> Change | None:
    return means.change(before, after, metric.low, metric.high)


NPS = Metric(
    "nps",
    0,
    10,
    7,
    9,
    {
        "promoter": ("promoter", "promoters"),
        "passive": ("passive", "passives"),
        "detractor": ("detractor", "detractors"),
    },
    {score: score for score in range(11)},
    lambda metric, distribution: score_interval(metric.groups(distribution)),
    lambda metric, before, after: change(metric.groups(before), metric.groups(after)),
    of_groups=score_interval,
)
CSAT = Metric(
    "csat",
    1,
    5,
    3,
    4,
    {
        "promoter": ("satisfied", "satisfied"),
        "passive": ("neutral", "neutral"),
        "detractor": ("dissatisfied", "dissatisfied"),
    },
    {1: 0, 2: 4, 3: 7, 4: 9, 5: 10},
    _satisfied,
    _satisfied_test,
    _mean,
    "mean",
    top_box.share,
    top_box.impact,
)
CES = Metric(
    "ces",
    1,
    7,
    4,
    5,
    {"promoter": ("easy", "easy"), "passive": ("neutral", "neutral"), "detractor": ("difficult", "difficult")},
    {1: 0, 2: 3, 3: 5, 4: 7, 5: 9, 6: 9, 7: 10},
    _mean,
    _mean_test,
    _satisfied,
    "share",
    cost=_unknown,
    gain=_unknown,
)
METRICS: Mapping[str, Metric] = {metric.key: metric for metric in (NPS, CSAT, CES)}
