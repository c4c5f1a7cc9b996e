"""Cases, their settings and the value of customers on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from app.models import Survey
from app.services import responses, surveys
from app.services.responses import Answer


@pytest.fixture
def survey(app: Flask) -> Survey:
    made = surveys.create("shop", "Shop")
    responses.record(made.id, Answer("n1", 3, "widget", "Nobody\tanswers"))
    return made


def says(app: Flask, *words: str, status: int = 0) -> str:
    result = app.test_cli_runner().invoke(args=words)
    assert result.exit_code == status, result.output
    return str(result.output)


def test_a_case_is_listed_changed_shown_and_counted(app: Flask, survey: Survey) -> None:
    [line] = says(app, "case", "list", "--survey", "shop").splitlines()
    assert line.split("\t")[0:2] == ["1", "open"]
    assert line.split("\t")[3:] == ["-", "-", "-", "3", "Nobody answers"]

    change = ("case", "change", "1", "--survey", "shop")
    assert says(app, *change, "--contact", "--note", "Called") == "Case 1 is in progress.\n"
    assert says(app, *change, "--state", "closed", "--reason", "solved") == "Case 1 is closed.\n"

    shown = says(app, "case", "show", "1", "--survey", "shop").splitlines()
    assert [line.split("\t")[1:] for line in shown[1:]] == [
        ["command line", "state: in progress, due_on: -; in touch; Called"],
        ["command line", "state: closed, reason: solved"],
    ]
    assert says(app, "case", "list", "--survey", "shop") == ""
    assert "followed up\t1" in says(app, "case", "figures", "--survey", "shop")


def test_what_cannot_be_is_a_sentence(app: Flask, survey: Survey) -> None:
    change = ("case", "change", "1", "--survey", "shop")

    assert "Say why it is closed" in says(app, *change, "--state", "closed", status=1)
    assert "somebody who may see this survey" in says(app, *change, "--assignee", "eve@example.com", status=1)
    assert "Give a day that exists" in says(app, *change, "--due-on", "tomorrow", status=1)
    assert "There is no such case." in says(app, "case", "show", "7", "--survey", "shop", status=1)


def test_a_survey_says_when_it_opens_cases(app: Flask, survey: Survey) -> None:
    assert says(app, "survey", "cases", "shop") == "open\tyes\nthreshold\t6\ncontact-days\t2\n"
    told = says(app, "survey", "cases", "shop", "--no-open", "--threshold", "3", "--contact-days", "none")
    assert told == "open\tno\nthreshold\t3\ncontact-days\tnone\n"
    assert "from 0 to 10" in says(app, "survey", "cases", "shop", "--threshold", "11", status=1)


def test_an_import_opens_cases_when_asked_to(app: Flask, survey: Survey, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text("score,comment\n2,slow\n9,fine\n")

    says(app, "import", str(file), "--survey", "shop", "--open-cases")

    assert len(says(app, "case", "list", "--survey", "shop").splitlines()) == 2


def test_customers_are_valued_by_their_orders(app: Flask, survey: Survey) -> None:
    words = ("survey", "value", "shop", "--currency", "EUR", "--lifetime-months", "36", "--basis", "orders")

    assert "Give the margin" in says(app, *words, status=1)
    assert says(app, *words, "--margin", "0.3", "--order-value", "basket") == "shop counts orders in EUR; months: 36\n"
    assert (surveys.get("shop").margin, surveys.get("shop").order_value_attribute) == (0.3, "basket")
