"""What a mention is to the product: complaint, wish, praise, or neutral."""

from __future__ import annotations

from collections.abc import Sequence

from app.analysis.text import cues
from app.analysis.text.clean import has_content
from app.analysis.text.languages import Profile, profile
from app.analysis.types import Stance

_SIGN = {"good": 1.0, "praise": 1.0, "bad": -1.0, "complaint": -1.0}
_BARE_NEGATION = -0.5  # "does not sync": denies something without naming good or bad
_LOWEST_PROMOTER, _LOWEST_PASSIVE = 9, 7


def stance(mention: str, language: str, score: int) -> Stance:
    """The stance of a mention by somebody who gave `score` (0..10).

    The score is the first evidence, cues of the language the second: a promoter praises and a
    detractor complains unless the words say otherwise; a passive complains unless the words praise.
    Text without a subject, and talk about the writer alone, is neutral; so is the empty text.
    """
    hits = cues.find(mention, language)
    kinds = {hit.kind for hit in hits}
    balance = polarity(hits, profile(language))
    if "wish" in kinds:
        return "wish"
    if balance == 0 and ("chatter" in kinds or not has_content(mention, language)):
        return "neutral"
    return _weighed(balance, score)


def _weighed(balance: float, score: int) -> Stance:
    if score >= _LOWEST_PROMOTER:
        return "complaint" if balance <= -1 else "praise" if balance > 0 else "neutral"
    if score >= _LOWEST_PASSIVE:
        return "praise" if balance > 0 else "complaint"
    return "praise" if balance >= 1 else "complaint"


def polarity(hits: Sequence[cues.Hit], known: Profile) -> float:
    """Praise minus complaint cues, each turned by a negator in reach; 0 without cues."""
    negators = [hit for hit in hits if hit.kind == "negator"]
    used: set[cues.Hit] = set()
    total = 0.0
    for hit in hits:
        if hit.kind not in _SIGN:
            continue
        turning = [negator for negator in negators if _reaches(negator, hit, known)]
        used.update(turning)
        total += -_SIGN[hit.kind] if turning else _SIGN[hit.kind]
    return total + _BARE_NEGATION * len(set(negators) - used)


def _reaches(negator: cues.Hit, hit: cues.Hit, known: Profile) -> bool:
    if negator.last <= hit.first:
        return hit.first - negator.last < known.before
    return negator.first - hit.last < known.after
