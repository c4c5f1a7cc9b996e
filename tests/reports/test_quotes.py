"""Which comments stand as examples: sure ones, of different people, of both groups, in many languages."""

from __future__ import annotations

from dataclasses import dataclass

from app.analysis.types import Group
from app.reports.quotes import choose


@dataclass(frozen=True)
class Said:
    voice: int
    group: Group
    language: str = "en"


def test_both_groups_come_before_a_second_of_one() -> None:
    told = [Said(1, "detractor"), Said(2, "detractor"), Said(3, "detractor"), Said(4, "passive")]

    assert [one.voice for one in choose(told)] == [1, 4, 2]


def test_another_language_comes_before_the_same_again() -> None:
    told = [Said(1, "detractor"), Said(2, "passive"), Said(3, "detractor"), Said(4, "detractor", "de")]

    assert [one.voice for one in choose(told)] == [1, 2, 4]


def test_nobody_is_quoted_twice() -> None:
    told = [Said(1, "detractor"), Said(1, "passive", "de"), Said(2, "detractor")]

    assert [one.voice for one in choose(told)] == [1, 2]


def test_promoters_come_last() -> None:
    told = [Said(1, "promoter"), Said(2, "detractor"), Said(3, "detractor")]

    assert [one.voice for one in choose(told)] == [2, 3, 1]


def test_nothing_said_is_nothing_quoted() -> None:
    assert choose([]) == []
