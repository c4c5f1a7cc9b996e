"""How follow-up goes, over some cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.analysis.customers.follow_up import Course, FollowUp, follow_up

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def course(contact: int | None = None, closed: int | None = None) -> Course:
    """Hours from the opening on."""
    moments = [None if hours is None else NOON + timedelta(hours=hours) for hours in (contact, closed)]
    return Course(NOON, *moments)


@pytest.mark.parametrize(
    ("courses", "followed_up", "to_contact", "to_close"),
    [
        ([], 0, None, None),
        ([course()], 0, None, None),
        ([course(3)], 1, 3, None),
        ([course(None, 8)], 0, None, 8),
        ([course(2, 10), course(4), course()], 2, 3, 10),
        ([course(1), course(2), course(90)], 3, 2, None),
    ],
)
def test_medians_are_over_the_cases_in_which_it_happened(
    courses: list[Course], followed_up: int, to_contact: int | None, to_close: int | None
) -> None:
    hours = [None if time is None else timedelta(hours=time) for time in (to_contact, to_close)]

    assert follow_up(courses) == FollowUp(len(courses), followed_up, *hours)
