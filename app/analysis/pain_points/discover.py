"""Learn the centres of the pain points from the mentions: the known ones anchored, new ones where nothing fits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.analysis.pain_points.space import Matrix, unit

ANCHOR = 5.0  # the seeds of an entry weigh as much as this many mentions
ROUNDS = 12
ENOUGH = 60  # mentions from which on looking for something new makes sense
SOUGHT = 8  # new pain points looked for
WORST = 0.5  # share of the mentions, those that fit worst, among which they are sought
LEAST_SHARE = 0.012  # a new pain point holds at least this share of the mentions
LEAST = 5  # and this many
TIGHT = 0.3  # and its mentions are on average at least this near to its centre


def settle(points: Matrix, centres: Matrix, anchors: NDArray[np.float64]) -> Matrix:
    """Spherical k-means in which centre k starts at, and is held by, `anchors[k]` copies of its seed."""
    now = centres
    for _ in range(ROUNDS):
        sums = anchors[:, None] * centres
        np.add.at(sums, (points @ now.T).round(6).argmax(axis=1), points)
        moved = unit(sums)
        if np.array_equal(moved, now):
            break
        now = moved
    return now


def discover(points: Matrix, known: Matrix) -> Matrix:
    """Centres of new pain points among the mentions that fit the `known` centres worst; often none."""
    if len(points) < ENOUGH:
        return np.zeros((0, points.shape[1]))
    from sklearn.cluster import kmeans_plusplus

    worst = np.argsort((points @ known.T).max(axis=1).round(6), kind="stable")[: int(WORST * len(points))]
    seeds, _ = kmeans_plusplus(points[worst], SOUGHT, random_state=0)
    new = settle(points[worst], unit(seeds), np.zeros(SOUGHT) + 1e-3)
    return new[_large_and_tight(points, np.vstack([known, new]), len(known))]


def _large_and_tight(points: Matrix, centres: Matrix, known: int) -> NDArray[np.bool_]:
    similar = (points @ centres.T).round(6)
    own = similar.argmax(axis=1)
    least = max(LEAST, LEAST_SHARE * len(points))
    return np.array([_holds(similar[own == k, k], least) for k in range(known, len(centres))], dtype=np.bool_)


def _holds(similar: Matrix, least: float) -> bool:
    return len(similar) >= least and float(similar.mean()) >= TIGHT
