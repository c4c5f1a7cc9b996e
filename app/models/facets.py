"""Questions that a page asks beside its numbers: of which kinds comments are, and when something changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models.catalogues import CatalogueChange, Correction
from app.models.pain_points import PainPoint
from app.models.queries import Scope, group_column, language_of
from app.models.quotes import said
from app.models.responses import Response


def groups(scope: Scope, point_id: int) -> dict[str, int]:
    """How many comments that raise it each group wrote, whichever group the scope is narrowed to."""
    everybody = replace(scope, filters=replace(scope.filters, group=None))
    return dict(_counted(everybody, point_id, group_column(scope.survey_id)))


def languages(scope: Scope, point_id: int) -> dict[str, int]:
    """How many comments that raise it there are in each language, whichever the scope is narrowed to."""
    every = replace(scope, filters=replace(scope.filters, language=None))
    return dict(_counted(every, point_id, language_of(scope.run_id)))


def _counted(scope: Scope, point_id: int, column: sa.ColumnElement[Any]) -> list[tuple[str, int]]:
    found = sa.select(sa.label("value", column)).where(Response.id.in_(said(scope, point_id=point_id))).subquery()
    number = sa.func.count()
    query = sa.select(found.c.value, number).where(found.c.value.is_not(None)).group_by(found.c.value)
    rows = db.session.execute(query.order_by(number.desc(), found.c.value))
    return [(str(value), count) for value, count in rows]


def layouts(survey_id: int) -> list[tuple[int, datetime]]:
    """When each layout of the widget but the first was answered first by one that counts. Walks along an index."""
    version, own = Response.layout_version, [Response.survey_id == survey_id, Response.counts.is_(True)]
    found: list[tuple[int, datetime]] = []
    while True:
        beyond = version > (found[-1][0] if found else -1)
        query = sa.select(version, Response.created_at).where(*own, beyond)
        row = db.session.execute(query.order_by(version, Response.created_at).limit(1)).first()
        if row is None:
            return found[1:]
        found.append((int(row[0] or 0), row[1]))


def changes_of(point: PainPoint) -> sa.Select[Any]:
    """The ids of all changes that touched a pain point: its own, what was merged into it, and corrections about it."""
    merged = sa.select(PainPoint.id).where(PainPoint.merged_into_id == point.id)
    corrected = sa.select(Correction.change_id).where(
        sa.or_(Correction.wrong_id == point.id, Correction.right_id == point.id)
    )
    own = sa.or_(
        CatalogueChange.pain_point_id == point.id,
        CatalogueChange.pain_point_id.in_(merged),
        CatalogueChange.id.in_(corrected),
        sa.cast(CatalogueChange.after, sa.Text).contains(f'"{point.id}":'),  # changed along with others
    )
    undone = sa.select(CatalogueChange.undone_by).where(own, CatalogueChange.undone_by.is_not(None))
    query = sa.select(CatalogueChange.id).where(CatalogueChange.survey_id == point.survey_id)
    return query.where(sa.or_(own, CatalogueChange.id.in_(undone)))
