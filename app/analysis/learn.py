"""What a fit learns, step by step: the space of meanings, the centres of the pain points, and new entries."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.analysis.judge import Painful
from app.analysis.pain_points import discover, name
from app.analysis.pain_points.assign import choose, fit
from app.analysis.pain_points.encoder import Encoder
from app.analysis.pain_points.space import Matrix, Space, center, language_means, principal_axes, unit
from app.analysis.types import Entry

TERMS = 8  # telling words kept per entry
QUOTES = 12  # phrases that carry the identity of a discovered entry to later runs


@dataclass(frozen=True)
class Seeds:
    """The seed phrases of a catalogue: text, language and number of entry side by side, and their vectors."""

    texts: tuple[str, ...]
    languages: tuple[str, ...]
    entry: NDArray[np.intp]
    vectors: NDArray[np.float32]


def sow(catalogue: Sequence[Entry], encoder: Encoder) -> Seeds:
    """Every seed phrase of every entry in every language; an entry without phrases is seeded by its names."""
    rows = [
        (phrase, code, k)
        for k, entry in enumerate(catalogue)
        for code, phrases in sorted((entry.phrases or {c: (n,) for c, n in entry.names.items()}).items())
        for phrase in phrases
    ]
    texts, languages = tuple(row[0] for row in rows), tuple(row[1] for row in rows)
    return Seeds(texts, languages, np.array([row[2] for row in rows], dtype=np.intp), encoder.encode(texts))


def learn_space(vectors: NDArray[np.float32], languages: Sequence[str], seeds: Seeds) -> Space:
    """Language means and axes from the mentions and the seeds together."""
    own = {code: seeds.vectors[[x == code for x in seeds.languages]] for code in sorted(set(seeds.languages))}
    prior = {code: rows.astype(np.float64).mean(axis=0) for code, rows in own.items()}
    prior[""] = np.mean(list(prior.values()), axis=0)
    means = language_means(vectors, languages, prior)
    centred = np.vstack(
        [center(vectors, languages, means, means[""]), center(seeds.vectors, seeds.languages, prior, prior[""])]
    )
    codes = tuple(code for code in means if code)
    return Space(codes, np.array([means[code] for code in codes]), means[""], np.round(principal_axes(centred), 6))


def seed_centres(seeds: Seeds, space: Space, entries: int) -> Matrix:
    """The middle of the seeds of each entry, shape (entries, axes). Seeds are centred by the seeds of their language."""
    own = {code: seeds.vectors[[x == code for x in seeds.languages]] for code in sorted(set(seeds.languages))}
    means = {code: rows.astype(np.float64).mean(axis=0) for code, rows in own.items()}
    points = unit(center(seeds.vectors, seeds.languages, means, space.common) @ space.axes)
    return unit(np.array([points[seeds.entry == k].sum(axis=0) for k in range(entries)]))


def learn_centres(points: Matrix, known: Matrix) -> Matrix:
    """Centres of the known entries, in their order, and after them of new ones, settled together."""
    settled = discover.settle(points, known, np.full(len(known), discover.ANCHOR))
    new = discover.discover(points, settled)
    start = np.vstack([known, new])
    anchors = np.r_[np.full(len(known), discover.ANCHOR), np.ones(len(new))]
    return discover.settle(points, start, anchors)


def describe(pain: Painful, points: Matrix, centres: Matrix, catalogue: Sequence[Entry]) -> list[Entry | None]:
    """The catalogue with telling words, and an entry for every centre beyond it: None if it cannot be named."""
    chosen = choose(fit(points, centres), pain.comment, pain.has_content).entry
    everyone = {code: name.count(_texts(pain, code), code) for code in sorted(set(pain.languages))}
    described: list[Entry | None] = []
    for k, centre in enumerate(centres):
        rows = np.flatnonzero(chosen == k)
        central = rows[np.argsort(-(points[rows] @ centre).round(6), kind="stable")]
        known = catalogue[k] if k < len(catalogue) else None
        described.append(_described(pain, central, everyone, known))
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
