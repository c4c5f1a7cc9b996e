"""Segments side by side: what is kept of them, and what their customers are worth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import current_app

from app.extensions import db
from app.models import Survey
from app.reports.filters import Filters
from app.reports.segments import Segments
from app.services import reports, segments, values
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


def test_the_value_of_orders_needs_no_revenue() -> None:
    survey = rows.survey()
    orders = {"average_order_value": "80", "orders_per_month": "1"}
    rows.store(survey, [*of("team", 2, 30, attributes=orders), *of("free", 10, 30)])

    valued = values.set_lifetimes("shop", "EUR", Lifetimes(10), "orders", Orders(0.5))

    assert worth(valued) == {"free": None, "team": 12000.0}


def test_segments_say_what_the_report_of_each_says() -> None:
    survey = rows.survey()
    acme = {"account": "acme"}
    people = [
        *of("team", 2, 3, monthly_revenue=10.0),
        *of("team", 3, 2, attributes=acme, monthly_revenue=70.0),
        *of("team", 2, person="ann", monthly_revenue=5.0),
        *of("free", 7, person="ann", monthly_revenue=8.0),
        *of("free", 10, 4, monthly_revenue=900.0),
        Said(3, DEAR, [Raised("pricing", DEAR)]),
    ]
    rows.store(survey, people)
    survey = values.set_lifetimes("shop", "EUR", Lifetimes(10))

    for row in build(survey).rows:
        report = reports.build(survey, row.filters, NOON)
        assert (row.counts, row.comments) == (report.score.counts, report.comments)
        assert row.worth == (report.value_at_risk.amount if report.value_at_risk else None)
    assert worth(survey) == {"team": 1050.0, "free": 80.0}


def test_customers_are_asked_for_once_however_many_segments_there_are() -> None:
    survey = rows.survey()
    rows.store(survey, [one for plan in "abcdef" for one in of(plan, 2, monthly_revenue=10.0)])
    asked: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        asked.append(statement)

    build(survey)
    current_app.extensions["report_cache"].clear()
    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        build(survey)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)

    assert len([one for one in asked if "monthly_revenue" in one]) == 1
