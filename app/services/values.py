"""What customers are worth: how long they stay by a survey's setting, and what is at risk with each pain point."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.analysis.pain_points.value import (
    Customer,
    ValueAtRisk,
    expected_lifetime,
    lifetime_value,
    lifetime_value_of_orders,
    value_at_risk,
)
from app.errors import Invalid
from app.models import PainPoint, Survey
from app.models.customers import AtRisk, Paid
from app.models.surveys import VALUE_BASES
from app.models.transaction import writing
from app.schemas.filters import ATTRIBUTE_NAME
from app.services import surveys

CURRENCY = re.compile("[A-Z]{3}")
LONGEST = 1200  # months: nobody stays for more than a century
LARGEST = 1e12  # what somebody can order in a month


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long customers stay: `months` in general, `by` the value of an attribute where it is known there."""

    months: float | None = None
    attribute: str | None = None
    by: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Orders:
    """Where a customer's orders stand: the attributes of an answer that hold them, and the share that is margin."""

    margin: float | None = None
    value_attribute: str = "average_order_value"
    per_month_attribute: str = "orders_per_month"


@dataclass(frozen=True, slots=True)
class Values:
    """The value at risk with each pain point, and with all of them together; both empty if nobody can be valued."""

    by_id: Mapping[str, ValueAtRisk]
    total: ValueAtRisk | None


def set_lifetimes(
    key: str, currency: str, lifetimes: Lifetimes, basis: str = "revenue", orders: Orders | None = None
) -> Survey:
    """Say how long customers stay and what their value is counted in; Invalid names what is wrong."""
    orders = orders or Orders()
    _check(currency, lifetimes, basis, orders)
    return _set(key, currency, basis, lifetimes, orders)


def forget_lifetimes(key: str) -> Survey:
    """Value nobody any more."""
    return _set(key, "", VALUE_BASES[0], Lifetimes(), Orders())


def settings(survey: Survey) -> tuple[object, ...]:
    """Something that differs whenever customers are worth something else."""
    months = (survey.lifetime_months, survey.lifetime_attribute, *sorted(survey.lifetimes.items()))
    orders = (survey.margin, survey.order_value_attribute, survey.orders_attribute)
    return survey.currency, survey.value_basis, *orders, *months


def months_of(monthly_churn: float) -> float:
    """How long a customer stays if this share leaves in a month; Invalid for no churn, which would be for ever."""
    try:
        months = expected_lifetime(monthly_churn)
    except ValueError:
        months = None
    if months is None or months > LONGEST:
        text = f"Give the monthly churn as a share such as 0.04, at least {1 / LONGEST:.4f}; or give the months."
        raise Invalid(text, {"monthly_churn": [text]})
    return months


def of_pain_points(survey: Survey, people: Iterable[AtRisk], known: Mapping[str, PainPoint]) -> Values:
    """What is at risk with the known pain points and those who raise them, each customer once."""
    if not survey.has_lifetimes:
        return Values({}, None)
    customers = _valued(people, survey)
    ids = {str(point.id): key for key, point in known.items()}
    raising: dict[str, set[Customer]] = {key: set() for key in known}
    for customer, points in customers:
        for key in {ids[point] for point in points if point in ids}:
            raising[key].add(customer)
    everybody = set().union(*raising.values())
    return Values({key: value_at_risk(some) for key, some in raising.items()}, value_at_risk(everybody))


def _valued(people: Iterable[AtRisk], survey: Survey) -> list[tuple[Customer, frozenset[str]]]:
    """Each with the customer they are or belong to. An account is worth what its latest answer with a value says."""
    rows = list(people)
    worth_of: dict[str, float | None] = {}
    groups = {_name(row): row.group for row in reversed(rows)}
    for row in rows:
        if worth_of.get(_name(row)) is None:
            worth_of[_name(row)] = worth(survey, row.paid)
    return [(Customer(_name(row), groups[_name(row)], worth_of[_name(row)]), row.points) for row in rows]


def worth(survey: Survey, paid: Paid) -> float | None:
    """The lifetime value of whoever pays this, on the basis of the survey; None where something is not known."""
    months = _months(paid.segment, survey)
    if survey.value_basis != "orders":
        return lifetime_value(paid.monthly_revenue, months)
    order_value, orders = _number(paid.order_value), _number(paid.orders)
    if order_value is None or orders is None or months is None or survey.margin is None:
        return None
    return lifetime_value_of_orders(order_value, orders, survey.margin, months)


def _number(text: str | None) -> float | None:
    """An amount that stands in an attribute, as text; None if it is none."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 <= number <= LARGEST else None


def _name(row: AtRisk) -> str:
    return f"account {row.account}" if row.account else f"respondent {row.voice}"


def _months(segment: str | None, survey: Survey) -> float | None:
    return survey.lifetimes.get(segment or "", survey.lifetime_months)


def _set(key: str, currency: str, basis: str, lifetimes: Lifetimes, orders: Orders) -> Survey:
    with writing():
        survey = surveys.get(key)
        survey.currency, survey.value_basis = currency, basis
        survey.lifetime_months, survey.lifetime_attribute = lifetimes.months, lifetimes.attribute
        survey.lifetimes = dict(lifetimes.by or {})
        survey.margin = orders.margin
        survey.order_value_attribute, survey.orders_attribute = orders.value_attribute, orders.per_month_attribute
    return survey


def _check(currency: str, lifetimes: Lifetimes, basis: str, orders: Orders) -> None:
    errors = _check_orders(basis, orders)
    every = [*(lifetimes.by or {}).values(), *([] if lifetimes.months is None else [lifetimes.months])]
    if not CURRENCY.fullmatch(currency):
        errors["currency"] = ["Give the currency as three capitals, such as EUR."]
    if basis not in VALUE_BASES:
        errors["basis"] = [f"Choose one of {', '.join(VALUE_BASES)}."]
    if not every:
        errors["lifetime_months"] = ["Say how many months a customer stays, or give the monthly churn."]
    if any(not 0 < months <= LONGEST for months in every):
        errors["lifetime_months"] = [f"A customer stays more than 0 and at most {LONGEST} months."]
    if bool(lifetimes.by) != bool(lifetimes.attribute):
        errors["lifetime_by"] = ["Name an attribute, and the months for at least one of its values."]
    elif lifetimes.attribute and not ATTRIBUTE_NAME.fullmatch(lifetimes.attribute):
        errors["lifetime_by"] = ["This cannot be the name of an attribute."]
    if errors:
        raise Invalid(" ".join(text for texts in errors.values() for text in texts), errors)


def _check_orders(basis: str, orders: Orders) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if orders.margin is None and basis == "orders":
        errors["margin"] = ["Give the margin as a share such as 0.3: what is left of an order."]
    if orders.margin is not None and not 0 <= orders.margin <= 1:
        errors["margin"] = ["A margin is a share from 0 to 1, such as 0.3."]
    for field in ("value_attribute", "per_month_attribute"):
        if not ATTRIBUTE_NAME.fullmatch(getattr(orders, field)):
            errors[field] = ["Name the attribute of an answer that holds it."]
    return errors
