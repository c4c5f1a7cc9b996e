"""Find the words and phrases that speak for a stance, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from app.analysis.text.languages import Cue, Profile, profile
from app.analysis.text.tokens import Token, words

_LONGEST = 40  # characters of a word that are compared


class Hit(NamedTuple):
    """A cue in its place. `first` and `last` count words, or characters where none are spaced."""

    kind: str
    first: int
    last: int
    start: int
    end: int


@lru_cache(maxsize=256)  # splitting and stance ask for the same cues
def find(text: str, language: str) -> tuple[Hit, ...]:
    """The cues of `text` in order, the longest at each place, none inside another. Empty text: ()."""
    known = profile(language)
    if known.spaced:
        return tuple(_in_words(words(text, language), known))
    return tuple(_in_characters(text, known))


def _in_words(tokens: Sequence[Token], known: Profile) -> Iterator[Hit]:
    spoken = [_spoken(token.text, known) for token in tokens]
    i = 0
    while i < len(spoken):
        cue = _longest(spoken, i, known)
        last = i + len(cue.patterns) if cue else i + 1
        if cue:
            yield Hit(cue.kind, i, last, tokens[i].start, tokens[last - 1].end)
        i = last


@lru_cache(maxsize=200_000)
def _spoken(word: str, known: Profile) -> str:
    return known.fold(word)


def _longest(spoken: Sequence[str], i: int, known: Profile) -> Cue | None:
    for cue in _beginning(spoken[i], known):
        rest = spoken[i + 1 : i + len(cue.patterns)]
        if len(rest) == len(cue.patterns) - 1 and all(map(_matches, cue.patterns[1:], rest)):
            return cue
    return None


def _matches(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


@lru_cache(maxsize=200_000)
def _beginning(word: str, known: Profile) -> tuple[Cue, ...]:
    """The cues that may begin with this word: longest first, whole words before parts of words."""
    found = _matching(word, known) or _matching(_without_particle(word, known), known)
    return tuple(sorted(found, key=lambda cue: -len(cue.patterns)))


def _matching(word: str, known: Profile) -> list[Cue]:
    sizes = range(min(len(word), _LONGEST), 0, -1)
    found = list(known.by_word.get(word, ()))
    found += (cue for size in sizes for cue in known.by_prefix.get(word[:size], ()))
    found += (cue for size in sizes for cue in known.by_ending.get(word[-size:], ()))
    return found


def _without_particle(word: str, known: Profile) -> str:
    """A word without the particle that is written onto it: Arabic wa-l-taṭbīq → taṭbīq."""
    for prefix in known.prefixes:
        if word.startswith(prefix) and len(word) - len(prefix) >= 3:
            return word[len(prefix) :]
    return word


def _in_characters(text: str, known: Profile) -> Iterator[Hit]:
    kinds, pattern = _alternatives(known)
    for match in pattern.finditer(text):
        yield Hit(kinds[match.group()], match.start(), match.end(), match.start(), match.end())


@lru_cache(maxsize=8)
def _alternatives(known: Profile) -> tuple[dict[str, str], re.Pattern[str]]:
    kinds = {first: group[0].kind for first, group in known.by_word.items()}
    longest_first = sorted(kinds, key=lambda phrase: (-len(phrase), phrase))
    return kinds, re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
