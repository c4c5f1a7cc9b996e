"""Questions to the database about single comments: what people said, and where in the text."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.analysis.types import PAINFUL, Group
from app.extensions import db
from app.models import counting
from app.models.analyses import MentionRow, Reading
from app.models.columns import take
from app.models.facts import GROUPS
from app.models.merging import about, merged
from app.models.queries import Scope, facts_of, group_column, is_read, raises
from app.models.responses import Response

BEST = 3  # candidates kept for each pain point, group and language
COMPARED = 300  # mentions of a pain point that one is compared with: its surest


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mention that could stand as an example of its pain point."""

    point_id: int
    mention_id: int
    response_id: int
    voice: int
    group: Group
    language: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Said:
    """One response with a comment."""

    response_id: int
    score: int
    group: Group
    language: str | None
    created_at: datetime
    text: str


def candidates(scope: Scope) -> list[Candidate]:
    """The surest mentions of each pain point, a few for each group and language, surest first."""
    facts = facts_of(scope)
    found, points = counting.surest(facts, scope, merged(scope.survey_id), BEST)
    said, rows = take(facts.mentions, found), facts.mentions["row"][found]
    columns = (
        [facts.points.values[point] for point in points.tolist()],
        said["mention"].tolist(),
        said["response"].tolist(),
        facts.voices(rows).tolist(),
        [GROUPS[group] for group in facts.responses["group"][rows].tolist()],
        [facts.words.values[heard] for heard in facts.responses["heard"][rows].tolist()],
        said["start"].tolist(),
        said["end"].tolist(),
    )
    return list(map(Candidate, *columns))


def terms(mention_ids: Collection[int]) -> dict[int, list[list[int]]]:
    """The words that put these mentions where they are, as places in their comments."""
    query = sa.select(MentionRow.id, MentionRow.terms).where(MentionRow.id.in_(mention_ids))
    return {row.id: row.terms for row in db.session.execute(query)}


def _surest(confidence: Any, created_at: Any, *rest: Any) -> tuple[Any, ...]:
    """The surest first, of those the oldest. Our own ids come last: they say in which order answers came in."""
    return confidence.desc(), created_at, *rest


def _of_group(scope: Scope) -> list[sa.ColumnElement[bool]]:
    return [group_column(scope.survey_id) == scope.filters.group] if scope.filters.group else []


def said(scope: Scope, *, point_id: int | None = None) -> sa.Select[Any]:
    """Comments of the scope and of its group; with a pain point only those that raise it."""
    query = sa.select(Response.id).where(*scope.conditions(), Response.comment.is_not(None), *_of_group(scope))
    if point_id is None:
        return query
    raising = sa.exists().where(MentionRow.response_id == Response.id, about(point_id), *raises(scope.run_id))
    return query.where(raising, is_read(scope.run_id))


def unassigned(scope: Scope) -> sa.Select[Any]:
    """Comments that complain or wish for something, none of it about a known pain point."""
    mine = (MentionRow.run_id == scope.run_id) & (MentionRow.response_id == Response.id)
    hurts = sa.exists().where(mine, MentionRow.stance.in_(sorted(PAINFUL)))
    known = sa.exists().where(MentionRow.response_id == Response.id, *raises(scope.run_id))
    return said(scope).where(is_read(scope.run_id), hurts, ~known)


def count(query: sa.Select[Any]) -> int:
    """How many comments there are in all."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0


def page(query: sa.Select[Any], offset: int, limit: int, strength: Any = None) -> list[int]:
    """The ids of one page of comments: the newest first, or the strongest."""
    order = (Response.created_at.desc(), Response.id.desc())
    if strength is not None:
        query = query.order_by(strength.desc())
    return list(db.session.scalars(query.order_by(*order).offset(offset).limit(limit)))


def strength(run_id: int | None, point_id: int) -> sa.ScalarSelect[float]:
    """How sure it is that a response raises a pain point: the surest of its mentions."""
    query = sa.select(sa.func.max(MentionRow.confidence)).where(
        MentionRow.response_id == Response.id, about(point_id), *raises(run_id)
    )
    return query.correlate(Response).scalar_subquery()


def texts(survey_id: int, response_ids: Collection[int], run_id: int | None) -> dict[int, Said]:
    """What these responses say, by their id; the language is the one that was read, else the one declared."""
    read = (Reading.run_id == run_id) & (Reading.response_id == Response.id)
    language = sa.func.coalesce(Reading.language, Response.language)
    columns: tuple[Any, ...] = (Response.id, Response.score, group_column(survey_id), language, Response.created_at)
    query = sa.select(*columns, Response.comment).outerjoin(Reading, read).where(Response.id.in_(response_ids))
    return {row.id: Said(*tuple(row)) for row in db.session.execute(query)}


def mentions_in(response_ids: Collection[int], run_id: int | None) -> Iterator[MentionRow]:
    """The complaints and wishes in these responses that raise a pain point, in the order of the texts."""
    query = sa.select(MentionRow).where(MentionRow.response_id.in_(response_ids), *raises(run_id))
    return iter(db.session.scalars(query.order_by(MentionRow.response_id, MentionRow.start, MentionRow.id)))


def mentions_of(response_id: int, run_id: int) -> Sequence[MentionRow]:
    """Everything one response says, as a run has read it."""
    query = sa.select(MentionRow).where(MentionRow.response_id == response_id, MentionRow.run_id == run_id)
    return db.session.scalars(query.order_by(MentionRow.start, MentionRow.id)).all()


def has_read(response_id: int, run_id: int) -> bool:
    """Whether a run has read the comment as it stands now."""
    return db.session.scalar(sa.select(Response.id).where(Response.id == response_id, is_read(run_id))) is not None


@dataclass(frozen=True, slots=True)
class Alike:
    """What somebody else said of the same pain point."""

    response_id: int
    language: str
    text: str


def of_others(run_id: int, point_id: int, response: Response) -> list[Alike]:
    """The surest mentions of a pain point, without those of whoever gave this response."""
    same_run = (Reading.run_id == MentionRow.run_id) & (Reading.response_id == MentionRow.response_id)
    query = sa.select(Response.id, Reading.language, Response.comment, MentionRow.start, MentionRow.end)
    query = query.join(MentionRow, MentionRow.response_id == Response.id).join(Reading, same_run)
    query = query.where(about(point_id), *raises(run_id), Reading.revision == Response.revision)
    query = query.where(Response.id != response.id, Response.counts.is_(True), _is_somebody_else(response))
    surest = _surest(MentionRow.confidence, Response.created_at, Response.score, MentionRow.start, MentionRow.end)
    query = query.order_by(*surest, Response.id).limit(COMPARED)
    return [Alike(row.id, row.language, row.comment[row.start : row.end]) for row in db.session.execute(query)]


def _is_somebody_else(response: Response) -> sa.ColumnElement[bool]:
    if response.respondent_id is None:
        return sa.true()
    return Response.respondent_id.is_distinct_from(response.respondent_id)
