"""What a fit learns: where the pain points of a survey lie, which new ones there are, and what speaks for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.analysis.describing import describe
from app.analysis.ground import FREE, Ground, fresh, inherited
from app.analysis.judge import Painful
from app.analysis.model import Model
from app.analysis.pain_points import discover, lessons
from app.analysis.pain_points.assign import WORDS, blend, choose, fit
from app.analysis.pain_points.encoder import Encoder
from app.analysis.pain_points.space import Matrix
from app.analysis.seeds import sow
from app.analysis.types import Entry, Lesson

SPEAKS = 0.3  # evidence from which a mention has a say in where pain points lie and which there are
OUTGROWN = 2.0  # with so many times the mentions a model was learned from, its ground is learned anew


@dataclass(frozen=True)
class Library:
    """What every survey may draw on beside its own catalogue: subjects of trades, and talk that names nothing."""

    shelf: tuple[Entry, ...]
    chatter: tuple[Entry, ...]


def learn(
    pain: Painful, known: Sequence[Entry], library: Library, encoder: Encoder, method: str, before: Model | None = None
) -> Model:
    """A model from the complaints and wishes of a survey: the `known` entries, subjects from the shelf, new groups.

    Unless the survey has outgrown the model `before`, what that knows stays as it is and new entries are only added.
    It knows no lessons yet; `teach` adds them.
    """
    waiting = [entry for entry in library.shelf if entry.id not in {one.id for one in known}]
    subjects, entries = [*known, *waiting], [*known, *waiting, *library.chatter]
    vectors = encoder.encode(pain.glossed())
    pain = pain.toned(vectors)
    seeds = sow(entries, encoder)
    stays = before is not None and before.method == method and len(pain) < OUTGROWN * before.learned_from
    ground = inherited(before, entries, seeds) if before and stays else fresh(pain, vectors, seeds, len(entries))
    points = blend(ground.space.place(vectors, pain.languages), pain.comment)
    overlap = ground.words.overlap(pain.texts, pain.languages)
    speaks = pain.evidence >= SPEAKS
    found = _find(points, overlap, speaks, ground, len(known), len(subjects))

    words = ground.words.arranged(found.order, ())
    fits = fit(points, found.settled.centres, words.overlap(pain.texts, pain.languages))
    chatter = len(library.chatter)
    chosen = choose(fits, found.settled.favour, pain, chatter).entry
    kept = [subjects[k] for k in found.order if k is not None and k < len(subjects)]
    described = describe(pain, points, found.settled.centres[: len(fits.T) - chatter], chosen, kept)
    named = [k for k, entry in enumerate(described) if entry] + list(range(len(described), len(found.order)))
    return Model(
        method=method,
        entries=tuple(entry for entry in described if entry),
        chatter=tuple(entry.id for entry in library.chatter),
        centres=found.settled.centres[named],
        favour=found.settled.favour[named],
        space=ground.space,
        words=words.arranged(named, ()),
        learned_from=before.learned_from if before and stays else len(pain),
        lessons=lessons.none(ground.space),
    )


def teach(model: Model, said: Sequence[Lesson], encoder: Encoder) -> Model:
    """The model with these lessons in place of those it had."""
    ids = [entry.id for entry in model.entries]
    return replace(model, lessons=lessons.learn(said, ids, model.placing(encoder)))


@dataclass(frozen=True)
class _Found:
    """The entries that take part by their number, None for each new group, and where all have settled."""

    order: list[int | None]
    settled: discover.Settled


def _find(
    points: Matrix, overlap: Matrix, speaks: NDArray[np.bool_], ground: Ground, known: int, subjects: int
) -> _Found:
    """New groups first, then the shelf (entries `known` to `subjects`) beside them, then all settle together.

    Only the mentions that `speaks` settle. A group is looked for among all: that many say the same speaks for itself.
    """
    best = (points @ ground.centres.T + WORDS * overlap).max(axis=1, initial=-1.0).round(6)
    groups = discover.find_groups(points, best)
    numbers: list[int | None] = [*range(subjects), *[None] * len(groups), *range(subjects, len(ground.centres))]
    centres = np.insert(ground.centres, [subjects] * len(groups), groups, axis=0)
    favour = np.insert(ground.favour, [subjects] * len(groups), FREE)
    points, overlap = points[speaks], WORDS * np.insert(overlap[speaks], [subjects] * len(groups), 0.0, axis=1)
    shelved = np.array([k is not None and known <= k < subjects for k in numbers])
    stays: NDArray[np.bool_] = discover.take_from_shelf(points, overlap, centres, favour, shelved)
    settled = discover.settle(points, overlap[:, stays], centres[stays], favour[stays])
    return _Found([k for k, kept in zip(numbers, stays, strict=True) if kept], settled)
