"""What is at risk with each pain point: whose value counts, how often, and what is said where it is unknown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.errors import Invalid
from app.models import Survey
from app.reports.filters import Filters
from app.reports.report import Report
from app.reports.report_json import to_json
from app.services import reports, values
from app.services.values import Lifetimes, Orders
from tests import rows
from tests.rows import NOON, Raised, Said

pytestmark = pytest.mark.usefixtures("app")
SUPPORT, PRICING = "nobody answers", "far too expensive"
HEAD = 30  # a ranking needs so many passives and detractors


def said(score: int, *parts: str, revenue: float | None = None, days: int = 0, **more: Any) -> Said:
    points = {SUPPORT: "support", PRICING: "pricing"}
    comment = ", and ".join(parts)
    raised = [Raised(points[part], part) for part in parts]
    person = more.pop("person", None)
    return Said(
        score, comment, raised, NOON - timedelta(days=days), person=person,
        more={"monthly_revenue": revenue, "attributes": more},
    )  # fmt: skip


def survey(*answers: Said, lifetimes: Lifetimes | None = None) -> Survey:
    """A survey with enough complaints to rank, in which a customer stays 24 months unless said otherwise."""
    made = rows.survey()
    crowd = [said(3, SUPPORT) for _ in range(HEAD)] + [said(3, PRICING) for _ in range(HEAD)]
    rows.store(made, [*crowd, *answers])
    return values.set_lifetimes("shop", "EUR", lifetimes or Lifetimes(24))


def build(of: Survey, **filters: Any) -> Report:
    return reports.build(of, Filters(**filters), NOON)


def at_risk(of: Survey, **filters: Any) -> dict[str, tuple[float | None, int]]:
    """The value at risk by pain point, and for how many it is known."""
    return {
        row.id: (row.value_at_risk.amount, row.value_at_risk.known)
        for row in build(of, **filters).ranked
        if row.value_at_risk
    }


def test_a_hundred_a_month_for_two_years_is_two_thousand_four_hundred() -> None:
    shop = survey(said(2, SUPPORT, revenue=100))

    assert at_risk(shop) == {"support": (2400.0, 1), "pricing": (None, 0)}
    assert {row["id"]: row["value_at_risk"] for row in to_json(build(shop))["pain_points"]}["support"] == 2400.0


def test_promoters_are_not_at_risk() -> None:
    assert at_risk(survey(said(10, SUPPORT, revenue=100)))["support"] == (None, 0)


def test_who_raises_two_pain_points_counts_for_both_but_once_on_the_page() -> None:
    report = build(survey(said(7, SUPPORT, PRICING, revenue=10)))

    assert {row.id: row.value_at_risk.amount for row in report.ranked if row.value_at_risk} == {
        "support": 240.0,
        "pricing": 240.0,
    }
    assert report.value_at_risk
    assert (report.value_at_risk.amount, report.value_at_risk.at_risk) == (240.0, 2 * HEAD + 1)


def test_the_latest_answer_says_what_somebody_pays() -> None:
    shop = survey(
        said(2, SUPPORT, revenue=10, days=9, person="ann"), said(3, PRICING, revenue=100, days=1, person="ann")
    )

    assert at_risk(shop) == {"support": (2400.0, 1), "pricing": (2400.0, 1)}


def test_the_people_of_one_account_are_one_customer() -> None:
    shop = survey(
        said(2, SUPPORT, revenue=100, person="ann", account="acme", days=2),
        said(3, SUPPORT, revenue=70, person="bob", account="acme", days=1),
        said(3, PRICING, person="eve", account="acme"),
    )

    assert at_risk(shop) == {"support": (1680.0, 1), "pricing": (1680.0, 1)}


def test_a_lifetime_may_depend_on_an_attribute() -> None:
    by_plan = Lifetimes(10, "plan", {"pro": 40.0})
    shop = survey(said(2, SUPPORT, revenue=1, plan="pro"), said(2, SUPPORT, revenue=1, plan="free"), lifetimes=by_plan)

    assert at_risk(shop)["support"] == (50.0, 2)


def test_without_a_lifetime_for_everybody_the_others_are_unknown() -> None:
    shop = survey(
        said(2, SUPPORT, revenue=1, plan="pro"),
        said(2, SUPPORT, revenue=1, plan="free"),
        lifetimes=Lifetimes(None, "plan", {"pro": 40.0}),
    )

    assert at_risk(shop)["support"] == (40.0, 1)


def test_a_filter_narrows_the_value_too() -> None:
    shop = survey(said(2, SUPPORT, revenue=1, plan="pro"), said(2, SUPPORT, revenue=1, plan="free"))
    by_plan = build(shop, attributes=(("plan", "pro"),))

    assert [row.value_at_risk.amount for row in by_plan.too_few if row.value_at_risk] == []
    assert build(shop).value_at_risk.amount == 48.0  # type: ignore[union-attr]
    assert by_plan.value_at_risk.amount == 24.0  # type: ignore[union-attr]


def test_pain_points_can_stand_in_the_order_of_their_value() -> None:
    shop = survey(said(7, PRICING, revenue=9), *[said(3, SUPPORT) for _ in range(9)], said(3, SUPPORT, revenue=1))

    assert [row.id for row in build(shop).ranked] == ["support", "pricing"]
    assert [row.id for row in build(shop, sort="value").ranked] == ["pricing", "support"]


def test_a_survey_that_does_not_say_how_long_customers_stay_values_nobody() -> None:
    shop = survey(said(2, SUPPORT, revenue=100))
    kept = build(shop)
    shop = values.forget_lifetimes("shop")

    assert kept.has_values
    assert not build(shop).has_values
    assert at_risk(shop) == {}


@pytest.mark.parametrize(
    ("currency", "lifetimes", "field"),
    [
        ("euro", Lifetimes(24), "currency"),
        ("", Lifetimes(24), "currency"),
        ("EUR", Lifetimes(), "lifetime_months"),
        ("EUR", Lifetimes(0), "lifetime_months"),
        ("EUR", Lifetimes(-1), "lifetime_months"),
        ("EUR", Lifetimes(float("inf")), "lifetime_months"),
        ("EUR", Lifetimes(float("nan")), "lifetime_months"),
        ("EUR", Lifetimes(24, "plan"), "lifetime_by"),
        ("EUR", Lifetimes(24, None, {"pro": 36}), "lifetime_by"),
        ("EUR", Lifetimes(24, "plan", {"pro": 0}), "lifetime_months"),
        ("EUR", Lifetimes(24, 'pl"an', {"pro": 36}), "lifetime_by"),
        ("EUR", Lifetimes(24, "plan\0", {"pro": 36}), "lifetime_by"),
    ],
)
def test_what_cannot_be_is_refused_by_name(currency: str, lifetimes: Lifetimes, field: str) -> None:
    rows.survey()

    with pytest.raises(Invalid) as refused:
        values.set_lifetimes("shop", currency, lifetimes)

    assert field in refused.value.errors


def test_by_orders_what_is_at_risk_is_the_margin_of_a_lifetime() -> None:
    survey(said(2, SUPPORT, average_order_value="80", orders_per_month="0.5"), said(2, SUPPORT, revenue=100))

    shop = values.set_lifetimes("shop", "EUR", Lifetimes(36), "orders", Orders(0.30))

    assert at_risk(shop)["support"] == (pytest.approx(432), 1)


@pytest.mark.parametrize(
    ("orders", "field"),
    [(Orders(), "margin"), (Orders(1.1), "margin"), (Orders(-0.1), "margin"), (Orders(float("nan")), "margin"),
     (Orders(0.3, ""), "value_attribute"), (Orders(0.3, "basket", "x" * 101), "per_month_attribute"),
     (Orders(0.3, 'bas"ket'), "value_attribute"), (Orders(0.3, "basket", "often\0"), "per_month_attribute")],
)  # fmt: skip
def test_orders_that_cannot_be_valued_are_refused_by_name(orders: Orders, field: str) -> None:
    rows.survey()

    with pytest.raises(Invalid) as refused:
        values.set_lifetimes("shop", "EUR", Lifetimes(36), "orders", orders)

    assert field in refused.value.errors


def test_churn_is_told_in_months() -> None:
    assert values.months_of(0.04) == 25.0
    for never in (0, -1, 2, float("nan")):
        with pytest.raises(Invalid, match=r"0\.04"):
            values.months_of(never)
