"""The words of the pain points: a second opinion beside the vectors, for words that mean one thing only.

To a sentence encoder "it crashes" is near to road accidents; the word "crash" stands in the seeds of one entry.
Mentions and entries are bags of stems weighted by rarity (TF-IDF), compared by cosine within one language.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from sys import intern

import numpy as np
from numpy.typing import NDArray

from app.analysis.pain_points.space import DECIMALS, Matrix
from app.analysis.text.tokens import stems

COMMON = 50  # added to the number of mentions, so that few comments do not make every word look frequent
SLIGHT = 3.0  # an entry weighs its words as if it held this many times the length of an unknown one at least
TELLING = 0.7  # a mention weighs at least this part of an unknown word, so that no word that all say decides alone
SEEDS_KEPT = 50_000  # a few more than a fit has from shelf and chatter
SEEDED = 400  # the seed phrases of one language count as mentions: about so many


@dataclass(frozen=True)
class Lexicon:
    """`words` are stems behind their language ("en:crash"); `rarity` their weights; `unknown` that of all others.

    Entry number `entry[i]` holds word number `word[i]` with `weight[i]`.
    """

    words: tuple[str, ...]
    rarity: Matrix
    unknown: float
    entries: int
    entry: NDArray[np.intp]
    word: NDArray[np.intp]
    weight: Matrix

    def overlap(self, texts: Sequence[str], languages: Sequence[str]) -> Matrix:
        """How far each text speaks in the words of each entry, 0…1, shape (texts, entries)."""
        table = np.zeros((len(texts), self.entries))
        for row, (text, language) in enumerate(zip(texts, languages, strict=True)):
            said = sorted(set(keys(text, language)))
            length = self._length(said)
            for key in said:
                for k, weight in self._holders.get(key, ()):
                    table[row, k] += self._rarity_of(key) * weight / length
        return np.round(table, DECIMALS)

    def shares(self, text: str, language: str, entry: int) -> dict[str, float]:
        """What each word of a text adds to its overlap with one entry, 0…1, by its stem behind the language."""
        said = sorted(set(keys(text, language)))
        length = self._length(said)
        held = {key: dict(self._holders.get(key, ())).get(entry, 0.0) for key in said}
        return {key: float(self._rarity_of(key) * weight / length) for key, weight in held.items() if weight > 0}

    def arranged(self, entries: Sequence[int | None], seeds: Sequence[tuple[str, str, int]]) -> Lexicon:
        """The entries listed, in that order (None: one that is new), and `seeds` for them: text, language, place.

        The words an entry had keep their weights beside those of its new seeds. Words never met before are as rare
        as the unknown.
        """
        held = _held(seeds)
        words = (*self.words, *sorted(set(held) - set(self.words)))
        rarity = np.concatenate([self.rarity, np.full(len(words) - len(self.words), self.unknown)])
        place = {k: i for i, k in enumerate(entries) if k is not None}
        stays = np.array([k in place for k in self.entry.tolist()], dtype=np.bool_)
        before = {(place[k], i): w for k, i, w in self._rows(stays)}
        new = {
            (k, i): w
            for k, i, w in zip(*map(np.ndarray.tolist, _weights(held, words, rarity, self.unknown)), strict=True)
        }
        rows = sorted({**new, **before}.items(), key=lambda row: (row[0][1], row[0][0]))
        entry = np.array([k for (k, _), _ in rows], dtype=np.intp)
        word = np.array([i for (_, i), _ in rows], dtype=np.intp)
        return Lexicon(words, rarity, self.unknown, len(entries), entry, word, np.array([w for _, w in rows]))

    def _rows(self, of: NDArray[np.bool_]) -> list[tuple[int, int, float]]:
        return list(zip(self.entry[of].tolist(), self.word[of].tolist(), self.weight[of].tolist(), strict=True))

    def _length(self, said: Sequence[str]) -> float:
        """How much a text has to share to speak wholly in the words of an entry."""
        return max(float(np.sqrt(sum(self._rarity_of(key) ** 2 for key in said))), TELLING * self.unknown)

    def _rarity_of(self, key: str) -> float:
        i = self._number.get(key)
        return self.unknown if i is None else float(self.rarity[i])

    @cached_property
    def _number(self) -> dict[str, int]:
        return {word: i for i, word in enumerate(self.words)}

    @cached_property
    def _holders(self) -> dict[str, list[tuple[int, float]]]:
        """Which entries hold a word, and how heavily."""
        holders: dict[str, list[tuple[int, float]]] = {}
        for k, i, weight in zip(self.entry.tolist(), self.word.tolist(), self.weight.tolist(), strict=True):
            holders.setdefault(self.words[i], []).append((k, weight))
        return holders


def keys(text: str, language: str) -> list[str]:
    """The stems of a text, each behind its language."""
    return [f"{language}:{token.stem}" for token in stems(text, language)]


def learn(
    texts: Sequence[str],
    languages: Sequence[str],
    seeds: Sequence[tuple[str, str, int]],
    entries: int,
) -> Lexicon:
    """A lexicon from mentions and from `seeds`: phrases with their language and the number of their entry.

    A word is rare if few mentions say it, and telling if few entries hold it.
    """
    frequency = Counter(key for text, code in zip(texts, languages, strict=True) for key in set(keys(text, code)))
    held = _held(seeds)
    words = tuple(sorted({*held, *(key for key, n in frequency.items() if n > 1)}))
    frequency.update({key: sum(counts.values()) for key, counts in held.items()})
    unknown = float(np.log(len(texts) + COMMON + SEEDED))
    telling = {key: (np.log((entries + 1) / len(held[key])) / np.log(entries + 1)) ** 2 for key in held}
    rarity = np.array([(unknown - np.log(frequency[key] + 1)) * telling.get(key, 1.0) for key in words])
    return Lexicon(words, np.round(rarity, DECIMALS), unknown, entries, *_weights(held, words, rarity, unknown))


def _held(seeds: Iterable[tuple[str, str, int]]) -> dict[str, Counter[int]]:
    """How many seed phrases of each entry hold a word."""
    held: dict[str, Counter[int]] = {}
    for (text, code, k), times in Counter(seeds).items():
        for key in _seeded(text, code):
            held.setdefault(key, Counter())[k] += times
    return held


@lru_cache(SEEDS_KEPT)
def _seeded(phrase: str, language: str) -> tuple[str, ...]:
    """The different stems of a seed phrase: every fit asks for those of the same ones."""
    return tuple({intern(key) for key in keys(phrase, language)})


def _weights(
    held: dict[str, Counter[int]], words: Sequence[str], rarity: Matrix, unknown: float
) -> tuple[NDArray[np.intp], NDArray[np.intp], Matrix]:
    """Entry, word and weight side by side: the words of an entry in one language have length one together.

    Those of an entry with few words have less, so that one phrase does not outweigh the many of its neighbours.
    """
    rows = [
        (k, i, float(n**0.5 * rarity[i])) for i, key in enumerate(words) for k, n in sorted(held.get(key, {}).items())
    ]
    lengths: defaultdict[tuple[int, str], float] = defaultdict(float)
    for k, i, value in rows:
        lengths[k, words[i].split(":")[0]] += value**2
    scaled = [value / max(lengths[k, words[i].split(":")[0]] ** 0.5, SLIGHT * unknown) for k, i, value in rows]
    entry, word = np.array([row[0] for row in rows], np.intp), np.array([row[1] for row in rows], np.intp)
    weight: Matrix = np.array([round(value, DECIMALS) for value in scaled], dtype=np.float64)
    return entry, word, weight
