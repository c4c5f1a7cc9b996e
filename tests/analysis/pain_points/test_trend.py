import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.normal import Z95
from app.analysis.pain_points.trend import Share, badges, benjamini_hochberg, share_change, shares
from tests.analysis.pain_points.support_desk import BASE, RAISED
from tests.analysis.printed import printed

ROWS = [
    # the period before and now, then what is printed for them
    ((10, 200), (24, 210), ".0643", ".0635", ".0273", ".0186 .1084", ".0201", "rising"),
    ((0, 120), (6, 130), ".0462", ".0448", ".0211", ".0101 .0796", ".0340", "new"),
    ((3, 40), (6, 45), ".0583", ".0537", ".0689", "-.0596 .1670", ".4358", "none"),
    ((30, 300), (28, 310), "-.0097", "-.0097", ".0240", "-.0492 .0297", ".6859", "none"),
    ((0, 12), (3, 15), ".2000", ".1639", ".1238", "-.0397 .3675", ".1856", "none"),
]


def badge(before, now):
    return badges({"it": Share(*before)}, {"it": Share(*now)})["it"]


@pytest.mark.parametrize(("before", "now", "raw", "adjusted", "se", "interval", "p", "word"), ROWS)
def test_a_share_is_compared_with_that_of_the_period_before(before, now, raw, adjusted, se, interval, p, word):
    change = share_change(*before, *now)

    assert change.value == printed(raw)
    assert change.adjusted == printed(adjusted)
    assert change.se == printed(se)
    assert (change.low, change.high) == tuple(printed(end) for end in interval.split())
    assert change.p == printed(p)
    assert badge(before, now) == word


def test_all_five_on_one_page_keep_their_badges():
    previous = {f"row {i}": Share(*row[0]) for i, row in enumerate(ROWS)}
    current = {f"row {i}": Share(*row[1]) for i, row in enumerate(ROWS)}

    assert list(badges(previous, current).values()) == ["rising", "new", "none", "none", "none"]


def test_a_fall_is_told_like_a_rise():
    assert badge((24, 210), (10, 200)) == "falling"


@pytest.mark.parametrize(
    ("before", "now", "word"),
    [
        ((0, 30), (3, 30), "new"),
        ((0, 29), (9, 30), "none"),
        ((0, 30), (3, 9), "new"),
        ((0, 100), (2, 100), "none"),
        ((1, 30), (9, 30), "rising"),
        ((1, 30), (9, 29), "none"),
        ((0, 10**4), (2, 30), "none"),  # significant, but two mentions
    ],
)
def test_badges_need_enough_respondents_and_mentions(before, now, word):
    assert badge(before, now) == word


def test_a_rise_alone_on_a_page_can_be_lost_among_many_pain_points():
    rise = (Share(10, 200), Share(21, 200))
    previous = {"it": rise[0]} | {f"calm {i}": Share(20, 200) for i in range(9)}
    current = {"it": rise[1]} | {f"calm {i}": Share(20, 200) for i in range(9)}

    assert badge(*rise) == "rising"
    assert badges(previous, current)["it"] == "none"


def test_a_page_without_pain_points_has_no_badges():
    assert badges({}, {}) == {}


def test_both_periods_must_speak_of_the_same_pain_points():
    with pytest.raises(ValueError, match="same pain points"):
        badges({"a": Share(1, 40)}, {"b": Share(1, 40)})


def test_shares_come_from_the_tally_and_are_0_where_nobody_spoke():
    assert shares(RAISED, BASE, ["support", "unheard"]) == {"support": (52, 180), "unheard": (0, 180)}


@pytest.mark.parametrize(("before", "now"), [((0, 0), (3, 40)), ((3, 40), (0, 0)), ((0, 0), (0, 0))])
def test_an_empty_period_has_no_change(before, now):
    assert share_change(*before, *now) is None
    assert badge(before, now) == "none"


@pytest.mark.parametrize("bad", [(-1, 5, 1, 5), (6, 5, 1, 5), (1, 5, 6, 5), (1, 5, math.nan, 5), (1, math.inf, 1, 5)])
def test_a_share_takes_counts_only(bad):
    with pytest.raises(ValueError, match=r"not a count|larger than its whole"):
        share_change(*bad)


@given(n1=st.integers(1, 500), n2=st.integers(1, 500), k1=st.integers(0, 500), k2=st.integers(0, 500))
def test_exchanging_the_periods_only_turns_the_sign(n1, n2, k1, k2):
    k1, k2 = min(k1, n1), min(k2, n2)

    there, back = share_change(k1, n1, k2, n2), share_change(k2, n2, k1, n1)

    assert (there.value, there.adjusted, there.z, there.p) == (-back.value, -back.adjusted, -back.z, back.p)
    assert (there.low, there.high) == (-back.high, -back.low)
    assert -1 <= there.value <= 1
    assert there.low <= there.adjusted <= there.high


def test_more_certainty_needs_more_room():
    assert share_change(10, 200, 24, 210, Z95).low < share_change(10, 200, 24, 210).low


def test_one_mention_more_among_a_billion_keeps_nine_digits():
    change = share_change(10**8, 10**9, 10**8 + 1, 10**9)

    assert change.value == pytest.approx(1e-9, rel=1e-12, abs=0)
    assert change.adjusted == pytest.approx(1 / (10**9 + 2), rel=1e-12, abs=0)


@pytest.mark.parametrize(
    ("ps", "kept"),
    [
        ([0.0201, 0.0340, 0.4358, 0.6859], [True, True, False, False]),
        ([0.03, 0.04, 0.06, 0.09], [True] * 4),
        ([0.03, 0.06, 0.08, 0.5], [False] * 4),
        ([0.6859, 0.0340, 0.4358, 0.0201], [False, True, False, True]),
        ([0.05, 0.05], [True, True]),
        ([], []),
        ([0.11], [False]),
        ([0.10], [True]),
    ],
)
def test_at_most_one_badge_in_ten_is_expected_to_be_false(ps, kept):
    assert benjamini_hochberg(ps, 0.10) == kept


@given(ps=st.lists(st.floats(0, 1), max_size=20))
def test_whatever_is_kept_is_no_larger_than_what_is_not(ps):
    kept = benjamini_hochberg(ps, 0.10)

    assert max((p for p, keep in zip(ps, kept, strict=True) if keep), default=0) <= min(
        (p for p, keep in zip(ps, kept, strict=True) if not keep), default=1
    )


@pytest.mark.parametrize(("ps", "q"), [([1.2], 0.1), ([-0.1], 0.1), ([math.nan], 0.1), ([0.1], 2)])
def test_p_values_lie_between_0_and_1(ps, q):
    with pytest.raises(ValueError, match="between 0 and 1"):
        benjamini_hochberg(ps, q)
