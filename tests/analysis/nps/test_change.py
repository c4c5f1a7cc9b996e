import pytest
from hypothesis import given

from app.analysis.nps.change import change, verdict
from app.analysis.types import GroupCounts
from tests.analysis.printed import printed
from tests.analysis.strategies import answered


@pytest.mark.parametrize(
    ("before", "after", "shrunken", "se", "z", "p", "low", "high", "word"),
    [
        ((40, 30, 30), (55, 25, 20), "24.2718", "11.2862", "2.1506", ".03151", "2.151", "46.392", "clear"),
        ((50, 30, 20), (52, 30, 18), "3.8835", "10.7692", ".3606", ".71839", "-17.224", "24.991", "none"),
        (
            (450, 300, 250),
            (500, 300, 200),
            "9.9701",
            "3.5578",
            "2.8023",
            ".00507",
            "2.997",
            "16.943",
            "clear",
        ),
        ((5, 3, 2), (8, 1, 1), "30.7692", "29.3303", "1.0491", ".29415", "-26.717", "88.255", "suppressed"),
        (
            (20, 10, 20),
            (10, 10, 30),
            "-37.7358",
            "16.3894",
            "-2.3025",
            ".02131",
            "-69.858",
            "-5.613",
            "clear",
        ),
    ],
)
def test_two_periods_are_compared_on_adjusted_counts(before, after, shrunken, se, z, p, low, high, word):
    result = change(GroupCounts(*before), GroupCounts(*after))

    assert result.adjusted == printed(shrunken)
    assert result.se == printed(se)
    assert result.z == printed(z)
    assert result.p == printed(p)
    assert (result.low, result.high) == (printed(low), printed(high))
    assert result.verdict == word


def test_the_change_shown_is_the_observed_one():
    result = change(GroupCounts(450, 300, 250), GroupCounts(500, 300, 200))

    assert result.value == 10
    assert result.value != result.adjusted


@pytest.mark.parametrize(
    ("p", "word"),
    [(0.0, "clear"), (0.0499, "clear"), (0.05, "leaning"), (0.1999, "leaning"), (0.2, "none"), (1.0, "none")],
)
def test_the_word_follows_the_p_value(p, word):
    assert verdict(p) == word


@pytest.mark.parametrize(("n", "word"), [(29, "suppressed"), (30, "clear")])
def test_a_period_below_thirty_answers_is_not_compared(n, word):
    assert change(GroupCounts(0, 0, n), GroupCounts(500, 0, 0)).verdict == word
    assert change(GroupCounts(500, 0, 0), GroupCounts(0, 0, n)).verdict == word


def test_an_empty_period_leaves_nothing_to_compare():
    some, none = GroupCounts(5, 3, 2), GroupCounts()

    assert change(some, none) is None
    assert change(none, some) is None
    assert change(none, none) is None


def test_a_negative_count_is_an_error_even_beside_an_empty_period():
    with pytest.raises(ValueError, match="not a count"):
        change(GroupCounts(), GroupCounts(1, -1, 0))


@given(before=answered, after=answered)
def test_exchanging_the_periods_only_turns_the_sign(before, after):
    there, back = change(before, after), change(after, before)

    assert (there.value, there.adjusted, there.z) == (-back.value, -back.adjusted, -back.z)
    assert (there.low, there.high) == (-back.high, -back.low)
    assert (there.p, there.verdict) == (back.p, back.verdict)
    assert -200 <= there.value <= 200


def test_one_promoter_more_among_a_billion_keeps_nine_digits():
    before = GroupCounts(10**9, 10**9, 10**9)

    result = change(before, GroupCounts(10**9 + 1, 10**9, 10**9))

    assert result.value == pytest.approx(100 / (3 * 10**9 + 1), rel=1e-12, abs=0)
    assert result.adjusted == pytest.approx(100 / (3 * 10**9 + 4), rel=1e-12, abs=0)
