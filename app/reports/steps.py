"""The steps of a trend: weeks, months, quarters or years, whichever reads best."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta

from app.reports.filters import Period

YEAR = timedelta(days=365)


def steps(period: Period, first_answer: date | None) -> tuple[Period, ...]:
    """Steps that end with the period: a year of them or the period if that is longer, none before the first answer.

    The first step begins on a Monday or on the first of a month; the last one ends with the period.
    """
    start = min(period.first, period.last - YEAR + timedelta(days=1))
    if first_answer is not None and start < first_answer <= period.last:
        start = first_answer
    begin, following = _unit(Period(start, period.last).days)
    return tuple(_cut(begin(start), following, period.last))


def weeks(last: date, number: int = 12) -> tuple[Period, ...]:
    """The last whole weeks of seven days up to and with a day."""
    ends = [last - timedelta(weeks=ago) for ago in reversed(range(number))]
    return tuple(Period(end - timedelta(days=6), end) for end in ends)


def places(days: Iterable[date], periods: Sequence[Period]) -> dict[int, date]:
    """In which of the periods days lie; those in none are left out, and of several in one the last stands."""
    return {i: day for day in days for i, period in enumerate(periods) if period.first <= day <= period.last}


def _cut(day: date, following: Callable[[date], date], last: date) -> Iterator[Period]:
    while day <= last:
        after = following(day)
        yield Period(day, min(after - timedelta(days=1), last))
        day = after


def _unit(days: int) -> tuple[Callable[[date], date], Callable[[date], date]]:
    """How a step begins and where the next one does."""
    if days <= 26 * 7:
        return lambda day: day - timedelta(days=day.weekday()), lambda day: day + timedelta(weeks=1)
    months = 1 if days <= 3 * 366 else 3 if days <= 12 * 366 else 12
    return lambda day: _months_on(day, 0, months), lambda day: _months_on(day, months, months)


def _months_on(day: date, ahead: int, months: int) -> date:
    """The first day of the step of so many months that `day` lies in, moved ahead."""
    month = (day.month - 1) // months * months + ahead
    return date(day.year + month // 12, month % 12 + 1, 1)
