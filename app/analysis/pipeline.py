"""The page to read first: comments → mentions → pain points → ranking.

fit       learns from the comments of a survey: entries, centres, words, the space of meanings
adapt     follows what people changed in the catalogue, without learning anew
read      assigns comments with what was learned, each one independent of all others
analyse   both, and the ranking: the whole way without a database
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.analysis import adapting
from app.analysis.judge import Painful, judge, painful
from app.analysis.learn import Library, learn, teach
from app.analysis.model import Model
from app.analysis.nps.groups import group_of
from app.analysis.pain_points import assign
from app.analysis.pain_points.catalogue import chatter, shelf
from app.analysis.pain_points.encoder import Encoder, Remembering
from app.analysis.pain_points.evidence import mark, nearness, own_stems
from app.analysis.pain_points.gloss import gloss
from app.analysis.pain_points.rank import Ranking, rank, tally
from app.analysis.pain_points.space import Matrix
from app.analysis.parallel import processors, shards, spread
from app.analysis.types import Comment, Entry, Lesson, ReadComment, Span, Voice

METHOD = "3"
SAMPLE = 5000  # a fit learns from so many comments at most: more take longer and change little

SHARD = 500  # comments judged at a time
BULK = 6000  # from here on several processes pay

Progress = Callable[[str, int, int], None]  # step, done, total


@dataclass(frozen=True)
class Analysis:
    """What `analyse` found: the model, every comment as read, in the order given, and the ranking."""

    model: Model
    comments: tuple[ReadComment, ...]
    ranking: Ranking


def analyse(
    comments: Sequence[Comment], catalogue: Sequence[Entry], encoder: Encoder, *, progress: Progress | None = None
) -> Analysis:
    """From comments to the ranking, every comment a respondent of its own. No comments: an empty ranking."""
    remembering = Remembering(encoder)
    model = fit(comments, catalogue, remembering, progress=progress)
    heard = read(comments, model, remembering, progress=progress)
    voices = [Voice(group_of(said.score), raised(what)) for said, what in zip(comments, heard, strict=True)]
    return Analysis(model, tuple(heard), rank(*tally(voices)))


def raised(comment: ReadComment) -> frozenset[str]:
    """The ids of the pain points a comment raises."""
    return frozenset(mention.pain_point for mention in comment.mentions if mention.pain_point)


def fit(
    comments: Sequence[Comment],
    catalogue: Sequence[Entry],
    encoder: Encoder,
    *,
    lessons: Sequence[Lesson] = (),
    before: Model | None = None,
    progress: Progress | None = None,
) -> Model:
    """Learn from the comments; their order does not matter. With none, the seeds alone make the model.

    Entries of the `catalogue` are kept with their ids, also those an earlier fit discovered; new ones come after.
    `lessons` are what people corrected, the oldest first. What the model `before` knows stays where it is unless
    the survey has outgrown it, so that a fit only adds and no comment moves without cause.
    """
    sample = _sample(comments)
    pain = painful(sample, _judged(sample, "learn", progress))
    library = Library(shelf(), chatter())
    before = adapting.adapt(before, catalogue, encoder) if before else None
    return teach(learn(pain, catalogue, library, encoder, METHOD, before), lessons, encoder)


def adapt(model: Model, catalogue: Sequence[Entry], lessons: Sequence[Lesson], encoder: Encoder) -> Model:
    """The model after people changed the catalogue: what they left alone stays exactly where it is.

    Entries that are new or have new phrases get their place from these; entries that the catalogue no longer has
    are forgotten. Readable at once, in the space learned before; the next `fit` learns from it all together.
    """
    return teach(adapting.adapt(model, catalogue, encoder), lessons, encoder)


def read(
    comments: Sequence[Comment], model: Model, encoder: Encoder, *, progress: Progress | None = None
) -> list[ReadComment]:
    """Split, judge and assign with a stored model, in the order given. No comment's answer depends on another."""
    judged = _judged(comments, "read", progress)
    pain = painful(comments, judged)
    alone = _place(pain.texts, pain.languages, model, encoder)
    points = assign.blend(alone, pain.comment)
    fits = assign.fit(points, model.centres, model.words.overlap(pain.texts, pain.languages))
    fits = model.lessons.taught(fits, alone)
    chosen = assign.choose(fits, model.favour, pain, len(model.chatter))
    return _filled_in(judged, pain, chosen, model, encoder)


def _sample(comments: Sequence[Comment]) -> list[Comment]:
    """At most `SAMPLE` comments in an order of their own: by a digest of what was said."""
    ordered = sorted((_digest(comment), i) for i, comment in enumerate(comments))
    return [comments[i] for _, i in ordered[:SAMPLE]]


def _digest(comment: Comment) -> bytes:
    said = f"{comment.text}\0{comment.score}\0{comment.language or ''}"
    return hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=16).digest()


def _judged(comments: Sequence[Comment], step: str, progress: Progress | None) -> list[ReadComment]:
    """Every comment judged, in order; many of them in several processes."""
    pieces = shards(comments, SHARD)
    spreads = len(comments) >= BULK and processors() > 1
    judged: list[ReadComment] = []
    for piece in spread(_judge_all, pieces, processors()) if spreads else map(_judge_all, pieces):
        judged.extend(piece)
        if progress:
            progress(step, len(judged), len(comments))
    return judged


def _judge_all(comments: Sequence[Comment]) -> list[ReadComment]:
    return [judge(comment) for comment in comments]


def _place(texts: Sequence[str], languages: Sequence[str], model: Model, encoder: Encoder) -> Matrix:
    said = [gloss(text, language) for text, language in zip(texts, languages, strict=True)]
    return model.space.place(encoder.encode(said), languages)


def _filled_in(
    judged: Sequence[ReadComment], pain: Painful, chosen: assign.Choice, model: Model, encoder: Encoder
) -> list[ReadComment]:
    """The comments with the chosen entries, their confidence and the words that speak for them."""
    rows = [i for i in range(len(pain)) if chosen.entry[i] != assign.NONE]
    texts, languages = [pain.texts[i] for i in rows], [pain.languages[i] for i in rows]
    near = nearness(texts, languages, lambda words, codes: _place(words, codes, model, encoder), model.centres)
    own = {int(k): own_stems(model.entries[k]) for k in set(chosen.entry[rows].tolist())}
    mentions = [list(comment.mentions) for comment in judged]
    for i in rows:
        at, position, k = pain.comment[i], pain.mention[i], int(chosen.entry[i])
        mention = mentions[at][position]
        words = mark(pain.texts[i], pain.languages[i], k, near, own[k])
        mentions[at][position] = replace(
            mention,
            pain_point=model.entries[k].id,
            confidence=float(chosen.confidence[i]),
            terms=tuple(Span(word.start + mention.start, word.end + mention.start) for word in words),
        )
    return [replace(comment, mentions=tuple(said)) for comment, said in zip(judged, mentions, strict=True)]
