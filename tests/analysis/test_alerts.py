"""When something is worth an alert: firing, not firing, and not firing twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.alerts import appeared, is_measured, is_ripe, missing, nps_drop, silence
from app.analysis.types import GroupCounts

TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FELL = ((60, 30, 10), (30, 30, 40))  # from +50 to −10


@pytest.mark.parametrize(
    ("before", "now", "told", "why"),
    [
        (*FELL, None, "fires"),
        (*FELL, 28, "fires"),
        (*FELL, 27, "told lately"),
        (*FELL, 0, "told lately"),
        ((30, 30, 40), (60, 30, 10), None, "no drop"),
        ((40, 30, 30), (40, 30, 30), None, "no drop"),
        ((500, 300, 200), (480, 310, 210), None, "small"),
        ((50, 30, 20), (40, 30, 30), None, "not sure"),
        ((18, 7, 5), (10, 7, 13), None, "not sure"),
        ((28, 1, 0), (0, 1, 28), None, "too few"),
        ((60, 30, 10), (2, 8, 19), None, "too few"),
        ((0, 0, 0), (30, 30, 40), None, "too few"),
        ((60, 30, 10), (0, 0, 0), None, "too few"),
        ((29, 1, 0), (0, 1, 29), None, "fires"),
        ((20_000, 6_000, 4_000), (18_700, 6_000, 5_300), None, "fires"),
        ((20_000, 6_000, 4_000), (19_400, 6_000, 4_600), None, "small"),
    ],
)
def test_a_drop_of_the_nps_is_told_when_it_is_large_and_sure_and_not_told_before(
    before: tuple[int, int, int], now: tuple[int, int, int], told: int | None, why: str
) -> None:
    told_on = None if told is None else TODAY - timedelta(days=told)

    drop = nps_drop(GroupCounts(*before), GroupCounts(*now), TODAY, told_on, 28)

    assert drop.why == why
    assert drop.fires == (why == "fires")


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 400), st.integers(0, 400))
def test_a_score_that_rose_is_never_told_as_a_drop(a: int, b: int, more: int, less: int) -> None:
    before, now = GroupCounts(a, 10, b + less), GroupCounts(a + more, 10, b)

    assert not nps_drop(before, now, TODAY, None, 28).fires


@pytest.mark.parametrize(
    ("recent", "before", "why"),
    [(0, 28, "fires"), (0, 500, "fires"), (0, 27, "too few before"), (0, 0, "too few before"), (1, 28, "answers came")],
)
def test_a_survey_is_silent_after_seven_days_without_answers_if_many_came_before(
    recent: int, before: int, why: str
) -> None:
    assert silence(recent, before) == why


def test_no_count_of_answers_is_negative() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        silence(-1, 30)


@pytest.mark.parametrize(
    ("now", "earlier", "news"),
    [
        (["support"], [], ["support"]),
        (["support"], [[]], ["support"]),
        (["support"], [["support"]], []),
        (["support"], [[], ["support"]], []),
        (["support"], [[], [], ["support"]], ["support"]),
        (["support", "pricing"], [["support"], []], ["pricing"]),
        ([], [["support"]], []),
    ],
)
def test_a_badge_is_news_again_only_after_two_checks_without_it(
    now: list[str], earlier: list[list[str]], news: list[str]
) -> None:
    assert appeared(now, earlier) == news


@pytest.mark.parametrize(
    ("verdicts", "days", "told"),
    [
        (["clear", "too_few"], 20, True),
        (["none", "clear"], 20, True),
        (["leaning", "none"], 89, False),
        (["too_early", "too_few"], 90, True),
        ([], 10, False),
        ([], 90, True),
    ],
)
def test_the_effect_of_a_fix_is_told_when_it_is_clear_or_after_ninety_days(
    verdicts: list[str], days: int, told: bool
) -> None:
    assert is_measured(verdicts, days) == told


def test_a_fix_to_come_has_no_effect() -> None:
    with pytest.raises(ValueError, match="fix to come"):
        is_measured(["clear"], -1)


@pytest.mark.parametrize(
    ("score", "threshold", "has_comment", "minutes", "told"),
    [
        (3, 6, True, 0, True),
        (3, 6, False, 9, False),
        (3, 6, False, 10, True),
        (7, 6, True, 60, False),
        (6, 6, True, 1, True),
        (4, 3, True, 1, False),
        (0, 0, True, 1, True),
    ],
)
def test_a_detractor_is_told_with_the_comment_or_ten_minutes_after_the_score(
    score: int, threshold: int, has_comment: bool, minutes: int, told: bool
) -> None:
    assert is_ripe(score, threshold, has_comment, NOON, NOON + timedelta(minutes=minutes)) == told


def test_a_threshold_above_the_detractors_is_refused() -> None:
    with pytest.raises(ValueError, match="0 to 6"):
        is_ripe(7, 7, True, NOON, NOON)


def test_what_a_period_lacks_is_counted_in_whole_answers() -> None:
    assert [missing(GroupCounts(n, 0, 0)) for n in (0, 12, 29.999999999999996, 30, 99)] == [30, 18, 0, 0, 0]
