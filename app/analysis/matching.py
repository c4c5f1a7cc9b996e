"""Pain points beside people's categories: how often they meet, and which of them belongs to which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.analysis.labels import Labelled

LEAST_LABELS = 10  # a category that fewer comments carry says more about chance than about the engine

Ids = Sequence[str]  # the pain points of a comment in the order of its text, with repetitions


@dataclass(frozen=True)
class Table:
    """The comments that count, and how often category and pain point meet, shape (categories, pain points)."""

    said: list[Labelled]
    raised: list[Ids]
    categories: list[str]
    ids: list[str]
    together: NDArray[np.float64]
    carried: NDArray[np.float64]  # comments per category
    used: NDArray[np.float64]  # comments per pain point

    @classmethod
    def of(cls, labelled: Sequence[Labelled], raised: Sequence[Ids]) -> Table:
        """Of all comments those that carry a category that counts; with none of them, a table without rows."""
        counts = Counter(category for said in labelled for category in said.complaints or ())
        categories = sorted(category for category, n in counts.items() if n >= LEAST_LABELS)
        rows = [i for i, said in enumerate(labelled) if (said.complaints or frozenset()) & set(categories)]
        ids = list(dict.fromkeys(id_ for i in rows for id_ in raised[i]))
        has = np.array([[c in (labelled[i].complaints or ()) for c in categories] for i in rows], dtype=np.float64)
        gets = np.array([[id_ in raised[i] for id_ in ids] for i in rows], dtype=np.float64)
        has, gets = has.reshape(len(rows), len(categories)), gets.reshape(len(rows), len(ids))
        kept, answers = [labelled[i] for i in rows], [raised[i] for i in rows]
        return cls(kept, answers, categories, ids, has.T @ gets, has.sum(axis=0), gets.sum(axis=0))


def best_match(table: Table) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """F1 per category under the best one-to-one match, and how often the matched pain point is raised."""
    from scipy.optimize import linear_sum_assignment

    f1, frequency = np.zeros(len(table.categories)), np.zeros(len(table.categories))
    if table.ids and table.categories:
        scores = 2 * table.together / (table.carried[:, None] + table.used[None, :])
        rows, columns = linear_sum_assignment(-scores)
        f1[rows], frequency[rows] = scores[rows, columns], table.used[columns]
    return f1, frequency


def many_to_one(table: Table) -> list[float]:
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
