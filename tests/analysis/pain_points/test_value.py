import math

import pytest

from app.analysis.pain_points.value import (
    Customer,
    ValueAtRisk,
    expected_lifetime,
    lifetime_value,
    lifetime_value_of_orders,
    value_at_risk,
)

A = Customer("a", "detractor", 2400)
B = Customer("b", "passive", 1200)
C = Customer("c", "promoter", 9000)
D = Customer("d", "passive", None)


def test_a_customer_is_worth_the_revenue_of_a_lifetime():
    assert lifetime_value(100, 24) == 2400


@pytest.mark.parametrize(("revenue", "months"), [(None, 24), (100, None), (None, None)])
def test_without_a_revenue_or_a_lifetime_the_value_is_unknown_and_not_0(revenue, months):
    assert lifetime_value(revenue, months) is None


def test_a_customer_who_orders_is_worth_the_margin_of_a_lifetime():
    assert lifetime_value_of_orders(80, 0.5, margin=0.30, months=36) == pytest.approx(432)


def test_with_the_whole_margin_both_ways_agree():
    assert lifetime_value_of_orders(200, 0.5, margin=1, months=24) == lifetime_value(100, 24)


def test_who_leaves_at_4_per_cent_a_month_stays_for_25():
    assert expected_lifetime(0.04) == 25
    assert expected_lifetime(1) == 1


def test_a_lifetime_without_churn_is_unknown_and_not_endless():
    assert expected_lifetime(0) is None
    assert lifetime_value(100, expected_lifetime(0)) is None


def test_value_at_risk_is_that_of_distinct_passives_and_detractors():
    assert value_at_risk([A, A, B, C, D]) == ValueAtRisk(3600, known=2, at_risk=3)


def test_the_total_of_a_page_counts_a_customer_of_two_pain_points_once():
    slow, expensive = [A, B], [A, C, D]

    assert value_at_risk(slow).amount + value_at_risk(expensive).amount == 6000
    assert value_at_risk(slow + expensive).amount == 3600


@pytest.mark.parametrize("customers", [[], [C]])
def test_with_nobody_at_risk_nothing_is(customers):
    assert value_at_risk(customers) == ValueAtRisk(0, known=0, at_risk=0)


def test_people_at_risk_of_unknown_value_are_not_worth_0():
    assert value_at_risk([C, D]) == ValueAtRisk(None, known=0, at_risk=1)


def test_a_known_value_of_0_is_known():
    assert value_at_risk([Customer("e", "passive", 0)]) == ValueAtRisk(0, known=1, at_risk=1)


def test_the_sum_does_not_depend_on_the_order_of_customers():
    customers = [Customer(str(i), "detractor", 0.1 * i) for i in range(300)]

    assert value_at_risk(customers) == value_at_risk(reversed(customers))


def test_a_respondent_with_two_values_is_an_error():
    with pytest.raises(ValueError, match="one value"):
        value_at_risk([A, Customer("a", "detractor", 1)])


@pytest.mark.parametrize("bad", [-1, math.nan, math.inf, "9"])
def test_an_amount_is_0_or_more(bad):
    for wrong in (
        lambda: lifetime_value(bad, 24),
        lambda: lifetime_value_of_orders(bad, 1, 0.5, 1),
        lambda: value_at_risk([Customer("a", "passive", bad)]),
    ):
        with pytest.raises(ValueError, match="not a count"):
            wrong()


@pytest.mark.parametrize("bad", [1.01, -0.01, math.nan])
def test_margin_and_churn_are_shares(bad):
    for wrong in (lambda: lifetime_value_of_orders(80, 1, bad, 12), lambda: expected_lifetime(bad)):
        with pytest.raises(ValueError, match=r"share|not a count"):
            wrong()
