"""The space in which meanings are compared: language taken out, loud directions turned down.

Sentence vectors lie together by language and by tone before they lie together by subject. Taking the mean of each
language out undoes the first; dividing each principal axis by the fourth root of its variance ("partial whitening")
the second. Everything is computed in double precision and rounded, so that the last bits of a matrix product, which
depend on what else is in the batch, never decide anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

AXES = 64
WHITENING = 0.25  # exponent of the variance: 0 leaves the axes alone, 0.5 makes them equally loud
SHRINK = 30.0  # a language with fewer mentions than this takes half its mean from what is known beforehand
DECIMALS = 6


@dataclass(frozen=True)
class Space:
    """`means` one row per language of `languages`, shape (languages, dimensions); `axes` (dimensions, axes)."""

    languages: tuple[str, ...]
    means: Matrix
    common: Matrix
    axes: Matrix

    def place(self, vectors: NDArray[np.float32], languages: Sequence[str]) -> Matrix:
        """Points of unit length, shape (len(vectors), axes)."""
        return unit(
            center(vectors, languages, dict(zip(self.languages, self.means, strict=True)), self.common) @ self.axes
        )


def unit(rows: Matrix) -> Matrix:
    """Every row at length one (a row of zeros stays), rounded to `DECIMALS`."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.round(rows / np.maximum(lengths, 1e-12), DECIMALS)


def center(
    vectors: NDArray[np.float32], languages: Sequence[str], means: Mapping[str, Matrix], common: Matrix
) -> Matrix:
    """The vectors less the mean of their language; a language without a mean loses the common one."""
    centred = vectors.astype(np.float64)
    for row, language in zip(centred, languages, strict=True):
        row -= means.get(language, common)
    return centred


def language_means(
    vectors: NDArray[np.float32], languages: Sequence[str], prior: Mapping[str, Matrix]
) -> dict[str, Matrix]:
    """The mean vector of each language, small ones drawn towards `prior` moved by what all have in common.

    `prior` is the mean of the seed phrases of each language, under "" that of all: with no vectors at all it is the answer.
    """
    sums = {
        code: (vectors[[i for i, l in enumerate(languages) if l == code]].astype(np.float64))
        for code in sorted(set(languages))
    }
    before = {code: prior.get(code, prior[""]) for code in {*sums, *prior}}
    moved = sum((rows - before[code]).sum(axis=0) for code, rows in sums.items()) / (len(vectors) + SHRINK)
    none = np.zeros((0, prior[""].size))
    return {code: _shrunk(sums.get(code, none), mean + moved) for code, mean in sorted(before.items())}


def _shrunk(rows: Matrix, towards: Matrix) -> Matrix:
    return np.round((rows.sum(axis=0) + SHRINK * towards) / (len(rows) + SHRINK), DECIMALS)


def principal_axes(centred: Matrix) -> Matrix:
    """The strongest axes as columns, each divided by its variance to the power of `WHITENING`."""
    values, axes = np.linalg.eigh(centred.T @ centred / max(1, len(centred)))
    strongest = np.argsort(values)[::-1][:AXES]
    return np.asarray(axes[:, strongest] / np.maximum(values[strongest], 1e-9) ** WHITENING)
