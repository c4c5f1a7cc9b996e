"""The command line says why a comment is listed where it is, in words or for programs."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from app.services import analyses, responses, surveys
from app.services.responses import Answer

SAID = ["Support takes days to answer, but I love the design", "nobody in support ever replies"]


@pytest.fixture
def read(app: Flask) -> Flask:
    survey = surveys.create("shop", "Shop")
    for number, comment in enumerate(SAID):
        responses.record(survey.id, Answer(f"n{number}", 2, "api", comment, "en", is_complete=True))
    analyses.run(survey.id)
    return app


def says(app: Flask, *words: str, status: int = 0) -> str:
    result = app.test_cli_runner().invoke(args=["explain", *words, "--survey", "shop"])
    assert result.exit_code == status, result.output
    return result.output


def test_each_part_has_its_place_its_reason_and_its_evidence(read: Flask) -> None:
    said = says(read, "1")

    assert said.startswith(SAID[0] + "\n\n0-")
    assert "\tsupport-speed\tSpeed up support responses, " in said
    assert "\tThese words fit “Speed up support responses” best" in said
    assert "comes second" in said
    assert "\twords in common: " in said
    assert f"\tso does 2: “{SAID[1]}”" in said
    assert "no pain point\t“" in said
    assert "\tThis is praise." in said


def test_the_same_as_json_is_what_the_api_answers(read: Flask) -> None:
    told = json.loads(says(read, "1", "--format", "json"))

    assert told["state"] == "explained"
    assert [one["rule"] for one in told["mentions"]] == ["best", "praise"]


def test_what_is_not_there_is_a_sentence(read: Flask) -> None:
    assert "There is no such answer." in says(read, "4711", status=1)
    assert "There is no such answer." in says(read, str(2**70), status=1)
