"""The impact of a pain point with the others held equal, for pain points that occur together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.analysis.types import Group, Voice

_CODED: dict[Group, int] = {"promoter": 1, "passive": 0, "detractor": -1}


@dataclass(frozen=True, slots=True)
class AdjustedImpact:
    """`value` points, not bounded: 100 × `coefficient` × `prevalence`, the share of respondents who raise it."""

    coefficient: float
    prevalence: float
    value: float


@dataclass(frozen=True, slots=True)
class AdjustedImpacts:
    """The fit: its intercept, and by id each pain point, None for one that the fit cannot tell apart."""

    intercept: float
    by_id: Mapping[str, AdjustedImpact | None]


def adjusted_impacts(voices: Iterable[Voice], ids: Iterable[str] | None = None) -> AdjustedImpacts | None:
    """Least squares of the coded answers (+1, 0, −1) on an intercept and one column for each pain point.

    `ids` are the pain points to fit, by default all that are raised. One that nobody or everybody raises, or that
    is a combination of the intercept and those before it by id, gets None and is left out. None without voices.
    Shown from 200 comments on. Solved in whole numbers, so neither size nor order of the voices costs a digit.
    """
    kinds = Counter(voices)
    n = sum(kinds.values())
    if not n:
        return None
    columns = sorted(set(ids) if ids is not None else {id_ for voice in kinds for id_ in voice.pain_points})
    equations = _normal_equations(kinds, columns)
    prevalences = [Fraction(equations[0][j + 1], n) for j in range(len(columns))]
    intercept, *coefficients = _solved(equations)
    fitted = zip(columns, coefficients, prevalences, strict=True)
    return AdjustedImpacts(float(intercept or 0), {id_: _scaled(c, share) for id_, c, share in fitted})


def _scaled(coefficient: Fraction | None, prevalence: Fraction) -> AdjustedImpact | None:
    if coefficient is None:
        return None
    return AdjustedImpact(float(coefficient), float(prevalence), float(100 * coefficient * prevalence))


def _normal_equations(kinds: Mapping[Voice, int], columns: list[str]) -> list[list[int]]:
    """XᵀX with Xᵀy as its last column, in whole numbers; the first row and column are the intercept."""
    place = {id_: j for j, id_ in enumerate(columns, start=1)}
    width = len(columns) + 1
    rows = [[0] * (width + 1) for _ in range(width)]
    for voice, times in kinds.items():
        present = [0, *(place[id_] for id_ in voice.pain_points if id_ in place)]
        for i in present:
            rows[i][width] += times * _CODED[voice.group]
            for j in present:
                rows[i][j] += times
    return rows


def _solved(rows: list[list[int]]) -> list[Fraction | None]:
    """The coefficients, exactly; None for a column that depends on those before it.

    Elimination without fractions (Bareiss 1968). The matrix is one of squares, so a pivot of 0 says "depends".
    """
    rows, kept, previous = [row.copy() for row in rows], [], 1
    for pivot in range(len(rows)):
        if rows[pivot][pivot] == 0:
            continue
        for row in rows[pivot + 1 :]:
            factor = row[pivot]
            for j in range(pivot, len(row)):
                row[j] = (row[j] * rows[pivot][pivot] - factor * rows[pivot][j]) // previous
        kept.append(pivot)
        previous = rows[pivot][pivot]
    return _substituted(rows, kept)


def _substituted(rows: list[list[int]], kept: list[int]) -> list[Fraction | None]:
    solution: list[Fraction | None] = [None] * len(rows)
    known: dict[int, Fraction] = {}
    for i in reversed(kept):
        rest = rows[i][-1] - sum((rows[i][j] * value for j, value in known.items()), Fraction(0))
        known[i] = solution[i] = Fraction(rest, rows[i][i])
    return solution
