import math

import pytest

from app.analysis.nps.rates import comment_rate, coverage, rate, response_rate, share_shown, whole_per_cent


def test_each_rate_is_a_part_of_its_whole():
    assert response_rate(40, 160) == 0.25
    assert comment_rate(10, 40) == 0.25
    assert coverage(5, 10) == 0.5


@pytest.mark.parametrize("any_rate", [response_rate, comment_rate, coverage, rate, whole_per_cent, share_shown])
def test_a_whole_of_0_has_no_rate(any_rate):
    assert any_rate(0, 0) is None


@pytest.mark.parametrize("any_rate", [comment_rate, coverage, rate, whole_per_cent, share_shown])
def test_a_part_above_its_whole_is_an_error(any_rate):
    with pytest.raises(ValueError, match="larger than its whole"):
        any_rate(13, 12)


def test_lost_loads_can_push_the_response_rate_above_1():
    assert response_rate(12, 10) == 1.2
    assert response_rate(12, 0) is None


@pytest.mark.parametrize("bad", [-1, math.nan, math.inf, "3", None])
@pytest.mark.parametrize("any_rate", [response_rate, comment_rate, coverage, whole_per_cent, share_shown])
def test_a_rate_takes_counts_only(any_rate, bad):
    with pytest.raises(ValueError, match="not a count"):
        any_rate(bad, 12)


@pytest.mark.parametrize(
    ("part", "base", "text"),
    [
        (3, 12, "3 of 12"),
        (19, 19, "19 of 19"),
        (52, 180, "29 %"),
        (9, 40, "23 %"),  # 22.5
        (1, 200, "1 %"),  # 0.5
        (0, 25, "0 %"),
        (20, 20, "100 %"),
        (2.25, 11.04, "2.2 of 11"),
        (10**9 - 1, 2 * 10**9, "50 %"),
    ],
)
def test_a_share_of_few_is_shown_as_counts_and_of_many_as_per_cent(part, base, text):
    assert share_shown(part, base) == text
