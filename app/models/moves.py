"""What a run found, and what another found differently. Merged pain points count as their target."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models.analyses import MentionRow, Reading
from app.models.merging import shown_as
from app.models.queries import is_read, raises
from app.models.responses import Response

Raised = tuple[int, int]  # a response and a pain point that it raises


def comments(survey_id: int, run_id: int) -> dict[int, int]:
    """How many comments raise each pain point."""
    pairs = _pairs(survey_id, run_id).subquery()
    query = sa.select(pairs.c.point, sa.func.count().label("number")).group_by(pairs.c.point)
    return {row.point: row.number for row in db.session.execute(query)}


def people(survey_id: int, run_id: int | None) -> dict[int, int]:
    """How many respondents raise each pain point."""
    voice = sa.func.coalesce(Response.respondent_id, -Response.id)
    point = shown_as(survey_id).label("point")
    query = sa.select(point, sa.func.count(sa.distinct(voice)).label("number"))
    query = query.join(Response, Response.id == MentionRow.response_id)
    query = query.where(*raises(run_id), is_read(run_id), Response.counts.is_(True))
    return {row.point: row.number for row in db.session.execute(query.group_by(point))}


def only_in(survey_id: int, one: int, other: int) -> Iterator[Raised]:
    """What one run found and the other did not, among the comments that both have read."""
    pairs = _pairs(survey_id, one, other).except_(_pairs(survey_id, other, one))
    return ((response, point) for response, point in db.session.execute(pairs))


def edited(one: int, other: int) -> int:
    """How many comments the two runs have read in different revisions."""
    first, second = sa.orm.aliased(Reading), sa.orm.aliased(Reading)
    same = (first.response_id == second.response_id) & (first.revision != second.revision)
    query = sa.select(sa.func.count()).select_from(first).join(second, same)
    return db.session.scalar(query.where(first.run_id == one, second.run_id == other)) or 0


def _pairs(survey_id: int, run_id: int, also_read_by: int | None = None) -> sa.Select[Any]:
    columns: tuple[Any, ...] = (MentionRow.response_id.label("response"), shown_as(survey_id).label("point"))
    query = sa.select(*columns).where(*raises(run_id)).distinct()
    if also_read_by is not None:
        query = query.where(MentionRow.response_id.in_(_read_by(also_read_by)))
    return query


def _read_by(run_id: int) -> sa.Select[int]:
    return sa.select(Reading.response_id).where(Reading.run_id == run_id)
