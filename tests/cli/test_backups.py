"""The operator's two commands, and what they say."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from app.services import responses
from app.services.responses import Answer
from tests import rows


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def test_a_backup_says_where_it_is(run: FlaskCliRunner, tmp_path: Path) -> None:
    result = run.invoke(args=["backup", str(tmp_path / "copies")])

    (file,) = (tmp_path / "copies").iterdir()
    assert result.output.startswith(f"{file} is a whole copy, ")


def test_erasing_names_the_copies_that_still_hold_it(run: FlaskCliRunner, tmp_path: Path) -> None:
    survey = rows.survey()
    responses.record(survey.id, Answer("n1", 3, "widget", "Too slow", "en", respondent="ann"))
    run.invoke(args=["backup", str(tmp_path)])

    result = run.invoke(args=["erase", "--survey", "shop", "--respondent", "ann"])

    (file,) = tmp_path.iterdir()
    assert "may still hold them; restoring one erases them again:" in result.output
    assert f"  {file}" in result.output


def test_what_is_no_backup_is_refused_in_one_sentence(run: FlaskCliRunner, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear database")

    result = run.invoke(args=["restore", str(file)])

    assert result.exit_code == 1
    assert result.output.startswith(f"Error: {file} is no ")
    assert "Traceback" not in result.output
