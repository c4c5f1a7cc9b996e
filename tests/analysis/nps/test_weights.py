import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.nps.groups import count_groups
from app.analysis.nps.score import nps, score_interval, shown, spread, standard_error
from app.analysis.nps.weights import effective_counts, effective_size
from app.analysis.pain_points.rank import rank
from app.analysis.types import GroupCounts
from tests.analysis.printed import ends, printed

scores = st.lists(st.integers(0, 10), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("answers", "weights", "value", "size", "s2", "error", "interval"),
    [
        ([10, 10, 8, 3], [1, 1, 1, 1], "25", "4", ".687500", "41.4578", "-50.4687 77.8338"),
        ([10, 10, 8, 3], [1, 1, 2, 4], "-25", "2.9091", ".687500", "48.6136", "-81.8159 58.4964"),
        ([9, 7, 0, 10, 6], [0.5, 1, 1.5, 2, 1], "0", "4.2353", ".833333", "44.3576", "-65.8826 65.8826"),
    ],
)
def test_weighted_answers_are_worth_fewer_answers(answers, weights, value, size, s2, error, interval):
    counts = effective_counts(answers, weights)

    assert effective_size(weights) == printed(size)
    assert counts.n == pytest.approx(effective_size(weights))
    assert nps(counts) == printed(value)
    assert spread(counts) == printed(s2)
    assert standard_error(counts) == printed(error)
    assert ends(score_interval(counts)) == tuple(printed(end) for end in interval.split())


@given(answers=scores, weight=st.floats(1e-6, 1e6))
def test_equal_weights_change_nothing(answers, weight):
    weights = [weight] * len(answers)

    assert effective_size(weights) == len(answers)
    assert effective_counts(answers, weights) == count_groups(answers)


@given(answers=scores, weights=st.lists(st.floats(0, 1e6), min_size=40, max_size=40))
def test_the_effective_size_lies_between_1_and_n(answers, weights):
    weights = weights[: len(answers)]

    size = effective_size(weights)

    assert size is None if not any(weights) else 1 - 1e-9 <= size <= len(answers) + 1e-9


def test_a_weight_of_0_drops_an_answer():
    assert effective_counts([10, 0, 7], [2, 0, 2]) == GroupCounts(1, 1, 0)
    assert effective_size([2, 0, 2]) == 2


@pytest.mark.parametrize("weights", [[], [0], [0, 0.0]])
def test_without_a_weight_above_0_nothing_is_counted(weights):
    assert effective_size(weights) is None
    assert effective_counts([10] * len(weights), weights) is None


@pytest.mark.parametrize("bad", [-1, math.nan, math.inf, None, "2", True])
def test_a_weight_is_a_number_of_0_or_more(bad):
    with pytest.raises(ValueError, match="not a count"):
        effective_size([1, bad])
    with pytest.raises(ValueError, match="not a count"):
        effective_counts([9, 9], [1, bad])


def test_every_answer_needs_its_weight():
    with pytest.raises(ValueError, match="shorter"):
        effective_counts([9, 9], [1])


def test_a_pain_point_is_worth_as_much_as_its_base():
    weights = [1, 1, 2, 4]

    base = effective_counts([10, 10, 8, 3], weights)
    raised = effective_counts([8, 3], [2, 4], base=weights)

    assert raised == GroupCounts(0, base.passives, base.detractors)
    assert effective_counts([], [], base=weights) == GroupCounts(0, 0, 0)


def test_effective_counts_are_shown_and_ranked_like_plain_ones():
    answers = [10] * 50 + [8] * 30 + [2] * 20
    base = effective_counts(answers, [0.1] * 100)
    slow = effective_counts([8] * 9 + [2] * 8, [0.1] * 17, base=[0.1] * 100)

    assert shown(base) == "+30"
    assert rank({"slow": slow}, base) == rank({"slow": GroupCounts(0, 9, 8)}, GroupCounts(50, 30, 20))
