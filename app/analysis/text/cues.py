"""Find what speaks for or against in a text: the cues of its language, and what negation turns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from app.analysis.text.languages import Cue, Profile, profile
from app.analysis.text.tokens import Token, plain, words


class Hit(NamedTuple):
    """A cue in its place. `first` and `last` count words, or characters where none are spaced."""

    kind: str
    first: int
    last: int
    start: int
    end: int


def find(text: str, language: str) -> list[Hit]:
    """The cues of `text` in order, the longest at each place, none inside another. Empty text: []."""
    known = profile(language)
    return list(_in_words(words(text, language), known) if known.spaced else _in_characters(text, known))


def _in_words(tokens: Sequence[Token], known: Profile) -> Iterator[Hit]:
    spoken = [plain(token.text) for token in tokens]
    i = 0
    while i < len(spoken):
        cue = _longest(spoken, i, known)
        if cue is None:
            i += 1
            continue
        last = i + len(cue.patterns)
        yield Hit(cue.kind, i, last, tokens[i].start, tokens[last - 1].end)
        i = last


def _longest(spoken: Sequence[str], i: int, known: Profile) -> Cue | None:
    for cue in _beginning(spoken[i], known):
        rest = spoken[i + 1 : i + len(cue.patterns)]
        if len(rest) == len(cue.patterns) - 1 and all(map(_matches, cue.patterns[1:], rest)):
            return cue
    return None


def _matches(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


@lru_cache(maxsize=100_000)
def _beginning(word: str, known: Profile) -> tuple[Cue, ...]:
    """The cues that may begin with this word, longest first, whole words before prefixes."""
    found = list(known.by_word.get(word, ()))
    for size in range(len(word), 0, -1):
        found.extend(known.by_prefix.get(word[:size], ()))
    if not found:
        bare = _without_particle(word, known)
        return _beginning(bare, known) if bare != word else ()
    return tuple(sorted(found, key=lambda cue: -len(cue.patterns)))


def _without_particle(word: str, known: Profile) -> str:
    for prefix in known.prefixes:
        if word.startswith(prefix) and len(word) - len(prefix) >= 3:
            return word[len(prefix) :]
    return word


def _in_characters(text: str, known: Profile) -> Iterator[Hit]:
    kinds, pattern = _alternatives(known)
    for match in pattern.finditer(text.lower()):
        yield Hit(kinds[match.group()], match.start(), match.end(), match.start(), match.end())


@lru_cache(maxsize=8)
def _alternatives(known: Profile) -> tuple[dict[str, str], re.Pattern[str]]:
    kinds = {cue.patterns[0].rstrip("*"): cue.kind for cue in known.cues}
    longest_first = sorted(kinds, key=lambda phrase: (-len(phrase), phrase))
    return kinds, re.compile("|".join(map(re.escape, longest_first)))
