"""Where a sentence goes on to another opinion: at contrasts, between full clauses, and in lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from app.analysis.text.languages import NEGATING, Profile
from app.analysis.text.tokens import is_stop

_SHORTEST = 3  # words on either side of an "and" that joins two full clauses
_SHORTEST_ITEM = 2  # words on either side of a comma in a list of complaints
_BARE_SUBJECT = 3  # within so many words after a noun without article the verb has to come
_WINDOW = 40  # words looked at on either side; bounds the work on endless sentences
_SIGN = {"good": 1, "praise": 1, "bad": -1, "complaint": -1}


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of a sentence in plain form, with what stands before and on each of them."""

    spoken: Sequence[str]
    commas: Sequence[bool]  # whether a comma stands before the word
    kinds: Sequence[str]  # the kind of the cue that begins on the word, or ""


def clause_starts(sentence: Sentence, known: Profile) -> Iterator[int]:
    """Positions of the words, the first excepted, at which another opinion begins."""
    marks = [i for i in range(1, len(sentence.spoken)) if _may_open(sentence, i, known)]
    ends = _item_ends(sentence, known) if marks else ()
    begun = 0
    for i in marks:
        if (
            _turns(sentence, i, known)
            or _closes(sentence, i, known)
            or _adds(sentence, begun, i, known)
            or _lists(sentence, ends, begun, i, known)
        ):
            begun = i
            yield i


def _may_open(sentence: Sentence, i: int, known: Profile) -> bool:
    return sentence.commas[i] or sentence.kinds[i] == "contrast" or sentence.spoken[i] in known.coordination


def _turns(sentence: Sentence, i: int, known: Profile) -> bool:
    """Whether a contrast word opens a clause; "ist aber" holds a particle that does not."""
    if sentence.kinds[i] != "contrast":
        return False
    inside = sentence.spoken[i] in known.particles and sentence.spoken[i - 1] in known.verbs
    return sentence.commas[i] or not inside


def _closes(sentence: Sentence, i: int, known: Profile) -> bool:
    """Whether a Japanese clause ends on a word like が."""
    return sentence.commas[i] and bool(known.closers) and sentence.spoken[i - 1].endswith(known.closers)


def _adds(sentence: Sentence, begun: int, i: int, known: Profile) -> bool:
    """Whether a full clause ends before word `i`, and "and" or a comma begins another."""
    joined = sentence.spoken[i] in known.coordination
    if not joined and (not sentence.commas[i] or sentence.spoken[begun] in known.subordination):
        return False
    left = sentence.spoken[max(begun, i - _WINDOW) : i]
    right = sentence.spoken[i + joined : i + _WINDOW]
    return _has_verb(left, known) and _opens_clause(right, known)


def _has_verb(spoken: Sequence[str], known: Profile) -> bool:
    return len(spoken) >= _SHORTEST and any(_is_verb(word, known) for word in spoken)


def _opens_clause(spoken: Sequence[str], known: Profile) -> bool:
    """Subject and verb, and the subject comes first."""
    if len(spoken) < _SHORTEST or _is_verb(spoken[0], known) or spoken[0] in known.subordination:
        return False
    if spoken[0] in known.subjects:
        return True
    if not known.determiners or _opens_noun(spoken[0], known):
        return any(_is_verb(word, known) for word in _main(spoken, known.subordination))
    main = _main(spoken, known.subordination | known.coordination)[:_BARE_SUBJECT]
    return not is_stop(spoken[0], known.code) and any(_is_verb(word, known) for word in main)


def _main(spoken: Sequence[str], bounds: frozenset[str]) -> list[str]:
    """What follows the first word, up to a word that begins something else."""
    return list(takewhile(lambda word: word not in bounds, spoken[1:]))


def _opens_noun(word: str, known: Profile) -> bool:
    return word in known.determiners or (len(word) >= 4 and word.endswith(known.definite))


def _is_verb(word: str, known: Profile) -> bool:
    if word in known.verbs:
        return True
    return len(word) >= 4 and word.endswith(known.verb_endings) and word not in known.not_verbs


def _item_ends(sentence: Sentence, known: Profile) -> list[int]:
    """For each word the position of the next comma or "and" after it."""
    size = len(sentence.spoken)
    ends = [size] * size
    for i in range(size - 2, -1, -1):
        breaks = sentence.commas[i + 1] or sentence.spoken[i + 1] in known.coordination
        ends[i] = i + 1 if breaks else ends[i + 1]
    return ends


def _lists(sentence: Sentence, ends: Sequence[int], begun: int, i: int, known: Profile) -> bool:
    """Whether word `i` begins the next of several complaints: "slow support, high prices"."""
    first = i + (sentence.spoken[i] in known.coordination)
    if ends[i - 1] != i or i - begun < _SHORTEST_ITEM or ends[i] - first < _SHORTEST_ITEM:
        return False
    left, right = (max(begun, i - _WINDOW), i), (first, min(ends[i], i + _WINDOW))
    return all(_complains(sentence.kinds[start:end]) for start, end in (left, right))


def _complains(kinds: Sequence[str]) -> bool:
    sign = sum(_SIGN.get(kind, 0) for kind in kinds)
    return sign > 0 if any(kind in NEGATING for kind in kinds) else sign < 0
