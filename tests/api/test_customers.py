"""Customers for programs: the list, one respondent, one account."""

from __future__ import annotations

import pytest

from app.services import values
from app.services.values import Lifetimes
from tests.api.conftest import Program


@pytest.fixture
def known(program: Program) -> Program:
    values.set_lifetimes("shop", "EUR", Lifetimes(24))
    for body in (
        {"score": 3, "respondent": "ann", "monthly_revenue": 100, "customer_since": "2024-05-01", "comment": "slow"},
        {"score": 9, "respondent": "bo", "attributes": {"account": "acme"}, "monthly_revenue": 10.5},
        {"score": 8, "respondent": "cy", "attributes": {"account": "acme"}},
        {"score": 0},
    ):
        assert program.send(body).status_code == 201
    return program


def test_the_most_at_risk_come_first(known: Program) -> None:
    page = known.get("customers").get_json()

    assert page["currency"] == "EUR"
    assert [(one["kind"], one["name"], one["value_at_risk"]) for one in page["customers"]] == [
        ("respondent", "ann", 2400.0),
        ("account", "acme", 252.0),
    ]
    assert page["customers"][0]["customer_since"] == "2024-05-01"
    health = page["customers"][0]["health"]
    assert health["score"] == sum(part["points"] for part in health["parts"]) == 25  # 30, and 5 off for its case


def test_pages_follow_each_other_in_the_order_asked_for(known: Program) -> None:
    first = known.get("customers", "?sort=name&limit=1").get_json()
    second = known.get("customers", f"?sort=name&limit=1&cursor={first['next']}").get_json()

    assert [one["name"] for one in first["customers"] + second["customers"]] == ["acme", "ann"]
    assert second["next"] is None
    assert known.get("customers", f"?sort=risk&limit=1&cursor={first['next']}").status_code == 422


def test_one_respondent_and_one_account_are_told_with_their_answers(known: Program) -> None:
    ann = known.get("customers/respondent", "?id=ann").get_json()
    acme = known.get("customers/account", "?name=acme").get_json()

    assert (ann["customer"]["lifetime_value"], ann["cases"]) == (2400.0, [1])
    assert [one["comment"] for one in ann["responses"]] == ["slow"]
    assert (acme["customer"]["people"], [one["score"] for one in acme["responses"]]) == (2, [8, 9])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("customers?sort=colour", 422), ("customers?from=2026-01-01", 422), ("customers/respondent", 422),
        ("customers/respondent?id=", 422), ("customers/respondent?id=nobody", 404), ("customers/account?name=x", 404),
        ("customers/account?id=ann", 422), ("customers/account?name=acme&name=x", 422),
        ("customers/account?name=%00", 422), ("customers/respondent?id=ann%0A", 422),
    ],
)  # fmt: skip
def test_whom_nobody_knows_and_what_nobody_can_ask_is_refused(known: Program, path: str, status: int) -> None:
    noun, _, query = path.partition("?")

    assert known.get(noun, f"?{query}").status_code == status


def test_strangers_see_nothing(known: Program, stranger: Program) -> None:
    for path in ("customers", "customers/respondent?id=ann", "customers/account?name=acme"):
        assert stranger.client.get(f"{known.base}/{path}", headers=stranger.bearer).status_code == 404
    assert stranger.get("customers/respondent", "?id=ann").status_code == 404


@pytest.mark.parametrize(
    "body",
    [{"monthly_revenue": -1}, {"monthly_revenue": "much"}, {"monthly_revenue": True}, {"customer_since": "2024-13-01"},
     {"customer_since": 2024}],
    ids=str,
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused(program: Program, body: dict[str, object]) -> None:
    assert program.send({"score": 3, **body}).status_code == 422
