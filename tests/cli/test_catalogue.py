"""The catalogue from the command line: every change is applied before the command returns."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from app.models import Survey
from app.services import analyses, catalogues, responses, surveys
from app.services.responses import Answer

SAID = ["Support takes days to answer", "my haircut is crooked", "the haircut came out too short", "far too expensive"]


@pytest.fixture
def survey(app: Flask) -> Survey:
    made = surveys.create("shop", "Shop")
    for number in range(20):
        responses.record(made.id, Answer(f"n{number}", 2, "api", SAID[number % 4], "en", is_complete=True))
    analyses.run(made.id)
    return made


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def does(run: FlaskCliRunner, *words: str) -> str:
    result = run.invoke(args=["catalogue", *words, "--survey", "shop"])
    assert result.exit_code == 0, result.output
    return result.output


def row(survey: Survey, key: str) -> catalogues.Listed:
    return catalogues.one(survey, key)


def test_a_pain_point_is_made_and_has_its_comments_when_the_command_returns(
    survey: Survey, run: FlaskCliRunner
) -> None:
    said = does(run, "create", "Cut hair straight", "--phrase", "awful haircut", "--phrase", "my haircut is uneven")

    key = said.split()[0]
    assert "Made “Cut hair straight”." in said
    assert "Applied to 20 comments." in said
    assert row(survey, key).people == 10
    assert f"{key}\tCut hair straight\t10\tmanual" in does(run, "list")


def test_naming_merging_hiding_pinning_and_assigning_are_instant(survey: Survey, run: FlaskCliRunner) -> None:
    said = [
        does(run, "rename", "support-speed", "Answer at once"),
        does(run, "merge", "crashes", "support-speed"),
        does(run, "hide", "pricing"),
        does(run, "pin", "quality"),
        does(run, "assign", "support-speed", "--department", "Care", "--owner", "Bo"),
    ]

    assert not [text for text in said if "Applied" in text]
    listed = does(run, "list")
    assert "support-speed\tAnswer at once\t5\tseed\tCare\tBo" in listed
    assert "merged into support-speed" in listed
    does(run, "show", "pricing")
    does(run, "unpin", "quality")
    assert (row(survey, "pricing").hidden, row(survey, "quality").pinned) == (False, False)


def test_quotes_are_split_off_and_corrected_by_their_place(survey: Survey, run: FlaskCliRunner) -> None:
    key = does(run, "split", "support-speed", "Answer within a day", "--quote", "1:0-28").split()[0]
    assert row(survey, key).people == 5

    does(run, "correct", "4:0-17", "quality")
    assert row(survey, "quality").people >= 5
    does(run, "correct", "4:0-17")
    assert "Applied" in does(run, "phrases", "quality", "--phrase", "poor work", "--language", "en")
    assert row(survey, "quality").phrases == {"en": ["poor work"]}


def test_changes_are_listed_and_taken_back_by_their_number(survey: Survey, run: FlaskCliRunner) -> None:
    does(run, "rename", "support-speed", "Answer at once")

    number = does(run, "changes").split()[0]
    said = does(run, "undo", number)

    assert f"Undid change {number}." in said
    listed = does(run, "changes")
    assert "command line\trenamed “Speed up support responses” to “Answer at once”\tundone by" in listed
    assert row(survey, "support-speed").name == "Speed up support responses"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["rename", "nowhere", "x"], "no such pain point"),
        (["rename", "quality", "x" * 41], "1 to 40 characters"),
        (["merge", "quality", "quality"], "into itself"),
        (["split", "quality", "New", "--quote", "here"], "such as 17:0-41"),
        (["correct", "99:0-4", "quality"], "changed or erased meanwhile"),
        (["create", "New"], "at least one phrase"),
        (["undo", "99"], "no such change"),
    ],
)
def test_a_mistake_is_a_sentence_and_status_1(survey: Survey, run: FlaskCliRunner, words: list[str], says: str) -> None:
    result = run.invoke(args=["catalogue", *words, "--survey", "shop"])

    assert result.exit_code == 1
    assert says in result.output
    assert "Traceback" not in result.output


def test_runs_are_listed_with_what_they_changed(survey: Survey, run: FlaskCliRunner) -> None:
    does(run, "create", "Cut hair straight", "--phrase", "awful haircut", "--phrase", "my haircut is uneven")

    again = run.invoke(args=["analyse", "--survey", "shop"]).output
    listed = run.invoke(args=["analyses", "--survey", "shop"], catch_exceptions=False).output

    assert "nothing moved: more was learned from the comments" in again
    assert "comments moved: the catalogue changed" in listed
    assert "→ Cut hair straight" in listed
    assert listed.splitlines()[-1].endswith("The first one.")


def test_a_key_may_be_let_at_the_catalogue(survey: Survey, run: FlaskCliRunner, app: Flask) -> None:
    key = run.invoke(args=["key", "create", "--survey", "shop", "--read-only", "--catalogue"]).output.strip()

    answer = app.test_client().patch(
        "/api/v1/surveys/shop/pain-points/quality", json={"pinned": True}, headers={"Authorization": f"Bearer {key}"}
    )

    assert answer.status_code == 200
