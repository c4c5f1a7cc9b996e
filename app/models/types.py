"""Column types that mean the same on SQLite (STRICT tables) and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class UtcDateTime(sa.TypeDecorator[datetime]):
    """A moment in UTC; always aware in Python. Naive values are a mistake and refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


# STRICT tables know five storage classes; each of our types names the one it is kept in.
@compiles(sa.String, "sqlite")
@compiles(sa.Text, "sqlite")
@compiles(sa.DateTime, "sqlite")
@compiles(sa.Date, "sqlite")
@compiles(sa.JSON, "sqlite")
def _text(_type: Any, _compiler: Any, **_kw: Any) -> str:
    return "TEXT"


@compiles(sa.Boolean, "sqlite")
def _integer(_type: Any, _compiler: Any, **_kw: Any) -> str:
    return "INTEGER"


@compiles(sa.Double, "sqlite")
@compiles(sa.Float, "sqlite")
def _real(_type: Any, _compiler: Any, **_kw: Any) -> str:
    return "REAL"
