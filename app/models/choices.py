"""Questions to the database about what a reader can choose from: languages, touchpoints, attributes."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa

from app.extensions import db
from app.models.queries import Scope, language_of
from app.models.responses import Response

Values = list[tuple[str, int]]  # with how many answers there are, the commonest first


def languages(scope: Scope) -> Values:
    """The languages of the answers."""
    return _values(scope, language_of(scope.run_id))


def touchpoints(scope: Scope) -> Values:
    """The moments at which was asked."""
    return _values(scope, Response.touchpoint)


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


def _values(scope: Scope, column: sa.SQLColumnExpression[str | None]) -> Values:
    times = sa.func.count()
    value: sa.Label[str | None] = column.label("value")
    query = sa.select(value, times).where(*scope.conditions(), column.is_not(None)).group_by(value)
    return [(str(found), count) for found, count in db.session.execute(query.order_by(times.desc(), value))]
