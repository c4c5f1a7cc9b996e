"""What a fit learns, step by step: the space of meanings, the words, the centres of the pain points, new entries."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.analysis.judge import Painful
from app.analysis.model import Model
from app.analysis.pain_points import discover, lessons, lexicon, name
from app.analysis.pain_points.assign import WORDS, blend, choose, fit
from app.analysis.pain_points.encoder import Encoder
from app.analysis.pain_points.gloss import gloss
from app.analysis.pain_points.space import Matrix, Space, center, place, plain_means, principal_axes, shrunk_means, unit
from app.analysis.types import Entry, Lesson

TERMS = 8  # telling words kept per entry
QUOTES = 12  # phrases that carry the identity of a discovered entry to later runs


@dataclass(frozen=True)
class Seeds:
    """The seed phrases of a catalogue: text, language and number of entry side by side, and their vectors."""

    texts: tuple[str, ...]
    languages: tuple[str, ...]
    entry: NDArray[np.intp]
    vectors: NDArray[np.float32]
    common: NDArray[np.bool_]  # those of the shipped catalogue, whose mean stands for their language

    def rows(self, entries: NDArray[np.intp]) -> list[tuple[str, str, int]]:
        """Phrase, language and new number of the entry, for the entries listed, numbered as listed."""
        number = {int(k): i for i, k in enumerate(entries)}
        kept = zip(self.texts, self.languages, self.entry.tolist(), strict=True)
        return [(text, code, number[k]) for text, code, k in kept if k in number]


def sow(catalogue: Sequence[Entry], encoder: Encoder) -> Seeds:
    """Every seed phrase of every entry in every language; an entry without phrases is seeded by its names."""
    rows = [
        (phrase, code, k)
        for k, entry in enumerate(catalogue)
        for code, phrases in sorted((entry.phrases or {c: (n,) for c, n in entry.names.items()}).items())
        for phrase in phrases
    ]
    vectors = encoder.encode([gloss(text, code) for text, code, _ in rows])
    numbers = np.array([k for _, _, k in rows], dtype=np.intp)
    shipped = np.array([catalogue[k].origin == "seed" for k in numbers], dtype=np.bool_)
    common = shipped if shipped.any() else ~shipped
    return Seeds(tuple(text for text, _, _ in rows), tuple(code for _, code, _ in rows), numbers, vectors, common)


def learn_space(vectors: NDArray[np.float32], languages: Sequence[str], seeds: Seeds) -> tuple[Space, Matrix]:
    """The space that mentions and seeds span together, and the middle of the seeds of each entry in it.

    Seeds are centred by the seeds of their own language, mentions by the mentions of theirs.
    """
    codes = np.array(seeds.languages)
    own = plain_means(seeds.vectors[seeds.common], codes[seeds.common].tolist())
    means = shrunk_means(vectors, languages, own)
    centred = center(seeds.vectors, seeds.languages, own)
    axes = principal_axes(np.vstack([center(vectors, languages, means), centred]))
    points = place(centred, axes)
    centres = unit(np.array([points[seeds.entry == k].sum(axis=0) for k in range(int(seeds.entry.max()) + 1)]))
    return Space(tuple(means), np.array(list(means.values())), axes), centres


def learn(pain: Painful, known: Sequence[Entry], shelf: Sequence[Entry], encoder: Encoder, method: str) -> Model:
    """A model from the complaints and wishes of a survey: the `known` entries, subjects from the shelf, new groups.

    It knows no lessons yet; `teach` adds them.
    """
    waiting = [entry for entry in shelf if entry.id not in {one.id for one in known}]
    entries = [*known, *waiting]
    seeds = sow(entries, encoder)
    vectors = encoder.encode([gloss(text, code) for text, code in zip(pain.texts, pain.languages, strict=True)])
    space, centres = learn_space(vectors, pain.languages, seeds)
    points = blend(space.place(vectors, pain.languages), pain.comment)

    words = lexicon.learn(pain.texts, pain.languages, seeds.rows(np.arange(len(entries))), len(entries))
    found = _find(points, words.overlap(pain.texts, pain.languages), centres, len(known))
    kept = [entries[k] for k in found.stays]
    words = lexicon.learn(pain.texts, pain.languages, seeds.rows(found.stays), len(kept)).widened(found.groups)
    fits = fit(points, found.settled.centres, words.overlap(pain.texts, pain.languages))
    chosen = choose(fits, found.settled.favour, pain.comment, pain.has_content).entry
    described = describe(pain, points, found.settled.centres, chosen, kept)
    named = np.array([k for k, entry in enumerate(described) if entry], dtype=np.intp)
    return Model(
        method=method,
        entries=tuple(entry for entry in described if entry),
        centres=found.settled.centres[named],
        favour=found.settled.favour[named],
        space=space,
        words=words.only(named),
        learned_from=len(pain),
        lessons=lessons.none(space),
    )


def teach(model: Model, said: Sequence[Lesson], encoder: Encoder) -> Model:
    """The model with these lessons in place of those it had."""

    def placed(texts: Sequence[str], languages: Sequence[str]) -> Matrix:
        glossed = [gloss(text, code) for text, code in zip(texts, languages, strict=True)]
        return model.space.place(encoder.encode(glossed), languages)

    return replace(model, lessons=lessons.learn(said, [entry.id for entry in model.entries], placed))


@dataclass(frozen=True)
class _Found:
    """The numbers of the entries that take part, how many groups come after them, and where all have settled."""

    stays: NDArray[np.intp]
    groups: int
    settled: discover.Settled


def _find(points: Matrix, overlap: Matrix, centres: Matrix, known: int) -> _Found:
    """New groups first, then the shelf (entries from number `known` on) beside them, then all settle together."""
    overlap = WORDS * overlap
    best = (points @ centres.T + overlap).max(axis=1, initial=-1.0).round(6)
    groups = discover.find_groups(points, best)
    everything = np.vstack([centres, groups])
    overlap = np.hstack([overlap, np.zeros((len(points), len(groups)))])
    shelved = (np.arange(len(everything)) >= known) & (np.arange(len(everything)) < len(centres))
    stays = discover.take_from_shelf(points, overlap, everything, shelved)
    settled = discover.settle(points, overlap[:, stays], everything[stays])
    return _Found(np.flatnonzero(stays[: len(centres)]), len(groups), settled)


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
