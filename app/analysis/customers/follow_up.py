"""How well detractors are followed up: figures over cases, each with the time from its opening on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median


@dataclass(frozen=True, slots=True)
class Course:
    """When a case was opened, when somebody was first in touch, when it was closed; None for not yet."""

    opened_at: datetime
    first_contact_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Of `n` cases in `followed_up` somebody was in touch. The medians are over the cases in which it happened.

    None where it happened in none.
    """

    n: int
    followed_up: int
    to_contact: timedelta | None
    to_close: timedelta | None


def follow_up(courses: Iterable[Course]) -> FollowUp:
    """The figures over some cases; of none there are no medians.

    >>> noon = datetime(2026, 11, 22, 12)
    >>> follow_up([Course(noon, noon + timedelta(hours=3)), Course(noon)])
    FollowUp(n=2, followed_up=1, to_contact=datetime.timedelta(seconds=10800), to_close=None)
    """
    every = list(courses)
    contacts = [one.first_contact_at - one.opened_at for one in every if one.first_contact_at is not None]
    closings = [one.closed_at - one.opened_at for one in every if one.closed_at is not None]
    return FollowUp(len(every), len(contacts), _median(contacts), _median(closings))


def _median(times: list[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(time.total_seconds() for time in times)) if times else None
