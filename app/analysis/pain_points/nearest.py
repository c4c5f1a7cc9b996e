"""What speaks for a pain point in the words of people: phrases and quotes of the same meaning, words in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.analysis.pain_points.space import Matrix, Place
from app.analysis.text.tokens import stems
from app.analysis.types import Entry

NAMED = 3  # phrases and quotes named
ALIKE = 0.3  # likeness from which a reader sees what the two have in common
WORDS = 5  # words named

Phrase = tuple[str, str]  # a text and its language


@dataclass(frozen=True, slots=True)
class Near:
    """A text of the same meaning with its `likeness` (cosine, `ALIKE`…1); `place` is its place among those given."""

    text: str
    language: str
    likeness: float
    place: int


@dataclass(frozen=True, slots=True)
class Shared:
    """A word as written, code points `start` to `end` of the comment, and what it adds to the overlap (0…1)."""

    text: str
    start: int
    end: int
    weight: float


def phrases_of(entry: Entry) -> list[Phrase]:
    """What people say who mean an entry, by language; its names where it has no phrases."""
    said = dict(entry.phrases) or {code: (name,) for code, name in entry.names.items()}
    return [(text, code) for code, texts in sorted(said.items()) for text in texts]


def nearest(point: Matrix, texts: Sequence[Phrase], place: Place, language: str = "") -> tuple[Near, ...]:
    """The `NAMED` texts nearest to a point, the nearest first and no text twice; none where nothing is alike.

    Those of one `language` come before all others, where readers are to recognise the words.
    """
    if not texts:
        return ()
    likeness = (place([text for text, _ in texts], [code for _, code in texts]) @ point).round(3)
    found: dict[str, Near] = {}
    is_foreign = np.array([bool(language) and code != language for _, code in texts])
    alike = [i for i in np.lexsort((-likeness, is_foreign)) if likeness[i] >= ALIKE]
    for i in alike:
        if len(found) == NAMED:
            break
        found.setdefault(texts[i][0], Near(texts[i][0], texts[i][1], float(likeness[i]), int(i)))
    return tuple(found.values())


def shared(text: str, language: str, at: int, shares: Mapping[str, float]) -> tuple[Shared, ...]:
    """The words of a mention that begins at code point `at` and has these `shares`, the most telling first.

    `shares` are those of `Lexicon.shares`. A word said twice is named once.
    """
    found: dict[str, Shared] = {}
    for token in stems(text, language):
        key = f"{language}:{token.stem}"
        if key in shares:
            found.setdefault(key, Shared(token.text, at + token.start, at + token.end, round(shares[key], 4)))
    return tuple(sorted(found.values(), key=lambda word: (-word.weight, word.start))[:WORDS])
