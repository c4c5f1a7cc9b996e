import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.normal import Z90
from app.analysis.pain_points.frequency import wilson
from tests.analysis.printed import ends, printed


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (0, 10, "0", ".277533"),
        (1, 1, ".206549", "1"),
        (5, 10, ".236593", ".763407"),
        (10, 100, ".055229", ".174366"),
        (100, 1000, ".082909", ".120152"),
        (52, 180, ".227634", ".358966"),
    ],
)
def test_a_frequency_has_a_wilson_interval(k, n, low, high):
    interval = wilson(k, n)

    assert interval.value == k / n
    assert ends(interval) == (printed(low), printed(high))


@pytest.mark.parametrize("n", [1, 7, 49, 1000, 10**9, 2.9091])
def test_nobody_is_exactly_0_and_everybody_exactly_1(n):
    assert wilson(0, n).low == 0
    assert wilson(n, n).high == 1


def test_without_passives_and_detractors_there_is_no_frequency():
    assert wilson(0, 0) is None


@pytest.mark.parametrize(("k", "n"), [(-1, 5), (6, 5), (math.nan, 5), (1, math.inf), (True, 5), (1, "5")])
def test_a_part_must_be_a_count_within_its_whole(k, n):
    with pytest.raises(ValueError, match=r"not a count|larger than its whole"):
        wilson(k, n)


@given(n=st.floats(0.01, 1e9), part=st.floats(0, 1))
def test_the_interval_lies_around_the_share_and_within_0_and_1(n, part):
    interval = wilson(min(n * part, n), n)

    assert 0 <= interval.low <= interval.value * (1 + 1e-15)
    assert interval.value * (1 - 1e-15) <= interval.high <= 1


@given(n=st.integers(1, 5_000), k=st.integers(0, 5_000))
def test_those_who_do_not_raise_it_mirror_those_who_do(n, k):
    low, high = ends(wilson(min(k, n), n))

    mirrored = wilson(n - min(k, n), n)

    assert ends(mirrored) == pytest.approx((1 - high, 1 - low), abs=1e-12)


def test_less_certainty_needs_less_room():
    wide, narrow = wilson(52, 180), wilson(52, 180, Z90)

    assert wide.low < narrow.low < narrow.high < wide.high


def test_one_among_a_billion_keeps_nine_digits():
    low, high = ends(wilson(1, 10**9))

    assert low == pytest.approx(1.76524554957e-10, rel=1e-11, abs=0)
    assert high == pytest.approx(5.66493424330e-09, rel=1e-11, abs=0)
