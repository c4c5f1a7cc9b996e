"""The space in which meanings are compared: language taken out, loud directions turned down.

Sentence vectors lie together by language and by tone before they lie together by subject. Taking the mean of each
language out undoes the first; dividing each principal axis by the fourth root of its variance ("partial
whitening") the second. Everything is computed in double precision and rounded, so that the last bits of a matrix
product, which depend on what else is in the batch, never decide anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Place = Callable[[Sequence[str], Sequence[str]], Matrix]  # texts and their languages to points
Means = Mapping[str, Matrix]  # the mean vector of each language, under "" that of all others

AXES = 128
WHITENING = 0.25  # exponent of the variance: 0 leaves the axes alone, 0.5 makes them equally loud
SHRINK = 30.0  # a language with this many mentions takes half of its mean from what is known beforehand
DECIMALS = 6
OTHERS = ""


@dataclass(frozen=True)
class Space:
    """`means` one row per language of `languages`, shape (languages, dimensions); `axes` (dimensions, axes)."""

    languages: tuple[str, ...]
    means: Matrix
    axes: Matrix

    def place(self, vectors: NDArray[np.float32], languages: Sequence[str]) -> Matrix:
        """Points of unit length, shape (len(vectors), axes)."""
        return place(center(vectors, languages, dict(zip(self.languages, self.means, strict=True))), self.axes)


def place(centred: Matrix, axes: Matrix) -> Matrix:
    """Centred vectors on the axes, each of unit length."""
    return unit(centred @ axes)


def unit(rows: Matrix) -> Matrix:
    """Every row at length one (a row of zeros stays), rounded to `DECIMALS`."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    scaled: Matrix = np.round(rows / np.maximum(lengths, 1e-12), DECIMALS)
    return scaled


def center(vectors: NDArray[np.float32], languages: Sequence[str], means: Means) -> Matrix:
    """The vectors less the mean of their language, shape as `vectors`."""
    centred: Matrix = vectors.astype(np.float64)
    for code in set(languages):
        rows = np.array([language == code for language in languages])
        centred[rows] -= means.get(code, means[OTHERS])
    return centred


def plain_means(vectors: NDArray[np.float32], languages: Sequence[str]) -> Means:
    """The mean of each language, every language counting alike in the mean of all."""
    codes = np.array(languages)
    means = {code: vectors[codes == code].astype(np.float64).mean(axis=0) for code in sorted(set(languages))}
    return {**means, OTHERS: np.mean(list(means.values()), axis=0)}


def shrunk_means(vectors: NDArray[np.float32], languages: Sequence[str], seeds: Means) -> Means:
    """The mean of each language, drawn towards the mean of its seeds moved by what all mentions have in common.

    `seeds` are the means of the seed phrases: without any vectors they are the answer.
    """
    rows = center(vectors, languages, seeds)
    moved = rows.sum(axis=0) / (len(rows) + SHRINK)
    codes = np.array(languages)
    means = {}
    for code in sorted({*languages, *seeds}):
        own = rows[codes == code] if len(rows) else rows
        offset = (own.sum(axis=0) + SHRINK * moved) / (len(own) + SHRINK)
        means[code] = np.round(seeds.get(code, seeds[OTHERS]) + offset, DECIMALS)
    return means


def principal_axes(centred: Matrix) -> Matrix:
    """The strongest axes as columns, each divided by its variance to the power of `WHITENING`."""
    values, axes = np.linalg.eigh(centred.T @ centred / max(1, len(centred)))
    strongest = np.argsort(values)[::-1][:AXES]
    scaled: Matrix = np.round(axes[:, strongest] / np.maximum(values[strongest], 1e-9) ** WHITENING, DECIMALS)
    return scaled
