"""The base of all tables: naming of constraints, STRICT storage on SQLite, small column idioms."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column

from app.models.types import BigId, UtcDateTime

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


Id = Annotated[int, mapped_column(BigId, primary_key=True)]
Moment = Annotated[datetime, mapped_column(UtcDateTime)]


class Base(DeclarativeBase):
    """Every table is STRICT on SQLite, so the database refuses a value of the wrong type."""

    metadata = sa.MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: UtcDateTime,
        dict[str, Any]: sa.JSON,
        dict[str, float]: sa.JSON,
        dict[str, str]: sa.JSON,
        dict[str, dict[str, str]]: sa.JSON,
        list[str]: sa.JSON,
        str: sa.Text,
    }


@sa.event.listens_for(Base, "instrument_class", propagate=True)
def _strict(_mapper: Any, cls: Any) -> None:
    cls.__table__.dialect_options["sqlite"]["strict"] = True
