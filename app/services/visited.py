"""What the widget needs to know of a survey: less than all of it, by a statement made once, for every answer asks."""

from __future__ import annotations

from dataclasses import dataclass, fields

import sqlalchemy as sa

from app.errors import NotFound
from app.extensions import db
from app.models import Survey


@dataclass(frozen=True, slots=True)
class Visited:
    """A copy, so that a refusal can be shown while the database is away."""

    id: int
    key: str
    name: str
    language: str
    languages: list[str]
    wording: dict[str, dict[str, str]]
    theme: dict[str, str]
    allowed_origins: list[str]
    requires_signed: bool
    allows_claims: bool
    is_open: bool
    timezone: str
    daily_cap: int | None
    metric: str


def get(key: str) -> Visited:
    """What is known of the survey with this key now, or NotFound."""
    row = db.session.connection().execute(BY_KEY, {"key": key}).one_or_none()
    if row is None:
        raise NotFound("There is no such survey.")
    return Visited(*row)


def of(survey: Survey) -> Visited:
    """The same of a survey that is at hand."""
    return Visited(**{field.name: getattr(survey, field.name) for field in fields(Visited)})


_table = Survey.__table__
_columns = [
    _table.c[field.name] if field.name in _table.c else _table.c.closed_at.is_(None) for field in fields(Visited)
]
BY_KEY = sa.select(*_columns).where(_table.c.key == sa.bindparam("key"))
