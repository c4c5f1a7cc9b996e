"""What a fit says of its entries in words: their telling words, and for new ones a name, phrases and an id."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.analysis.judge import Painful
from app.analysis.pain_points import name
from app.analysis.pain_points.space import Matrix
from app.analysis.types import Entry

TERMS = 8  # telling words kept per entry
QUOTES = 12  # phrases that carry the identity of a discovered entry to later runs


def describe(
    pain: Painful, points: Matrix, centres: Matrix, chosen: NDArray[np.intp], known: Sequence[Entry]
) -> list[Entry | None]:
    """The `known` entries with telling words, and an entry for every centre beyond them: None if it has no name."""
    everyone = {code: name.count(_texts(pain, code), code) for code in sorted(set(pain.languages))}
    described: list[Entry | None] = []
    for k, centre in enumerate(centres):
        rows = np.flatnonzero(chosen == k)
        central = rows[np.argsort(-(points[rows] @ centre).round(6), kind="stable")]
        described.append(_described(pain, central, everyone, known[k] if k < len(known) else None))
    return described


def _texts(pain: Painful, code: str) -> list[str]:
    return [text for text, language in zip(pain.texts, pain.languages, strict=True) if language == code]


def _described(
    pain: Painful, central: NDArray[np.intp], everyone: dict[str, name.Counts], known: Entry | None
) -> Entry | None:
    """`central` are the mentions of the entry, the most typical first."""
    codes = Counter(pain.languages[i] for i in central)
    if not codes:
        return known
    code = min(codes, key=lambda c: (-codes[c], c))
    own = name.count([pain.texts[i] for i in central if pain.languages[i] == code], code)
    terms = tuple(own.surface(stem) for stem in name.telling(own, everyone[code])[:TERMS])
    if known:
        return replace(known, terms=terms)
    said = name.name(own, everyone[code], code, bool(pain.wishes[central].mean() > 0.5))
    phrases = _phrases(pain, central)
    return Entry(new_id(phrases), "discovered", {code: said}, phrases, terms=terms) if said else None


def _phrases(pain: Painful, central: NDArray[np.intp]) -> dict[str, tuple[str, ...]]:
    phrases: dict[str, list[str]] = {}
    for i in central[:QUOTES]:
        mine = phrases.setdefault(pain.languages[i], [])
        if pain.texts[i] not in mine:
            mine.append(pain.texts[i])
    return {code: tuple(texts) for code, texts in sorted(phrases.items())}


def new_id(phrases: dict[str, tuple[str, ...]]) -> str:
    """An id that the same discovery gets again: ten hexadecimal digits of a digest of its central phrases."""
    text = "\n".join(f"{code}:{phrase}" for code, said in sorted(phrases.items()) for phrase in said)
    return "d-" + hashlib.blake2b(text.encode(), digest_size=5).hexdigest()
