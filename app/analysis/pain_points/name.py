"""Name a discovered pain point as an action: a verb and what its mentions talk about, unlike all others."""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise

from app.analysis.text import cues
from app.analysis.text.tokens import KEPT, Token, stems

LONGEST = 40  # characters of a name
LEAST_COLLOCATION = 3  # a pair of words must be said this often
SHARE_COLLOCATION = 0.25  # and in at least this share of the mentions of the best single word
UNCOMMON = 3.84  # likelihood ratio of a pair that is hardly an accident (p = .05)
CAPITALISING = frozenset({"de"})  # languages that write every noun with a capital
_JUDGING = frozenset({"good", "bad", "negator", "lesser", "chatter", "contrast"})


@dataclass
class Counts:
    """How often stems and pairs of neighbouring stems occur (once a mention), and how they are written."""

    mentions: int = 0
    words: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    written: dict[object, Counter[str]] = field(default_factory=dict)
    capitals: Counter[str] = field(default_factory=Counter)

    def is_proper(self, stem: str) -> bool:
        """Whether a word is mostly written with a capital inside a sentence: a brand or a person, no subject."""
        return 2 * self.capitals[stem] > self.written[stem].total()

    def surface(self, key: object) -> str:
        """The commonest way a stem or a pair is written, the first of the alphabet among equals."""
        return min(self.written[key].items(), key=lambda item: (-item[1], item[0]))[0]


def subjects(text: str, language: str) -> list[Token]:
    """The content words of a mention that name things: words that only judge are left out."""
    return list(_subjects(text, language))


@lru_cache(maxsize=KEPT)
def _subjects(text: str, language: str) -> tuple[Token, ...]:
    judging = [hit for hit in cues.find(text, language) if hit.kind in _JUDGING]
    return tuple(
        token
        for token in stems(text, language)
        if not token.text.isdigit() and not any(hit.start <= token.start < hit.end for hit in judging)
    )


def count(texts: Iterable[str], language: str) -> Counts:
    """Stems, pairs and their spellings over all texts of one language."""
    counts = Counts()
    for text in texts:
        tokens = subjects(text, language)
        pairs = [(a, b) for a, b in pairwise(tokens) if b.start - a.end <= 1]
        counts.mentions += 1
        counts.words.update({token.stem for token in tokens})
        counts.pairs.update({(a.stem, b.stem) for a, b in pairs})
        counts.capitals.update(token.stem for token in tokens if token.start and token.text[0].isupper())
        for token in tokens:
            counts.written.setdefault(token.stem, Counter())[token.text.lower()] += 1
        for a, b in pairs:
            counts.written.setdefault((a.stem, b.stem), Counter())[text[a.start : b.end].lower()] += 1
    return counts


def telling(own: Counts, everyone: Counts) -> list[str]:
    """The stems of a pain point, most telling first: said often here and seldom elsewhere (class-based TF-IDF)."""
    weights = {
        stem: n * math.log(1 + everyone.mentions / everyone.words[stem]) * n / everyone.words[stem]
        for stem, n in own.words.items()
    }
    return sorted(weights, key=lambda stem: (-round(weights[stem], 6), stem))


def name(own: Counts, everyone: Counts, language: str, wished: bool) -> str:
    """An action of at most `LONGEST` characters; "" if the mentions share no word, or only a proper name."""
    ranked = telling(own, everyone)
    if not ranked or (language not in CAPITALISING and own.is_proper(ranked[0])):
        return ""
    pattern = _patterns(language)["add" if wished else "improve"]
    for subject in (*_collocations(own, ranked), own.surface(ranked[0])):
        said = pattern.format(subject)
        if len(said) <= LONGEST:
            return said[0].upper() + said[1:]
    return pattern.format(own.surface(ranked[0]))[:LONGEST].rstrip()


def _collocations(own: Counts, ranked: Sequence[str]) -> list[str]:
    """The pairs around the most telling words that occur together more than by accident, best first."""
    top = set(ranked[:3])
    least = max(LEAST_COLLOCATION, SHARE_COLLOCATION * own.words[ranked[0]])
    found = {pair: n for pair, n in own.pairs.items() if n >= least and top & set(pair) and pair[0] != pair[1]}
    strong = {pair: n for pair, n in found.items() if _likelihood(own, pair) >= UNCOMMON}
    return [own.surface(pair) for pair in sorted(strong, key=lambda pair: (-strong[pair], pair))]


def _likelihood(own: Counts, pair: tuple[str, str]) -> float:
    from nltk.metrics import BigramAssocMeasures

    total = max(sum(own.words.values()), 1)
    return float(BigramAssocMeasures.likelihood_ratio(own.pairs[pair], (own.words[pair[0]], own.words[pair[1]]), total))


@cache
def _all_patterns() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((files("app.analysis.pain_points") / "naming.toml").read_text(encoding="utf-8"))


def _patterns(language: str) -> Mapping[str, str]:
    return _all_patterns().get(language) or _all_patterns()["en"]
