"""Insert-or-leave in one statement, the same on both databases: no check-then-insert race."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from app.extensions import db
from app.models.base import Base


def insert_once(model: type[Base], values: Mapping[str, Any]) -> Any:
    """Insert a row and return its primary key, or None if a unique constraint already holds one like it."""
    statement = _insert(model).values(**values).on_conflict_do_nothing()
    return db.session.execute(statement.returning(*model.__mapper__.primary_key)).scalar()


def insert_many_once(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows of which none like it is there yet."""
    if rows:
        db.session.execute(_insert(model).on_conflict_do_nothing(), list(rows))


def put(model: type[Base], key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Insert the row or, where its primary key is there already, replace the values."""
    statement = _insert(model).values(**key, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=dict(values)))


def _insert(model: type[Base]) -> Any:
    dialect = db.engine.dialect.name
    return (sqlite if dialect == "sqlite" else postgresql).insert(model.__table__)
