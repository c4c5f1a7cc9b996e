"""Questions to the database about what a reader can choose from: languages, touchpoints, attributes."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import sqlalchemy as sa

from app.extensions import db
from app.models.queries import Scope, facts_of
from app.models.responses import Response

Values = list[tuple[str, int]]  # with how many answers there are, the commonest first


def languages(scope: Scope) -> Values:
    """The languages of the answers."""
    return _values(scope, "declared" if scope.run_id is None else "language")


def touchpoints(scope: Scope) -> Values:
    """The moments at which was asked."""
    return _values(scope, "touchpoint")


def attributes(scope: Scope) -> dict[str, Values]:
    """The values of each attribute, by its name."""
    unpacked = sa.func.json_each if db.engine.dialect.name == "sqlite" else sa.func.json_each_text
    pair = unpacked(Response.attributes).table_valued("key", "value", name="pair")
    times = sa.func.count()
    query = sa.select(pair.c.key, pair.c.value, times).select_from(Response).join(pair, sa.true())
    found: dict[str, Values] = defaultdict(list)
    grouped = query.where(*scope.conditions()).group_by(pair.c.key, pair.c.value)
    for name, value, count in db.session.execute(grouped.order_by(pair.c.key, times.desc(), pair.c.value)):
        found[name].append((str(value), count))
    return dict(found)


def _values(scope: Scope, name: str) -> Values:
    facts = facts_of(scope)
    rows = facts.window(scope.window)
    numbers = facts.responses[name][rows][facts.passing(scope, rows)]
    counted = enumerate(np.bincount(numbers[numbers >= 0], minlength=len(facts.words.values)).tolist())
    found = [(str(facts.words.values[number]), count) for number, count in counted if count]
    return sorted(found, key=lambda value: (-value[1], value[0]))
