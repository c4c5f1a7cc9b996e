"""Filters: one canonical spelling, and days that mean the same wherever the reader sits."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.reports.filters import Filters, Period, last_days


def test_the_canonical_query_leaves_out_what_is_the_default() -> None:
    assert Filters(compare="previous", sort="priority").query() == ""


def test_the_canonical_query_has_one_order() -> None:
    filters = Filters(
        sort="impact",
        attributes=(("plan", "team"), ("country", "DE & AT"), ("plan", "free"), ("plan", "free")),
        to_day=date(2026, 3, 31),
        from_day=date(2026, 1, 1),
        language="de",
    )

    assert filters.query(("page", "2")) == (
        "from=2026-01-01&to=2026-03-31&language=de&attr.country=DE+%26+AT&attr.plan=free&attr.plan=team"
        "&sort=impact&page=2"
    )


def test_a_link_changes_one_filter_and_keeps_the_others() -> None:
    assert Filters(language="de", sort="impact").query(sort="priority") == "language=de"


@pytest.mark.parametrize(
    ("filters", "period"),
    [
        (Filters(), None),
        (
            Filters(from_day=date(2026, 1, 1), to_day=date(2026, 1, 31)),
            Period(date(2026, 1, 1), date(2026, 1, 31)),
        ),
        (Filters(from_day=date(2026, 1, 1)), Period(date(2026, 1, 1), date(2026, 11, 22))),
        (Filters(to_day=date(2026, 3, 31)), Period(date(2026, 1, 1), date(2026, 3, 31))),
        (Filters(from_day=date(2027, 1, 1)), Period(date(2027, 1, 1), date(2027, 1, 1))),
    ],
)
def test_a_period_may_be_given_by_one_of_its_ends(filters: Filters, period: Period | None) -> None:
    assert filters.period(today=date(2026, 11, 22)) == period


def test_ninety_days_end_today_and_follow_ninety_others() -> None:
    period = last_days(date(2026, 11, 22))

    assert (period.days, period.first, period.last) == (90, date(2026, 8, 25), date(2026, 11, 22))
    assert period.before() == Period(date(2026, 5, 27), date(2026, 8, 24))


def test_days_are_those_of_the_survey_also_when_clocks_change() -> None:
    day = Period(date(2026, 10, 25), date(2026, 10, 25))

    start, end = day.moments("Europe/Berlin")

    assert start == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert end == datetime(2026, 10, 25, 23, tzinfo=UTC)


def test_order_and_comparison_narrow_nothing() -> None:
    assert not Filters(sort="impact", compare="none").is_narrowed
    assert Filters(language="de").is_narrowed
