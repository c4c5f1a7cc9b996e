"""What is under way: in the report and on the board, in every order and grouping that an address can ask for."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from flask import Flask

from app.models import Survey
from app.services import acting, departments
from app.services import catalogue_changes as changes
from tests import rows
from tests.pages.reader import Reader, Seen, ann
from tests.pages.tables import read_table
from tests.rows import NOON

BOARD = "/surveys/shop/under-way"
TODAY = NOON.date()  # a Sunday


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def survey(app: Flask) -> Survey:
    made = rows.survey()
    rows.store(made, rows.v5())
    for name in ("Care", "Sales"):
        departments.create(made, name)
    told: dict[str, dict[str, str]] = {
        "support": {"owner": "Bo", "department": "Care", "status": "in progress", "due_on": "2026-11-21"},
        "pricing": {"owner": "Cy", "department": "Sales", "status": "planned", "due_on": "2026-11-22"},
        "crashes": {"owner": "Bo", "due_on": "2026-11-23"},
        "onboarding": {"status": "fixed", "fixed_on": "2026-11-20", "due_on": "2026-11-01"},
        "integrations": {"status": "won't do", "note": "No.", "due_on": "2026-11-01"},
    }
    for key, values in told.items():
        acting.change(made, key, "ann", values)
    return made


@pytest.fixture
def reader(app: Flask, survey: Survey) -> Reader:
    return ann(app, survey)


def order(page: Seen) -> list[str]:
    """The pain points of the page in their order."""
    return [link.rpartition("/")[2] for link in page.links if link.startswith("/surveys/shop/pain-points/")]


TALLY = "overdue 1 · due this week 1 · fixed, effect not yet measurable 1"


def test_the_report_counts_and_lists_what_is_still_to_be_done(reader: Reader) -> None:
    page = reader.sees("/surveys/shop/report")

    assert f"What is under way {TALLY}" in page.text
    assert order(page)[-4:] == ["onboarding", "support", "pricing", "crashes"]
    assert BOARD in page.links


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("owner=Bo", ["support", "crashes"]),
        ("department=Sales", ["pricing"]),
        ("status=won%27t+do", ["integrations"]),
        ("owner=Bo&status=open", ["crashes"]),
        ("language=en&owner=Cy", ["pricing"]),
    ],
)
def test_filters_of_the_page_alone_narrow_it(reader: Reader, query: str, listed: list[str]) -> None:
    page = reader.sees(f"/surveys/shop/report?{query}")

    section = page.html.partition('id="under-way"')[2].partition("How to read this")[0]
    assert order(Seen(section)) == listed
    assert "52" in page.text  # the ranking counts everybody


@pytest.mark.parametrize("address", ["/surveys/shop/report?status=new", f"{BOARD}?status=new", f"{BOARD}?by=owner",
                                     f"{BOARD}?sort=priority", f"{BOARD}?x=1", f"{BOARD}?owner=a&owner=b",
                                     f"{BOARD}.csv?x=1", f"{BOARD}.xlsx?x=1", f"{BOARD}.csv?status=new",
                                     "/surveys/shop/report?owner=a&owner=b", f"{BOARD}?owner={'x' * 201}"])  # fmt: skip
def test_an_address_that_means_nothing_is_said(reader: Reader, address: str) -> None:
    reader.sees(address, 422)


def test_what_was_fixed_long_ago_is_told_on_the_board_and_no_more_waited_for(survey: Survey, reader: Reader) -> None:
    acting.change(survey, "support", "ann", {"status": "fixed", "fixed_on": "2026-08-01"})

    report, board = reader.sees("/surveys/shop/report?status=fixed"), reader.sees(BOARD)

    assert "effect not yet measurable 1" in report.text
    assert "effect not yet measurable 1" in board.text
    assert "fixed Aug 1, 2026" in report.text
    assert "Too few comments to tell: 0 of 30 in the 90 days since the fix." in board.text


def test_the_report_on_paper_has_the_list_and_no_form(reader: Reader) -> None:
    page = reader.sees("/surveys/shop/report?print=1")

    assert TALLY in page.text
    assert not [given for tag, given in page.elements if tag == "form" and given.get("method") == "get"]


def test_the_board_groups_by_status_and_sorts_by_due_date(reader: Reader) -> None:
    page = reader.sees(BOARD)

    assert order(page) == ["crashes", "pricing", "support", "onboarding", "integrations"]
    assert TALLY in page.text
    assert "Too early: 0 of 30 comments so far." in page.text
    assert [given.get("aria-sort") for tag, given in page.elements if given.get("aria-sort")] == ["ascending"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("by=department", ["support", "pricing", "integrations", "onboarding", "crashes"]),
        ("by=department&sort=name", ["support", "pricing", "integrations", "crashes", "onboarding"]),
        ("by=department&sort=status", ["support", "pricing", "crashes", "onboarding", "integrations"]),
        ("by=department&sort=owner", ["support", "pricing", "crashes", "integrations", "onboarding"]),
        ("by=department&sort=fixed", ["support", "pricing", "onboarding", "integrations", "crashes"]),
        ("sort=department", ["crashes", "pricing", "support", "onboarding", "integrations"]),
        ("owner=Bo", ["crashes", "support"]),
    ],
)
def test_every_column_sorts_by_its_address(reader: Reader, query: str, expected: list[str]) -> None:
    assert order(reader.sees(f"{BOARD}?{query}")) == expected


def test_any_other_spelling_leads_to_the_one_address(reader: Reader) -> None:
    answer = reader.browser.get(f"{BOARD}?sort=due&by=department&owner=Bo&status=")

    assert (answer.status_code, answer.location) == (302, f"{BOARD}?owner=Bo&by=department")


def test_what_is_hidden_or_merged_is_on_no_board(survey: Survey, reader: Reader) -> None:
    changes.change(survey, "ann", "crashes", {"hidden": True})
    changes.merge(survey, "ann", "pricing", "support")

    assert order(reader.sees(BOARD)) == ["support", "onboarding", "integrations"]


def test_a_filter_that_nothing_passes_says_so(reader: Reader) -> None:
    assert "Nothing under way passes these filters." in reader.sees(f"{BOARD}?owner=Nobody").text


def test_a_survey_in_which_nobody_acts_says_how_to_begin(app: Flask) -> None:
    reader = ann(app, rows.survey())

    assert "give it an owner, a status or a due date" in reader.sees(BOARD).text


def test_the_board_of_another_survey_is_none(app: Flask, survey: Survey) -> None:
    ann(app, rows.survey("other", "Other")).sees(BOARD, 404)


def test_the_report_for_programs_has_the_counts_and_due_dates(survey: Survey, reader: Reader) -> None:
    report: Any = reader.browser.get("/surveys/shop/report.json").json

    assert report["under_way"] == {"overdue": 1, "due_this_week": 1, "unmeasured": 1}
    assert {row["id"]: row["due_on"] for row in report["pain_points"]}["support"] == "2026-11-21"
    assert '"2026-11-21"' in reader.browser.get("/surveys/shop/report.csv").text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_under_way_comes_as_a_table_too(survey: Survey, reader: Reader, kind: str) -> None:
    acting.change(survey, "support", "ann@example.com", {"status": "planned", "owner": "=Ann"})

    links = reader.sees("/surveys/shop/under-way?sort=name").links
    table = read_table(reader.browser.get(f"/surveys/shop/under-way.{kind}?sort=name"), kind)

    assert f"/surveys/shop/under-way.{kind}?sort=name" in links
    (row,) = [row for row in table if row["id"] == "support"]
    assert (row["status"], row["owner"]) == ("planned", "'=Ann" if kind == "csv" else "=Ann")
