"""Which pain point a mention raises, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.analysis.pain_points.space import DECIMALS, Matrix, unit

BLEND = 0.4  # how much of its comment a mention takes on
WORDS = 0.9  # weight of shared words beside similarity of meaning
FITS = 0.28  # fit from which a mention raises a popular entry; others have to fit better by what they lack in favour
LAST_RESORT = 0.0  # the same for the best mention of a detractor's comment in which nothing fits
LAST_RESORT_PASSIVE = 0.03  # of a passive's, if everything in it speaks of something to fix
LAST_WISH = 0.15  # the same for what a promoter wishes
PLEASED = 0.1  # how much better a promoter's complaint has to fit: most of what sounds like one there is none
SOBER = 0.8  # how much better a mention has to fit in which nothing but the score speaks of something to fix
SOBER_UNHAPPY = 0.2  # the same for a detractor, whose score says more
CHATTER = 0.15  # how much nearer to talk about nothing than to any pain point a mention must be to raise none
MARGIN = 0.06  # how much better than the comment's leading entry another one must fit to be a second pain point
SURE = (0.08, 2.9, 1.8)  # of the confidence, fitted to how often labelled comments agree: docs/quality.md
SUREST = 0.99  # no assignment is certain
NONE = -1


@dataclass(frozen=True)
class Choice:
    """Per mention: the number of its entry (NONE without one) and the confidence, 0…1."""

    entry: NDArray[np.intp]
    confidence: Matrix


def blend(points: Matrix, comment: NDArray[np.intp], weight: float = BLEND) -> Matrix:
    """Each mention's point moved towards the middle of its comment's, shape as `points`."""
    if not len(points):
        return points
    sums = np.zeros((int(comment.max()) + 1, points.shape[1]))
    np.add.at(sums, comment, points)
    return unit(points + weight * unit(sums)[comment])


def fit(points: Matrix, centres: Matrix, overlap: Matrix) -> Matrix:
    """Likeness in meaning (cosine) plus shared words, of every mention with every entry: (mentions, entries)."""
    total: Matrix = np.round(points @ centres.T + WORDS * overlap, DECIMALS)
    return total


class Mentions(Protocol):
    """What has to be known of the mentions: which comment each belongs to, and what kind of talk it is."""

    @property
    def comment(self) -> NDArray[np.intp]: ...
    @property
    def has_content(self) -> NDArray[np.bool_]: ...
    @property
    def pleased(self) -> NDArray[np.bool_]: ...
    @property
    def unhappy(self) -> NDArray[np.bool_]: ...
    @property
    def wishes(self) -> NDArray[np.bool_]: ...
    @property
    def evidence(self) -> Matrix: ...


def choose(fits: Matrix, favour: Matrix, mentions: Mentions, chatter: int = 0) -> Choice:
    """The entry each mention raises: the best fit, popular entries (`favour`, per entry) winning close calls.

    The mentions of one comment are chosen together, different comments never. Mentions without content get none;
    those of promoters have to fit better, and so do those that speak of nothing to fix. The last `chatter` columns
    are talk that names nothing to fix: a mention nearer to it raises nothing.
    """
    comment, known = mentions.comment, fits.shape[1] - chatter
    preference = fits + favour
    has_content = mentions.has_content & ~_is_chatter(preference, known)
    fits, preference = fits[:, :known], preference[:, :known]
    entry = np.full(len(fits), NONE, dtype=np.intp)
    if fits.size:
        entry = _choose_in_comments(preference, has_content, comment, *limits(mentions))
    return Choice(entry, _confidence(fits, preference, entry))


def _is_chatter(preference: Matrix, known: int) -> NDArray[np.bool_]:
    """Whether a mention is nearer to chatter (the columns from `known` on) than to any pain point."""
    nearest = preference[:, :known].max(axis=1, initial=-1.0)
    return np.asarray(preference[:, known:].max(axis=1, initial=-1.0) > nearest + CHATTER)


def limits(mentions: Mentions) -> tuple[Matrix, Matrix]:
    """The fit each mention needs, and the one it needs where nothing in its comment fits.

    Somebody unhappy has a reason, so the best mention may then be one that only tells; promoters need have none, but
    what they wish is meant as it is said.
    """
    complains = mentions.pleased & ~mentions.wishes
    doubt = (1 - mentions.evidence) * np.where(mentions.unhappy, SOBER_UNHAPPY, SOBER)
    last = np.where(mentions.unhappy, LAST_RESORT, LAST_RESORT_PASSIVE + doubt)
    last = np.where(complains, np.inf, np.where(mentions.pleased, LAST_WISH, last))
    return FITS + PLEASED * complains + doubt, last


def _choose_in_comments(
    preference: Matrix, has_content: NDArray[np.bool_], comment: NDArray[np.intp], least: Matrix, last: Matrix
) -> NDArray[np.intp]:
    """In each comment one mention leads; the others follow it, unless something else fits them clearly better."""
    rows, best = np.arange(len(comment)), preference.argmax(axis=1)
    strength = np.where(has_content, preference[rows, best], -1.0)
    lead = _leaders(strength - least, comment)
    leading, weak = best[lead], strength[lead] < least[lead]
    own = (strength >= least) & (strength >= preference[rows, leading] + MARGIN)
    follows = has_content & (preference[rows, leading] >= least)
    chosen = np.where(own, best, np.where(follows, leading, NONE))
    alone = np.where((rows == lead) & (strength >= last), leading, NONE)
    return np.asarray(np.where(weak, alone, chosen), dtype=np.intp)


def _leaders(strength: Matrix, comment: NDArray[np.intp]) -> NDArray[np.intp]:
    """For each mention the strongest one of its comment, the first among equals."""
    starts = np.flatnonzero(np.r_[True, comment[1:] != comment[:-1]])
    sizes = np.diff(np.r_[starts, len(comment)])
    strongest = np.repeat(np.maximum.reduceat(strength, starts), sizes)
    places = np.where(strength == strongest, np.arange(len(comment)), len(comment))
    return np.repeat(np.minimum.reduceat(places, starts), sizes)


def _confidence(fits: Matrix, preference: Matrix, entry: NDArray[np.intp]) -> Matrix:
    """Rises with the fit to the entry and with its lead over the next one."""
    out, rows = np.zeros(len(fits)), np.flatnonzero(entry != NONE)
    own, others = entry[rows], preference[rows]
    others[np.arange(len(rows)), own] = -np.inf
    lead = preference[rows, own] - others.max(axis=1, initial=-1.0)
    out[rows] = 1 / (1 + np.exp(SURE[0] - SURE[1] * (fits[rows, own] - FITS) - SURE[2] * lead))
    return np.minimum(np.round(out, 2), SUREST)
