"""What the customers who raise a pain point are worth: at stake, not a forecast of loss.

Amounts are in one currency and on one basis (revenue or margin), as the survey says; nothing here mixes or scales.
Negative, infinite or missing numbers where one is needed raise ValueError.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from app.analysis.counts import amount
from app.analysis.types import Group


@dataclass(frozen=True, slots=True)
class Customer:
    """One respondent as of the latest response with a comment: group and lifetime value, None if unknown."""

    respondent: str
    group: Group
    value: float | None


@dataclass(frozen=True, slots=True)
class ValueAtRisk:
    """`amount`, from the `known` of all `at_risk` respondents; None if nobody's value is known."""

    amount: float | None
    known: int
    at_risk: int


def lifetime_value(monthly_revenue: float | None, months: float | None) -> float | None:
    """Revenue a month times expected lifetime in months, 0 or more; None if either is unknown.

    >>> lifetime_value(100, 24)
    2400
    """
    if monthly_revenue is None or months is None:
        return None
    return amount(monthly_revenue) * amount(months)


def lifetime_value_of_orders(order_value: float, orders_per_month: float, margin: float, months: float) -> float:
    """Average order × orders a month × margin × lifetime in months, 0 or more. `margin` is a share, 0…1.

    >>> lifetime_value_of_orders(80, 0.5, margin=0.30, months=36)
    432.0
    """
    if not amount(margin) <= 1:
        raise ValueError(f"a margin is a share from 0 to 1: {margin!r}")
    return amount(order_value) * amount(orders_per_month) * amount(margin) * amount(months)


def expected_lifetime(monthly_churn: float) -> float | None:
    """Months a customer stays, 1 or more, from the share that leaves in a month; None for no churn, not endless.

    >>> expected_lifetime(0.04)
    25.0
    """
    if not amount(monthly_churn) <= 1:
        raise ValueError(f"a churn is a share from 0 to 1: {monthly_churn!r}")
    return 1 / monthly_churn if monthly_churn else None


def value_at_risk(customers: Iterable[Customer]) -> ValueAtRisk:
    """The lifetime value of the distinct passives and detractors among those who raise a pain point.

    Promoters do not count. Nobody at risk is 0; people at risk without any known value are None. The total of a
    page takes the customers of all pain points at once. ValueError if one respondent comes with two values.
    """
    at_risk = _distinct(customer for customer in customers if customer.group != "promoter")
    values = [amount(customer.value) for customer in at_risk if customer.value is not None]
    unknown = bool(at_risk) and not values
    return ValueAtRisk(None if unknown else math.fsum(values), len(values), len(at_risk))


def _distinct(customers: Iterable[Customer]) -> set[Customer]:
    distinct = set(customers)
    if len({customer.respondent for customer in distinct}) < len(distinct):
        raise ValueError("one respondent has one group and one value")
    return distinct
