"""What is known of pain points before anybody says anything: their phrases and words, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.analysis.pain_points.encoder import Encoder
from app.analysis.pain_points.gloss import gloss
from app.analysis.types import Entry

SAID = 3  # a word that speaks for an entry counts as if so many of its phrases held it


@dataclass(frozen=True)
class Seeds:
    """The seed phrases of many entries: text, language and number of entry side by side, and their vectors."""

    texts: tuple[str, ...]
    languages: tuple[str, ...]
    entry: NDArray[np.intp]
    vectors: NDArray[np.float32]
    words: tuple[tuple[str, str, int], ...]  # single words that speak for an entry: word, language, entry
    common: NDArray[np.bool_]  # those of the shipped catalogue, whose mean stands for their language

    def rows(self) -> list[tuple[str, str, int]]:
        """Phrase or word, language and number of the entry."""
        return [*zip(self.texts, self.languages, self.entry.tolist(), strict=True), *SAID * self.words]


def sow(catalogue: Sequence[Entry], encoder: Encoder) -> Seeds:
    """Every seed phrase and word of every entry in every language; one without phrases is seeded by its names."""
    rows = [
        (phrase, code, k)
        for k, entry in enumerate(catalogue)
        for code, phrases in sorted((entry.phrases or {c: (n,) for c, n in entry.names.items()}).items())
        for phrase in phrases
    ]
    numbers = np.array([k for _, _, k in rows], dtype=np.intp)
    shipped = np.array([catalogue[k].origin == "seed" for k in numbers], dtype=np.bool_)
    return Seeds(
        texts=tuple(text for text, _, _ in rows),
        languages=tuple(code for _, code, _ in rows),
        entry=numbers,
        vectors=encoder.encode([gloss(text, code) for text, code, _ in rows]),
        words=_words(catalogue),
        common=shipped if shipped.any() else ~shipped,
    )


def _words(catalogue: Sequence[Entry]) -> tuple[tuple[str, str, int], ...]:
    return tuple(
        (word, code, k)
        for k, entry in enumerate(catalogue)
        for code, words in sorted(entry.words.items())
        for word in words
    )
