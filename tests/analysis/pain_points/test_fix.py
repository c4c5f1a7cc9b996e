import pytest

from app.analysis.pain_points.fix import before_after, window
from app.analysis.pain_points.impact import impact
from app.analysis.types import GroupCounts
from tests.analysis.pain_points.support_desk import BASE, SUPPORT
from tests.analysis.printed import printed


def after(raised, base):
    return before_after(SUPPORT, BASE, GroupCounts(*raised), GroupCounts(*base))


@pytest.mark.parametrize(
    ("raised", "base", "change", "interval", "p", "word"),
    [
        ((8, 12, 9), (160, 95, 70), "-.1595", "-.2431 -.0759", ".0002", "clear"),
        ((6, 15, 19), (155, 98, 75), "-.0912", "-.1799 -.0025", ".0439", "clear"),
        ((6, 18, 22), (155, 98, 75), "-.0569", "-.1480 .0342", ".2206", "none"),
        ((1, 2, 1), (60, 15, 10), "-.1431", "-.2924 .0063", ".0605", "too_early"),
    ],
)
def test_a_fix_is_judged_by_how_many_still_complain(raised, base, change, interval, p, word):
    result = after(raised, base)

    assert result.rate.adjusted == printed(change)
    assert (result.rate.low, result.rate.high) == tuple(printed(end) for end in interval.split())
    assert result.rate.p == printed(p)
    assert result.rate_verdict == word


@pytest.mark.parametrize(
    ("raised", "base", "now", "change", "p", "word"),
    [
        ((8, 12, 9), (160, 95, 70), "-3.0509", "10.2958", ".0002", "clear"),
        ((6, 15, 19), (155, 98, 75), "-7.9014", "5.4453", ".0728", "leaning"),
        ((6, 18, 22), (155, 98, 75), "-9.6523", "3.6944", ".2390", "none"),
    ],
)
def test_a_fix_is_judged_by_what_the_pain_point_still_costs(raised, base, now, change, p, word):
    result = after(raised, base)

    assert result.impact_before.value == printed("-13.3467")
    assert result.impact_after.value == printed(now)
    assert result.impact_change.value == printed(change)
    assert result.impact_change.p == printed(p)
    assert result.impact_change.low < result.impact_change.value < result.impact_change.high
    assert result.impact_verdict == word


def test_too_few_mentions_after_a_fix_leave_the_rate_to_decide():
    result = after((1, 2, 1), (60, 15, 10))

    assert result.impact_after.value == printed("-2.9049")
    assert result.impact_change is None
    assert result.impact_verdict == "too_few"


def test_enough_mentions_among_too_few_comments_are_too_early_for_both():
    result = after((0, 3, 3), (60, 15, 10))

    assert (result.rate_verdict, result.impact_verdict) == ("too_early", "too_early")
    assert result.impact_change is not None


def test_a_pain_point_that_is_gone_has_a_rate_and_no_impact_to_compare():
    result = after((0, 0, 0), (150, 100, 80))

    assert (result.rate_verdict, result.impact_verdict) == ("clear", "too_few")
    assert result.impact_after == impact(GroupCounts(), BASE)


def test_a_pain_point_that_everybody_raises_has_nobody_to_compare_with():
    result = after((40, 40, 40), (40, 40, 40))

    assert (result.impact_after, result.impact_change, result.impact_verdict) == (None, None, "too_few")


def test_impacts_without_any_spread_show_no_change_and_no_chance():
    all_unhappy = GroupCounts(0, 0, 50)

    result = before_after(GroupCounts(0, 0, 10), all_unhappy, GroupCounts(0, 0, 20), all_unhappy)

    assert (result.impact_change.value, result.impact_change.p) == (0, None)
    assert result.impact_verdict == "none"


def test_a_window_of_promoters_alone_has_no_rate_yet():
    result = after((5, 0, 0), (60, 0, 0))

    assert (result.rate, result.rate_verdict) == (None, "too_early")


def test_a_window_without_comments_has_no_answer():
    assert after((0, 0, 0), (0, 0, 0)) is None
    assert before_after(GroupCounts(), GroupCounts(), SUPPORT, BASE) is None


def test_more_complaints_than_comments_are_an_error_even_beside_an_empty_window():
    with pytest.raises(ValueError, match="larger than its whole"):
        before_after(GroupCounts(), GroupCounts(), GroupCounts(0, 0, 81), BASE)


@pytest.mark.parametrize(("days", "length"), [(0, 0), (12, 12), (90, 90), (400, 90)])
def test_both_windows_are_as_long_as_the_time_since_the_fix_up_to_90_days(days, length):
    assert window(days) == length


def test_a_fix_to_come_cannot_be_judged():
    with pytest.raises(ValueError, match="to come"):
        window(-1)
