"""The ground a fit begins on: where entries lie and which words speak for them, before the mentions pull."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.analysis.judge import Painful
from app.analysis.model import Model
from app.analysis.pain_points import lexicon
from app.analysis.pain_points.lexicon import Lexicon
from app.analysis.pain_points.space import Matrix, Space, center, place, plain_means, principal_axes, shrunk_means, unit
from app.analysis.seeds import Seeds
from app.analysis.types import Entry

FREE = np.nan  # the favour of an entry that is still to be settled


@dataclass(frozen=True)
class Ground:
    """`centres` (entries, axes); `favour` per entry, `FREE` for those that the mentions may still move."""

    space: Space
    centres: Matrix
    words: Lexicon
    favour: Matrix


def fresh(pain: Painful, vectors: NDArray[np.float32], seeds: Seeds, entries: int) -> Ground:
    """The space that mentions and seeds span together, and every entry in the middle of its seeds.

    Seeds are centred by the seeds of their own language, mentions by the mentions of theirs.
    """
    codes = np.array(seeds.languages)
    own = plain_means(seeds.vectors[seeds.common], codes[seeds.common].tolist())
    means = shrunk_means(vectors, pain.languages, own)
    centred = center(seeds.vectors, seeds.languages, own)
    axes = principal_axes(np.vstack([center(vectors, pain.languages, means), centred]))
    points = place(centred, axes)
    centres = unit(np.array([points[seeds.entry == k].sum(axis=0) for k in range(entries)]))
    words = lexicon.learn(pain.texts, pain.languages, seeds.rows(), entries)
    return Ground(Space(tuple(means), np.array(list(means.values())), axes), centres, words, np.full(entries, FREE))


def inherited(before: Model, entries: Sequence[Entry], seeds: Seeds) -> Ground:
    """The ground of an earlier model, whose entries stay exactly where they are; what it lacks lies by its seeds."""
    number = {id_: k for k, id_ in enumerate(before.ids)}
    known = [number.get(entry.id) for entry in entries]
    new = [row for row in seeds.rows() if known[row[2]] is None]
    points = before.space.place(seeds.vectors, seeds.languages)
    centres = [
        unit(points[seeds.entry == i].sum(axis=0)) if k is None else before.centres[k] for i, k in enumerate(known)
    ]
    favour = [FREE if k is None else before.favour[k] for k in known]
    return Ground(before.space, np.array(centres), before.words.arranged(known, new), np.array(favour))
