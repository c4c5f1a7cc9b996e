"""The page to read first: comments → mentions → pain points → ranking.

fit       learns from the comments of a survey: entries, centres, words, the space of meanings
adapt     follows what people changed in the catalogue, without learning anew
read      assigns comments with what was learned, each one independent of all others
analyse   both, and the ranking: the whole way without a database
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import chain, islice

from app.analysis import adapting, bulk
from app.analysis.judge import judge, painful
from app.analysis.learn import Library, learn, teach
from app.analysis.model import Model
from app.analysis.nps.groups import group_of
from app.analysis.pain_points.catalogue import chatter, shelf
from app.analysis.pain_points.encoder import Encoder, Remembering
from app.analysis.pain_points.impact import impact, one_step_gain
from app.analysis.pain_points.rank import Cost, Gain, Ranking, rank, tally
from app.analysis.parallel import processors, seldom_collecting
from app.analysis.portions import portions
from app.analysis.reading import Reader
from app.analysis.types import Comment, Entry, Lesson, ReadComment, Voice

METHOD = "4"
SAMPLE = 5000  # a fit learns from so many comments at most: more take longer and change little

BULK = 12_000  # comments from which on several processes pay

Progress = Callable[[str, int, int], None]  # step, done, total


@dataclass(frozen=True)
class Analysis:
    """What `analyse` found: the model, every comment as read, in the order given, and the ranking."""

    model: Model
    comments: tuple[ReadComment, ...]
    ranking: Ranking


def analyse(
    comments: Sequence[Comment],
    catalogue: Sequence[Entry],
    encoder: Encoder,
    *,
    progress: Progress | None = None,
    cost: Cost = impact,
    gain: Gain = one_step_gain,
) -> Analysis:
    """From comments to the ranking, every comment a respondent of its own. No comments: an empty ranking.

    `cost` and `gain` are those of what the scores measure.
    """
    remembering = Remembering(encoder)
    model = fit(comments, catalogue, remembering, progress=progress)
    heard = read(comments, model, remembering, progress=progress)
    voices = [Voice(group_of(said.score), raised(what)) for said, what in zip(comments, heard, strict=True)]
    return Analysis(model, tuple(heard), rank(*tally(voices), cost, gain))


def raised(comment: ReadComment) -> frozenset[str]:
    """The ids of the pain points a comment raises."""
    return frozenset(mention.pain_point for mention in comment.mentions if mention.pain_point)


def fit(
    comments: Iterable[Comment],
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
    with seldom_collecting():
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
    found: list[ReadComment] = []
    for part in read_parts(comments, model, encoder):
        found += part
        if progress:
            progress("read", len(found), len(comments))
    return found


def read_parts(comments: Iterable[Comment], model: Model, encoder: Encoder) -> Iterator[list[ReadComment]]:
    """The same for any number of comments, which are taken a portion at a time.

    From `BULK` comments on several processes read, and vectors are not remembered.
    """
    coming = iter(comments)
    first = list(islice(coming, BULK))
    if len(first) < BULK or processors() == 1:
        reader = Reader(model, encoder)
        yield from map(reader.read, portions(chain(first, coming)))
    else:
        yield from bulk.read(chain(first, coming), model, encoder.in_bulk())


def _sample(comments: Iterable[Comment]) -> list[Comment]:
    """At most `SAMPLE` comments in an order of their own: by a digest of what was said."""
    return nsmallest(SAMPLE, comments, key=_digest)


def _digest(comment: Comment) -> bytes:
    said = f"{comment.text}\0{comment.score}\0{comment.language or ''}"
    return hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=16).digest()


def _judged(comments: Sequence[Comment], step: str, progress: Progress | None) -> list[ReadComment]:
    """Every comment judged, in order."""
    judged: list[ReadComment] = []
    for portion in portions(comments):
        judged += map(judge, portion)
        if progress:
            progress(step, len(judged), len(comments))
    return judged
