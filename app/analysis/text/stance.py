"""What a mention is to the product: complaint, wish, praise, or neutral."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.analysis.text import cues
from app.analysis.text.clean import has_content
from app.analysis.text.languages import NEGATING, Profile, profile
from app.analysis.text.tokens import is_stop, words
from app.analysis.types import Stance

_WEIGHT = {"good": 1.0, "praise": 1.0, "plus": 0.5, "bad": -1.0, "complaint": -1.0, "minus": -0.4}
_TURNED = {"good": -1.0, "praise": -1.0, "plus": -1.0, "bad": 1.0, "complaint": 1.0, "minus": 0.5}
_DENIAL, _DENIAL_FORGIVEN = -0.5, 0.5  # a negator that turns no cue: "it does not sync"
_DOUBT = 0.5  # "used to be good": nothing that a detractor or passive praises now
_TURN = 0.4  # the "but" of a promoter
_LOWEST_PROMOTER, _LOWEST_PASSIVE = 9, 7
_LONGEST_LIST = 5  # cues that one negator turns
_PAUSE = re.compile(r"[,;:.!?。、，؛،()\n]")
_HAPPY = re.compile(
    "[\U0001f600-\U0001f60d\U0001f44d\U0001f44c\U0001f44f\U0001f970\U0001f929\u2764\u263a]|[:=]-?[)D]|<3"
)
_ANGRY = re.compile("[\U0001f61e-\U0001f630\U0001f612-\U0001f616\U0001f44e\U0001f92c\U0001f92e\u2639]|[:=]'?-?\\(")


def stance(mention: str, language: str, score: int) -> Stance:
    """The stance of a mention by somebody who gave `score` (0..10).

    The score is the first evidence, the cues of the language are the second: a promoter praises and
    a detractor complains unless the words say otherwise; a passive complains unless the words
    praise. Talk about the writer alone, a text that names no subject and gives no cue, and the
    empty text are neutral.
    """
    hits = cues.find(mention, language)
    kinds = {hit.kind for hit in hits}
    if "wish" in kinds or ("hope" in kinds and score < _LOWEST_PROMOTER):
        return "wish"
    good, bad = polarity(mention, language, lenient=score >= _LOWEST_PROMOTER)
    if not good and not bad and not has_content(mention, language):
        return "neutral"
    if "chatter" in kinds and not good and bad <= _DENIAL_FORGIVEN * (score >= _LOWEST_PASSIVE):
        return "neutral"
    if score < _LOWEST_PROMOTER:
        bad += _DOUBT * ("doubt" in kinds)
    elif good == 0 and hits and hits[0].kind == "contrast" and hits[0].first == 0:
        bad += _TURN
    return _weighed(good, bad, score)


def polarity(mention: str, language: str, lenient: bool = False) -> tuple[float, float]:
    """How much the cues praise and how much they complain, both 0 or more, negation applied.

    `lenient` lets a negator reach a complaint across one word ("never gave problems"), which is
    right for those who are known to be pleased. (0, 0) without cues.
    """
    hits = cues.find(mention, language)
    reaches = list(_reaches(mention, language, hits, lenient))
    turned = {hit for _, hit in reaches}
    weights = [(_TURNED if hit in turned else _WEIGHT)[hit.kind] for hit in hits if hit.kind in _WEIGHT]
    if {hit for hit in hits if hit.kind in NEGATING} - {negator for negator, _ in reaches}:
        weights.append(_DENIAL)
    weights.append(0.5 * bool(_HAPPY.search(mention)) - 0.5 * bool(_ANGRY.search(mention)))
    return sum(w for w in weights if w > 0), -sum(w for w in weights if w < 0)


def _weighed(good: float, bad: float, score: int) -> Stance:
    if score >= _LOWEST_PROMOTER:
        if bad >= 1 and bad > good:
            return "complaint"
        return "praise" if good >= bad else "neutral"
    if score >= _LOWEST_PASSIVE:
        return "praise" if good > bad and (bad < 1 or good >= bad + 2) else "complaint"
    return "praise" if good >= 1 and bad < 0.5 else "complaint"


def _reaches(
    text: str, language: str, hits: Sequence[cues.Hit], lenient: bool
) -> Iterator[tuple[cues.Hit, cues.Hit | None]]:
    """Each negator with every cue that it turns into its opposite; None for one that only agrees.

    In "sans aucun problème" the second negator is part of a cue, and the first one agrees with it.
    """
    known = profile(language)
    judging = [hit for hit in hits if hit.kind in _WEIGHT]
    firsts = [hit.first for hit in judging]
    for negator in hits:
        if negator.kind not in NEGATING and not (_WEIGHT.get(negator.kind, 0) < 0 and _denies(text, negator, known)):
            continue
        at = bisect_left(firsts, negator.last)
        if at < len(judging) and _reaches_forward(text, language, negator, judging[at], lenient):
            agreed = _denies(text, judging[at], known)
            yield from ((negator, hit) for hit in (() if agreed else _listed(text, judging, at, known)))
            yield negator, None
        elif at and _reaches_back(text, negator, judging[at - 1], known):
            yield negator, None if _denies(text, judging[at - 1], known) else judging[at - 1]


def _denies(text: str, hit: cues.Hit, known: Profile) -> bool:
    """Whether a cue holds a negator of its own: "no problems", "werkt niet"."""
    spoken = text[hit.start : hit.end].split()
    return len(spoken) > 1 and not known.negating.isdisjoint(map(known.fold, spoken))


def _reaches_forward(text: str, language: str, negator: cues.Hit, hit: cues.Hit, lenient: bool) -> bool:
    """ "not a very good app", "no software problems"; but "will not fix this problem" complains."""
    distance, before = hit.first - negator.last, profile(language).before
    if distance >= 2 * before:
        return False
    between = text[negator.end : hit.start]
    if _PAUSE.search(between):
        return False
    content = sum(not is_stop(token.text, language) for token in words(between, language))
    if _WEIGHT[hit.kind] > 0:
        return distance < before or content <= 1
    return content <= (lenient or negator.kind == "absence")


def _reaches_back(text: str, negator: cues.Hit, hit: cues.Hit, known: Profile) -> bool:
    """ "funktioniert nicht": only praise is turned by a negator that follows, if verbs are not last."""
    near = negator.first - hit.last < known.after
    turns = _WEIGHT[hit.kind] > 0 or known.verb_final
    return near and turns and not _PAUSE.search(text[hit.end : negator.start])


def _listed(text: str, judging: Sequence[cues.Hit], at: int, known: Profile) -> Iterator[cues.Hit]:
    """The negated cue and those that continue it: "no bugs or crashes"."""
    yield judging[at]
    joining = known.coordination | known.alternatives
    for before, hit in pairwise(judging[at : at + _LONGEST_LIST]):
        between = text[before.end : hit.start].strip()
        if between.lower() not in joining or _WEIGHT[hit.kind] * _WEIGHT[before.kind] < 0:
            return
        yield hit
