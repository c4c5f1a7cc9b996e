"""Can the confidence be believed? Assignments sorted by how sure the engine was, and the share that people confirm.

Only where people's categories are ids of the catalogue can one assignment be right or wrong by itself; elsewhere
categories are matched to pain points as a whole (`matching.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.analysis.labels import Labelled

EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)

Assigned = tuple[str, float]  # a pain point and its confidence, 0…1


@dataclass(frozen=True, slots=True)
class Bin:
    """Mentions with a confidence from `low` on and below `high` (the last bin: up to 1).

    `confidence` is their mean and `right` the share whose pain point people also gave the comment, both 0…1, None
    without mentions. Believable where the two are near each other.
    """

    low: float
    high: float
    mentions: int
    confidence: float | None
    right: float | None


def reliability(labelled: Sequence[Labelled], assigned: Sequence[Sequence[Assigned]]) -> list[Bin]:
    """A bin for each step of `EDGES`, the unsure first. `assigned` has the mentions of each comment, of equal length.

    Comments whose categories are not known are left out; in one that complains of nothing every assignment is wrong.
    """
    judged = list(_judged(labelled, assigned))
    return [_bin(low, high, judged) for low, high in pairwise(EDGES)]


def names_catalogue(labelled: Sequence[Labelled], ids: frozenset[str]) -> bool:
    """Whether people's categories are all among these ids of a catalogue; without any category they are not."""
    named = {category for said in labelled for category in said.complaints or ()}
    return bool(named) and named <= ids


def _judged(labelled: Sequence[Labelled], assigned: Sequence[Sequence[Assigned]]) -> Iterator[tuple[float, bool]]:
    """Confidence of each mention, and whether people agree."""
    for said, mentions in zip(labelled, assigned, strict=True):
        if said.complaints is not None:
            yield from ((confidence, id_ in said.complaints) for id_, confidence in mentions)


def _bin(low: float, high: float, judged: Sequence[tuple[float, bool]]) -> Bin:
    inside = [one for one in judged if low <= one[0] < high or (high == EDGES[-1] and one[0] == high)]
    if not inside:
        return Bin(low, high, 0, None, None)
    count = len(inside)
    return Bin(low, high, count, sum(sure for sure, _ in inside) / count, sum(right for _, right in inside) / count)
