"""First half of reading: a comment becomes mentions with their stance; no pain points yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.analysis.nps.groups import group_of
from app.analysis.pain_points import tone
from app.analysis.pain_points.gloss import gloss
from app.analysis.text.clean import has_content
from app.analysis.text.language import identify
from app.analysis.text.mentions import split
from app.analysis.text.redact import without_tokens
from app.analysis.text.stance import evidence, stance
from app.analysis.types import PAINFUL, Comment, Mention, ReadComment, Stance

NAMED = 0.5  # evidence from which a mention itself names what is to be fixed
OTHER_SIDE = 0.5  # evidence of plain words beside praise


@dataclass(frozen=True)
class Painful:
    """The complaints and wishes of many comments, side by side.

    All are of equal length; `comment` and `mention` say where each stands: the position of its comment, and its own
    position inside that comment. `pleased` are those of promoters, `unhappy` those of detractors; `evidence` (0..1) is
    how far what is said speaks of something to fix, apart from the score: by its words, once `toned` by its tone too.
    """

    texts: tuple[str, ...]
    languages: tuple[str, ...]
    wishes: NDArray[np.bool_]
    has_content: NDArray[np.bool_]
    pleased: NDArray[np.bool_]
    unhappy: NDArray[np.bool_]
    evidence: NDArray[np.float64]
    comment: NDArray[np.intp]
    mention: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.texts)

    def glossed(self) -> list[str]:
        """The texts as the encoder should see them."""
        return [gloss(text, code) for text, code in zip(self.texts, self.languages, strict=True)]

    def toned(self, vectors: NDArray[np.float32]) -> Painful:
        """The same with the tone of each mention, which its vector tells, added to the evidence."""
        return replace(self, evidence=tone.heard(self.evidence, tone.shipped().of(vectors, self.languages)))


def judge(comment: Comment) -> ReadComment:
    """Split a comment and say of each mention whether it complains, wishes, praises or neither."""
    said = without_tokens(comment.text)
    language = identify(said, comment.language)
    spans = split(said, language)
    texts = [said[span.start : span.end] for span in spans]
    stances = [stance(text, language, comment.score) for text in texts]
    speaks = [evidence(text, language) if felt in PAINFUL else 0.0 for text, felt in zip(texts, stances, strict=True)]
    if group_of(comment.score) == "passive" and _is_praise_and_its_other_side(stances, speaks):
        speaks = [OTHER_SIDE] * len(spans)
    mentions = (Mention(s.start, s.end, felt, said) for s, felt, said in zip(spans, stances, speaks, strict=True))
    return ReadComment(comment.id, language, tuple(mentions))


def _is_praise_and_its_other_side(stances: Sequence[Stance], speaks: Sequence[float]) -> bool:
    """Whether a comment praises, and the rest of it is plain words: then these are the reason for not giving more."""
    named = (said for felt, said in zip(stances, speaks, strict=True) if felt in PAINFUL)
    return "praise" in stances and max(named, default=0.0) < NAMED


def painful(comments: Sequence[Comment], judged: Sequence[ReadComment]) -> Painful:
    """Everything that complains or wishes, in the order of the comments.

    A detractor's bare judgement ("very disappointing") counts as content: it is all there is to say.
    """
    found = [
        (without_tokens(comments[i].text[mention.start : mention.end]), heard.language, mention, i, j)
        for i, heard in enumerate(judged)
        for j, mention in enumerate(heard.mentions)
        if mention.stance in PAINFUL
    ]
    groups = np.array([group_of(comments[row[3]].score) for row in found], dtype=np.str_)
    names = np.array([has_content(row[0], row[1]) for row in found], dtype=np.bool_)
    evidence = np.array([row[2].evidence for row in found], dtype=np.float64)
    return Painful(
        texts=tuple(row[0] for row in found),
        languages=tuple(row[1] for row in found),
        wishes=np.array([row[2].stance == "wish" for row in found], dtype=np.bool_),
        has_content=names | ((groups == "detractor") & (evidence >= 1)),
        pleased=groups == "promoter",
        unhappy=groups == "detractor",
        evidence=evidence,
        comment=np.array([row[3] for row in found], dtype=np.intp),
        mention=np.array([row[4] for row in found], dtype=np.intp),
    )
