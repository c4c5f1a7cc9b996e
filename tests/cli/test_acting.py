"""Acting and departments from the command line, with the same rules as on the pages."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskCliRunner

from app.models import Survey
from app.services import departments, users
from tests import rows
from tests.pages.reader import PASSWORD
from tests.rows import NOON


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def survey(app: Flask) -> Survey:
    made = rows.survey()
    rows.store(made, rows.v5())
    return made


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def does(run: FlaskCliRunner, *words: str, status: int = 0) -> str:
    result = run.invoke(args=[*words, "--survey", "shop"])
    assert result.exit_code == status, result.output
    return result.output


def test_what_is_done_is_said_and_listed(survey: Survey, run: FlaskCliRunner) -> None:
    does(run, "catalogue", "act", "support", "--status", "in progress", "--owner", "Bo", "--due", "2026-11-21")
    does(run, "catalogue", "act", "pricing", "--status", "fixed", "--fixed-on", "2026-11-01", "--note", "Done.")

    listed = does(run, "catalogue", "under-way").splitlines()

    assert listed[0] == "support\tSpeed up support responses\tin progress\tBo\t\t2026-11-21 overdue"
    assert listed[1] == "pricing\tLower or clarify pricing\tfixed\t\t\t\tToo early: 0 of 30 comments so far."
    assert "in progress, Bo, due Nov 21, 2026, overdue" in does(run, "report")
    assert "fixed on Nov 1, 2026" in does(run, "catalogue", "changes")


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        ((), 2, "Say what is to be different"),
        (("--status", "new"), 2, "Invalid value"),
        (("--status", "won't do"), 1, "Say why it will not be done."),
        (("--due", "soon"), 1, "Give a day that exists"),
        (("--department", "Nowhere"), 1, "There is no such department"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    survey: Survey, run: FlaskCliRunner, words: tuple[str, ...], status: int, says: str
) -> None:
    assert says in does(run, "catalogue", "act", "support", *words, status=status)


def test_departments_are_made_filled_renamed_and_removed(survey: Survey, run: FlaskCliRunner) -> None:
    users.join(users.create("bo@example.com", PASSWORD), survey, "viewer")

    does(run, "department", "create", "Care", "--word", "mail")
    does(run, "department", "members", "Care", "bo@example.com")
    does(run, "department", "words", "Care", "--word", "mail", "--word", "phone")
    does(run, "catalogue", "act", "support", "--department", "Care")
    does(run, "department", "rename", "Care", "Customer care")

    assert does(run, "department", "list") == "Customer care\t*\t1\tbo@example.com\tmail, phone\n"
    does(run, "department", "remove", "Customer care")
    assert departments.names(survey) == []
    assert "There is no such department." in does(run, "department", "remove", "Care", status=1)
