"""What people corrected, and what follows for mentions that say the same or nearly the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.analysis.pain_points.assign import NONE
from app.analysis.pain_points.space import DECIMALS, Matrix, Place, Space
from app.analysis.types import Lesson

NEAR = 0.6  # likeness from which a mention is taught something
SAME = 0.9999  # likeness of a mention that says the same: the lesson decides alone
REACH = 0.3  # how far a lesson moves the fit of a mention that is almost the same
FORBIDDEN, DECIDED = -2.0, 2.0  # fits below and above every possible one


@dataclass(frozen=True)
class Lessons:
    """Points (lessons, axes) of what was corrected, and the numbers of the entries it does and does not belong to."""

    points: Matrix
    wrong: NDArray[np.intp]
    right: NDArray[np.intp]

    def taught(self, fits: Matrix, points: Matrix) -> Matrix:
        """The fits (mentions, entries) after the lessons; `points` are the mentions alone, without their comments."""
        if not len(self.points) or not fits.size:
            return fits
        taught = fits.copy()
        likeness = (points @ self.points.T).round(DECIMALS)
        self._move(taught, np.clip((likeness - NEAR) / (1 - NEAR), 0.0, 1.0))
        for i, j in np.argwhere(likeness >= SAME):  # in the order of the lessons: the last word stands
            taught[i] = FORBIDDEN
            if self.right[j] != NONE:
                taught[i, self.right[j]] = DECIDED
        return np.round(taught, DECIMALS)

    def _move(self, fits: Matrix, weights: Matrix) -> None:
        """Towards what is right and away from what is wrong, each entry by its nearest lesson."""
        for numbers, sign in ((self.right, 1.0), (self.wrong, -1.0)):
            for k in sorted(set(numbers.tolist()) - {NONE}):
                fits[:, k] += sign * REACH * weights[:, numbers == k].max(axis=1)


def learn(lessons: Sequence[Lesson], ids: Sequence[str], place: Place) -> Lessons:
    """The lessons for a model with entries `ids`; what is about an entry it does not have is left out."""
    number: dict[str | None, int] = {None: NONE} | {id_: k for k, id_ in enumerate(ids)}
    kept = [lesson for lesson in lessons if lesson.right in number and (lesson.wrong or lesson.right)]
    points = place([lesson.text for lesson in kept], [lesson.language for lesson in kept])
    wrong = np.array([number.get(lesson.wrong, NONE) for lesson in kept], dtype=np.intp)
    return Lessons(points, wrong, np.array([number[lesson.right] for lesson in kept], dtype=np.intp))


def none(space: Space) -> Lessons:
    """No lessons, for a model whose entries lie in this space."""
    nothing = np.zeros(0, dtype=np.intp)
    return Lessons(np.zeros((0, space.axes.shape[1])), nothing, nothing)
