"""The steps of a trend: as fine as the time that is shown allows."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from app.reports.filters import Period
from app.reports.steps import steps, weeks

LAST = date(2026, 11, 22)


def ninety_days() -> Period:
    return Period(LAST - timedelta(days=89), LAST)


def test_a_young_survey_is_shown_week_by_week_from_its_first_answer() -> None:
    found = steps(ninety_days(), date(2026, 10, 1))

    assert found[0] == Period(date(2026, 9, 28), date(2026, 10, 4))
    assert found[-1] == Period(date(2026, 11, 16), LAST)
    assert len(found) == 8


def test_a_year_is_shown_month_by_month() -> None:
    found = steps(ninety_days(), date(2020, 1, 1))

    assert (len(found), found[0].first, found[-1]) == (13, date(2025, 11, 1), Period(date(2026, 11, 1), LAST))


@pytest.mark.parametrize(
    ("first", "number", "begin"),
    [(date(2022, 2, 3), 20, date(2022, 1, 1)), (date(2001, 2, 3), 26, date(2001, 1, 1))],
)
def test_longer_times_have_longer_steps(first: date, number: int, begin: date) -> None:
    found = steps(Period(first, LAST), first)

    assert (len(found), found[0].first) == (number, begin)


@pytest.mark.parametrize("first", [date(2026, 11, 22), date(2026, 1, 31), date(2023, 5, 5), date(1999, 12, 31)])
def test_steps_follow_each_other_without_gap_to_the_end(first: date) -> None:
    found = steps(Period(first, LAST), first)

    assert found[-1].last == LAST
    assert found[0].first <= first
    assert all(a.last + timedelta(days=1) == b.first for a, b in pairwise(found))


def test_a_survey_nobody_answered_has_steps_all_the_same() -> None:
    assert steps(ninety_days(), None)[-1].last == LAST


def test_twelve_weeks_end_with_the_period() -> None:
    found = weeks(LAST)

    assert (len(found), found[-1].last, found[-1].days) == (12, LAST, 7)
    assert found[0].first == date(2026, 8, 31)
