"""Accounts from the command line: listed, let in and out, and never without an administrator."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from app.services import members, users
from tests import rows

PASSWORD = "correct horse battery"


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    survey = rows.survey()
    users.create("root@example.com", PASSWORD, is_admin=True)
    users.join(users.create("ann@example.com", PASSWORD), survey, "admin")
    users.create("bo@example.com", PASSWORD)
    return app.test_cli_runner()


def said(run: FlaskCliRunner, *words: str, status: int = 0) -> str:
    done = run.invoke(args=["user", *words])
    assert done.exit_code == status, done.output
    return done.output


def test_accounts_are_listed_with_what_they_see(run: FlaskCliRunner) -> None:
    assert said(run, "list").splitlines() == [
        "ann@example.com\tshop:admin",
        "bo@example.com\tno survey",
        "root@example.com\tevery survey",
    ]
    assert said(run, "list", "--survey", "shop") == "ann@example.com\tadmin\n"


def test_somebody_is_let_in_does_more_and_is_let_out(run: FlaskCliRunner) -> None:
    assert said(run, "role", "bo@example.com", "viewer", "--survey", "shop") == "bo@example.com is viewer of shop.\n"
    assert said(run, "role", "Bo@example.com", "editor", "--survey", "shop") == "bo@example.com is editor of shop.\n"
    assert said(run, "remove", "bo@example.com", "--survey", "shop") == "bo@example.com is out of shop.\n"
    assert said(run, "list", "--survey", "shop") == "ann@example.com\tadmin\n"


def test_an_account_goes_with_its_memberships(run: FlaskCliRunner) -> None:
    assert said(run, "remove", "ann@example.com") == "ann@example.com has no account now.\n"
    assert said(run, "list", "--survey", "shop") == ""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["remove", "root@example.com"], "This is the only administrator of the installation."),
        (["role", "ann@example.com", "viewer", "--survey", "shop"], "the survey’s only administrator"),
        (["remove", "ann@example.com", "--survey", "shop"], "the survey’s only administrator"),
        (["remove", "eve@example.com"], "Nobody has an account as eve@example.com."),
        (["remove", "bo@example.com", "--survey", "shop"], "This survey has no such member."),
        (["reset", "eve@example.com"], "Nobody has an account as eve@example.com."),
    ],
)
def test_what_would_lock_somebody_out_is_refused_in_a_sentence(
    run: FlaskCliRunner, words: list[str], says: str
) -> None:
    assert says in said(run, *words, status=1)


def test_two_administrators_cannot_both_leave(app: Flask, run: FlaskCliRunner) -> None:
    said(run, "role", "bo@example.com", "admin", "--survey", "shop")

    said(run, "remove", "bo@example.com", "--survey", "shop")
    said(run, "remove", "ann@example.com", "--survey", "shop", status=1)

    assert [member.email for member in members.of(users.survey_for(users.get(1), "shop"))] == ["ann@example.com"]  # type: ignore[arg-type]
