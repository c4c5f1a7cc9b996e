import math
from fractions import Fraction

import numpy as np
import pytest

from app.analysis.counts import amount, checked, checked_part, checked_share, share_difference
from app.analysis.types import GroupCounts


@pytest.mark.parametrize(
    ("value", "plain"),
    [(3, 3), (0, 0), (2.5, 2.5), (np.int64(7), 7), (np.float32(0.5), 0.5), (Fraction(1, 4), 0.25), (1e100, 1e100)],
)
def test_a_count_becomes_a_plain_number(value, plain):
    assert amount(value) == plain
    assert type(amount(value)) in (int, float)


def test_a_billion_from_an_array_does_not_overflow():
    assert amount(np.int64(10**9)) ** 3 == 10**27


@pytest.mark.parametrize("value", [-1, -0.5, math.nan, math.inf, 1.5e100, 1e101, True, "3", None, 3j])
def test_what_is_no_count_is_an_error(value):
    with pytest.raises(ValueError, match="not a count"):
        amount(value)


@pytest.mark.parametrize("raised", [GroupCounts(3, 0, 0), GroupCounts(0, 3, 0), GroupCounts(0, 0, 3)])
def test_no_group_of_a_part_is_larger_than_that_of_the_whole(raised):
    with pytest.raises(ValueError, match="larger than its whole"):
        checked_part(raised, GroupCounts(2, 2, 2))


def test_a_group_may_raise_it_as_one_and_comes_back_in_plain_numbers():
    whole = GroupCounts(np.int64(2), 3, 4)

    assert checked_part(whole, whole) == (GroupCounts(2, 3, 4), GroupCounts(2, 3, 4))
    assert checked_share(np.int64(2), 2) == (2, 2)
    assert [type(count) for count in checked_share(np.int64(2), 2.0)] == [int, float]
    assert type(checked(whole).promoters) is int


def test_shares_of_billions_differ_in_their_last_digit():
    assert share_difference(10**9 + 1, 3 * 10**9, 10**9, 3 * 10**9) == 1 / (3 * 10**9)
