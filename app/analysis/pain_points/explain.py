"""Why a mention raises a pain point: the seed phrases, words and other people's mentions it is nearest to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from app.analysis.pain_points.lexicon import keys
from app.analysis.pain_points.space import Matrix
from app.analysis.text.tokens import stems
from app.analysis.types import Entry

NEAREST = 3  # phrases and neighbours named

Place = Callable[[Sequence[str], Sequence[str]], Matrix]  # texts and their languages to points


@dataclass(frozen=True, slots=True)
class Near:
    """A text of the same meaning and its `likeness` (cosine, −1…1), in its own language."""

    text: str
    language: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Reasons:
    """What speaks for an assignment, the strongest first. `words` are as written in the mention."""

    phrases: tuple[Near, ...]
    words: tuple[str, ...]
    neighbours: tuple[Near, ...]


def explain(text: str, language: str, entry: Entry, others: Sequence[tuple[str, str]], place: Place) -> Reasons:
    """The reasons why `text` raises `entry`; `others` are mentions (text, language) that raise it too.

    An entry without phrases is compared by its names. Nothing alike gives empty lists.
    """
    phrases = [(said, code) for code, listed in sorted(_phrases(entry).items()) for said in listed]
    apart = sorted({other for other in others if other[0] != text})
    own = place([text], [language])
    return Reasons(_nearest(own, phrases, place), _shared(text, language, entry), _nearest(own, apart, place))


def _phrases(entry: Entry) -> dict[str, tuple[str, ...]]:
    return dict(entry.phrases) or {code: (name,) for code, name in entry.names.items()}


def _nearest(own: Matrix, texts: Sequence[tuple[str, str]], place: Place) -> tuple[Near, ...]:
    if not texts:
        return ()
    likeness = (place([text for text, _ in texts], [code for _, code in texts]) @ own[0]).round(3)
    order = np.argsort(-likeness, kind="stable")[:NEAREST]
    return tuple(Near(texts[i][0], texts[i][1], float(likeness[i])) for i in order if likeness[i] > 0)


def _shared(text: str, language: str, entry: Entry) -> tuple[str, ...]:
    """The words of the mention that phrases and words of the entry use as well, in the order of the text."""
    said = [*_phrases(entry).get(language, ()), *entry.words.get(language, ())]
    known = {key for phrase in said for key in keys(phrase, language)}
    found = [token.text for token in stems(text, language) if f"{language}:{token.stem}" in known]
    return tuple(dict.fromkeys(found))
