"""Do two ways to sort the same comments agree? Normalised mutual information and rank correlation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SHUFFLES = 50
SEED = 20  # the same shuffles in every run, so that the same answers have the same figure

Pair = tuple[str, str]  # what one side and what the other calls a comment


def mutual_information(pairs: Sequence[Pair]) -> float | None:
    """Normalised by the arithmetic mean of the entropies, 0 (unrelated) … 1 (the same groups); None without pairs."""
    from sklearn.metrics import normalized_mutual_info_score

    if not pairs:
        return None
    return float(normalized_mutual_info_score([a for a, _ in pairs], [b for _, b in pairs]))


def mutual_information_by_chance(pairs: Sequence[Pair]) -> float | None:
    """What the same two sides reach when one is shuffled: the mean of `SHUFFLES` tries, 0…1; None without pairs.

    It is above 0 because a few hundred comments never spread evenly over dozens of groups by accident.
    """
    if not pairs:
        return None
    chance = np.random.default_rng(SEED)
    first, second = np.array([a for a, _ in pairs]), [b for _, b in pairs]
    tries = [mutual_information(list(zip(chance.permutation(first), second, strict=True))) for _ in range(SHUFFLES)]
    return float(np.mean([found for found in tries if found is not None]))


def rank_correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float | None:
    """Spearman, −1…1; None with fewer than two values or when one side is constant."""
    from scipy.stats import spearmanr

    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    return float(spearmanr(a, b)[0])
