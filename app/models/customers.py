"""What the database knows of the customers who could be lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa

from app.analysis.types import Group
from app.extensions import db
from app.models.queries import Scope, commented_in, raised_in
from app.models.responses import Response

ACCOUNT = "account"  # the attribute that says which respondents belong to one customer


class AtRisk(NamedTuple):
    """A passive or detractor as of the latest comment, with the ids of all that the respondent raises."""

    voice: int
    group: Group
    account: str | None
    segment: str | None
    monthly_revenue: float | None
    points: frozenset[str]


def at_risk(scope: Scope, segment: str | None) -> Iterator[AtRisk]:
    """The passives and detractors who raise something, the latest answer first; `segment` is an attribute's name."""
    commented = commented_in(scope)
    latest = sa.select(commented).where(commented.c.age == 1, commented.c.group != "promoter").subquery("latest")
    sets = raised_in(scope, commented)
    part = Response.attributes[segment].as_string() if segment else sa.null()
    account = Response.attributes[ACCOUNT].as_string()
    columns = (latest.c.voice, latest.c.group, account, part, Response.monthly_revenue, sets.c.points)
    query = sa.select(*columns).join(sets, sets.c.voice == latest.c.voice).join(Response, Response.id == latest.c.id)
    newest = query.order_by(Response.created_at.desc(), Response.id.desc())
    for voice, group, name, value, revenue, points in db.session.execute(newest):
        yield AtRisk(voice, group, name, value, revenue, frozenset(points.split(",")))
