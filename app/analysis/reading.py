"""Second half of reading: the complaints and wishes of judged comments find their pain points in a stored model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from app.analysis.judge import Painful, judge, painful
from app.analysis.model import Model
from app.analysis.pain_points import assign
from app.analysis.pain_points.encoder import Encoder
from app.analysis.pain_points.evidence import Nearness, mark, own_stems
from app.analysis.types import Comment, ReadComment, Span
from app.analysis.weighing import Weighed


class Reader:
    """Reads comments with one model. What it works out for entries and words serves all later comments."""

    def __init__(self, model: Model, encoder: Encoder) -> None:
        self.model = model
        self._encoder = encoder
        self._nearness = Nearness(model.placing(encoder), model.centres)
        self._stems: dict[int, frozenset[tuple[str, str]]] = {}

    def read(self, comments: Sequence[Comment]) -> list[ReadComment]:
        """Split, judge and assign, in the order given. No comment's answer depends on another."""
        judged = [judge(comment) for comment in comments]
        pain = painful(comments, judged)
        return self._filled_in(judged, pain, Weighed(pain, self.model, self._encoder).chosen)

    def _filled_in(self, judged: Sequence[ReadComment], pain: Painful, chosen: assign.Choice) -> list[ReadComment]:
        """The comments with the chosen entries, their confidence and the words that speak for them."""
        rows = np.flatnonzero(chosen.entry != assign.NONE).tolist()
        near = self._nearness.of([pain.texts[i] for i in rows], [pain.languages[i] for i in rows])
        mentions = [list(comment.mentions) for comment in judged]
        for i in rows:
            at, position, k = pain.comment[i], pain.mention[i], int(chosen.entry[i])
            mention = mentions[at][position]
            words = mark(pain.texts[i], pain.languages[i], k, near, self._own(k))
            mentions[at][position] = replace(
                mention,
                pain_point=self.model.entries[k].id,
                confidence=float(chosen.confidence[i]),
                terms=tuple(Span(word.start + mention.start, word.end + mention.start) for word in words),
            )
        return [replace(comment, mentions=tuple(said)) for comment, said in zip(judged, mentions, strict=True)]

    def _own(self, k: int) -> frozenset[tuple[str, str]]:
        if k not in self._stems:
            self._stems[k] = own_stems(self.model.entries[k])
        return self._stems[k]
