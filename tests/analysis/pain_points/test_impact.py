import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.analysis.nps.score import nps
from app.analysis.pain_points.impact import impact, log_odds, one_step_gain
from app.analysis.types import GroupCounts
from tests.analysis.pain_points.support_desk import BASE, RAISED
from tests.analysis.printed import printed
from tests.analysis.strategies import counts as any_counts
from tests.analysis.strategies import raised_and_base


@pytest.mark.parametrize(
    ("name", "of_raised", "of_rest", "value", "se", "se_full"),
    [
        ("support", "-41.3793", "34.5588", "-13.3467", "1.7516", "2.3664"),
        ("pricing", "-2.0408", "25.2669", "-4.0548", "1.5106", "1.6024"),
        ("crashes", "-77.4194", "31.4381", "-10.2260", "1.0174", "2.0228"),
        ("onboarding", "-9.5238", "23.3010", "-2.0888", "1.0816", "1.1680"),
        ("integrations", "+43.4783", "17.6056", "+3.6065", "1.4960", "1.5753"),
        ("mobile", "-60.0000", "22.4615", "-1.2494", ".5462", ".7784"),
    ],
)
def test_impact_is_the_score_minus_the_score_without_those_who_raise_it(name, of_raised, of_rest, value, se, se_full):
    result = impact(RAISED[name], BASE)

    assert result.nps_raised == printed(of_raised)
    assert result.nps_rest == printed(of_rest)
    assert result.value == printed(value)
    assert result.se_given_share == printed(se)
    assert result.se_full == printed(se_full)


@pytest.mark.parametrize(
    ("name", "low", "high", "gain", "value", "z"),
    [
        ("support", "-17.9847", "-8.7087", "15.7576", "2.2064", "5.094"),
        ("pricing", "-7.1954", "-.9142", "12.1212", "1.4571", "3.838"),
        ("crashes", "-14.1905", "-6.2615", "8.7879", "2.4481", "3.661"),
        ("onboarding", "-4.3782", ".2005", "4.8485", ".9759", "1.931"),
        ("integrations", ".5190", "6.6939", "6.6667", "-.3107", "-.985"),
        ("mobile", "-2.7750", ".2762", "1.2121", ".9326", ".982"),
    ],
)
def test_impact_has_an_interval_a_gain_and_a_pain_test(name, low, high, gain, value, z):
    result, odds = impact(RAISED[name], BASE), log_odds(RAISED[name], BASE)

    assert (result.low, result.high) == (printed(low), printed(high))
    assert one_step_gain(RAISED[name], BASE) == printed(gain)
    assert odds.value == printed(value)
    assert odds.z == printed(z)


@pytest.mark.parametrize(
    ("raised", "base", "score", "value", "gain"),
    [
        ((0, 20, 0), (50, 20, 30), 20, -5, 20),
        ((0, 20, 0), (40, 20, 40), 0, 0, 20),
        ((0, 20, 0), (30, 20, 50), -20, 5, 20),
        ((0, 0, 20), (30, 20, 50), -20, -20, 20),
    ],
)
def test_impact_hides_what_holds_passives_back_and_the_gain_does_not(raised, base, score, value, gain):
    raised, base = GroupCounts(*raised), GroupCounts(*base)

    assert nps(base) == score
    assert impact(raised, base).value == value
    assert one_step_gain(raised, base) == gain


def test_a_pain_point_that_nobody_raises_costs_nothing_and_has_no_error():
    result = impact(GroupCounts(), BASE)

    assert (result.value, result.share, result.nps_rest) == (0, 0, nps(BASE))
    assert (result.nps_raised, result.se_full, result.low, result.high) == (None, None, None, None)


@pytest.mark.parametrize("base", [GroupCounts(), BASE])
def test_when_everybody_raises_it_there_is_nobody_to_compare_with(base):
    assert impact(base, base) is None


@pytest.mark.parametrize(("n", "has_interval"), [(4, False), (5, True)])
def test_an_impact_of_fewer_than_five_respondents_has_no_interval(n, has_interval):
    result = impact(GroupCounts(0, 0, n), BASE)

    assert (result.low is not None) is has_interval
    assert (result.high is not None) is has_interval
    assert result.se_full > 0


def test_an_impact_without_any_spread_has_no_interval():
    result = impact(GroupCounts(0, 0, 10), GroupCounts(0, 0, 40))

    assert (result.value, result.se_full, result.low, result.high) == (0, 0, None, None)


@pytest.mark.parametrize("number", [impact, one_step_gain, log_odds])
def test_zero_counts_have_an_answer_and_wrong_ones_an_error(number):
    assert number(GroupCounts(), GroupCounts()) is None
    for bad in (GroupCounts(-1, 0, 0), GroupCounts(0, math.nan, 0), GroupCounts(0, 0, 81), GroupCounts(151, 0, 0)):
        with pytest.raises(ValueError, match=r"not a count|larger than its whole"):
            number(bad, BASE)


@pytest.mark.parametrize("base", [GroupCounts(0, 9, 9), GroupCounts(9, 0, 0)])
def test_without_promoters_or_without_others_there_is_no_pain_test(base):
    assert log_odds(GroupCounts(), base) is None


def test_five_complaints_without_a_promoter_do_not_pass_the_pain_test():
    odds = log_odds(GroupCounts(0, 3, 2), GroupCounts(150, 100, 80))

    assert odds.z == printed("1.515")


def test_the_whole_of_a_group_may_raise_it():
    odds = log_odds(GroupCounts(10, 0, 0), GroupCounts(10, 5, 5))

    assert math.isfinite(odds.value)
    assert odds.value < 0


@given(pair=raised_and_base())
def test_the_three_forms_of_impact_agree(pair):
    raised, base = pair
    assume(0 < raised.n < base.n)

    result = impact(raised, base)

    n_t, n_c = raised.n, base.n
    assert result.value == pytest.approx(nps(base) - result.nps_rest, abs=1e-9)
    assert result.value == pytest.approx(n_t * (nps(raised) - nps(base)) / (n_c - n_t), abs=1e-9)
    assert result.value == pytest.approx(result.share * (result.nps_raised - result.nps_rest), abs=1e-9)
    assert -200 <= result.value <= 200


@given(raised=any_counts, factor=st.integers(2, 9))
def test_raising_it_in_the_proportions_of_all_has_no_impact(raised, factor):
    assume(raised.n > 0)
    base = GroupCounts(raised.promoters * factor, raised.passives * factor, raised.detractors * factor)

    assert impact(raised, base).value == 0


@given(pair=raised_and_base())
def test_a_gain_is_never_negative_and_counts_passives_and_detractors_alike(pair):
    raised, base = pair
    assume(base.n > 0)
    flipped = GroupCounts(raised.promoters, raised.detractors, raised.passives)

    gain = one_step_gain(raised, base)

    assert 0 <= gain <= 100
    assert gain == one_step_gain(flipped, GroupCounts(base.promoters, base.detractors, base.passives))


@given(pair=raised_and_base())
def test_the_full_error_is_never_smaller_than_the_one_of_a_known_share(pair):
    raised, base = pair
    assume(0 < raised.n < base.n)

    result = impact(raised, base)

    assert result.se_full >= result.se_given_share >= 0


def test_a_billion_respondents_keep_nine_digits():
    base = GroupCounts(10**9, 10**9, 10**9)

    result, odds = impact(GroupCounts(0, 0, 5), base), log_odds(GroupCounts(10**9, 10**9, 10**9 - 1), base)

    assert result.value == pytest.approx(-500 / (3 * 10**9 - 5), rel=1e-12, abs=0)
    assert result.se_full == pytest.approx(7.4535599353514656e-08, rel=1e-12, abs=0)
    assert odds.value == pytest.approx(math.log((2 * 10**9 - 0.5) / (10**9 + 0.5) / 3), rel=1e-12)


def test_nearly_equal_odds_among_a_billion_keep_nine_digits():
    base = GroupCounts(2 * 10**9, 10**9, 10**9)

    odds = log_odds(GroupCounts(10**9, 10**9, 1), base)

    assert odds.value == pytest.approx(math.log1p(2 / (10**9 - 0.5)), rel=1e-12, abs=0)
