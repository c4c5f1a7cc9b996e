"""Customers: an account where the answers name one, else a respondent. How they are doing, and what is at risk."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import fmean
from typing import Literal

from app.analysis.customers.health import CaseState, Facts, Health, health
from app.errors import NotFound
from app.extensions import db
from app.models import Case, PainPoint, Response, Survey, case_lists, listings, queries
from app.models import customers as rows
from app.models.customers import Given
from app.models.listings import Listed, View
from app.models.pain_points import DONE
from app.services import values
from app.services.periods import day_of
from app.services.remembering import remembered

Kind = Literal["respondent", "account"]
Sort = Literal["risk", "value", "health", "score", "last", "name"]
SHOWN = 100  # answers on the page of one customer
MANY = 10_000  # answers of one customer whose cases are looked up


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as of now. `at_risk` is their value where somebody of them is no promoter, 0 where nobody is.

    What is not known is None. `latest` is the mean of the latest scores of their people.
    """

    kind: Kind
    name: str
    account: str | None
    people: int
    answers: int
    latest: float
    is_at_risk: bool
    last_at: datetime
    customer_since: date | None
    monthly_revenue: float | None
    value: float | None
    at_risk: float | None
    health: Health | None
    facts: Facts
    pain_points: tuple[int, ...]  # those that are open come first
    response_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """All customers of a survey, and what is at risk with those whose value is known."""

    customers: Sequence[Customer]
    at_risk: float | None
    known: int
    people_at_risk: int


@dataclass(frozen=True, slots=True)
class Raised:
    """A pain point that a customer raises."""

    id: str
    name: str
    status: str
    owner: str | None
    department: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Portrait:
    """One customer with everything they said, the newest first, at most the newest hundred."""

    customer: Customer
    answers: Sequence[Listed]
    pain_points: Sequence[Raised]
    cases: Sequence[Case]


def overview(survey: Survey, now: datetime, sort: Sort = "risk") -> Overview:
    """All customers in order; remembered until an answer, a pain point, a case or the value of customers changes."""
    run = queries.current_run(survey.id)
    run_id = run.id if run else None
    today = day_of(now, survey)
    facts = (*values.settings(survey), *queries.version(survey.id, run_id), *rows.edition(survey.id))
    key, place = (survey.timezone, today, facts), ("customers", survey.id)
    found = remembered(key, lambda: list(_Reader(survey, run_id, now).all()), place)
    at_risk = [one for one in found if one.is_at_risk]
    known = [one.at_risk for one in at_risk if one.at_risk is not None]
    total = sum(known) if known or not at_risk else None
    return Overview(sorted(found, key=lambda one: _place(one, sort)), total, len(known), len(at_risk))


def _place(one: Customer, sort: Sort) -> tuple[float | str, ...]:
    """Where it stands; what is unknown comes last."""
    name = one.name.casefold(), one.kind
    if sort == "name":
        return name
    if sort == "risk":
        return *_urgency(one), *name
    figures: Mapping[Sort, float | None] = {
        "value": one.value,
        "health": -one.health.score if one.health else None,
        "score": -one.latest,
        "last": one.last_at.timestamp(),
    }
    figure = figures[sort]
    return figure is None, -(figure or 0.0), *name


def _urgency(one: Customer) -> tuple[float, float]:
    """Whoever is at risk comes before whoever is not, by value where it is known, else by the lowest health."""
    if one.is_at_risk and one.at_risk is not None:
        return 0, -one.at_risk
    return 1 if one.is_at_risk else 2, one.health.score if one.health else math.inf


def respondent(survey: Survey, subject: str, now: datetime) -> Portrait:
    """Somebody the host knows by this id; NotFound if no answer that counts is theirs."""
    return _portrait(survey, "respondent", subject, now)


def account(survey: Survey, name: str, now: datetime) -> Portrait:
    """All who answered for this account; NotFound if nobody did."""
    return _portrait(survey, "account", name, now)


def _portrait(survey: Survey, kind: Kind, name: str, now: datetime) -> Portrait:
    run = queries.current_run(survey.id)
    run_id = run.id if run else None
    reader = _Reader(survey, run_id, now)
    customer = reader.one(kind, name)
    newest = customer.response_ids[:SHOWN]
    shown = View(survey, run_id, [Response.survey_id == survey.id, Response.id.in_(newest)])
    answers = listings.part(db.session.connection(), shown, SHOWN, newest_first=True)
    cases = case_lists.newest_of(customer.response_ids[:MANY])
    return Portrait(customer, answers, reader.raised(customer), cases)


class _Reader:
    """Makes customers of answers."""

    def __init__(self, survey: Survey, run_id: int | None, now: datetime) -> None:
        self.survey, self.run_id, self.today = survey, run_id, day_of(now, survey)
        self.points = {point.id: point for point in queries.catalogue(survey.id)}
        self.open = {id_ for id_, point in self.points.items() if point.status not in DONE}
        self.raises: dict[int, set[int]] = {}
        self.cases = dict(rows.unclosed(survey.id))

    def all(self) -> Iterable[Customer]:
        """Every customer once: those of an account together."""
        for (kind, _), given in _by_customer(self._given(())).items():
            yield self._customer(kind, given)

    def one(self, kind: Kind, name: str) -> Customer:
        """One customer, or NotFound."""
        if kind == "respondent":
            found: Sequence[Given] = self._given(rows.of_respondent(name))
        else:
            found = _by_customer(self._given(rows.of_account(self.survey, name))).get(("account", name), [])
        if not found:
            raise NotFound("This survey knows no such customer.")
        return self._customer(kind, found)

    def _given(self, conditions: rows.Conditions) -> Sequence[Given]:
        """Answers, the newest first, after what they raise was looked up."""
        for response_id, point in rows.raised(self.survey.id, self.run_id, conditions):
            if point in self.points:
                self.raises.setdefault(response_id, set()).add(point)
        return list(rows.given(self.survey, conditions))

    def _customer(self, kind: Kind, given: Sequence[Given]) -> Customer:
        """From the answers of one, the newest first."""
        people: dict[int, list[int]] = {}
        for row in given:
            people.setdefault(row.respondent_id or -row.response_id, []).append(row.score)
        at_risk = any(self.survey.measures.group_of(scores[0]) != "promoter" for scores in people.values())
        worth = next((worth for row in given if (worth := values.worth(self.survey, row.paid)) is not None), None)
        points = {point for row in given for point in self.raises.get(row.response_id, ())}
        facts = self._facts(given, people.values(), points)
        account = next((row.account for row in given if row.account), None)
        name = (account if kind == "account" else given[0].subject) or ""
        return Customer(
            kind=kind,
            name=name,
            account=account,
            people=len(people),
            answers=len(given),
            latest=fmean(scores[0] for scores in people.values()),
            is_at_risk=at_risk,
            last_at=given[0].created_at,
            customer_since=next((row.customer_since for row in given if row.customer_since), None),
            monthly_revenue=next((revenue for row in given if (revenue := row.paid.monthly_revenue) is not None), None),
            value=worth,
            at_risk=worth if at_risk else 0.0,
            health=health(facts),
            facts=facts,
            pain_points=(*sorted(points & self.open), *sorted(points - self.open)),
            response_ids=tuple(row.response_id for row in given),
        )

    def _facts(self, given: Sequence[Given], people: Iterable[Sequence[int]], points: set[int]) -> Facts:
        metric = self.survey.measures
        given_scores = [[metric.out_of_ten(score) for score in scores] for scores in people]
        latest = [scores[0] for scores in given_scores]
        changes = [scores[0] - fmean(scores[1:3]) for scores in given_scores if len(scores) > 1]
        return Facts(
            latest=fmean(latest),
            change=fmean(changes) if changes else None,
            open_pain_points=len(points & self.open),
            case=self._case(given),
            days=max(0, (self.today - day_of(given[0].created_at, self.survey)).days),
        )

    def _case(self, given: Sequence[Given]) -> CaseState:
        due = [self.cases[row.response_id] for row in given if row.response_id in self.cases]
        if any(day is not None and day < self.today for day in due):
            return "overdue"
        return "open" if due else "none"

    def raised(self, customer: Customer) -> list[Raised]:
        """The pain points of a customer, the open ones first."""
        return [self._raised(self.points[point]) for point in customer.pain_points]

    def _raised(self, point: PainPoint) -> Raised:
        is_open = point.id in self.open
        return Raised(point.key, point.name(), point.status, point.owner, point.department, is_open)


def _by_customer(every: Sequence[Given]) -> dict[tuple[Kind, str], list[Given]]:
    """Answers, the newest first, by whose they are. A person belongs to the account they named last."""
    accounts: dict[int, str] = {}
    for row in every:
        if row.respondent_id is not None and row.account:
            accounts.setdefault(row.respondent_id, row.account)
    found: dict[tuple[Kind, str], list[Given]] = {}
    for row in every:
        account = accounts.get(row.respondent_id) if row.respondent_id is not None else row.account
        key: tuple[Kind, str] = ("account", account) if account else ("respondent", row.subject or "")
        found.setdefault(key, []).append(row)
    return found
