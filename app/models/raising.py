"""Who raises one pain point: far less to count than who raises what."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from app.analysis.types import GroupCounts
from app.extensions import db
from app.models import merging
from app.models.analyses import MentionRow
from app.models.queries import Scope, commented_in, raises


def counts(scope: Scope, point_id: int) -> tuple[GroupCounts, GroupCounts]:
    """The respondents who raise a pain point in a scope, and all whose comment was read, by group of the latest."""
    commented = commented_in(scope)
    raising = sa.select(commented.c.voice).join(MentionRow, MentionRow.response_id == commented.c.id)
    mine = raising.where(*raises(scope.run_id), merging.about(point_id)).distinct().subquery("mine")
    query = sa.select(commented.c.group, sa.func.count().label("all"), sa.func.count(mine.c.voice).label("mine"))
    query = query.outerjoin(mine, mine.c.voice == commented.c.voice).where(commented.c.age == 1)
    rows = db.session.execute(query.group_by(commented.c.group)).all()
    return _groups({row.group: row.mine for row in rows}), _groups({row.group: row.all for row in rows})


def _groups(counted: Mapping[str, int]) -> GroupCounts:
    return GroupCounts(counted.get("promoter", 0), counted.get("passive", 0), counted.get("detractor", 0))
