"""Which cues a negator turns into their opposite."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.analysis.text.cues import Hit
from app.analysis.text.languages import NEGATING, Profile, profile
from app.analysis.text.tokens import is_stop, words

PRAISING = frozenset({"good", "praise", "plus"})
BLAMING = frozenset({"bad", "complaint", "minus"})

_LONGEST_LIST = 5  # cues that one negator turns
_PAUSE = re.compile(r"[,;:.!?。、，؛،()\n]")


def reaches(text: str, language: str, hits: Sequence[Hit], lenient: bool) -> Iterator[tuple[Hit, Hit | None]]:
    """Each negator with every cue that it turns into its opposite; None for one that only agrees.

    In "sans aucun problème" the second negator is part of a cue, and the first one agrees with it.
    """
    known = profile(language)
    judging = [hit for hit in hits if hit.kind in PRAISING or hit.kind in BLAMING]
    firsts = [hit.first for hit in judging]
    for negator in (hit for hit in hits if _negates(text, hit, known)):
        at = bisect_left(firsts, negator.last)
        if at < len(judging) and _reaches_forward(text, language, negator, judging[at], lenient):
            turned = _listed(text, judging, at, known)
        elif at and _reaches_back(text, negator, judging[at - 1], known):
            turned = iter(judging[at - 1 : at])
        else:
            continue
        yield from ((negator, None if _denies(text, hit, known) else hit) for hit in turned)


def _negates(text: str, hit: Hit, known: Profile) -> bool:
    """A negator, or a complaint that holds one: "werkt niet" turns the "goed" after it."""
    return hit.kind in NEGATING or (hit.kind in BLAMING and _denies(text, hit, known))


def _denies(text: str, hit: Hit, known: Profile) -> bool:
    """Whether a cue holds a negator of its own: "no problems", "werkt niet"."""
    spoken = text[hit.start : hit.end].split()
    return len(spoken) > 1 and not known.negating.isdisjoint(map(known.fold, spoken))


def _reaches_forward(text: str, language: str, negator: Hit, hit: Hit, lenient: bool) -> bool:
    """ "not a very good app", "no software problems"; but "will not fix this problem" complains."""
    distance, before = hit.first - negator.last, profile(language).before
    if distance >= 2 * before:
        return False
    between = text[negator.end : hit.start]
    if _PAUSE.search(between):
        return False
    content = sum(not is_stop(token.text, language) for token in words(between, language))
    if hit.kind in PRAISING:
        return distance < before or content <= 1
    return content <= (lenient or negator.kind == "absence")


def _reaches_back(text: str, negator: Hit, hit: Hit, known: Profile) -> bool:
    """ "funktioniert nicht": only praise is turned by a negator that follows, if verbs are not last."""
    near = negator.first - hit.last < known.after
    turns = hit.kind in PRAISING or known.verb_final
    return near and turns and not _PAUSE.search(text[hit.end : negator.start])


def _listed(text: str, judging: Sequence[Hit], at: int, known: Profile) -> Iterator[Hit]:
    """The negated cue and those that continue it: "no bugs or crashes"."""
    yield judging[at]
    joining = known.coordination | known.alternatives
    for before, hit in pairwise(judging[at : at + _LONGEST_LIST]):
        between = text[before.end : hit.start].strip()
        if between.lower() not in joining or (hit.kind in PRAISING) is not (before.kind in PRAISING):
            return
        yield hit
