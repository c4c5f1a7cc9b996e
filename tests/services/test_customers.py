"""Who the customers are, how they are doing and what is at risk with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import current_app

from app.errors import NotFound
from app.models import PainPoint, Survey, now
from app.models.transaction import writing
from app.services import case_changes, customers, erasure, triages, values
from app.services.customers import Customer
from app.services.values import Lifetimes, Orders
from tests import rows
from tests.rows import NOON, Raised, Said

pytestmark = pytest.mark.usefixtures("app")
PARTS = {"support": "nobody answers", "pricing": "far too expensive"}


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def said(score: int, person: str | None = None, *points: str, days: int = 0, **more: Any) -> Said:
    revenue, since = more.pop("revenue", None), more.pop("since", None)
    comment = ", and ".join(PARTS[point] for point in points) or None
    raised = [Raised(point, PARTS[point]) for point in points]
    known = {"monthly_revenue": revenue, "customer_since": since, "attributes": more, "identity": "verified"}
    return Said(score, comment, raised, NOON - timedelta(days=days), person=person, more=known)


def survey(*answers: Said) -> Survey:
    """In which a customer stays 24 months."""
    made = rows.survey()
    rows.store(made, answers)
    return values.set_lifetimes("shop", "EUR", Lifetimes(24))


def every(of: Survey, sort: customers.Sort = "risk") -> list[str]:
    return [one.name for one in customers.overview(of, now(), sort).customers]


def ann(of: Survey, name: str = "ann") -> Customer:
    return customers.respondent(of, name, now()).customer


def test_a_hundred_a_month_for_two_years_is_two_thousand_four_hundred() -> None:
    shop = survey(said(3, "ann", revenue=100, since=date(2024, 5, 1)))

    assert (ann(shop).value, ann(shop).at_risk, ann(shop).customer_since) == (2400.0, 2400.0, date(2024, 5, 1))


@pytest.mark.parametrize(
    ("score", "revenue", "at_risk"),
    [(9, 100, 0.0), (9, None, 0.0), (8, 100, 2400.0), (0, None, None)],
    ids=str,
)
def test_promoters_are_not_at_risk_and_the_unknown_is_not_0(
    score: int, revenue: float | None, at_risk: float | None
) -> None:
    assert ann(survey(said(score, "ann", revenue=revenue))).at_risk == at_risk


def test_by_orders_a_customer_is_worth_the_margin_of_a_lifetime() -> None:
    shop = survey(said(3, "ann", average_order_value="80", orders_per_month="0.5"), said(3, "bo", revenue=100))
    assert ann(shop).value is None

    shop = values.set_lifetimes("shop", "EUR", Lifetimes(36), "orders", Orders(0.30))

    assert ann(shop).value == pytest.approx(432)
    assert ann(shop, "bo").value is None


@pytest.mark.parametrize("text", ["eighty", "-1", "nan", "inf", "", "1e300"])
def test_what_is_no_amount_is_not_known(text: str) -> None:
    survey(said(3, "ann", basket=text, often="2"))

    shop = values.set_lifetimes("shop", "EUR", Lifetimes(36), "orders", Orders(0.3, "basket", "often"))

    assert ann(shop).value is None


def test_people_of_an_account_are_one_customer_worth_what_its_latest_answer_says() -> None:
    shop = survey(
        said(9, "ann", account="acme", revenue=100, days=3),
        said(2, "bo", account="acme", revenue=70, days=2),
        said(6, None, account="acme", days=1),
        said(10, "cy", revenue=1),
    )

    assert every(shop) == ["acme", "cy"]
    acme = customers.account(shop, "acme", now()).customer
    assert (acme.people, acme.answers, acme.value, acme.at_risk) == (3, 3, 1680.0, 1680.0)
    assert acme.latest == pytest.approx(17 / 3)


def test_a_person_belongs_to_the_account_they_named_last() -> None:
    shop = survey(
        said(9, "ann", account="old", days=9),
        said(8, "ann", account="new", days=5),
        said(7, "ann", days=1),
        said(3, "bo", account="old"),
    )

    found = {one.name: one.answers for one in customers.overview(shop, now()).customers}
    assert found == {"new": 3, "old": 1}
    assert customers.account(shop, "old", now()).customer.answers == 1
    assert ann(shop).account == "new"


def test_anonymous_answers_and_claims_belong_to_nobody() -> None:
    shop = survey(said(3), Said(2, more={"claimed_as": "ann", "identity": "claimed"}))

    assert every(shop) == []
    for name in ("", "ann"):
        with pytest.raises(NotFound):
            ann(shop, name)
        with pytest.raises(NotFound):
            customers.account(shop, name, now())


def test_health_is_made_of_what_was_said_and_is_left_to_do() -> None:
    shop = survey(said(6, "ann", "support", "pricing", days=120), said(9, "ann", days=200), said(7, "ann", days=300))
    triages.mark(shop, "ann@example.com", [1], "case")

    def parts() -> dict[str, int]:
        found = ann(shop).health
        return {part.name: part.points for part in found.parts if part.points} if found else {}

    assert parts() == {"score": 60, "change": -4, "pain points": -6, "case": -5, "silence": -1}
    with writing() as session:
        session.query(PainPoint).filter_by(key="support").update({"status": "fixed"})
    assert parts()["pain points"] == -3
    case_changes.change(shop, "ann@example.com", 1, {"due_on": date(2026, 11, 1)})
    assert parts()["case"] == -10
    case_changes.change(shop, "ann@example.com", 1, {"state": "closed", "reason": "solved"})
    assert "case" not in parts()


def test_the_list_follows_every_change_of_a_case_and_a_pain_point() -> None:
    shop = survey(said(6, "ann", "support"))

    def health() -> int:
        return customers.overview(shop, now()).customers[0].health.score  # type: ignore[union-attr]

    assert health() == 57
    triages.mark(shop, "ann@example.com", [1], "case")
    assert health() == 52
    case_changes.change(shop, "ann@example.com", 1, {"state": "closed", "reason": "solved"})
    assert health() == 57


def test_of_each_survey_only_the_newest_list_is_kept() -> None:
    shop = survey(said(6, "ann"))
    for name in ("bo", "cy"):
        rows.store(shop, [said(3, name)])
        assert name in every(shop)

    kept = current_app.extensions["report_cache"]
    assert [len(found) for _, found in kept.values() if isinstance(found, list)] == [3]


def test_the_list_can_be_sorted() -> None:
    shop = survey(
        said(3, "ann", revenue=10, days=1),
        said(10, "bo", revenue=90, days=3),
        said(7, "cy", days=2),
        said(0, "di", revenue=20),
    )

    assert every(shop) == ["di", "ann", "cy", "bo"]
    assert every(shop, "value") == ["bo", "di", "ann", "cy"]
    assert every(shop, "health") == ["di", "ann", "cy", "bo"]
    assert every(shop, "score") == ["di", "ann", "cy", "bo"]
    assert every(shop, "last") == ["di", "ann", "cy", "bo"]
    assert every(shop, "name") == ["ann", "bo", "cy", "di"]


def test_without_values_those_at_risk_come_first_by_their_health() -> None:
    survey(said(10, "ann"), said(7, "bo"), said(0, "cy"), said(9, "di"), said(3, "el"))

    assert every(values.forget_lifetimes("shop")) == ["cy", "el", "bo", "di", "ann"]


def test_the_total_counts_each_customer_once_and_is_not_scaled_up() -> None:
    shop = survey(said(3, "ann", revenue=10), said(3, "bo"), said(10, "cy", revenue=10))

    found = customers.overview(shop, now())

    assert (found.at_risk, found.known, found.people_at_risk) == (240.0, 1, 2)


def test_without_a_value_for_anybody_there_is_no_total() -> None:
    assert customers.overview(survey(said(3, "ann")), now()).at_risk is None
    assert customers.overview(values.forget_lifetimes("shop"), now()).at_risk is None


def test_the_page_shows_what_they_said_and_raise_the_open_ones_first() -> None:
    shop = survey(said(6, "ann", "support", days=1), said(2, "ann", "pricing"))
    with writing() as session:
        session.query(PainPoint).filter_by(key="support").update({"status": "won't do"})

    shown = customers.respondent(shop, "ann", now())

    assert [answer.score for answer in shown.answers] == [2, 6]
    assert [(point.id, point.is_open) for point in shown.pain_points] == [("pricing", True), ("support", False)]


def test_who_is_erased_is_gone_at_once() -> None:
    shop = survey(said(3, "ann", revenue=10), said(3, "bo"))
    assert every(shop) == ["ann", "bo"]

    erasure.erase_respondent(shop, "ann")

    assert every(shop) == ["bo"]
    with pytest.raises(NotFound):
        ann(shop)


def test_another_survey_knows_another_ann() -> None:
    survey(said(3, "ann"))
    other = rows.survey("other", "Other")

    with pytest.raises(NotFound):
        ann(other)
