"""Learn the centres of the pain points from the mentions, and find the ones the catalogue does not know.

Known entries move towards their mentions, but never further than half-way from their seeds: a name stays true. What
is new comes from two places: the shelf, whose subjects join when enough mentions prefer them, and groups of mentions
that nothing known fits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.analysis.pain_points.space import DECIMALS, Matrix, unit

ROUNDS = 8
PULL = 1.0  # how strongly the mean of its mentions pulls an entry, its seeds pulling with 1
HESITANCE = 5.0  # with this many mentions the pull is half of that
RARE = 0.06  # handicap of an entry that too few mentions of a survey are clearly about: most of its hits are accidents
FAVOUR = 0.045  # a mention leans towards entries that many others raise: weight of the logarithm of their share
WORTHWHILE = 0.01  # share of the mentions that a discovered entry holds at least
CLEAR = 0.5  # fit from which a mention is clearly about an entry
CLEARLY = 0.0025  # share of the mentions that are clearly about it at least
LEAST, LEAST_CLEAR = 5, 4  # and their numbers at least
BROAD, FEW_CLEAR = 0.03, 2  # one that holds so large a share needs only so many clear ones
RELUCTANCE = 1.5  # as many times more is asked of a newcomer where others have settled before
STEPS = 3  # the shelf is cleared in so many steps, each giving the mentions of the removed to the rest
SOUGHT, EACH = 12, 40  # groups looked for at most: one for so many mentions that fit nothing
STRAY = 0.45  # a mention whose best fit is below this may belong to something new
BETTER = 0.1  # how much nearer the mentions of a group are to its centre than to anything known
ENOUGH = 60  # mentions from which on looking for groups makes sense
TIGHT = 0.6  # mean similarity of a group's mentions to its centre


@dataclass(frozen=True)
class Settled:
    """Centres (entries, axes), and per entry what its popularity adds to every similarity (0 the most popular)."""

    centres: Matrix
    favour: Matrix
    counts: NDArray[np.intp]
    clear: NDArray[np.intp]  # mentions of each entry that are clearly about it


def settle(points: Matrix, overlap: Matrix, seeds: Matrix, given: Matrix) -> Settled:
    """Spherical k-means held by its seeds: `points` (mentions, axes), `overlap` (mentions, entries), `seeds`.

    `given` is the favour of entries that have settled before and stay where they are, NaN for all others.
    """
    free = np.isnan(given)
    centres, favour = seeds, np.where(free, 0.0, given)
    counts = clear = np.zeros(len(seeds), dtype=np.intp)
    for _ in range(ROUNDS if len(points) else 0):
        fits = (points @ centres.T + overlap).round(DECIMALS)
        chosen = (fits + favour).argmax(axis=1)
        counts = np.bincount(chosen, minlength=len(seeds))
        clear = np.bincount(chosen[fits[np.arange(len(fits)), chosen] >= CLEAR], minlength=len(seeds))
        sums = np.zeros_like(seeds)
        np.add.at(sums, chosen, points)
        moved = np.where(free[:, None], unit(seeds + PULL * sums / (counts + HESITANCE)[:, None]), seeds)
        favour = np.where(free, popularity(counts, clear), given)
        if np.array_equal(moved, centres):
            break
        centres = moved
    return Settled(centres, favour, counts, clear)


def popularity(counts: NDArray[np.intp], clear: NDArray[np.intp]) -> Matrix:
    """`FAVOUR` times the logarithm of each share, 0 for the largest; less `RARE` for entries with too few clear cases.

    Nobody yet gives zeros.
    """
    shares = np.log(counts + 1.0)
    rare = clear < CLEARLY * counts.sum()
    return np.asarray(np.round(FAVOUR * (shares - shares.max(initial=0.0)) - RARE * rare, DECIMALS))


def take_from_shelf(
    points: Matrix, overlap: Matrix, seeds: Matrix, given: Matrix, shelved: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which entries take part: all that are not `shelved`, and the shelved ones that enough mentions prefer."""
    stays = np.ones(len(seeds), dtype=np.bool_)
    asked = 1.0 if np.isnan(given).all() else RELUCTANCE
    least = asked * max(LEAST, WORTHWHILE * len(points))
    least_clear = asked * max(LEAST_CLEAR, CLEARLY * len(points))
    for step in range(1, STEPS + 1):
        settled = settle(points, overlap[:, stays], seeds[stays], given[stays])
        broad = (settled.counts >= BROAD * len(points) * step / STEPS) & (settled.clear >= FEW_CLEAR * step / STEPS)
        clear = broad | (settled.clear >= least_clear * step / STEPS)
        enough = clear & (settled.counts >= least * step / STEPS)
        stays[stays] = ~shelved[stays] | enough
    return stays


def find_groups(points: Matrix, best: Matrix) -> Matrix:
    """Centres of large and tight groups among the mentions whose `best` fit with all known is low; often none."""
    from sklearn.cluster import kmeans_plusplus

    stray = points[best < STRAY]
    if len(stray) < ENOUGH:
        return np.zeros((0, points.shape[1]))
    sought = min(SOUGHT, len(stray) // EACH)
    first, _ = kmeans_plusplus(stray, sought, random_state=0)
    centres = unit(first)
    for _ in range(ROUNDS):
        chosen = (stray @ centres.T).round(DECIMALS).argmax(axis=1)
        centres = unit(np.array([stray[chosen == k].sum(axis=0) + 1e-3 * centres[k] for k in range(sought)]))
    least = max(LEAST, WORTHWHILE * len(points))
    similar = (stray @ centres.T).round(DECIMALS)
    own = similar.argmax(axis=1)
    groups = [_holds(similar[own == k, k], best[best < STRAY][own == k], least) for k in range(sought)]
    return centres[np.array(groups, dtype=np.bool_)]


def _holds(similar: Matrix, best: Matrix, least: float) -> bool:
    """Whether a group is large, tight, and something else than what is known."""
    if len(similar) < least:
        return False
    return float(similar.mean()) >= max(TIGHT, float(best.mean()) + BETTER)
