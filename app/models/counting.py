"""Counting facts: each respondent once, by the latest of their comments, with all that they raise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from app.analysis.types import Group, GroupCounts
from app.models.columns import Column, Places
from app.models.facts import GROUPS, PROMOTER, WORD, Facts, has_bit

if TYPE_CHECKING:
    from app.models.queries import Scope

Merged = Mapping[int, int]  # pain points and those that stand for them


class Voices(NamedTuple):
    """Respondents: the row of the latest comment of each, their group, and the bits of all that they raise."""

    rows: Places
    group: Column
    points: Column


def voices(facts: Facts, scope: Scope, merged: Merged) -> Voices:
    """Everybody with a comment in the scope, in the order of their latest one."""
    rows = facts.commented(scope)
    person, points = facts.responses["person"][rows], facts.raised(scope, rows, merged)
    known = np.flatnonzero(person >= 0)
    points[known] = _united(person[known], points[known], facts.people)[person[known]]
    last = np.full(facts.people, -1)
    last[person[known]] = known  # the latest comes last and stays
    is_latest = person < 0
    is_latest[last[last >= 0]] = True
    return Voices(rows[is_latest], facts.responses["group"][rows[is_latest]], points[is_latest])


def raising(facts: Facts, found: Voices, point: int) -> tuple[GroupCounts, GroupCounts]:
    """Those of them who raise one pain point, and all of them, by group."""
    number = facts.points.find(point)
    is_met = 0 <= number < found.points.shape[1] * WORD
    mine = found.group[has_bit(found.points, number)] if is_met else found.group[:0]
    return _by_group(mine), _by_group(found.group)


def _by_group(group: Column) -> GroupCounts:
    return GroupCounts(*np.bincount(group, minlength=len(GROUPS)).tolist())


def kinds(found: Voices) -> Iterator[tuple[Group, Column, list[int]]]:
    """For each group the different sets of what its respondents raise, and how many of them raise each set."""
    for place, group in enumerate(GROUPS):
        points = found.points[found.group == place]
        if points.shape[1] == 1:  # a plain sort is ten times as fast
            sets, numbers = np.unique(points[:, 0], return_counts=True)
            sets = sets[:, None]
        else:
            sets, numbers = np.unique(points, axis=0, return_counts=True)
        yield group, sets, numbers.tolist()


def named(facts: Facts, points: Column) -> Iterator[frozenset[str]]:
    """The ids in these sets, as text."""
    values, known = facts.points.values, facts.sets
    for words in points.tolist():
        bits = sum(word << WORD * place for place, word in enumerate(words))
        if bits not in known:
            known[bits] = frozenset(str(values[number]) for number in _bits(bits))
        yield known[bits]


def _bits(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def others(facts: Facts, scope: Scope, merged: Merged) -> tuple[int, dict[int, int]]:
    """How many passives and detractors said something in a scope, and how many of them raise each pain point."""
    rows = facts.commented(scope)
    rows = rows[facts.responses["group"][rows] != PROMOTER]
    person, points = facts.responses["person"][rows], facts.raised(scope, rows, merged)
    known = person >= 0
    people, person = np.unique(person[known], return_inverse=True)
    sets = np.concatenate([_united(person, points[known], len(people)), points[~known]])
    points_there = min(len(facts.points.values), sets.shape[1] * WORD)
    raised = {point: int(has_bit(sets, point).sum()) for point in range(points_there)}
    return len(sets), {point: number for point, number in raised.items() if number}


def surest(facts: Facts, scope: Scope, merged: Merged, number: int) -> tuple[Places, Column]:
    """Mentions in the scope and of its group: the surest few of each pain point, group and language, surest first.

    With each the number of the pain point that it is listed under.
    """
    if scope.run_id is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    is_in, answers = np.zeros(len(facts.responses["id"]), bool), facts.commented(scope)
    is_in[answers] = True
    if scope.filters.group is not None:
        is_in[answers] = facts.responses["group"][answers] == GROUPS.index(scope.filters.group)
    found = np.flatnonzero(is_in[facts.mentions["row"]])
    rows, points = facts.mentions["row"][found], _listed_under(facts, merged)[facts.mentions["point"][found]]
    kind = points * len(GROUPS) + facts.responses["group"][rows]
    kind = kind * len(facts.words.values) + facts.responses["heard"][rows]
    kept = _first(kind, number)
    return found[kept], points[kept]


def _listed_under(facts: Facts, merged: Merged) -> Column:
    into = dict(zip(facts.points.of(merged).tolist(), facts.points.of(merged.values()).tolist(), strict=True))
    return np.array([into.get(point, point) for point in range(len(facts.points.values))], np.int64)


def _first(kind: Column, number: int) -> Places:
    """Where the first few of each kind stand."""
    left, kept = np.arange(len(kind)), []
    for _ in range(number):
        first = np.full(int(kind.max(initial=-1)) + 1, -1)
        first[kind[left][::-1]] = left[::-1]  # the one that comes last stays, and that is the first
        kept.append(first[first >= 0])
        left = left[first[kind[left]] != left]
    return np.sort(np.concatenate(kept))


def _united(person: Column, points: Column, people: int) -> Column:
    """For each person all that is raised in the rows of theirs."""
    whole = np.zeros((people, points.shape[1]), np.uint64)
    for word in range(points.shape[1]):
        some = np.flatnonzero(points[:, word])
        np.bitwise_or.at(whole[:, word], person[some], points[some, word])
    return whole
