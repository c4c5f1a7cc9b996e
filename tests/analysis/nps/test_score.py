import math
from decimal import Decimal, getcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.nps import score
from app.analysis.nps.groups import count_groups
from app.analysis.nps.score import (
    adjusted,
    adjusted_interval,
    format_points,
    nps,
    score_interval,
    shown,
    spread,
    standard_error,
    wald_margin,
)
from app.analysis.types import GroupCounts
from tests.analysis.printed import ends, printed
from tests.analysis.strategies import answered

EVERY_NUMBER = [nps, shown, spread, standard_error, wald_margin, adjusted, adjusted_interval, score_interval]


@pytest.mark.parametrize(
    ("scores", "value", "text"),
    [
        ([10, 9, 8, 7, 6, 0], 0, "0"),
        ([10] * 5, 100, "+100"),
        ([0] * 4, -100, "−100"),
        ([9, 10, 10, 8, 7, 6, 3, 9], 25, "+25"),
        ([6, 7, 8, 8, 8, 8, 8, 8], -12.5, "−13"),
    ],
)
def test_scores_become_an_nps(scores, value, text):
    counts = count_groups(scores)

    assert nps(counts) == value
    assert shown(counts) == text


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        (GroupCounts(1, 7, 0), "+13"),  # 12.5, where round() would say 12
        (GroupCounts(1, 199, 0), "+1"),  # 0.5
        (GroupCounts(0, 399, 1), "0"),  # −0.25
        (GroupCounts(0, 332, 1), "0"),  # −0.3
        (GroupCounts(10**9, 0, 10**9 - 1), "0"),
        (GroupCounts(2.5, 0.0, 1.25), "+33"),
    ],
)
def test_the_shown_nps_rounds_halves_away_from_zero_and_signs_everything_but_zero(counts, text):
    assert shown(counts) == text


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (-13.3467, 1, "−13.3"),
        (13.25, 1, "+13.3"),
        (-0.05, 1, "−0.1"),
        (-0.04, 1, "0.0"),
        (0.35, 1, "+0.4"),  # the float lies a little below
        (-12.5, 0, "−13"),
        (12.5, 0, "+13"),
        (-0.3, 0, "0"),
        (0.0, 2, "0.00"),
        (1e22, 0, "+10000000000000000000000"),
    ],
)
def test_points_are_written_like_an_nps(value, decimals, text):
    assert format_points(value, decimals) == text


def test_without_a_word_about_decimals_points_are_whole():
    assert format_points(13.25) == "+13"


@pytest.mark.parametrize(("value", "decimals"), [(math.nan, 0), (math.inf, 1), (1.0, -1)])
def test_what_is_no_number_of_points_is_not_written(value, decimals):
    with pytest.raises(ValueError, match="cannot write"):
        format_points(value, decimals)


INTERVALS = [
    # counts, nps, s², Wald margin, centre, half, cut, score interval
    ((19, 6, 11), "22.2222", ".783951", "28.923", "20.5128", "27.4613", "-6.9485 47.9741", "-7.5738 48.1340"),
    ((50, 30, 20), "30", ".610000", "15.308", "29.1262", "15.0751", "14.0511 44.2013", "13.9551 44.3393"),
    ((45, 30, 25), "20", ".660000", "15.923", "19.4175", "15.6472", "3.7703 35.0647", "3.6478 35.1904"),
    ((500, 300, 200), "30", ".610000", "4.841", "29.9103", "4.8333", "25.0770 34.7435", "25.0761 34.7504"),
    (
        (150, 100, 80),
        "21.2121",
        ".651974",
        "8.712",
        "21.0210",
        "8.6660",
        "12.3550 29.6870",
        "12.3362 29.7113",
    ),
    ((3, 1, 1), "40", ".640000", "70.122", "25.0000", "54.7827", "-29.7827 79.7827", "-34.9282 82.6421"),
    ((5, 0, 0), "100", "0", "0", "62.5000", "45.0085", "17.4915 100", "13.1035 100"),
    ((0, 5, 0), "0", "0", "0", "0", "30.0057", "-30.0057 30.0057", "-43.4482 43.4482"),
    ((1, 0, 0), "100", "0", "0", "25.0000", "73.4986", "-48.4986 98.4986", "-58.6901 100"),
]


@pytest.mark.parametrize(("answers", "value", "s2", "margin", "centre", "half", "cut", "interval"), INTERVALS)
def test_an_nps_has_a_spread_a_margin_and_two_intervals(answers, value, s2, margin, centre, half, cut, interval):
    counts = GroupCounts(*answers)
    around_shrunken = adjusted_interval(counts)

    assert nps(counts) == printed(value)
    assert spread(counts) == printed(s2)
    assert wald_margin(counts) == printed(margin)
    assert around_shrunken.value == printed(centre)
    assert wald_margin(adjusted(counts)) == printed(half)
    assert ends(around_shrunken) == tuple(printed(end) for end in cut.split())
    assert ends(score_interval(counts)) == tuple(printed(end) for end in interval.split())


def test_the_shrunken_interval_of_one_promoter_does_not_reach_the_observed_hundred():
    interval = adjusted_interval(GroupCounts(1, 0, 0))

    assert interval.high < 100


def test_detractors_alone_reach_minus_a_hundred_and_no_further():
    assert ends(adjusted_interval(GroupCounts(0, 0, 5))) == (-100, printed("-17.4915"))
    assert ends(score_interval(GroupCounts(0, 0, 5))) == (-100, printed("-13.1035"))


def test_an_interval_of_mostly_detractors_says_their_nps_and_not_that_of_its_mirror():
    interval = score_interval(GroupCounts(20, 30, 50))

    assert interval.value == -30
    assert ends(interval) == (printed("-44.3393"), printed("-13.9551"))


@pytest.mark.parametrize("number", EVERY_NUMBER)
def test_no_answers_are_no_score_and_not_a_zero(number):
    assert number(GroupCounts(0, 0, 0)) is None


@pytest.mark.parametrize("number", EVERY_NUMBER)
@pytest.mark.parametrize("bad", [-1, math.nan, math.inf, -math.inf, True, "3", None, 10**400])
def test_a_count_that_is_no_count_is_an_error(number, bad):
    for counts in (GroupCounts(bad, 1, 1), GroupCounts(1, bad, 1), GroupCounts(1, 1, bad)):
        with pytest.raises(ValueError, match="not a count"):
            number(counts)


@pytest.mark.parametrize("n", [10, 20])
def test_the_score_interval_covers_the_true_nps_in_94_of_100_surveys(n):
    intervals = {counts: ends(score_interval(GroupCounts(*counts))) for counts in outcomes(n)}

    for mix in [(17, 2, 1), (12, 6, 2), (9, 6, 5), (34, 33, 33), (4, 6, 10)]:
        assert coverage(intervals, mix) >= 0.94


@pytest.mark.parametrize(
    ("n", "mix", "expected"),
    [
        (5, (17, 2, 1), ".958"),
        (5, (9, 6, 5), ".979"),
        (10, (17, 2, 1), ".953"),
        (10, (12, 6, 2), ".961"),
        (10, (34, 33, 33), ".956"),
        (20, (12, 6, 2), ".950"),
        (20, (4, 6, 10), ".947"),
        (50, (17, 2, 1), ".951"),
        (5, (95, 3, 2), ".896"),
        (10, (95, 3, 2), ".941"),
    ],
)
def test_the_exact_coverage_of_the_score_interval_is_known(n, mix, expected):
    intervals = {counts: ends(score_interval(GroupCounts(*counts))) for counts in outcomes(n)}

    assert coverage(intervals, mix) == printed(expected)


def outcomes(n):
    return [(p, n - p - d, d) for p in range(n + 1) for d in range(n + 1 - p)]


def coverage(intervals, mix):
    """The chance that a survey of the true `mix` gives an interval around the true NPS."""
    p, q, d = (share / sum(mix) for share in mix)
    truth = 100 * (mix[0] - mix[2]) / sum(mix)
    hits = [counts for counts, (low, high) in intervals.items() if low - 1e-9 <= truth <= high + 1e-9]
    return math.fsum(
        math.comb(sum(c), c[0]) * math.comb(c[1] + c[2], c[1]) * p ** c[0] * q ** c[1] * d ** c[2] for c in hits
    )


@given(counts=answered)
def test_the_score_interval_lies_around_the_nps_and_inside_the_scale(counts):
    interval = score_interval(counts)

    assert -100 <= interval.low <= nps(counts) <= interval.high <= 100


@given(counts=answered)
def test_swapping_promoters_and_detractors_mirrors_the_interval(counts):
    low, high = ends(score_interval(counts))

    mirrored = score_interval(GroupCounts(counts.detractors, counts.passives, counts.promoters))

    assert (mirrored.low, mirrored.high) == pytest.approx((-high, -low), abs=1e-9)


@given(counts=answered, factor=st.integers(2, 50))
def test_more_of_the_same_answers_narrow_the_interval(counts, factor):
    low, high = ends(score_interval(counts))

    many = GroupCounts(counts.promoters * factor, counts.passives * factor, counts.detractors * factor)

    many_low, many_high = ends(score_interval(many))
    assert many_high - many_low < high - low


@given(counts=answered)
def test_the_spread_is_that_of_the_coded_answers(counts):
    answers = {1: counts.promoters, 0: counts.passives, -1: counts.detractors}
    mean = Fraction(sum(code * k for code, k in answers.items()), counts.n)

    variance = sum(k * (code - mean) ** 2 for code, k in answers.items()) / counts.n

    assert spread(counts) == pytest.approx(float(variance), abs=1e-12)
    assert 0 <= spread(counts) <= 1


@pytest.mark.parametrize(
    "answers",
    [
        (500_000_001, 300_000_000, 200_000_000),
        (10**9, 10**9 - 1, 10**9 - 7),
        (10**9, 0, 1),
        (3, 10**9, 2),
        (10**9, 1, 0),
    ],
)
def test_a_billion_answers_keep_nine_digits(answers):
    counts = GroupCounts(*answers)
    exact_nps, exact_error = exact(answers)
    low, high = ends(score_interval(counts))

    assert nps(counts) == pytest.approx(float(exact_nps), rel=1e-9)
    assert standard_error(counts) == pytest.approx(float(exact_error), rel=1e-9)
    assert adjusted_interval(counts).value == pytest.approx(float(exact_nps * counts.n / (counts.n + 3)), rel=1e-9)
    for end in (low, high):
        assert end == pytest.approx(float(exact_end(answers, Decimal(end))), rel=1e-9, abs=1e-12)


def exact(answers):
    """NPS and standard error in 60 digits."""
    getcontext().prec = 60
    p, q, d = (Decimal(count) for count in answers)
    n = p + q + d
    return 100 * (p - d) / n, 100 * ((4 * p * d + q * (p + d)) / n**3).sqrt()


def exact_end(answers, guess):
    """The end of the score interval nearest to `guess` in 60 digits, by bisection around it."""
    getcontext().prec = 60
    p, q, d = (Decimal(count) for count in answers)
    n, z = p + q + d, Decimal(score.Z95)

    def excess(delta):
        b = 2 * delta * (d + q) - (p + d) * (1 - delta)
        root = max(Decimal(0), b * b + 8 * n * d * delta * (1 - delta)).sqrt()
        share = min(max((root - b) / (4 * n), Decimal(0), -delta), (1 - delta) / 2)
        return abs(p - d - n * delta) / n - z * (max(Decimal(0), 2 * share + delta - delta**2) / n).sqrt()

    if abs(guess) == 100:
        return guess
    inner, outer = (p - d) / n, Decimal(1 if guess > 100 * (p - d) / n else -1)
    for _ in range(180):
        middle = (inner + outer) / 2
        inner, outer = (middle, outer) if excess(middle) <= 0 else (inner, middle)
    return 100 * inner
