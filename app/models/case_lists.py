"""Questions to the database about cases: which ones there are, in which order, and how they went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.analysis.customers.follow_up import Course
from app.extensions import db
from app.models.cases import BY_ITSELF, Case
from app.models.responses import Response

Sort = Literal["due", "oldest", "newest", "score"]
Position = tuple[Any, ...]  # of a case among others: its values of what they are sorted by
SHOWN = (
    joinedload(Case.response).joinedload(Response.respondent),
    joinedload(Case.assignee),
    joinedload(Case.department),
)
ENDLESS = date.max  # what is not due comes after all that is
NOBODY = 0  # stands for no assignee and no department where somebody is asked for


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases: None for all, state "unclosed" for what is left to do. `today` is that of the survey."""

    survey_id: int
    today: date
    state: str | None = None
    assignee_id: int | None = None
    department_id: int | None = None
    overdue: bool = False

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The same as conditions on `Case`."""
        found = [Case.survey_id == self.survey_id, *_in_state(self.state)]
        for column, id_ in ((Case.assignee_id, self.assignee_id), (Case.department_id, self.department_id)):
            if id_ is not None:
                found.append(column.is_(None) if id_ == NOBODY else column == id_)
        return [*found, is_overdue(self.today)] if self.overdue else found


def _in_state(state: str | None) -> list[sa.ColumnElement[bool]]:
    if state is None:
        return []
    return [Case.state != "closed"] if state == "unclosed" else [Case.state == state]


def is_overdue(today: date) -> sa.ColumnElement[bool]:
    """Whether the day a case is due is over and the case is not."""
    return (Case.state != "closed") & (Case.due_on < today)


def some(
    wanted: Wanted, sort: Sort, limit: int | None = None, *, offset: int = 0, after: Position | None = None
) -> Sequence[Case]:
    """Cases in order with what a list shows of them, beginning after so many or after a position."""
    query = sa.select(Case).where(*wanted.conditions()).options(*SHOWN)
    if sort == "score":
        query = query.join(Response, Response.id == Case.response_id)
    if after is not None:
        query = query.where(_after(after, sort))
    columns = _order(sort)
    query = query.order_by(*(column.desc() for column in columns) if sort == "newest" else columns)
    return db.session.scalars(query.offset(offset).limit(limit)).all()


def _order(sort: Sort) -> tuple[Any, ...]:
    """What is not sorted by a column comes in the order in which it was opened."""
    due = sa.func.coalesce(Case.due_on, sa.literal(ENDLESS, sa.Date))
    first: dict[Sort, Any] = {"due": [due], "score": [Response.score]}
    return (*first.get(sort, []), Case.opened_at, Case.id)


def _after(position: Position, sort: Sort) -> sa.ColumnElement[bool]:
    columns = _order(sort)
    values = [sa.literal(value, column.type) for value, column in zip(position, columns, strict=True)]
    here, there = sa.tuple_(*columns), sa.tuple_(*values)
    return here < there if sort == "newest" else here > there


def position(case: Case, sort: Sort) -> Position:
    """Where a case stands in a list that is sorted so."""
    first: dict[Sort, Any] = {"due": [case.due_on or ENDLESS], "score": [case.response.score]}
    return (*first.get(sort, []), case.opened_at, case.id)


def number(wanted: Wanted) -> int:
    """How many there are."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Case).where(*wanted.conditions())) or 0


def courses(survey_id: int, since: datetime) -> list[Course]:
    """How the cases went that were opened since then; those that closed by themselves tell nothing."""
    by_people = Case.reason.is_(None) | Case.reason.not_in(BY_ITSELF) | Case.first_contact_at.is_not(None)
    query = sa.select(Case.opened_at, Case.first_contact_at, Case.closed_at)
    rows = db.session.execute(query.where(Case.survey_id == survey_id, Case.opened_at >= since, by_people))
    return [Course(*row) for row in rows]


def newest_of(response_ids: Sequence[int]) -> Sequence[Case]:
    """The cases of some answers with what a list shows of them, the newest first."""
    query = sa.select(Case).where(Case.response_id.in_(response_ids)).options(*SHOWN)
    return db.session.scalars(query.order_by(Case.opened_at.desc(), Case.id.desc())).all()


def of_responses(response_ids: Iterable[int]) -> dict[int, Case]:
    """The cases of some answers, by the answer's id."""
    rows = db.session.scalars(sa.select(Case).where(Case.response_id.in_(list(response_ids))))
    return {case.response_id: case for case in rows}
