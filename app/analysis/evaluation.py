"""How good are the assignments, measured against what people said of the same comments.

Every measure is 0…1 unless noted. Categories that fewer than `LEAST_LABELS` comments carry are left out, and so are
comments without a complaint that counts. Where there is nothing to measure the answer is None.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST_LABELS = 10

Ids = Sequence[str]  # the pain points of a comment in the order of its text, with repetitions


@dataclass(frozen=True, slots=True)
class Labelled:
    """What people said of a comment: its categories of complaint (None: not known), or that it only praises."""

    complaints: frozenset[str] | None
    only_praise: bool = False
    language: str = "und"


@dataclass(frozen=True, slots=True)
class Quality:
    """`f1` macro over categories after the best one-to-one match, `many_f1` when several pain points may serve one
    category, `nmi` on comments with one category, `rho` (−1…1) Spearman of the frequencies, `lost` complaints
    without a pain point, `leak` praise with one, `language_nmi` of pain point with language (0: languages mix).
    """

    f1: float | None
    many_f1: float | None
    nmi: float | None
    rho: float | None
    lost: float | None
    leak: float | None
    language_nmi: float | None
    pain_points: int
    categories: int
    comments: int


def measure(labelled: Sequence[Labelled], raised: Sequence[Ids]) -> Quality:
    """All measures of `raised`, the pain points of each comment, against `labelled`, of equal length."""
    if len(labelled) != len(raised):
        raise ValueError(f"{len(labelled)} labelled comments, but {len(raised)} answers")
    table = _Table.of(labelled, raised)
    f1, frequency = _best_match(table)
    return Quality(
        f1=_mean(f1),
        many_f1=_mean(_many_to_one(table)),
        nmi=_agreement(table),
        rho=_rank_correlation(table.carried, frequency),
        lost=_share([not ids for ids in table.raised]),
        leak=_share([bool(ids) for said, ids in zip(labelled, raised, strict=True) if _praises(said)]),
        language_nmi=_language_nmi(table),
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


@dataclass(frozen=True)
class _Table:
    """The comments that count, and how often category and pain point meet, shape (categories, pain points)."""

    said: list[Labelled]
    raised: list[Ids]
    categories: list[str]
    ids: list[str]
    together: NDArray[np.float64]
    carried: NDArray[np.float64]  # comments per category
    used: NDArray[np.float64]  # comments per pain point

    @classmethod
    def of(cls, labelled: Sequence[Labelled], raised: Sequence[Ids]) -> _Table:
        counts = Counter(category for said in labelled for category in said.complaints or ())
        categories = sorted(category for category, n in counts.items() if n >= LEAST_LABELS)
        rows = [i for i, said in enumerate(labelled) if (said.complaints or frozenset()) & set(categories)]
        ids = list(dict.fromkeys(id_ for i in rows for id_ in raised[i]))
        has = np.array([[c in (labelled[i].complaints or ()) for c in categories] for i in rows], dtype=np.float64)
        gets = np.array([[id_ in raised[i] for id_ in ids] for i in rows], dtype=np.float64)
        has, gets = has.reshape(len(rows), len(categories)), gets.reshape(len(rows), len(ids))
        kept, answers = [labelled[i] for i in rows], [raised[i] for i in rows]
        return cls(kept, answers, categories, ids, has.T @ gets, has.sum(axis=0), gets.sum(axis=0))


def _best_match(table: _Table) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """F1 per category under the best one-to-one match, and how often the matched pain point is raised."""
    from scipy.optimize import linear_sum_assignment

    f1, frequency = np.zeros(len(table.categories)), np.zeros(len(table.categories))
    if table.ids and table.categories:
        scores = 2 * table.together / (table.carried[:, None] + table.used[None, :])
        rows, columns = linear_sum_assignment(-scores)
        f1[rows], frequency[rows] = scores[rows, columns], table.used[columns]
    return f1, frequency


def _many_to_one(table: _Table) -> list[float]:
    """F1 per category when every pain point serves the category it meets most often."""
    if not table.ids:
        return [0.0] * len(table.categories)
    serves = table.together.argmax(axis=0)
    scores = []
    for k, category in enumerate(table.categories):
        mine = {id_ for id_, served in zip(table.ids, serves, strict=True) if served == k}
        hit = [bool(mine & set(ids)) for ids in table.raised]
        true = [category in (said.complaints or ()) for said in table.said]
        both = sum(a and b for a, b in zip(hit, true, strict=True))
        scores.append(2 * both / max(1, sum(hit) + sum(true)))
    return scores


def _agreement(table: _Table) -> float | None:
    pairs = [
        (min(said.complaints), ids[0])
        for said, ids in zip(table.said, table.raised, strict=True)
        if said.complaints and len(said.complaints) == 1 and ids
    ]
    return _nmi(pairs) if pairs else None


def _language_nmi(table: _Table) -> float | None:
    pairs = [(said.language, ids[0]) for said, ids in zip(table.said, table.raised, strict=True) if ids]
    return _nmi(pairs) if len({language for language, _ in pairs}) > 1 else None


def _nmi(pairs: Sequence[tuple[str, str]]) -> float:
    """Normalised mutual information, arithmetic mean of the entropies in the denominator."""
    from sklearn.metrics import normalized_mutual_info_score

    return float(normalized_mutual_info_score([a for a, _ in pairs], [b for _, b in pairs]))


def _rank_correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float | None:
    """Spearman; None with fewer than two values or when one side is constant."""
    from scipy.stats import spearmanr

    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    return float(spearmanr(a, b)[0])


def _praises(said: Labelled) -> bool:
    return said.only_praise and not said.complaints


def _mean(values: Sequence[float] | NDArray[np.float64]) -> float | None:
    return float(np.mean(values)) if len(values) else None


def _share(yes: Sequence[bool]) -> float | None:
    return sum(yes) / len(yes) if yes else None
