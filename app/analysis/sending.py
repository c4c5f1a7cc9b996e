"""When news may be told, and in how many messages: quiet hours and bundles, so that nobody is stormed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

AN_HOUR = timedelta(hours=1)
MOST_AN_HOUR = 10  # messages of a rule about single answers
Cycle = Literal["daily", "weekly", "monthly"]
News = TypeVar("News")


def quiet_until(moment: datetime, start: int | None, end: int | None, timezone: str) -> datetime:
    """The first moment from `moment` on that is not quiet, in UTC; quiet hours go from hour to hour of the day.

    They may reach over midnight. Without hours, or from an hour to itself, nothing is quiet. An hour that a change of
    the clocks leaves out ends where the clock goes on.
    """
    if start is None or end is None or start == end:
        return moment
    local = moment.astimezone(ZoneInfo(timezone))
    if not _is_within(local.hour, start, end):
        return moment
    day = local.date() + timedelta(days=int(local.hour >= end))
    return _first_of(datetime.combine(day, time(end), ZoneInfo(timezone)), moment)


def _is_within(hour: int, start: int, end: int) -> bool:
    return start <= hour < end if start < end else hour >= start or hour < end


def _first_of(ends: datetime, moment: datetime) -> datetime:
    """An hour that comes twice may lie before the moment; then the quiet is over."""
    return max(ends.astimezone(UTC), moment)


def bundles(held: Sequence[News], fresh: Sequence[News], lately: int, most: int = MOST_AN_HOUR) -> list[list[News]]:
    """In how many messages to tell, when `lately` were sent within the hour and `most` may be.

    What was held back comes first, in one; then each fresh one alone, the last message taking all the rest. With no
    message left nothing is told now. ValueError for negative numbers.

    >>> bundles([], ["a", "b", "c"], lately=8)
    [['a'], ['b', 'c']]
    """
    if lately < 0 or most < 1:
        raise ValueError("numbers of messages are 0 or more")
    left = most - lately
    if left <= 0:
        return []
    first = [list(held)] if held else []
    if left == 1 and first:
        return [[*held, *fresh]]
    return first + _each(fresh, left - len(first))


def _each(fresh: Sequence[News], left: int) -> list[list[News]]:
    if len(fresh) <= left:
        return [[one] for one in fresh]
    return [[one] for one in fresh[: left - 1]] + [list(fresh[left - 1 :])]


def last_complete(cycle: Cycle, today: date) -> tuple[date, date]:
    """The first and the last day of the newest day, week (from Monday) or month that is over."""
    if cycle == "daily":
        return today - timedelta(days=1), today - timedelta(days=1)
    if cycle == "weekly":
        monday = today - timedelta(days=today.weekday())
        return monday - timedelta(days=7), monday - timedelta(days=1)
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last
