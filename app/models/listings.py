"""Responses together with what one run understood of them, in parts of bounded size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.analysis.metrics import NPS, Metric
from app.analysis.types import Group
from app.models.analyses import CurrentRun, MentionRow, Reading
from app.models.pain_points import PainPoint, name_of
from app.models.responses import Respondent, Response
from app.models.surveys import Survey
from app.models.types import UtcDateTime

FOUND, SHOWN = aliased(PainPoint), aliased(PainPoint)  # what the engine found, and what stands for it
Position = tuple[datetime, int]  # of a response among others: when it was given, and its id
Conditions = Sequence[sa.ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Mentioned:
    """One opinion in a comment. `id` and `name` are those of the pain point it raises, None if no known one."""

    start: int
    end: int
    stance: str
    confidence: float
    id: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A response as programs see it. `analysed` is None without a comment, False while its reading is still to come."""

    id: int
    survey: str
    score: int
    comment: str | None
    language: str | None
    respondent: str | None
    identity: str
    touchpoint: str | None
    attributes: Mapping[str, str]
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    revision: int
    quarantine: str | None
    counts: bool
    analysed: bool | None
    mentions: tuple[Mentioned, ...] = field(default=())
    metric: Metric = NPS

    @property
    def group(self) -> Group:
        """Promoter, passive or detractor."""
        return self.metric.group_of(self.score)

    @property
    def group_name(self) -> str:
        """What its group is called in files."""
        return self.metric.name_of(self.group)

    @property
    def position(self) -> Position:
        """Where it stands in a list."""
        return self.created_at, self.id

    @property
    def pain_points(self) -> list[Mentioned]:
        """The mentions that raise something of the catalogue."""
        return [mention for mention in self.mentions if mention.id]


@dataclass(frozen=True, slots=True)
class View:
    """What is listed: responses of one survey under conditions, as one run understood them.

    With `is_withheld` so few pass that their comments stay closed.
    """

    survey: Survey
    run_id: int | None
    conditions: Conditions
    is_withheld: bool = False


def current_run_id(connection: sa.Connection, survey_id: int) -> int | None:
    """The run that readers of this transaction see."""
    return connection.scalar(sa.select(CurrentRun.run_id).where(CurrentRun.survey_id == survey_id))


def at_least(connection: sa.Connection, conditions: Conditions, number: int) -> bool:
    """Whether so many responses meet the conditions; never counts further."""
    some = sa.select(Response.id).where(*conditions).limit(number).subquery()
    return connection.scalar(sa.select(sa.func.count()).select_from(some)) == number


def count(connection: sa.Connection, view: View) -> int:
    """How many responses a view has."""
    return connection.scalar(sa.select(sa.func.count()).select_from(Response).where(*view.conditions)) or 0


def part(
    connection: sa.Connection, view: View, limit: int, after: Position | None = None, *, newest_first: bool = False
) -> list[Listed]:
    """The next responses of a view in the order of time, beginning after a position."""
    query = _responses(view.run_id).where(*view.conditions).limit(limit)
    if after is not None:
        query = query.where(_after(after, newest_first))
    columns = (Response.created_at, Response.id)
    query = query.order_by(*(column.desc() for column in columns) if newest_first else columns)
    rows = connection.execute(query).all()
    mentions = {} if view.is_withheld else _mentions(connection, view, [row.id for row in rows if row.is_read])
    return [_listed(row, view, mentions.get(row.id, ())) for row in rows]


def _after(position: Position, newest_first: bool) -> sa.ColumnElement[bool]:
    """Compared as a pair, which the index on survey and time answers without sorting what came before."""
    here = sa.tuple_(Response.created_at, Response.id)
    there = sa.tuple_(sa.literal(position[0], UtcDateTime), sa.literal(position[1], sa.BigInteger))
    return here < there if newest_first else here > there


def _responses(run_id: int | None) -> sa.Select[Any]:
    """A comment that was changed since it was read counts as unread: its mentions would point into other words."""
    read = (Reading.response_id == Response.id) & (Reading.revision == Response.revision) & (Reading.run_id == run_id)
    language = sa.func.coalesce(sa.func.nullif(Reading.language, "und"), Response.language)
    columns = (getattr(Response, name) for name in COPIED)
    subject = sa.func.coalesce(Respondent.subject, Response.claimed_as).label("subject")
    query = sa.select(*columns, subject, language.label("language"), Reading.run_id.label("is_read"))
    return query.outerjoin(Reading, read).outerjoin(Respondent, Respondent.id == Response.respondent_id)


COPIED = (
    "id", "score", "comment", "identity", "touchpoint", "attributes", "external_id",
    "created_at", "updated_at", "revision", "quarantine", "counts",
)  # fmt: skip


def _mentions(connection: sa.Connection, view: View, ids: Sequence[int]) -> dict[int, list[Mentioned]]:
    """The mentions of these responses in the order of the text."""
    columns = (MentionRow.response_id, MentionRow.start, MentionRow.end, MentionRow.stance, MentionRow.confidence)
    query = sa.select(*columns, SHOWN.key, SHOWN.named, SHOWN.names).select_from(MentionRow)
    query = query.outerjoin(FOUND, (FOUND.id == MentionRow.pain_point_id) & FOUND.is_removed.is_(False))
    query = query.outerjoin(SHOWN, SHOWN.id == sa.func.coalesce(FOUND.merged_into_id, FOUND.id))
    query = query.where(MentionRow.run_id == view.run_id, MentionRow.response_id.in_(ids))
    found: dict[int, list[Mentioned]] = {}
    for row in connection.execute(query.order_by(MentionRow.response_id, MentionRow.start, MentionRow.id)):
        found.setdefault(row.response_id, []).append(_mentioned(row))
    return found


def _mentioned(row: Any) -> Mentioned:
    name = name_of(row.key, row.named, row.names) if row.key else None
    return Mentioned(row.start, row.end, row.stance, round(row.confidence, 3), row.key, name)


def _listed(row: Any, view: View, mentions: Iterable[Mentioned]) -> Listed:
    values = {name: getattr(row, name) for name in COPIED}
    if view.is_withheld:
        values["comment"] = None
    analysed = None if row.comment is None else row.is_read is not None
    return Listed(
        **values,
        survey=view.survey.key,
        respondent=row.subject,
        language=row.language,
        analysed=analysed,
        mentions=tuple(mentions),
        metric=view.survey.measures,
    )
