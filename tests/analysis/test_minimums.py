import pytest

from app.analysis.minimums import dot, reached, reading


@pytest.mark.parametrize(
    ("n", "expected"), [(0, "counts"), (4, "counts"), (5, "early"), (29, "early"), (30, "full"), (1000, "full")]
)
def test_a_score_is_read_by_how_many_answered(n, expected):
    assert reading(n) == expected


@pytest.mark.parametrize(
    ("n", "expected"),
    [(0, "gap"), (1, "count"), (4, "count"), (5, "hollow"), (9, "hollow"), (10, "filled"), (500, "filled")],
)
def test_a_period_without_answers_is_a_gap_and_not_a_zero(n, expected):
    assert dot(n) == expected


@pytest.mark.parametrize(("n", "enough"), [(29.9, False), (29.999999999999996, True), (30, True), (30.4, True)])
def test_effective_answers_are_rounded_down_but_not_by_a_last_digit(n, enough):
    assert reached(n, 30) is enough
