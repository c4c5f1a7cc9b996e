"""The page to read first: comments → mentions → pain points → ranking.

fit       learns from all comments of a survey: entries, centres, the space of meanings
read      assigns comments with what was learned, each one independent of all others
analyse   both, and the ranking: the whole way without a database
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.analysis.judge import Painful, judge, painful
from app.analysis.learn import describe, learn_centres, learn_space, seed_centres, sow
from app.analysis.model import Model
from app.analysis.nps.groups import group_of
from app.analysis.pain_points.assign import NONE, Choice, blend, choose, fit as similarity
from app.analysis.pain_points.encoder import Encoder
from app.analysis.pain_points.evidence import Place, mark, nearness, own_stems
from app.analysis.pain_points.rank import Ranking, rank, tally
from app.analysis.types import Comment, Entry, ReadComment, Span, Voice

METHOD = "1"

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
    model = fit(comments, catalogue, encoder, progress=progress)
    heard = read(comments, model, encoder, progress=progress)
    voices = [Voice(group_of(said.score), raised(what)) for said, what in zip(comments, heard, strict=True)]
    return Analysis(model, tuple(heard), rank(*tally(voices)))


def raised(comment: ReadComment) -> frozenset[str]:
    """The ids of the pain points a comment raises."""
    return frozenset(mention.pain_point for mention in comment.mentions if mention.pain_point)


def fit(
    comments: Sequence[Comment], catalogue: Sequence[Entry], encoder: Encoder, *, progress: Progress | None = None
) -> Model:
    """Learn from all comments; their order does not matter. With none, the seeds alone make the model."""
    ordered = sorted(comments, key=lambda comment: (comment.text, comment.score, comment.language or ""))
    judged = _judged(ordered, progress)
    pain = painful(ordered, judged)
    seeds = sow(catalogue, encoder)
    vectors = encoder.encode(pain.texts)
    space = learn_space(vectors, pain.languages, seeds)
    points = blend(space.place(vectors, pain.languages), pain.comment)
    centres = learn_centres(points, seed_centres(seeds, space, len(catalogue)))
    described = describe(pain, points, centres, catalogue)
    kept = [k for k, entry in enumerate(described) if entry]
    return Model(METHOD, tuple(entry for entry in described if entry), centres[kept], space, len(pain))


def read(
    comments: Sequence[Comment], model: Model, encoder: Encoder, *, progress: Progress | None = None
) -> list[ReadComment]:
    """Split, judge and assign with a stored model, in the order given. No comment's answer depends on another."""
    judged = _judged(comments, progress)
    pain = painful(comments, judged)
    place = lambda texts, languages: model.space.place(encoder.encode(texts), languages)
    points = blend(place(pain.texts, pain.languages), pain.comment)
    chosen = choose(similarity(points, model.centres), pain.comment, pain.has_content)
    return _filled_in(judged, pain, chosen, model, place)


def _judged(comments: Sequence[Comment], progress: Progress | None) -> list[ReadComment]:
    judged = []
    for done, comment in enumerate(comments, start=1):
        judged.append(judge(comment))
        if progress and (done % 1000 == 0 or done == len(comments)):
            progress("judge", done, len(comments))
    return judged


def _filled_in(
    judged: Sequence[ReadComment], pain: Painful, chosen: Choice, model: Model, place: Place
) -> list[ReadComment]:
    """The comments with the chosen entries, their confidence and the words that speak for them."""
    rows = [i for i in range(len(pain)) if chosen.entry[i] != NONE]
    near = nearness([pain.texts[i] for i in rows], [pain.languages[i] for i in rows], place, model.centres)
    own = [own_stems(entry) for entry in model.entries]
    mentions = [list(comment.mentions) for comment in judged]
    for i in rows:
        k = int(chosen.entry[i])
        at, position = pain.comment[i], pain.mention[i]
        mention = mentions[at][position]
        words = mark(pain.texts[i], pain.languages[i], k, near, own[k])
        terms = tuple(Span(word.start + mention.start, word.end + mention.start) for word in words)
        confidence = float(chosen.confidence[i])
        mentions[at][position] = replace(mention, pain_point=model.entries[k].id, confidence=confidence, terms=terms)
    return [replace(comment, mentions=tuple(said)) for comment, said in zip(judged, mentions, strict=True)]
