"""Insert-or-leave in one statement, the same on both databases: no check-then-insert race."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.extensions import db
from app.models.base import Base


def insert_once(model: type[Base], values: Mapping[str, Any]) -> Any:
    """Insert a row and return its primary key, or None if a unique constraint already holds one like it."""
    statement, bound = _prepared(model, tuple(values), db.engine.dialect)
    if bound is None:  # a column's default is still to be made
        return db.session.execute(statement, dict(values)).scalar()
    return db.session.connection().exec_driver_sql(statement, bound(values)).scalar()


def insert(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows, past the unit of work: for many rows, or where every millisecond counts."""
    if rows:
        db.session.execute(_plain_insert(model), list(rows))


def insert_many_once(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows of which none like it is there yet."""
    if rows:
        db.session.execute(_insert(model, db.engine.dialect.name).on_conflict_do_nothing(), list(rows))


def insert_selected_once(model: type[Base], rows: sa.Select[Any]) -> None:
    """Insert what a query finds, without the rows of which one like it is there already."""
    statement = _insert(model, db.engine.dialect.name).from_select(list(model.__table__.columns.keys()), rows)
    db.session.execute(statement.on_conflict_do_nothing())


def put(model: type[Base], key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Insert the row or, where its primary key is there already, replace the values."""
    statement = _insert(model, db.engine.dialect.name).values(**key, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=dict(values)))


def put_if(model: type[Base], key: Mapping[str, Any], values: Mapping[str, Any], where: sa.ColumnElement[bool]) -> bool:
    """The same if a condition holds for the row that is there; whether it was inserted or replaced."""
    statement = _insert(model, db.engine.dialect.name).values(**key, **values)
    statement = statement.on_conflict_do_update(index_elements=list(key), set_=dict(values), where=where)
    return db.session.execute(statement.returning(*model.__mapper__.primary_key)).first() is not None


@cache
def _prepared(model: type[Base], names: tuple[str, ...], dialect: sa.Dialect) -> tuple[Any, Callable[..., Any] | None]:
    """The text of the statement and what makes its parameters: every answer runs it, so it is compiled once."""
    statement = _insert(model, dialect.name).on_conflict_do_nothing().returning(*model.__mapper__.primary_key)
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))
    if compiled.insert_prefetch:
        return statement, None
    types = {name: model.__table__.columns[name].type for name in names}
    binds = {name: type_.dialect_impl(dialect).bind_processor(dialect) for name, type_ in types.items()}

    def bound(values: Mapping[str, Any]) -> Any:
        ready = {name: bind(values[name]) if bind else values[name] for name, bind in binds.items()}
        return tuple(ready[name] for name in compiled.positiontup) if compiled.positional else ready

    return str(compiled), bound


@cache
def _plain_insert(model: type[Base]) -> Any:
    return sa.insert(model.__table__)  # type: ignore[arg-type]


def _insert(model: type[Base], dialect: str) -> Any:
    return (sqlite if dialect == "sqlite" else postgresql).insert(model.__table__)
