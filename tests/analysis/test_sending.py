"""When news may be told, and in how many messages."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.sending import bundles, last_complete, quiet_until


@pytest.mark.parametrize(
    ("moment", "start", "end", "zone", "until"),
    [
        ("2026-11-22T12:00", 22, 7, "UTC", "2026-11-22T12:00"),
        ("2026-11-22T22:00", 22, 7, "UTC", "2026-11-23T07:00"),
        ("2026-11-23T06:59", 22, 7, "UTC", "2026-11-23T07:00"),
        ("2026-11-23T07:00", 22, 7, "UTC", "2026-11-23T07:00"),
        ("2026-11-22T13:30", 12, 14, "UTC", "2026-11-22T14:00"),
        ("2026-11-22T13:30", None, None, "UTC", "2026-11-22T13:30"),
        ("2026-11-22T13:30", 13, 13, "UTC", "2026-11-22T13:30"),
        ("2026-11-22T21:30", 22, 7, "Europe/Berlin", "2026-11-23T06:00"),
        ("2026-07-01T21:30", 22, 7, "Europe/Berlin", "2026-07-02T05:00"),
        ("2026-11-22T23:30", 22, 0, "UTC", "2026-11-23T00:00"),
        ("2026-03-29T00:30", 1, 2, "Europe/Berlin", "2026-03-29T01:00"),  # 2 o'clock does not come that night
        ("2026-10-25T01:30", 2, 3, "Europe/Berlin", "2026-10-25T02:00"),  # 2 o'clock comes twice that night
    ],
)
def test_what_falls_into_quiet_hours_waits_till_their_end(
    moment: str, start: int | None, end: int | None, zone: str, until: str
) -> None:
    at, expected = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (moment, until))

    assert quiet_until(at, start, end, zone) == expected


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.integers(0, 23), st.integers(0, 23))  # noqa: DTZ001
def test_nothing_waits_for_longer_than_a_day(at: datetime, start: int, end: int) -> None:
    moment = at.replace(tzinfo=UTC)

    waits = quiet_until(moment, start, end, "Europe/Berlin") - moment

    assert 0 <= waits.total_seconds() <= 25 * 3600


@pytest.mark.parametrize(
    ("held", "fresh", "lately", "sent"),
    [
        ("", "", 0, []),
        ("", "a", 0, ["a"]),
        ("", "abc", 0, ["a", "b", "c"]),
        ("", "abc", 8, ["a", "bc"]),
        ("", "abc", 9, ["abc"]),
        ("", "abc", 10, []),
        ("", "abc", 11, []),
        ("ab", "", 0, ["ab"]),
        ("ab", "cd", 0, ["ab", "c", "d"]),
        ("ab", "cd", 9, ["abcd"]),
        ("ab", "cde", 7, ["ab", "c", "de"]),
    ],
)
def test_the_last_message_that_an_hour_allows_takes_all_the_rest(
    held: str, fresh: str, lately: int, sent: list[str]
) -> None:
    assert ["".join(bundle) for bundle in bundles(held, fresh, lately)] == sent


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 12))
def test_no_hour_has_more_messages_than_allowed_and_nothing_is_lost(held: int, fresh: int, lately: int) -> None:
    sent = bundles([("held", n) for n in range(held)], [("fresh", n) for n in range(fresh)], lately)

    assert len(sent) <= max(0, 10 - lately)
    assert sum(map(len, sent)) in ({0} if lately >= 10 else {held + fresh})


def test_numbers_of_messages_are_not_negative() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        bundles([], ["a"], -1)


@pytest.mark.parametrize(
    ("cycle", "today", "first", "last"),
    [
        ("daily", "2026-11-22", "2026-11-21", "2026-11-21"),
        ("weekly", "2026-11-22", "2026-11-09", "2026-11-15"),  # a Sunday: its week is not over
        ("weekly", "2026-11-23", "2026-11-16", "2026-11-22"),
        ("monthly", "2026-11-22", "2026-10-01", "2026-10-31"),
        ("monthly", "2027-01-01", "2026-12-01", "2026-12-31"),
        ("monthly", "2028-03-01", "2028-02-01", "2028-02-29"),
    ],
)
def test_a_digest_tells_about_the_last_period_that_is_over(cycle: str, today: str, first: str, last: str) -> None:
    ends = last_complete(cycle, date.fromisoformat(today))  # type: ignore[arg-type]

    assert ends == (date.fromisoformat(first), date.fromisoformat(last))
