"""Which pain point a mention raises, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.analysis.pain_points.space import Matrix, unit

BLEND = 0.5  # how much of its comment a mention takes on
FITS = 0.24  # similarity from which a mention fits an entry
LAST_RESORT = 0.12  # the same for the best mention of a comment in which nothing fits
MARGIN = 0.06  # how much better than the comment's leading entry another one must fit to be a second pain point
SUREST = 0.99  # no assignment is certain
NONE = -1


@dataclass(frozen=True)
class Choice:
    """Per mention: the number of its entry (NONE without one) and the confidence, 0..1."""

    entry: NDArray[np.intp]
    confidence: Matrix


def blend(points: Matrix, comment: NDArray[np.intp], weight: float = BLEND) -> Matrix:
    """Each mention's point moved towards the middle of its comment's, shape as `points`."""
    if not len(points):
        return points
    sums = np.zeros((int(comment.max()) + 1, points.shape[1]))
    np.add.at(sums, comment, points)
    return unit(points + weight * unit(sums)[comment])


def fit(points: Matrix, centres: Matrix) -> Matrix:
    """Cosine similarity of every mention with every entry, shape (mentions, entries)."""
    return np.round(points @ centres.T, 6)


def choose(fits: Matrix, comment: NDArray[np.intp], has_content: NDArray[np.bool_]) -> Choice:
    """The entry each mention raises. The mentions of one comment are chosen together, different comments never."""
    entry = np.full(len(fits), NONE, dtype=np.intp)
    if fits.size:
        starts = np.flatnonzero(np.r_[True, comment[1:] != comment[:-1]])
        for rows in np.split(np.arange(len(fits)), starts[1:]):
            entry[rows] = _choose_in_comment(fits[rows], has_content[rows])
    return Choice(entry, _confidence(fits, entry))


def _choose_in_comment(fits: Matrix, has_content: NDArray[np.bool_]) -> NDArray[np.intp]:
    best = fits.argmax(axis=1)
    strength = np.where(has_content, fits.max(axis=1), -1.0)
    lead = int(strength.argmax())
    leading = int(best[lead])
    if strength[lead] < FITS:
        best[:] = NONE
        best[lead] = leading if strength[lead] >= LAST_RESORT else NONE
        return best
    second = strength >= np.maximum(FITS, fits[:, leading] + MARGIN)
    follows = ~second & (fits[:, leading] >= FITS) & has_content
    return np.where(second, best, np.where(follows, leading, NONE))


def _confidence(fits: Matrix, entry: NDArray[np.intp]) -> Matrix:
    """Rises with the similarity to the entry and with its lead over the next one."""
    out = np.zeros(len(fits))
    for i in np.flatnonzero(entry != NONE):
        own = fits[i, entry[i]]
        rest = np.delete(fits[i], entry[i]).max(initial=0.0)
        out[i] = 1 / (1 + np.exp(-(10 * (own - FITS) + 6 * (own - rest))))
    return np.minimum(np.round(out, 2), SUREST)
