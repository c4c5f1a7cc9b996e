"""The pages of customers: a list by value at risk, and one page for each person and each account."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.models import Survey
from app.services import erasure, surveys, triages, values
from tests import rows
from tests.pages.reader import ann, browser
from tests.pages.tables import read_table
from tests.rows import Raised, Said, now_at_noon
from tests.statements import statements

PAGE = "/surveys/shop/customers"
ODD = "=user/17 & <co>"
PERSON = "/surveys/shop/customers/respondent?id=%3Duser%2F17+%26+%3Cco%3E"


def said(score: int, person: str | None, days: int = 0, account: str = "", revenue: float | None = None) -> Said:
    more = {"identity": "verified", "monthly_revenue": revenue, "attributes": {"account": account} if account else {}}
    words = "<u>nobody</u> answers"
    return Said(
        score, words, [Raised("support", words)], now_at_noon() - timedelta(days=days), person=person, more=more
    )


@pytest.fixture
def survey(app: Flask) -> Survey:
    made = rows.survey()
    answers = [said(2, ODD, 1, revenue=100), said(9, ODD, 40), said(3, "ann", 2, "acme", 10), said(8, "bo", 3, "acme")]
    rows.store(made, [*answers, said(0, None)])
    values.set_lifetimes("shop", "EUR", values.Lifetimes(24))
    triages.mark(made, "ann@example.com", [1], "case")
    return made


def test_the_list_shows_who_is_most_at_risk_first(app: Flask, survey: Survey) -> None:
    page = ann(app, survey).sees(PAGE)

    assert "2 customers" in page.text
    assert "2,640 EUR known for 2 of 2" in page.text
    assert page.text.index(ODD) < page.text.index("acme")
    assert "account, 2 people" in page.text


def test_a_person_has_a_page_with_everything(app: Flask, survey: Survey) -> None:
    page = ann(app, survey).sees(PERSON)

    assert ODD in page.text
    assert "2,400 EUR" in page.text
    assert page.marked == ["<u>nobody</u> answers"] * 2
    assert {"/surveys/shop/pain-points/support", "/surveys/shop/cases/1"} <= set(page.links)
    assert "Direction −7.0 against the answers before" in page.text
    assert len([1 for tag, _ in page.elements if tag == "circle"]) == 2
    assert "2 detractor" in page.text


def test_the_parts_of_the_health_add_up_on_the_page(app: Flask, survey: Survey) -> None:
    page = ann(app, survey).sees(PERSON)

    table = page.text.split("Part Made of Points ")[1].split(" Answers over time")[0]
    *parts, _of, total = [text for text in table.replace("−", "-").split() if text.lstrip("+-").isdigit()]
    points = [int(text) for text in parts if text[0] in "+-"]
    assert points == [20, -10, -3, -5]
    assert sum(points) == int(total) == 2


def test_an_account_has_a_page_of_all_its_people(app: Flask, survey: Survey) -> None:
    page = ann(app, survey).sees(f"{PAGE}/account?name=acme")

    assert "account, 2 people" in page.text
    assert "240 EUR" in page.text
    assert f"{PAGE}/respondent?id=ann" in page.links
    assert (
        f"{PAGE}/account?name=acme" in ann(app, survey, email="cy@example.com").sees(f"{PAGE}/respondent?id=bo").links
    )


@pytest.mark.parametrize("query", ["respondent?id=nobody", "account?name=other", "respondent?id=ann%20"])
def test_whom_nobody_knows_has_no_page(app: Flask, survey: Survey, query: str) -> None:
    ann(app, survey).sees(f"{PAGE}/{query}", 404)


@pytest.mark.parametrize(
    "query", ["respondent", "respondent?id=", "account", "account?name=%00", "respondent?id=x%1f", "account?id=acme"]
)
def test_what_nobody_can_be_called_is_refused(app: Flask, survey: Survey, query: str) -> None:
    ann(app, survey).sees(f"{PAGE}/{query}", 422)


def test_a_name_is_found_with_its_blanks(app: Flask) -> None:
    made = rows.survey()
    rows.store(made, [said(3, " di ", account=" acme ")])
    reader = ann(app, made)

    reader.sees(f"{PAGE}/respondent?id=%20di%20")
    reader.sees(f"{PAGE}/account?name=%20acme%20")


def test_many_cases_of_a_customer_ask_the_database_no_more_than_one(app: Flask, survey: Survey) -> None:
    reader = ann(app, survey)
    asked = []
    for number in (1, 2):
        triages.mark(survey, "ann@example.com", [number], "case")
        reader.sees(PERSON)
        with statements() as some:
            assert f"/surveys/shop/cases/{number}" in reader.sees(PERSON).links
        asked.append(len(some))

    assert asked[0] == asked[1]


def test_an_answer_that_does_not_count_makes_no_customer(app: Flask, survey: Survey) -> None:
    triages.mark(survey, "ann@example.com", [1, 2], "test")

    reader = ann(app, survey)
    reader.sees(PERSON, 404)
    assert "1 customer " in reader.sees(PAGE).text


@pytest.mark.parametrize("sort", ["risk", "value", "health", "score", "last", "name"])
def test_every_order_has_an_address(app: Flask, survey: Survey, sort: str) -> None:
    page = ann(app, survey).sees(f"{PAGE}?sort={sort}")

    assert [given["aria-sort"] for tag, given in page.elements if "aria-sort" in given] == (
        ["ascending"] if sort in {"health", "score", "name"} else ["descending"]
    )


@pytest.mark.parametrize("query", ["sort=colour", "page=0", "page=x", "colour=red", "sort=name&sort=value"])
def test_an_address_that_means_nothing_is_told_so(app: Flask, survey: Survey, query: str) -> None:
    assert "This list cannot be shown." in ann(app, survey).sees(f"{PAGE}?{query}", 422).text


def test_a_long_list_is_paged(app: Flask) -> None:
    made = rows.survey()
    rows.store(made, [said(3, f"user-{number:03}") for number in range(60)])
    reader = ann(app, made)

    assert "?sort=name&page=2" in reader.sees(f"{PAGE}?sort=name").links
    page = reader.sees(f"{PAGE}?sort=name&page=2")
    assert f"{PAGE}/respondent?id=user-059" in page.links
    reader.sees(f"{PAGE}?page=3", 404)


def test_without_customers_or_values_the_page_says_what_is_missing(app: Flask) -> None:
    made = rows.survey()
    reader = ann(app, made, "admin")

    assert "So far none does." in reader.sees(PAGE).text
    rows.store(made, [said(3, "ann")])
    page = reader.sees(PAGE)
    assert "Nobody is valued yet" in page.text
    assert "/surveys/shop/settings/value" in page.links


def test_who_is_erased_is_gone_at_once(app: Flask, survey: Survey) -> None:
    reader = ann(app, survey)
    reader.sees(PAGE)

    erasure.erase_respondent(survey, ODD)

    assert ODD not in reader.sees(PAGE).text
    reader.sees(PERSON, 404)


@pytest.mark.parametrize(("kind", "odd"), [("csv", f"'{ODD}"), ("xlsx", ODD)])
def test_the_list_can_be_taken_along(app: Flask, survey: Survey, kind: str, odd: str) -> None:
    table = read_table(ann(app, survey).browser.get(f"{PAGE}.{kind}?sort=name"), kind)

    assert [row["name"] for row in table] == [odd, "acme"]
    assert [(row["kind"], row["people"], float(row["value_at_risk"]), row["currency"]) for row in table] == [
        ("respondent", "1", 2400, "EUR"),
        ("account", "2", 240, "EUR"),
    ]
    assert table[0]["health"] == "2"


def test_strangers_see_nothing(app: Flask, survey: Survey) -> None:
    stranger = ann(app, surveys.create("other", "Other"), "admin", "bo@example.com")

    for address in (
        PAGE,
        f"{PAGE}.csv",
        f"{PAGE}.xlsx",
        PERSON,
        f"{PAGE}/account?name=acme",
        "/surveys/other/customers/account?name=acme",
    ):
        assert stranger.browser.get(address).status_code == 404
        assert browser(app).get(address).status_code == 303
