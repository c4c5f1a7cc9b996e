"""What the database knows of customers: what they said, what they raise, and what they are worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa

from app.analysis.types import Group
from app.extensions import db
from app.models import counting, facts
from app.models.analyses import MentionRow
from app.models.cases import Case
from app.models.merging import merged, shown_as
from app.models.queries import Scope, facts_of, group_column, is_read, raises
from app.models.responses import Respondent, Response
from app.models.surveys import Survey

ACCOUNT = "account"  # the attribute that says which respondents belong to one customer
Conditions = Sequence[sa.ColumnElement[bool]]


class Paid(NamedTuple):
    """What an answer says of its customer's value; the last two are attributes, text as it was sent."""

    segment: str | None
    monthly_revenue: float | None
    order_value: str | None = None
    orders: str | None = None


Known = Mapping[int, tuple[str | None, Paid]]  # account and value that answers name, by the ids of the answers
NOTHING = (None, Paid(None, None))


class AtRisk(NamedTuple):
    """A passive or detractor as of the latest comment, with the ids of all that the respondent raises."""

    voice: int
    group: Group
    account: str | None
    paid: Paid
    points: frozenset[str]


def at_risk(scope: Scope, survey: Survey) -> Iterator[AtRisk]:
    """The passives and detractors who raise something, the latest answer first."""
    yield from at_risk_of(scope, paying(scope, survey))


def at_risk_of(scope: Scope, known: Known) -> Iterator[AtRisk]:
    """The same for a part of a scope whose customers are `known`."""
    told = facts_of(scope)
    found = counting.voices(told, scope, merged(scope.survey_id))
    newest = np.flatnonzero((found.group != facts.PROMOTER) & found.points.any(axis=1))[::-1]
    rows, groups = found.rows[newest], found.group[newest].tolist()
    columns = (told.responses["id"][rows].tolist(), told.voices(rows).tolist(), groups)
    for id_, voice, group, points in zip(*columns, counting.named(told, found.points[newest]), strict=True):
        yield AtRisk(voice, facts.GROUPS[group], *known.get(id_, NOTHING), points)


def paying(scope: Scope, survey: Survey) -> Known:
    """What the comments of passives and detractors in a scope say of their customers, by the ids of the answers."""
    query = sa.select(Response.id, _account(), *_paid(survey)).where(*scope.conditions())
    query = query.where(Response.comment.is_not(None), group_column(survey.id) != "promoter")
    return {id_: (account, Paid(*paid)) for id_, account, *paid in db.session.execute(query)}


def _account() -> sa.ColumnElement[str | None]:
    named: sa.ColumnElement[str | None] = sa.func.nullif(Response.attributes[ACCOUNT].as_string(), "")
    return named


def _paid(survey: Survey) -> list[Any]:
    names = [survey.lifetime_attribute, None, None]
    if survey.value_basis == "orders":
        names[1:] = [survey.order_value_attribute, survey.orders_attribute]
    segment, *orders = [Response.attributes[name].as_string() if name else sa.null() for name in names]
    return [segment, Response.monthly_revenue, *orders]


class Given(NamedTuple):
    """One answer of a known customer."""

    response_id: int
    respondent_id: int | None
    subject: str | None
    account: str | None
    score: int
    created_at: datetime
    customer_since: date | None
    paid: Paid


def given(survey: Survey, conditions: Conditions = ()) -> Iterator[Given]:
    """The answers that count and are by a respondent or for an account, the newest first."""
    columns = (Response.id, Response.respondent_id, Respondent.subject, _account(), Response.score)
    more = (Response.created_at, Response.customer_since, *_paid(survey))
    query = sa.select(*columns, *more).outerjoin(Respondent, Respondent.id == Response.respondent_id)
    known = Response.respondent_id.is_not(None) | _account().is_not(None)
    query = query.where(Response.survey_id == survey.id, Response.counts.is_(True), known, *conditions)
    for row in db.session.execute(query.order_by(Response.created_at.desc(), Response.id.desc())):
        yield Given(*tuple(row)[:7], Paid(*tuple(row)[7:]))  # type: ignore[call-arg]


def of_respondent(subject: str) -> Conditions:
    """Only the answers of one respondent."""
    return [Respondent.subject == subject]


def of_account(survey: Survey, name: str) -> Conditions:
    """The answers for an account, and all of those who ever answered for it."""
    people = sa.select(Response.respondent_id).where(Response.survey_id == survey.id, _account() == name)
    people = people.where(Response.respondent_id.is_not(None))
    return [sa.or_(_account() == name, Response.respondent_id.in_(people))]


def raised(survey_id: int, run_id: int | None, conditions: Conditions = ()) -> Iterator[tuple[int, int]]:
    """Answer and pain point, once each, of the same answers."""
    known = Response.respondent_id.is_not(None) | _account().is_not(None)
    query = sa.select(MentionRow.response_id, shown_as(survey_id)).join(Response, Response.id == MentionRow.response_id)
    query = query.outerjoin(Respondent, Respondent.id == Response.respondent_id)
    query = query.where(Response.survey_id == survey_id, Response.counts.is_(True), known, is_read(run_id), *conditions)
    return ((row[0], row[1] or 0) for row in db.session.execute(query.where(*raises(run_id)).distinct()))


def unclosed(survey_id: int) -> Iterator[tuple[int, date | None]]:
    """The answers whose case nobody closed, and when it is due."""
    query = sa.select(Case.response_id, Case.due_on).where(Case.survey_id == survey_id, Case.state != "closed")
    return ((row[0], row[1]) for row in db.session.execute(query))


def edition(survey_id: int) -> tuple[Any, ...]:
    """Something that differs whenever a case has changed or an answer is gone."""
    columns = (sa.func.count(), sa.func.max(Case.id), sa.func.sum(Case.version))
    cases = db.session.execute(sa.select(*columns).where(Case.survey_id == survey_id)).one()
    number = sa.select(sa.func.count()).select_from(Response).where(Response.survey_id == survey_id)
    return (*cases, db.session.scalar(number))
