"""Split a comment into mentions: one opinion each, with its exact place in the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from app.analysis.text import cues
from app.analysis.text.boundaries import sentence_starts
from app.analysis.text.clauses import Sentence, clause_starts
from app.analysis.text.languages import JUDGING, profile
from app.analysis.text.tokens import Token, is_stop, plain, words
from app.analysis.types import Span

_OPENING = "\"'“„‚‘«‹([{¿¡$€£#@+<「『"
_SPACES = "".join(char for char in map(chr, range(0x3001)) if char.isspace())
_LOOSE = _SPACES + ",:;、，；،؛•·▪●‣-–—*"
_COMMAS = frozenset(",،、，")

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
    edges = sorted(_edges(text, tokens, hits, language))
    pieces = _joined(tokens, list(pairwise(edges)), hits, language)
    spans = list(_places(text, tokens, pieces))
    cues.divide(text, language, spans, pieces)
    return spans


def _edges(text: str, tokens: Sequence[Token], hits: Sequence[cues.Hit], language: str) -> set[int]:
    """Positions of `tokens` at which a piece begins, and the end."""
    known = profile(language)
    kinds = {hit.start: hit.kind for hit in hits}
    edges = [0, *sentence_starts(text, tokens, known), len(tokens)]
    found = set(edges)
    for start, end in pairwise(edges):
        sentence = _sentence(text, tokens[start:end], kinds)
        found.update(start + i for i in clause_starts(sentence, known))
    return found


def _sentence(text: str, tokens: Sequence[Token], kinds: Mapping[int, str]) -> Sentence:
    gaps = [text[before.end : token.start] for before, token in pairwise(tokens)]
    return Sentence(
        spoken=[plain(token.text) for token in tokens],
        commas=[False, *(gap != " " and not _COMMAS.isdisjoint(gap) for gap in gaps)],
        kinds=[kinds.get(token.start, "") for token in tokens],
    )


def _joined(tokens: Sequence[Token], pieces: Sequence[Piece], hits: Sequence[cues.Hit], language: str) -> list[Piece]:
    """Pieces that each say something: one that does not is added to the one before, or after."""
    judged = {hit.start for hit in hits if hit.kind in JUDGING}
    joined: list[Piece] = []
    begun: int | None = None
    for start, end in pieces:
        first = start if begun is None else begun
        if _says_something(tokens[start:end], judged, language):
            joined.append((first, end))
            begun = None
        elif joined and begun is None and not tokens[start].text.isdigit():
            joined[-1] = (joined[-1][0], end)
        else:
            begun = first
    if begun is not None:
        joined.append((joined.pop()[0] if joined else begun, pieces[-1][1]))
    return joined


def _says_something(tokens: Sequence[Token], judged: set[int], language: str) -> bool:
    return any(token.start in judged or _is_content(token, language) for token in tokens)


def _is_content(token: Token, language: str) -> bool:
    return not token.text.isdigit() and not is_stop(token.text, language)


def _places(text: str, tokens: Sequence[Token], pieces: Sequence[Piece]) -> Iterator[Span]:
    """The pieces as spans, with their own punctuation and quotation marks."""
    starts = [_opened(text, tokens[i - 1].end if i else 0, tokens[i].start) for i, _ in pieces]
    for (_, last), start, limit in zip(pieces, starts, [*starts[1:], len(text)], strict=True):
        end = tokens[last - 1].end
        yield Span(start, end + len(text[end:limit].rstrip(_LOOSE)))


def _opened(text: str, lowest: int, start: int) -> int:
    """The start of a word, moved before the marks that open on it."""
    while start > lowest and text[start - 1] in _OPENING:
        start -= 1
    return start
