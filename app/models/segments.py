"""Questions about all segments of one kind at once: by language, touchpoint or an attribute."""

from __future__ import annotations

import numpy as np

from app.models import facts
from app.models.queries import Scope, facts_of
from app.reports.filters import ATTRIBUTE

SCORES = 11


def scores_by(scope: Scope, by: str) -> dict[str, list[int]]:
    """For each value how often each score from 0 to 10 was given; answers without a value are left out."""
    names = [by.removeprefix(ATTRIBUTE)] if by.startswith(ATTRIBUTE) else []
    known = facts_of(scope, *names)
    rows = known.window(scope.window)
    values, scores = known.responses[_column(scope, by)][rows], known.responses["score"][rows]
    passing = known.passing(scope, rows) & (values >= 0)
    cells = values[passing] * SCORES + scores[passing]
    counts = np.bincount(cells, minlength=len(known.words.values) * SCORES).reshape(-1, SCORES)
    found = {known.words.values[code]: counts[code].tolist() for code in np.flatnonzero(counts.any(axis=1))}
    return dict(sorted(found.items()))


def _column(scope: Scope, by: str) -> str:
    if by == "language":
        return "declared" if scope.run_id is None else "language"
    return by if by == "touchpoint" else facts.ATTRIBUTE + by.removeprefix(ATTRIBUTE)


def has_revenue(scope: Scope) -> bool:
    """Whether the revenue of anybody in the scope is known."""
    known = facts_of(scope)
    rows = known.window(scope.window)
    return bool((known.passing(scope, rows) & ~np.isnan(known.responses["revenue"][rows])).any())
