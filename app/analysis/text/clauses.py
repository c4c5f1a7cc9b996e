"""Where a sentence turns to another opinion: at contrast words and between two full clauses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import takewhile

from app.analysis.text.languages import Profile
from app.analysis.text.tokens import Token, is_stop, plain

_SHORTEST = 3  # words on either side of an "and" that joins two full clauses
_BARE_SUBJECT = 3  # within so many words after a noun without article the verb has to come
_WINDOW = 40  # words looked at on either side; bounds the work on endless sentences
_COMMAS = frozenset(",،、，")


def clause_starts(
    text: str, tokens: Sequence[Token], start: int, end: int, turns: Set[int], known: Profile
) -> Iterator[int]:
    """Positions between `start` and `end` of `tokens` at which a new clause begins.

    `turns` are the places in `text` of words of contrast.
    """
    spoken = [plain(token.text) for token in tokens[start:end]]
    begun = 0
    for i in range(1, len(spoken)):
        gap = text[tokens[start + i - 1].end : tokens[start + i].start]
        comma = not _COMMAS.isdisjoint(gap)
        turned = tokens[start + i].start in turns and _turns(spoken, i, comma, known)
        if turned or _closes(spoken[i - 1], comma, known) or _adds(spoken, begun, i, comma, known):
            begun = i
            yield start + i


def _turns(spoken: Sequence[str], i: int, comma: bool, known: Profile) -> bool:
    """Whether a contrast word opens a clause; "ist aber" holds a particle that does not."""
    return comma or spoken[i] not in known.particles or spoken[i - 1] not in known.verbs


def _closes(word: str, comma: bool, known: Profile) -> bool:
    return comma and bool(known.closers) and word.endswith(known.closers)


def _adds(spoken: Sequence[str], begun: int, i: int, comma: bool, known: Profile) -> bool:
    """Whether a full clause ends before word `i`, and "and" or a comma begins another."""
    joined = spoken[i] in known.coordination
    if not joined and not comma:
        return False
    left = spoken[max(begun, i - _WINDOW) : i]
    right = spoken[i + joined : i + _WINDOW]
    if not joined and spoken[begun] in known.subordination:
        return False
    return _has_verb(left, known) and _opens_clause(right, known)


def _has_verb(spoken: Sequence[str], known: Profile) -> bool:
    return len(spoken) >= _SHORTEST and any(_is_verb(word, known) for word in spoken)


def _opens_clause(spoken: Sequence[str], known: Profile) -> bool:
    """Subject and verb, and the subject comes first."""
    if len(spoken) < _SHORTEST or _is_verb(spoken[0], known) or spoken[0] in known.subordination:
        return False
    if spoken[0] in known.subjects:
        return True
    bounds = known.subordination | known.coordination if spoken[0] not in known.determiners else known.subordination
    main = list(takewhile(lambda word: word not in bounds, spoken[1:]))
    if known.determiners and not _opens_noun(spoken[0], known):
        main = [] if is_stop(spoken[0], known.code) else main[:_BARE_SUBJECT]
    return any(_is_verb(word, known) for word in main)


def _opens_noun(word: str, known: Profile) -> bool:
    return word in known.determiners or (len(word) >= 4 and word.endswith(known.definite))


def _is_verb(word: str, known: Profile) -> bool:
    if word in known.verbs:
        return True
    return len(word) >= 4 and word.endswith(known.verb_endings) and word not in known.not_verbs
