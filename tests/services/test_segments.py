"""Segments side by side: what is kept of them, and what their customers are worth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.extensions import db
from app.models import Survey
from app.reports.filters import Filters
from app.reports.segments import Segments
from app.services import segments, values
from app.services.values import Lifetimes, Orders
from tests import rows
from tests.rows import NOON, Raised, Said

pytestmark = pytest.mark.usefixtures("app")
DEAR = "far too expensive"


def of(plan: str, score: int = 2, times: int = 1, **more: Any) -> Iterator[Said]:
    """People who find it dear; `more` are further columns of their answers, `attributes` those of the plan too."""
    attributes = {"plan": plan, **more.pop("attributes", {})}
    person = more.pop("person", None)
    for _ in range(times):
        yield Said(score, DEAR, [Raised("pricing", DEAR)], person=person, more={"attributes": attributes, **more})


def build(survey: Survey, by: str = "attr.plan", **filters: Any) -> Segments:
    db.session.rollback()
    return segments.build(survey, Filters(**filters), by, NOON)


def worth(survey: Survey, **filters: Any) -> dict[str, float | None]:
    """What is at stake with each plan."""
    return {row.value: row.worth for row in build(survey, **filters).rows}


def test_another_margin_makes_segments_worth_something_else_at_once() -> None:
    survey = rows.survey()
    orders = {"average_order_value": "80", "orders_per_month": "1", "basket": "40"}
    rows.store(survey, [*of("team", 2, 30, attributes=orders, monthly_revenue=9.0), *of("free", 10, 30)])

    by_margin = {
        margin: worth(values.set_lifetimes("shop", "EUR", Lifetimes(10), "orders", Orders(margin)))["team"]
        for margin in (0.25, 0.5)
    }
    smaller = worth(values.set_lifetimes("shop", "EUR", Lifetimes(10), "orders", Orders(0.5, "basket")))["team"]

    assert (by_margin, smaller) == ({0.25: 6000.0, 0.5: 12000.0}, 6000.0)
