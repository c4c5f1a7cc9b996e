"""What an operator sees of a file before and after it goes in."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskCliRunner

from app.extensions import db
from app.models import Response, Survey
from app.services import surveys

FILES = Path(__file__).parents[1] / "importers" / "files"
TYPEFORM = str(FILES / "typeform.csv")


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def stored() -> list[Response]:
    return list(db.session.scalars(sa.select(Response).order_by(Response.id)))


def test_a_dry_run_says_all_and_stores_nothing(run: FlaskCliRunner) -> None:
    done = run.invoke(args=["import", str(FILES / "surveymonkey.csv"), "--survey", "shop", "--dry-run"])

    assert done.exit_code == 0
    assert "surveymonkey.csv: SurveyMonkey." in done.stderr
    assert "The times are written month/day/year." in done.stderr
    assert "External" not in done.stdout
    assert "IP Address" in done.stdout
    assert done.stdout.split("IP Address")[1].split("\n")[0].strip() == "not taken"
    assert "13 rows: 9 new, 0 changed, 1 already there, 3 would be left out. Nothing was stored." in done.stdout
    assert "1 × the score is missing (line 6)" in done.stdout
    assert stored() == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Survey)) == 0


def test_a_dry_run_knows_what_is_there(run: FlaskCliRunner) -> None:
    surveys.create("shop", "Shop")
    run.invoke(args=["import", TYPEFORM, "--survey", "shop"])

    done = run.invoke(args=["import", TYPEFORM, "--survey", "shop", "--dry-run"])

    assert "12 rows: 0 new, 0 changed, 9 already there, 3 would be left out." in done.stdout


def test_the_product_is_named_and_what_is_left_out_too(run: FlaskCliRunner) -> None:
    done = run.invoke(args=["import", TYPEFORM, "--survey", "shop"])

    assert "typeform.csv: Typeform." in done.stderr
    assert "typeform.csv:5: left out, it was not sent off: started" in done.stderr
    assert "12 rows: 9 new, 0 changed, 0 already there, 3 left out." in done.stdout
    assert stored()[0].external_id == "typeform:aa01"


def test_another_meaning_of_a_column_changes_the_answers_and_makes_none(run: FlaskCliRunner) -> None:
    run.invoke(args=["import", TYPEFORM, "--survey", "shop"])

    again = ["import", TYPEFORM, "--survey", "shop", "--column", "Which plan are you on?=comment"]
    done = run.invoke(args=again)

    assert "12 rows: 0 new, 9 changed, 0 already there, 3 left out." in done.stdout
    assert stored()[0].comment == "Quick, and friendly\n\nteam"  # both columns are the comment


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--column", "score"], "say NAME=MEANING"),
        (["--column", "score=points"], "say NAME=MEANING"),
        (["--column", "Colour=score"], "The file has no column Colour."),
        (["--format", "nonsense"], "is not one of"),
        (["--format", "csv"], "The file has no column named score."),
    ],
)
def test_what_cannot_be_meant_is_refused(run: FlaskCliRunner, words: list[str], says: str) -> None:
    done = run.invoke(args=["import", TYPEFORM, "--survey", "shop", *words])

    assert done.exit_code != 0
    assert says in done.stderr
    assert stored() == []


def test_a_scale_is_that_of_the_survey(run: FlaskCliRunner, tmp_path: Path) -> None:
    surveys.create("desk", "Desk", metric="csat")
    file = tmp_path / "a.csv"
    file.write_text("score\n10\n1\n")
    said = ["import", str(file), "--survey", "desk", "--scale"]

    refused, done = run.invoke(args=[*said, "10=10"]), run.invoke(args=[*said, "10=5,1=1"])

    assert refused.exit_code == 1
    assert "Error: Say each score once, as THEIRS=OURS with ours from 1 to 5" in refused.stderr
    assert done.exit_code == 0
    assert [response.score for response in stored()] == [5, 1]
