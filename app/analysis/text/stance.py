"""What a mention is to the product: complaint, wish, praise, or neutral."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from app.analysis.text import cues, negation
from app.analysis.text.clean import has_content
from app.analysis.text.languages import NEGATING
from app.analysis.text.tokens import KEPT
from app.analysis.types import Stance

_WEIGHT = {"good": 1.0, "praise": 1.0, "plus": 0.5, "bad": -1.0, "complaint": -1.0, "minus": -0.4}
_TURNED = {"good": -1.0, "praise": -1.0, "plus": -1.0, "bad": 1.0, "complaint": 1.0, "minus": 0.5}
_DENIAL, _DENIAL_FORGIVEN = -0.5, 0.5  # a negator that turns no cue: "it does not sync"
_DOUBT = 0.5  # "used to be good": nothing that a detractor or passive praises now
_SOLVED = 1.0  # how far complaint must outweigh praise for a promoter: most problems beside praise were solved
_TURN = 0.4  # the "but" of a promoter
_HOPE = 0.5  # "please …": as much evidence of something to fix as a denial
_CONTRAST = 0.25  # "but …": as often the other side of praise as of a complaint
_LOWEST_PROMOTER, _LOWEST_PASSIVE = 9, 7
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
    return _weighed(good, bad + _shade(hits, good, score), score)


def evidence(mention: str, language: str) -> float:
    """How far a mention speaks of something to fix, whoever said it, 0…1. 0 without cues, and for the empty text."""
    hits = cues.find(mention, language)
    kinds = {hit.kind for hit in hits}
    if "wish" in kinds:
        return 1.0
    hinted = _HOPE * ("hope" in kinds) + _CONTRAST * ("contrast" in kinds)
    return min(1.0, polarity(mention, language, lenient=False)[1] + hinted)


@lru_cache(maxsize=KEPT)  # stance and evidence ask for the same, in the same form
def polarity(mention: str, language: str, lenient: bool = False) -> tuple[float, float]:
    """How much the cues praise and how much they complain, both 0 or more, negation applied.

    `lenient` lets a negator reach a complaint across one word ("never gave problems"), which is
    right for those who are known to be pleased. (0, 0) without cues.
    """
    hits = cues.find(mention, language)
    reaches = list(negation.reaches(mention, language, hits, lenient))
    turned = {hit for _, hit in reaches}
    weights = [(_TURNED if hit in turned else _WEIGHT)[hit.kind] for hit in hits if hit.kind in _WEIGHT]
    if {hit for hit in hits if hit.kind in NEGATING} - {negator for negator, _ in reaches}:
        weights.append(_DENIAL)
    weights.append(0.5 * bool(_HAPPY.search(mention)) - 0.5 * bool(_ANGRY.search(mention)))
    return sum(w for w in weights if w > 0), -sum(w for w in weights if w < 0)


def _shade(hits: Sequence[cues.Hit], good: float, score: int) -> float:
    """What weighs against a mention beside its cues: doubt, or a promoter's "but"."""
    if score < _LOWEST_PROMOTER:
        return _DOUBT * any(hit.kind == "doubt" for hit in hits)
    opens = bool(hits) and hits[0].kind == "contrast" and hits[0].first == 0
    return _TURN * (opens and not good)


def _weighed(good: float, bad: float, score: int) -> Stance:
    if score >= _LOWEST_PROMOTER:
        if bad >= 1 and bad >= good + _SOLVED * (good > 0):
            return "complaint"
        return "praise" if good >= bad else "neutral"
    if score >= _LOWEST_PASSIVE:
        return "praise" if good > bad and (bad < 1 or good >= bad + 2) else "complaint"
    return "praise" if good >= 1 and bad < 0.5 else "complaint"
