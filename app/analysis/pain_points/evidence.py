"""Why a mention stands where it stands: the words that put it there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from app.analysis.pain_points.name import subjects
from app.analysis.pain_points.space import Matrix
from app.analysis.text.tokens import Token, stems
from app.analysis.types import Entry, Span

MOST = 4  # words marked in a mention
NEAR = 0.25  # a word is marked from this similarity to the pain point
OVERLAP = 0.25  # what a word gains by being one of the pain point's own words

Place = Callable[[Sequence[str], Sequence[str]], Matrix]  # texts and their languages to points


def own_stems(entry: Entry) -> frozenset[tuple[str, str]]:
    """The words of an entry's seed phrases, name and terms, as (language, stem)."""
    said = [(code, phrase) for code, phrases in entry.phrases.items() for phrase in phrases]
    said += list(entry.names.items())
    said += [(code, term) for term in entry.terms for code in entry.names]
    return frozenset((code, token.stem) for code, text in said for token in stems(text, code))


def nearness(
    texts: Sequence[str], languages: Sequence[str], place: Place, centres: Matrix
) -> Mapping[tuple[str, str], Matrix]:
    """How near every content word of the texts is to every centre, by (word, language)."""
    words = sorted(
        {
            (token.text.lower(), code)
            for text, code in zip(texts, languages, strict=True)
            for token in subjects(text, code)
        }
    )
    points = place([word for word, _ in words], [code for _, code in words])
    return dict(zip(words, (points @ centres.T).round(4), strict=True))


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
