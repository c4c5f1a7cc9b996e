"""First half of reading: a comment becomes mentions with their stance; no pain points yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.analysis.nps.groups import group_of
from app.analysis.text.clean import has_content
from app.analysis.text.language import identify
from app.analysis.text.mentions import split
from app.analysis.text.stance import stance
from app.analysis.types import PAINFUL, Comment, Mention, ReadComment


@dataclass(frozen=True)
class Painful:
    """The complaints and wishes of many comments, side by side.

    All are of equal length; `comment` and `mention` say where each stands: the position of its comment, and its own
    position inside that comment. `pleased` are those of promoters.
    """

    texts: tuple[str, ...]
    languages: tuple[str, ...]
    wishes: NDArray[np.bool_]
    has_content: NDArray[np.bool_]
    pleased: NDArray[np.bool_]
    comment: NDArray[np.intp]
    mention: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.texts)


def judge(comment: Comment) -> ReadComment:
    """Split a comment and say of each mention whether it complains, wishes, praises or neither."""
    language = identify(comment.text, comment.language)
    mentions = (
        Mention(span.start, span.end, stance(comment.text[span.start : span.end], language, comment.score))
        for span in split(comment.text, language)
    )
    return ReadComment(comment.id, language, tuple(mentions))


def painful(comments: Sequence[Comment], judged: Sequence[ReadComment]) -> Painful:
    """Everything that complains or wishes, in the order of the comments."""
    found = [
        (comments[i].text[mention.start : mention.end], heard.language, mention.stance == "wish", i, j)
        for i, heard in enumerate(judged)
        for j, mention in enumerate(heard.mentions)
        if mention.stance in PAINFUL
    ]
    return Painful(
        texts=tuple(row[0] for row in found),
        languages=tuple(row[1] for row in found),
        wishes=np.array([row[2] for row in found], dtype=np.bool_),
        has_content=np.array([has_content(row[0], row[1]) for row in found], dtype=np.bool_),
        pleased=np.array([group_of(comments[row[3]].score) == "promoter" for row in found], dtype=np.bool_),
        comment=np.array([row[3] for row in found], dtype=np.intp),
        mention=np.array([row[4] for row in found], dtype=np.intp),
    )
