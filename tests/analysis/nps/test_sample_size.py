import math

import pytest

from app.analysis.normal import Z90, Z95
from app.analysis.nps.sample_size import answers_for_margin, answers_to_detect, weeks_to_wait


@pytest.mark.parametrize(
    ("spread", "z", "expected"),
    [
        (0.50, Z95, [766, 190, 83, 46]),
        (0.65, Z95, [996, 247, 108, 60]),
        (1.0, Z95, [1534, 382, 168, 94]),
        (0.50, Z90, [539, 133, 58, 31]),
        (0.65, Z90, [701, 173, 76, 41]),
        (1.0, Z90, [1080, 268, 118, 65]),
    ],
)
def test_a_smaller_margin_needs_more_answers(spread, z, expected):
    assert [answers_for_margin(margin, spread, z) for margin in (5, 10, 15, 20)] == expected


def test_a_smaller_change_needs_more_answers_in_each_period():
    assert [answers_to_detect(points) for points in (5, 10, 15, 20)] == [4079, 1018, 451, 253]


def test_one_answer_is_the_least():
    assert answers_for_margin(200) == 1
    assert answers_for_margin(10, spread=0) == 1
    assert answers_to_detect(200, spread=0) == 1


@pytest.mark.parametrize("points", [0, -5, math.nan, math.inf, 1e-300])
@pytest.mark.parametrize("needed", [answers_for_margin, answers_to_detect])
def test_a_margin_or_change_must_be_above_0(needed, points):
    with pytest.raises(ValueError, match="points"):
        needed(points)


@pytest.mark.parametrize("spread", [-0.1, 1.1, math.nan])
def test_a_spread_lies_between_0_and_1(spread):
    with pytest.raises(ValueError, match="spread"):
        answers_for_margin(10, spread)


@pytest.mark.parametrize(("answers", "per_week", "weeks"), [(1018, 40, 26), (80, 40, 2), (81, 40, 3), (5, 0.5, 10)])
def test_waiting_is_counted_in_whole_weeks(answers, per_week, weeks):
    assert weeks_to_wait(answers, per_week) == weeks


def test_without_any_responses_no_wait_is_long_enough():
    assert weeks_to_wait(1018, 0) is None


def test_a_negative_rate_of_responses_is_an_error():
    with pytest.raises(ValueError, match="not a count"):
        weeks_to_wait(1018, -1)
