"""Three metrics on one machinery: their scales, their groups, and the statistic that is each one's own."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from app.analysis import means, top_box
from app.analysis.metrics import CES, CSAT, METRICS, NPS, Metric
from app.analysis.nps.change import change
from app.analysis.nps.groups import count_groups, group_of
from app.analysis.nps.score import score_interval
from app.analysis.types import GroupCounts, Interval
from tests.analysis.strategies import raised_and_base

BORDERS = [
    (NPS, {0: "detractor", 6: "detractor", 7: "passive", 8: "passive", 9: "promoter", 10: "promoter"}),
    (CSAT, {1: "detractor", 2: "detractor", 3: "passive", 4: "promoter", 5: "promoter"}),
    (CES, {1: "detractor", 3: "detractor", 4: "passive", 5: "promoter", 7: "promoter"}),
]
NAMES = [
    (CSAT, 2, "dissatisfied"),
    (CSAT, 3, "neutral"),
    (CSAT, 4, "satisfied"),
    (CES, 3, "difficult"),
    (CES, 7, "easy"),
]
OUTSIDE = [(CSAT, 0), (CSAT, 6), (CES, 0), (CES, 8), (NPS, 11), (NPS, -1), (CSAT, "3"), (CSAT, True), (CES, 4.0)]


def of(scores: Sequence[int]) -> list[int]:
    """How often each score from 0 to 10 was given."""
    return np.bincount(scores, minlength=11).tolist()


def rounded(interval: Interval | None, digits: int = 4) -> tuple[float, ...] | None:
    return interval and tuple(round(end, digits) for end in (interval.value, interval.low, interval.high))


@pytest.mark.parametrize(("metric", "groups"), BORDERS)
def test_a_score_belongs_to_the_group_of_its_metric(metric: Metric, groups: dict[int, str]) -> None:
    assert {score: metric.group_of(score) for score in groups} == groups


@pytest.mark.parametrize(("metric", "score", "name"), NAMES)
def test_a_group_has_the_name_of_its_metric_in_files(metric: Metric, score: int, name: str) -> None:
    assert metric.name_of(metric.group_of(score)) == name


@pytest.mark.parametrize(("metric", "score"), OUTSIDE)
def test_what_is_no_score_of_the_scale_has_no_group(metric: Metric, score: object) -> None:
    with pytest.raises(ValueError, match=f"not a score from {metric.low} to {metric.high}"):
        metric.group_of(score)


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_a_comment_is_read_as_one_of_the_same_group(metric: Metric) -> None:
    assert {score: group_of(metric.reading[score]) for score in metric.scores} == {
        score: metric.group_of(score) for score in metric.scores
    }


SATISFIED = [  # V7 of the specification in per cent: the same Wilson interval
    ((0, 10), (0.0, 0.0, 27.7533)),
    ((5, 10), (50.0, 23.6593, 76.3407)),
    ((52, 180), (28.8889, 22.7634, 35.8966)),
    ((100, 1000), (10.0, 8.2909, 12.0152)),
]


@pytest.mark.parametrize(("answers", "expected"), SATISFIED)
def test_csat_is_the_share_of_the_two_highest_with_a_wilson_interval(
    answers: tuple[int, int], expected: tuple[float, ...]
) -> None:
    satisfied, n = answers
    fives = satisfied // 2

    given_scores = [5] * fives + [4] * (satisfied - fives) + [3] * (n - satisfied)

    assert rounded(CSAT.statistic(CSAT, of(given_scores))) == expected


MEANS = [  # by hand: x̄ ± t₀.₉₇₅ · s/√n with t₅ = 2.570582, t₉ = 2.262157
    ([3, 4, 5, 5, 6, 7], (5.0, 3.5159, 6.4841)),  # s² = 2
    ([2, 4, 4, 6, 7, 7], (5.0, 2.9011, 7.0)),  # s² = 4, cut at the end of the scale
    ([7] * 10, (7.0, 5.7059, 7.0)),  # all alike: s² = 36/11 of eleven with one 1
    ([1, 1], (1.0, 1.0, 7.0)),
]


@pytest.mark.parametrize(("scores", "expected"), MEANS)
def test_ces_is_the_mean_with_a_t_interval_inside_the_scale(scores: list[int], expected: tuple[float, ...]) -> None:
    assert rounded(CES.statistic(CES, of(scores))) == expected


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_no_answers_have_no_score_and_no_change(metric: Metric) -> None:
    some = of([metric.high] * 6)

    assert metric.statistic(metric, of([])) is None
    assert metric.other(metric, of([])) is None
    assert metric.test(metric, of([]), some) is None
    assert metric.test(metric, some, of([])) is None


def test_a_mean_takes_no_score_from_outside_its_scale() -> None:
    with pytest.raises(ValueError, match="outside 1 to 5"):
        means.mean(of([5, 6]), 1, 5)


def test_a_change_of_csat_is_that_of_two_shares() -> None:
    """30 after 20 of 100 each, one success and one failure more: z = (31/102 − 21/102)/SE."""
    before, after = of([5] * 20 + [1] * 80), of([5] * 30 + [1] * 70)

    found = CSAT.test(CSAT, before, after)

    p1, p2 = 21 / 102, 31 / 102
    error = math.sqrt(p1 * (1 - p1) / 102 + p2 * (1 - p2) / 102)
    assert found is not None
    assert found.value == pytest.approx(10)
    assert found.z == pytest.approx((p2 - p1) / error)
    assert found.p == pytest.approx(2 * stats.norm.sf((p2 - p1) / error))
    assert found.verdict == "leaning"


@pytest.mark.parametrize("metric", [CSAT, CES])
def test_below_thirty_answers_nothing_is_compared(metric: Metric) -> None:
    found = metric.test(metric, of([1] * 29), of([5] * 100))

    assert found is not None
    assert found.verdict == "suppressed"


on_seven = st.lists(st.integers(1, 7), min_size=2, max_size=60)


@given(on_seven)
def test_a_mean_lies_in_its_interval_and_that_on_the_scale(scores: list[int]) -> None:
    found = CES.statistic(CES, of(scores))

    assert found is not None
    assert found.value == pytest.approx(np.mean(scores))
    assert 1 <= found.low <= found.value <= found.high <= 7
    assert found.low < found.high


@given(on_seven)
def test_a_mean_of_the_mirrored_answers_is_mirrored(scores: list[int]) -> None:
    one, other = CES.statistic(CES, of(scores)), CES.statistic(CES, of([8 - score for score in scores]))

    assert one is not None
    assert other is not None
    assert (other.value, other.low, other.high) == pytest.approx((8 - one.value, 8 - one.high, 8 - one.low))


@given(on_seven.filter(lambda x: len(set(x)) > 1), on_seven.filter(lambda x: len(set(x)) > 1))
def test_a_change_of_the_mean_is_that_of_welch(before: list[int], after: list[int]) -> None:
    found, welch = CES.test(CES, of(before), of(after)), stats.ttest_ind(after, before, equal_var=False)

    assert found is not None
    ends = welch.confidence_interval()
    assert (found.z, found.p) == pytest.approx((welch.statistic, welch.pvalue), abs=1e-9)
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high))


@given(st.lists(st.integers(0, 10), max_size=60), st.lists(st.integers(0, 10), max_size=60))
def test_nps_is_what_it_was_without_the_others(before: list[int], after: list[int]) -> None:
    counts, earlier = count_groups(after), count_groups(before)

    assert NPS.groups(of(after)) == counts
    assert NPS.statistic(NPS, of(after)) == score_interval(counts)
    assert NPS.test(NPS, of(before), of(after)) == change(earlier, counts)
    assert NPS.other(NPS, of(after)) is None


@given(raised_and_base())
def test_the_impact_on_csat_is_the_share_of_all_minus_that_of_the_others(
    counts: tuple[GroupCounts, GroupCounts],
) -> None:
    raised, base = counts
    found, rest = CSAT.cost(raised, base), base.n - raised.n

    if not rest:
        assert found is None
        return
    without = 100 * (base.promoters - raised.promoters) / rest
    whole = 100 * base.promoters / base.n
    assert found is not None
    assert found.value == pytest.approx(whole - without if raised.n else 0, abs=1e-9)


def test_what_a_pain_point_takes_from_a_mean_is_not_told() -> None:
    assert CES.cost(GroupCounts(1, 2, 3), GroupCounts(10, 10, 10)) is None
    assert CES.gain(GroupCounts(1, 2, 3), GroupCounts(10, 10, 10)) is None


def test_a_share_without_answers_is_none() -> None:
    assert top_box.share(GroupCounts()) is None
    assert top_box.change(GroupCounts(), GroupCounts(1, 1, 1)) is None


SCALES = [
    # metric, scores, highest of the lowest group, names in files of one and of several, what comments are read with
    ("nps", range(11), 6, "promoter passive detractor", "promoters passives detractors", range(11)),
    ("csat", range(1, 6), 2, "satisfied neutral dissatisfied", "satisfied neutral dissatisfied", [0, 4, 7, 9, 10]),
    ("ces", range(1, 8), 3, "easy neutral difficult", "easy neutral difficult", [0, 3, 5, 7, 9, 9, 10]),
]


@pytest.mark.parametrize(("key", "scores", "lowest", "one", "several", "reading"), SCALES)
def test_a_scale_has_its_ends_its_groups_and_its_names(
    key: str, scores: range, lowest: int, one: str, several: str, reading: Sequence[int]
) -> None:
    metric = METRICS[key]

    assert metric.key == key
    assert list(metric.scores) == list(scores)
    assert metric.lowest_group == lowest
    assert [score for score in scores if metric.group_of(score) == "detractor"][-1] == lowest
    assert " ".join(metric.name_of(group) for group in ("promoter", "passive", "detractor")) == one
    assert list(metric.words) == ["promoter", "passive", "detractor"]
    assert [names for _, names in metric.words.values()] == several.split()
    assert metric.counts_of(GroupCounts(1, 2, 3)) == dict(zip(several.split(), (1, 2, 3), strict=True))
    assert metric.reading == dict(zip(scores, reading, strict=True))
    assert metric.of_scale(range(100, 111)) == tuple(100 + score for score in scores)
    assert [metric.out_of_ten(end) for end in (scores[0], (scores[0] + scores[-1]) / 2, scores[-1])] == [0, 5, 10]


def test_the_second_figure_of_a_metric_has_its_name_in_files() -> None:
    assert {key: metric.other_key for key, metric in METRICS.items()} == {"nps": "", "csat": "mean", "ces": "share"}
