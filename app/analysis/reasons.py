"""Why each mention of a comment stands where it stands: read again, and asked what would be without one thing.

Whoever explains an assignment with other numbers than those that made it tells a story. So this goes the way of
`pipeline.read` for one comment, and names as the reason what changes the answer when it is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.analysis.judge import judge, painful
from app.analysis.model import Model
from app.analysis.pain_points import assign, lessons
from app.analysis.pain_points.assign import NONE
from app.analysis.pain_points.encoder import Encoder
from app.analysis.pain_points.nearest import Near, Phrase, Shared, nearest, phrases_of, shared
from app.analysis.pain_points.space import DECIMALS
from app.analysis.types import PAINFUL, Comment, Lesson, Mention, Span
from app.analysis.weighing import Weighed

Rule = Literal[
    "best",  # it fits this entry best, and well enough
    "leading",  # its comment is about this entry, and nothing else fits clearly better
    "last resort",  # nothing in the comment fits well; this is the nearest of all
    "corrected",  # a person said so of the same words
    "corrected alike",  # a person said so of words that are nearly the same, and without that it would be elsewhere
    "praise",
    "neutral",
    "empty",  # no words that could mean anything
    "chatter",  # nearer to talk that names nothing to fix
    "plain",  # nothing in it but the score speaks of something to fix; a complaint would be enough
    "promoter",  # from anybody but a promoter it would be enough
    "second",  # fits something, but not clearly better than what its comment is about
    "weak",  # nothing fits well enough
]


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a mention fits an entry, in parts that add up to `total`.

    `meaning` is the likeness of mention and entry (−1…1), `words` what they say in the same words (0…0.9), `favour`
    what it lacks for being raised by few (at most 0), `lessons` what people's corrections add or take.
    """

    id: str
    meaning: float
    words: float
    favour: float
    lessons: float

    @property
    def total(self) -> float:
        """What is compared: with the limits, and with the other entries."""
        return round(self.meaning + self.words + self.favour + self.lessons, DECIMALS)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one mention raises what it raises, or nothing.

    `fits` are all entries, the best first; `chatter` is the best fit with talk that names nothing; `needed` the least
    fit that raises something here. `words`, `phrases` and `quotes` speak for the entry raised, else for the nearest.
    `lead` is the clearest part of the comment if the mention follows it. `lesson` is what a person corrected, None
    where its words are not known any more; `likeness` (0…1) how near it is. A mention that neither complains nor
    wishes has a rule and nothing else.
    """

    mention: Mention
    rule: Rule
    fits: tuple[Fit, ...] = ()
    needed: float = 0.0
    chatter: float | None = None
    words: tuple[Shared, ...] = ()
    phrases: tuple[Near, ...] = ()
    quotes: tuple[Near, ...] = ()
    lead: Span | None = None
    lesson: Lesson | None = None
    likeness: float | None = None

    @property
    def about(self) -> str | None:
        """The id of the entry raised, else of the nearest; None where there are no entries."""
        return self.mention.pain_point or (self.fits[0].id if self.fits else None)


def explain(
    comment: Comment,
    model: Model,
    encoder: Encoder,
    *,
    said: Sequence[Lesson] = (),
    others: Mapping[str, Sequence[Phrase]] | None = None,
) -> tuple[Reason, ...]:
    """A reason for every mention of the comment, in the order of the text; none for an empty comment.

    `said` are the lessons the model may have been taught, to be quoted; `others`, by the id of an entry, what other
    people said that raises it. The mentions are those `pipeline.read` gives, without their marked words.
    """
    heard = judge(comment)
    weighed = Weighed(painful([comment], [heard]), model, encoder)
    row = {int(position): i for i, position in enumerate(weighed.pain.mention)}
    return tuple(
        _reason(weighed, row[j], mention, heard.mentions, said, others or {})
        if mention.stance in PAINFUL
        else Reason(mention, "praise" if mention.stance == "praise" else "neutral")
        for j, mention in enumerate(heard.mentions)
    )


def _reason(
    weighed: Weighed,
    i: int,
    mention: Mention,
    mentions: Sequence[Mention],
    said: Sequence[Lesson],
    others: Mapping[str, Sequence[Phrase]],
) -> Reason:
    model, text, code = weighed.model, weighed.pain.texts[i], weighed.pain.languages[i]
    entry, number = int(weighed.chosen.entry[i]), _taught_by(weighed, i)
    rule = _rule(weighed, i, number)
    fits = _fits(weighed, i)
    about = entry if entry != NONE else int(weighed.preference[i, : weighed.known].argmax()) if fits else NONE
    if entry != NONE:
        id_, confidence = model.entries[entry].id, float(weighed.chosen.confidence[i])
        mention = replace(mention, pain_point=id_, confidence=confidence)
    reason = Reason(mention, rule, fits, float(weighed.needed[i]), chatter=_chatter(weighed, i))
    if rule == "leading":
        leader = mentions[int(weighed.pain.mention[weighed.strongest()])]
        reason = replace(reason, lead=Span(leader.start, leader.end))
    if number is not None:
        likeness = float(np.clip(model.lessons.points[number] @ weighed.alone[i], 0.0, 1.0).round(3))
        reason = replace(reason, lesson=_quoted(weighed, number, said), likeness=likeness)
    if about == NONE or rule == "empty":
        return reason
    point, known = weighed.points[i], model.entries[about]
    return replace(
        reason,
        words=shared(text, code, mention.start, model.words.shares(text, code, about)),
        phrases=nearest(point, phrases_of(known), weighed.place, code),
        quotes=nearest(point, others.get(known.id, ()), weighed.place),
    )


def _rule(weighed: Weighed, i: int, lesson: int | None) -> Rule:
    """The first of these that holds; what is named changes the answer when it is left out."""
    entry, preference = int(weighed.chosen.entry[i]), weighed.preference[i, : weighed.known]
    if not weighed.pain.has_content[i]:
        return "empty"
    if lesson is not None:
        return "corrected" if _is_same(weighed, i)[lesson] else "corrected alike"
    if entry == NONE:
        return _why_nothing(weighed, i)
    if preference[entry] < weighed.needed[i]:
        return "last resort"
    return "best" if entry == int(preference.argmax()) else "leading"


def _why_nothing(weighed: Weighed, i: int) -> Rule:
    if weighed.choice(chatter=False).entry[i] != NONE:
        return "chatter"
    if weighed.choice(sober=False).entry[i] != NONE:
        return "plain"
    if weighed.choice(pleased=False).entry[i] != NONE:
        return "promoter"
    return "second" if weighed.preference[i, : weighed.known].max(initial=-1.0) >= weighed.needed[i] else "weak"


def _is_same(weighed: Weighed, i: int) -> NDArray[np.bool_]:
    """For each lesson whether it is about these very words."""
    likeness = (weighed.model.lessons.points @ weighed.alone[i]).round(DECIMALS)
    return np.asarray(likeness >= lessons.SAME)


def _taught_by(weighed: Weighed, i: int) -> int | None:
    """The lesson that put the mention where it is; None where it would be there without any."""
    taught = weighed.model.lessons
    if not len(taught.points):
        return None
    same = np.flatnonzero(_is_same(weighed, i))
    if len(same):
        return int(same[-1])
    entry, otherwise = int(weighed.chosen.entry[i]), int(weighed.choice(taught=False).entry[i])
    likeness = (taught.points @ weighed.alone[i]).round(DECIMALS)
    for numbers, k in ((taught.right, entry), (taught.wrong, otherwise)):
        rows = np.flatnonzero((numbers == k) & (likeness > lessons.NEAR)) if k != NONE else ()
        if entry != otherwise and len(rows):
            return int(rows[likeness[rows].argmax()])
    return None


def _quoted(weighed: Weighed, number: int, said: Sequence[Lesson]) -> Lesson | None:
    """The lesson in words: that of those given which lies where the model's lesson lies and teaches the same."""
    taught, ids = weighed.model.lessons, weighed.model.ids
    right = ids[taught.right[number]] if taught.right[number] != NONE else None
    alike = [lesson for lesson in said if lesson.right == right]
    points = weighed.place([one.text for one in alike], [one.language for one in alike])
    found = [
        one for one, point in zip(alike, points, strict=True) if np.allclose(point, taught.points[number], atol=1e-5)
    ]
    return found[-1] if found else None


def _fits(weighed: Weighed, i: int) -> tuple[Fit, ...]:
    order = np.argsort(-weighed.preference[i, : weighed.known], kind="stable")
    return tuple(
        Fit(
            id=weighed.model.entries[k].id,
            meaning=float(weighed.untaught[i, k] - assign.WORDS * weighed.overlap[i, k]),
            words=float(assign.WORDS * weighed.overlap[i, k]),
            favour=float(weighed.model.favour[k]),
            lessons=float(weighed.fits[i, k] - weighed.untaught[i, k]),
        )
        for k in order
    )


def _chatter(weighed: Weighed, i: int) -> float | None:
    found = weighed.preference[i, weighed.known :]
    return float(found.max()) if len(found) else None
