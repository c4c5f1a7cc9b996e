"""Why a mention stands where it stands: the words that put it there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.analysis.pain_points.name import subjects
from app.analysis.pain_points.space import Matrix, Place
from app.analysis.text.tokens import Token, stems
from app.analysis.types import Entry, Span

MOST = 4  # words marked in a mention
NEAR = 0.25  # a word is marked from this similarity to the pain point
WORDS_KEPT = 20_000
OVERLAP = 0.25  # what a word gains by being one of the pain point's own words


def own_stems(entry: Entry) -> frozenset[tuple[str, str]]:
    """The words of an entry's seed phrases, name and terms, as (language, stem)."""
    said = [(code, phrase) for code, phrases in entry.phrases.items() for phrase in phrases]
    said += list(entry.names.items())
    said += [(code, term) for term in entry.terms for code in entry.names]
    return frozenset((code, token.stem) for code, text in said for token in stems(text, code))


class Nearness:
    """How near words are to the centres of a model. What was found is kept, as comments share their words."""

    def __init__(self, place: Place, centres: Matrix) -> None:
        self._place, self._centres = place, centres
        self._known: dict[tuple[str, str], Matrix] = {}

    def of(self, texts: Sequence[str], languages: Sequence[str]) -> Mapping[tuple[str, str], Matrix]:
        """By (word, language) at least every content word of the texts."""
        if len(self._known) > WORDS_KEPT:
            self._known = {}
        pairs = zip(texts, languages, strict=True)
        words = {(token.text.lower(), code) for text, code in pairs for token in subjects(text, code)}
        if new := sorted(words - self._known.keys()):
            points = self._place([word for word, _ in new], [code for _, code in new])
            self._known |= dict(zip(new, (points @ self._centres.T).round(4), strict=True))
        return self._known


def mark(
    text: str, language: str, entry: int, near: Mapping[tuple[str, str], Matrix], own: frozenset[tuple[str, str]]
) -> tuple[Span, ...]:
    """The places in `text` of at most `MOST` words that speak for the entry, in order; at least one if it has any."""
    weights = [(_weight(token, language, entry, near, own), token) for token in subjects(text, language)]
    weights.sort(key=lambda pair: (-pair[0], pair[1].start))
    marked = [token for weight, token in weights[:MOST] if weight >= NEAR] or [token for _, token in weights[:1]]
    return tuple(Span(token.start, token.end) for token in sorted(marked, key=lambda token: token.start))


def _weight(
    token: Token, language: str, entry: int, near: Mapping[tuple[str, str], Matrix], own: frozenset[tuple[str, str]]
) -> float:
    return float(near[token.text.lower(), language][entry]) + (OVERLAP if (language, token.stem) in own else 0.0)
