"""Find the words and phrases that speak for a stance, with their places."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from app.analysis.text.languages import Cue, Profile, profile
from app.analysis.text.tokens import KEPT, Token, words
from app.analysis.types import Span

_LONGEST = 40  # characters of a word that are compared
_MOST_KEPT = 100_000  # words of a language; what strangers write must not fill the memory


class Hit(NamedTuple):
    """A cue in its place. `first` and `last` count words, or characters where none are spaced."""

    kind: str
    first: int
    last: int
    start: int
    end: int


@lru_cache(maxsize=KEPT)
def find(text: str, language: str) -> tuple[Hit, ...]:
    """The cues of `text` in order, the longest at each place, none inside another. Empty text: ()."""
    if (divided := _divided.get((text, language))) is not None:
        return divided
    known = profile(language)
    if known.spaced:
        return tuple(_in_words(words(text, language), known))
    return tuple(_in_characters(text, known))


def divide(text: str, language: str, spans: Sequence[Span], pieces: Sequence[tuple[int, int]]) -> None:
    """Remember what was found in `text` for its parts, which will be asked for next.

    `spans` are the parts in characters, `pieces` the same in words. A part that cuts through a cue or a word is left
    out: read alone it says something else.
    """
    _divided.clear()
    hits, tokens, spaced = find(text, language), words(text, language), profile(language).spaced
    starts = [hit.start for hit in hits]
    for span, (first, last) in zip(spans, pieces, strict=True):
        begin, end = bisect_left(starts, span.start), bisect_left(starts, span.end)
        cut = hits[max(0, begin - 1) : end]
        if not (_cuts(cut, span) or _touch(tokens, first) or _touch(tokens, last)):
            by, at = first if spaced else span.start, span.start
            own = (Hit(kind, f - by, n - by, start - at, stop - at) for kind, f, n, start, stop in hits[begin:end])
            _divided[text[at : span.end], language] = tuple(own)


def _cuts(hits: Sequence[Hit], span: Span) -> bool:
    return any(hit.start < edge < hit.end for hit in (*hits[:1], *hits[-1:]) for edge in (span.start, span.end))


def _touch(tokens: Sequence[Token], i: int) -> bool:
    """Whether nothing stands between a word and the one before."""
    return 0 < i < len(tokens) and tokens[i - 1].end == tokens[i].start


_divided: dict[tuple[str, str], tuple[Hit, ...]] = {}  # the parts of the text that was divided last


def _in_words(tokens: Sequence[Token], known: Profile) -> Iterator[Hit]:
    openings, free = _openings(known), 0
    for i, token in enumerate(tokens):
        if i >= free and (opening := openings[token.text]) and (cue := _longest(tokens, i, opening, known)):
            free = i + len(cue.patterns)
            yield Hit(cue.kind, i, free, token.start, tokens[free - 1].end)


class _Opening(NamedTuple):
    """The cues that may begin with a word: longest first, whole words before parts of words."""

    longer: tuple[Cue, ...]  # those of several words
    alone: Cue | None  # the one that is meant if none of them goes on
    seconds: frozenset[str]  # their second words, and how such a word may begin
    second_parts: tuple[str, ...]


def _longest(tokens: Sequence[Token], i: int, opening: _Opening, known: Profile) -> Cue | None:
    if not opening.longer or i + 1 == len(tokens):
        return opening.alone
    second = known.fold(tokens[i + 1].text)
    if second not in opening.seconds and not second.startswith(opening.second_parts):
        return opening.alone
    spoken = [known.fold(token.text) for token in tokens[i + 1 : i + len(opening.longer[0].patterns)]]
    return next((cue for cue in opening.longer if _goes_on(cue, spoken)), opening.alone)


def _goes_on(cue: Cue, spoken: Sequence[str]) -> bool:
    """Whether the words after the first are those of the cue."""
    return len(spoken) >= len(cue.patterns) - 1 and all(map(_matches, cue.patterns[1:], spoken))


def _matches(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


class _Openings(dict[str, _Opening | None]):
    """By a word as it is written what it may open: kept, as every word is asked and most open nothing."""

    def __init__(self, known: Profile) -> None:
        super().__init__()
        self._known = known

    def __missing__(self, written: str) -> _Opening | None:
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[written] = opening = _opening(self._known.fold(written), self._known)
        return opening


@cache
def _openings(known: Profile) -> _Openings:
    return _Openings(known)


def _opening(word: str, known: Profile) -> _Opening | None:
    found = _matching(word, known) or _matching(_without_particle(word, known), known)
    longer = sorted((cue for cue in found if len(cue.patterns) > 1), key=lambda cue: -len(cue.patterns))
    seconds = {cue.patterns[1] for cue in longer}
    parts = tuple(sorted(second[:-1] for second in seconds if second.endswith("*")))
    alone = next((cue for cue in found if len(cue.patterns) == 1), None)
    return _Opening(tuple(longer), alone, frozenset(seconds), parts) if found else None


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
