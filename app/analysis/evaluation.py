"""How good are the assignments, measured against what people said of the same comments.

Every measure is 0…1 unless noted. Categories that fewer than `LEAST_LABELS` comments carry are left out, and so are
comments without a complaint that counts. Where there is nothing to measure the answer is None.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.analysis.agreement import Pair, mutual_information, mutual_information_by_chance, rank_correlation
from app.analysis.labels import Labelled
from app.analysis.matching import Ids, Table, best_match, many_to_one


@dataclass(frozen=True, slots=True)
class Quality:
    """`f1` macro over categories after the best one-to-one match, `many_f1` when several pain points may serve one
    category, `nmi` on comments with one category, `rho` (−1…1) Spearman of the frequencies, `lost` complaints
    without a pain point, `leak` praise with one, `language_nmi` of pain point with language (0: languages mix),
    `language_chance` what `language_nmi` comes to when the languages are shuffled among the same comments.
    """

    f1: float | None
    many_f1: float | None
    nmi: float | None
    rho: float | None
    lost: float | None
    leak: float | None
    language_nmi: float | None
    language_chance: float | None
    pain_points: int
    categories: int
    comments: int


def measure(labelled: Sequence[Labelled], raised: Sequence[Ids]) -> Quality:
    """All measures of `raised`, the pain points of each comment, against `labelled`, of equal length."""
    if len(labelled) != len(raised):
        raise ValueError(f"{len(labelled)} labelled comments, but {len(raised)} answers")
    table = Table.of(labelled, raised)
    f1, frequency = best_match(table)
    spoken = _languages(table)
    return Quality(
        f1=_mean(f1),
        many_f1=_mean(many_to_one(table)),
        nmi=mutual_information(_single(table)),
        rho=rank_correlation(table.carried, frequency),
        lost=_share([not ids for ids in table.raised]),
        leak=_share([bool(ids) for said, ids in zip(labelled, raised, strict=True) if _praises(said)]),
        language_nmi=mutual_information(spoken),
        language_chance=mutual_information_by_chance(spoken),
        pain_points=len(table.ids),
        categories=len(table.categories),
        comments=len(table.said),
    )


def stability(before: Mapping[Hashable, Ids], after: Mapping[Hashable, Ids]) -> float | None:
    """The share of comments present in both that raise the same pain points in both; None if there are none."""
    common = before.keys() & after.keys()
    return _share([set(before[key]) == set(after[key]) for key in common])


def probe(original: Sequence[Ids], translated: Sequence[Ids]) -> float | None:
    """The share of sentences whose translation reaches the first pain point of the original; those without are out."""
    pairs = [(a[0], b) for a, b in zip(original, translated, strict=True) if a]
    return _share([first in other for first, other in pairs])


def _single(table: Table) -> list[Pair]:
    """Category and first pain point of the comments with one category."""
    return [
        (min(said.complaints), ids[0])
        for said, ids in zip(table.said, table.raised, strict=True)
        if said.complaints and len(said.complaints) == 1 and ids
    ]


def _languages(table: Table) -> list[Pair]:
    """Language and first pain point of each comment that has one; nothing when all speak one language."""
    pairs = [(said.language, ids[0]) for said, ids in zip(table.said, table.raised, strict=True) if ids]
    return pairs if len({language for language, _ in pairs}) > 1 else []


def _praises(said: Labelled) -> bool:
    return said.only_praise and not said.complaints


def _mean(values: Sequence[float] | NDArray[np.float64]) -> float | None:
    return float(np.mean(values)) if len(values) else None


def _share(yes: Sequence[bool]) -> float | None:
    return sum(yes) / len(yes) if yes else None
