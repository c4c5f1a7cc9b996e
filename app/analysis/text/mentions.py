"""Split a comment into mentions: one opinion each, with its exact place in the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.analysis.text import cues
from app.analysis.text.boundaries import sentence_starts
from app.analysis.text.clauses import clause_starts
from app.analysis.text.languages import profile
from app.analysis.text.tokens import Token, is_stop, words
from app.analysis.types import Span

_OPENING = "\"'“„‚‘«‹([{¿¡$€£#@+<「『"
_LOOSE = " \t\n\r\f\v\u00a0\u3000,;:、，；•·▪●-–—*"
_JUDGING = frozenset({"good", "bad", "praise", "complaint", "wish"})  # a fragment of these stands alone

Piece = tuple[int, int]  # from one word to another (exclusive)


def split(text: str, language: str) -> list[Span]:
    """The mentions of `text`: spans in order, disjoint, trimmed, that cover every word.

    Sentences and list items first, then clauses at contrast words and between full clauses. A
    fragment that says nothing joins its neighbour. A text without words gives [].
    """
    tokens = words(text, language)
    if not tokens:
        return []
    hits = cues.find(text, language)
    sentences = [0, *sentence_starts(text, tokens, profile(language)), len(tokens)]
    starts = set(sentences)
    for start, end in pairwise(sentences):
        starts.update(clause_starts(text, tokens, start, end, hits, profile(language)))
    edges = sorted(starts)
    pieces = list(pairwise(edges))
    return list(_places(text, tokens, _joined(tokens, pieces, hits, language)))


def _joined(tokens: Sequence[Token], pieces: Sequence[Piece], hits: Sequence[cues.Hit], language: str) -> list[Piece]:
    """Pieces in which every one says something; the others are added to the one before, or after."""
    judged = {token for hit in hits if hit.kind in _JUDGING for token in (hit.start,)}
    joined: list[Piece] = []
    pending: int | None = None
    for start, end in pieces:
        begin = start if pending is None else pending
        if _says_something(tokens[start:end], judged, language):
            joined.append((begin, end))
            pending = None
        elif joined and pending is None and not tokens[start].text.isdigit():
            joined[-1] = (joined[-1][0], end)
        else:
            pending = begin
    if pending is not None:
        first = joined.pop()[0] if joined else pending
        joined.append((first, pieces[-1][1]))
    return joined


def _says_something(tokens: Sequence[Token], judged: set[int], language: str) -> bool:
    start, end = tokens[0].start, tokens[-1].end
    if any(start <= place < end for place in judged):
        return True
    return any(not token.text.isdigit() and not is_stop(token.text, language) for token in tokens)


def _places(text: str, tokens: Sequence[Token], pieces: Sequence[Piece]) -> Iterator[Span]:
    """The pieces as spans, with their own punctuation and quotation marks."""
    for number, (first, last) in enumerate(pieces):
        start = _opened(text, tokens[first - 1].end if first else 0, tokens[first].start)
        limit = len(text) if number + 1 == len(pieces) else _opened(text, tokens[last - 1].end, tokens[last].start)
        end = tokens[last - 1].end + len(text[tokens[last - 1].end : limit].rstrip(_LOOSE))
        yield Span(start, end)


def _opened(text: str, lowest: int, start: int) -> int:
    """The start of a word, moved before the marks that open on it."""
    while start > lowest and text[start - 1] in _OPENING:
        start -= 1
    return start
