"""Cases as people and programs read them: lists, one with its answer, what is overdue, and how follow-up goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from app.analysis.customers.follow_up import FollowUp, follow_up
from app.analysis.metrics import METRICS
from app.analysis.types import Group
from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import Case, CaseEntry, Department, Membership, Survey, User, case_lists
from app.models.case_lists import NOBODY, Position, Wanted
from app.models.customers import ACCOUNT
from app.models.listings import Listed
from app.reports.filters import DEFAULT_DAYS
from app.schemas.cases import CaseFilters
from app.services import departments, listings
from app.services.periods import day_of

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as it is shown: `age` is the time it has been open, or was open until it was closed."""

    id: int
    version: int
    state: str
    reason: str | None
    assignee: str | None
    department: str | None
    due_on: date | None
    is_overdue: bool
    opened_at: datetime
    first_contact_at: datetime | None
    closed_at: datetime | None
    age: timedelta
    response_id: int
    score: int
    comment: str | None
    respondent: str | None
    account: str | None
    metric: str = "nps"

    @property
    def group(self) -> Group:
        """Promoter, passive or detractor, by the score as it is now."""
        return METRICS[self.metric].group_of(self.score)

    @property
    def age_days(self) -> int:
        """Whole days of its age."""
        return self.age.days


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case with everything in it: the answer as it was read, and what was done and said."""

    case: CaseView
    response: Listed
    entries: Sequence[CaseEntry]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of cases of `number` in all."""

    cases: Sequence[CaseView]
    number: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Part:
    """Some cases in order, and where the next ones begin: None after the last."""

    cases: Sequence[CaseView]
    next: Position | None


@dataclass(frozen=True, slots=True)
class Figures:
    """How many cases are unclosed and overdue now, and how those went that were opened in the last 90 days."""

    unclosed: int
    overdue: int
    recent: FollowUp


def page(survey: Survey, filters: CaseFilters, now: datetime, size: int = ON_A_PAGE) -> Page:
    """A page of the cases that pass the filters; NotFound beyond the last one."""
    wanted = _wanted(survey, filters, now)
    number = case_lists.number(wanted)
    pages = max(1, -(-number // size))
    if filters.page > pages:
        raise NotFound("There are no more cases.")
    found = case_lists.some(wanted, filters.sort, size, offset=(filters.page - 1) * size)
    return Page(_views(survey, found, now), number, filters.page, pages)


def every(survey: Survey, filters: CaseFilters, now: datetime) -> Sequence[CaseView]:
    """All that pass the filters, on whatever page, for a file."""
    return _views(survey, case_lists.some(_wanted(survey, filters, now), filters.sort), now)


def part(survey: Survey, filters: CaseFilters, now: datetime, limit: int, after: Position | None = None) -> Part:
    """Some of them in order, beginning after a position, for programs: what changes meanwhile shifts no other."""
    found = case_lists.some(_wanted(survey, filters, now), filters.sort, limit + 1, after=after)
    shown = found[:limit]
    onward = case_lists.position(shown[-1], filters.sort) if len(found) > limit else None
    return Part(_views(survey, shown, now), onward)


def overdue(survey: Survey, now: datetime) -> Sequence[CaseView]:
    """The cases whose day is over and that nobody closed, the longest overdue first."""
    wanted = Wanted(survey.id, day_of(now, survey), overdue=True)
    return _views(survey, case_lists.some(wanted, "due"), now)


def get(survey: Survey, case_id: int) -> Case:
    """The case with this number, or NotFound."""
    case = db.session.scalar(sa.select(Case).where(Case.survey_id == survey.id, Case.id == case_id))
    if case is None:
        raise NotFound("There is no such case.")
    return case


def one(survey: Survey, case_id: int, now: datetime) -> CaseFile:
    """A case with its answer and its history."""
    case = get(survey, case_id)
    return CaseFile(as_view(survey, case, now), listings.one(survey, case.response_id), list(case.entries))


def figures(survey: Survey, now: datetime) -> Figures:
    """How follow-up goes."""
    today = day_of(now, survey)
    unclosed = case_lists.number(Wanted(survey.id, today, "unclosed"))
    late = case_lists.number(Wanted(survey.id, today, overdue=True))
    return Figures(unclosed, late, follow_up(case_lists.courses(survey.id, now - timedelta(days=DEFAULT_DAYS))))


def members(survey: Survey) -> Sequence[User]:
    """Who can see to a case: everybody who may see the survey, by e-mail address."""
    mine = sa.exists().where(Membership.user_id == User.id, Membership.survey_id == survey.id)
    return db.session.scalars(sa.select(User).where(User.is_admin | mine).order_by(User.email)).all()


def assignee(survey: Survey, email: str) -> User:
    """The member with this address; Invalid for anybody else."""
    found = next((user for user in members(survey) if user.email == email.strip().lower()), None)
    if found is None:
        raise Invalid("Choose somebody who may see this survey.", {"assignee": ["They may not see this survey."]})
    return found


def department(survey: Survey, name: str) -> Department:
    """The department of this name, or Invalid."""
    found = next((one for one in departments.made(survey.id) if one.name == name), None)
    if found is None:
        raise Invalid("Choose one of the departments.", {"department": ["There is no such department."]})
    return found


def _wanted(survey: Survey, filters: CaseFilters, now: datetime) -> Wanted:
    return Wanted(
        survey.id,
        day_of(now, survey),
        None if filters.state == "all" else filters.state,
        _id(filters.assignee, lambda email: assignee(survey, email).id),
        _id(filters.department, lambda name: department(survey, name).id),
        filters.overdue,
    )


def _id(text: str | None, find: Callable[[str], int]) -> int | None:
    """Whom a filter means: None everybody, a dash nobody."""
    if text is None:
        return None
    return NOBODY if text == "-" else find(text)


def _views(survey: Survey, found: Sequence[Case], now: datetime) -> list[CaseView]:
    return [as_view(survey, case, now) for case in found]


def as_view(survey: Survey, case: Case, now: datetime) -> CaseView:
    """A case as it is shown now."""
    response = case.response
    late = case.state != "closed" and case.due_on is not None and case.due_on < day_of(now, survey)
    return CaseView(
        **{name: getattr(case, name) for name in COPIED},
        assignee=case.assignee.email if case.assignee else None,
        department=case.department.name if case.department else None,
        is_overdue=late,
        age=(case.closed_at or now) - case.opened_at,
        score=response.score,
        comment=response.comment,
        respondent=response.respondent.subject if response.respondent else None,
        account=response.attributes.get(ACCOUNT),
        metric=survey.metric,
    )


COPIED = (
    "id", "version", "state", "reason", "due_on", "opened_at", "first_contact_at", "closed_at", "response_id",
)  # fmt: skip
