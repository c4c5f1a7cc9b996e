"""Where a sentence turns to another opinion: at contrast words and between two full clauses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.analysis.text.cues import Hit
from app.analysis.text.languages import Profile
from app.analysis.text.tokens import Token, plain

_SHORTEST = 3  # words on either side of an "and" that joins two full clauses


def clause_starts(
    text: str, tokens: Sequence[Token], start: int, end: int, hits: Sequence[Hit], known: Profile
) -> Iterator[int]:
    """Positions between `start` and `end` of `tokens` at which a new clause begins."""
    turns = {hit.start for hit in hits if hit.kind == "contrast"}
    begun = start
    for i in range(start + 1, end):
        gap = text[tokens[i - 1].end : tokens[i].start]
        if _turns(tokens, i, gap, turns, known) or _adds(tokens, begun, i, end, gap, known):
            begun = i
            yield i


def _turns(tokens: Sequence[Token], i: int, gap: str, turns: set[int], known: Profile) -> bool:
    if tokens[i - 1].text.endswith(known.closers) and gap.strip() in {"、", ","} and known.closers:
        return True
    if tokens[i].start not in turns:
        return False
    if plain(tokens[i].text) in known.particles and "," not in gap:
        return plain(tokens[i - 1].text) not in known.verbs
    return True


def _adds(tokens: Sequence[Token], begun: int, i: int, end: int, gap: str, known: Profile) -> bool:
    """Whether a full clause ends before word `i`, and "and" or a comma begins another."""
    spoken = [plain(token.text) for token in tokens[begun:end]]
    at = i - begun
    joined = spoken[at] in known.coordination
    if not joined and "," not in gap and "،" not in gap:
        return False
    left, right = spoken[:at], spoken[at + joined :]
    if not joined and left[0] in known.subordination:
        return False
    return _is_full(left, known, opened=False) and _is_full(right, known, opened=True)


def _is_full(spoken: Sequence[str], known: Profile, opened: bool) -> bool:
    """Subject and verb; on the right side the subject has to be seen."""
    if len(spoken) < _SHORTEST:
        return False
    if opened and spoken[0] in known.subjects:
        return True
    if opened and known.determiners and not _opens_noun(spoken[0], known):
        return False
    return any(_is_verb(word, known) for word in _until_subordinate(spoken[1:], known))


def _opens_noun(word: str, known: Profile) -> bool:
    return word in known.determiners


def _until_subordinate(spoken: Sequence[str], known: Profile) -> Iterator[str]:
    for word in spoken:
        if word in known.subordination:
            return
        yield word


def _is_verb(word: str, known: Profile) -> bool:
    if word in known.verbs:
        return True
    return len(word) >= 4 and word.endswith(known.verb_endings) and word not in known.not_verbs
