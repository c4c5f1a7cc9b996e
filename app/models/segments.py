"""Questions to the database about all segments of one kind at once: by language, touchpoint or an attribute."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from app.analysis.types import Voice
from app.extensions import db
from app.models.analyses import MentionRow
from app.models.merging import shown_as
from app.models.queries import Scope, group_column, is_read, language_of, raises
from app.models.responses import Response
from app.reports.filters import ATTRIBUTE


def scores_by(scope: Scope, by: str) -> dict[str, list[int]]:
    """For each value how often each score from 0 to 10 was given; answers without a value are left out."""
    told = sa.select(_value(scope, by), Response.score).where(*scope.conditions()).subquery("told")
    query = sa.select(told.c.value, told.c.score, sa.func.count()).where(told.c.value.is_not(None))
    found: dict[str, list[int]] = {}
    for value, score, count in db.session.execute(query.group_by(told.c.value, told.c.score)):
        found.setdefault(str(value), [0] * 11)[score] += count
    return found


def voices_by(scope: Scope, by: str) -> Iterator[tuple[str, Voice, int]]:
    """Respondents of each value whose comment was read, alike ones together; who has two values is in both."""
    commented = _commented(scope, by)
    latest = sa.select(commented).where(commented.c.age == 1).subquery("latest")
    sets = _raised(scope, commented)
    same = (sets.c.voice == latest.c.voice) & (sets.c.value == latest.c.value)
    columns = (latest.c.value, latest.c.group, sets.c.points)
    query = sa.select(*columns, sa.func.count()).outerjoin(sets, same).group_by(*columns)
    for value, group, points, count in db.session.execute(query):
        yield str(value), Voice(group, frozenset((points or "").split(",")) - {""}), count


def has_revenue(scope: Scope) -> bool:
    """Whether the revenue of anybody in the scope is known."""
    query = sa.select(Response.id).where(*scope.conditions(), Response.monthly_revenue.is_not(None)).limit(1)
    return db.session.scalar(query) is not None


def _value(scope: Scope, by: str) -> sa.Label[Any]:
    if by == "language":
        return sa.label("value", language_of(scope.run_id))
    if by == "touchpoint":
        return sa.label("value", Response.touchpoint)
    return sa.label("value", Response.attributes[by.removeprefix(ATTRIBUTE)].as_string())


def _commented(scope: Scope, by: str) -> sa.CTE:
    """Read comments with their value, their respondent and their age among those of both."""
    voice = sa.func.coalesce(Response.respondent_id, -Response.id).label("voice")
    columns = (Response.id, voice, Response.created_at, group_column().label("group"), _value(scope, by))
    read = [*scope.conditions(), Response.comment.is_not(None), is_read(scope.run_id)]
    told = sa.select(*columns).where(*read).subquery("told")
    newest = (told.c.created_at.desc(), told.c.id.desc())
    age = sa.func.row_number().over(partition_by=(told.c.value, told.c.voice), order_by=newest).label("age")
    return sa.select(told, age).where(told.c.value.is_not(None)).cte("commented")


def _raised(scope: Scope, commented: sa.CTE) -> sa.Subquery:
    """What each respondent raises as one of each value: the ids of pain points with commas between."""
    columns = (commented.c.value, commented.c.voice)
    found = sa.select(*columns, shown_as(scope.survey_id).label("point"))
    found = found.join(MentionRow, MentionRow.response_id == commented.c.id).where(*raises(scope.run_id)).distinct()
    raised = found.subquery("raised")
    text = sa.cast(raised.c.point, sa.Text)
    together = sa.func.aggregate_strings(text, ",").aggregate_order_by(raised.c.point).label("points")
    return sa.select(raised.c.value, raised.c.voice, together).group_by(raised.c.value, raised.c.voice).subquery("sets")
