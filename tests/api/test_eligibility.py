"""A host's server asks whose turn it is before it renders the tag."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.models import Respondent, Response, Survey
from app.models.transaction import writing
from app.services import keys, loads, surveys
from tests.api.conftest import Program
from tests.rows import NOON


def asks(program: Program, respondent: str = "user-1") -> dict[str, object]:
    answer = program.get("eligibility", f"?respondent={respondent}")
    assert answer.status_code == 200
    return dict(answer.get_json())


def test_somebody_new_is_to_be_asked_and_asking_so_changes_nothing(program: Program) -> None:
    for _ in range(3):
        assert asks(program) == {"eligible": True, "reason": None, "next_at": None}

    loads.flush()
    with writing() as session:
        assert session.query(Respondent).count() == 0


def test_an_answer_that_the_program_sends_counts(program: Program) -> None:
    program.send({"score": 9, "respondent": "user-1"})

    told = asks(program)

    assert (told["eligible"], told["reason"]) == (False, "answered")
    assert str(told["next_at"]).startswith((NOON + timedelta(days=90)).date().isoformat())
    assert asks(program, "user-2")["eligible"]


def test_ids_are_compared_byte_by_byte(program: Program) -> None:
    program.send({"score": 9, "respondent": "Zoë/0047"})

    assert [asks(program, who)["eligible"] for who in ("Zo%C3%AB/0047", "zo%C3%AB/0047", "Zoe%CC%88/0047")] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("", "respondent"),
        ("?respondent=", "respondent"),
        ("?respondent=" + "x" * 201, "respondent"),
        ("?respondent=a%00b", "respondent"),
        ("?respondent=a%0a", "respondent"),
        ("?respondent=a&respondent=b", "respondent"),
        ("?respondent=a&from=2026-01-01", "from"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(program: Program, query: str, name: str) -> None:
    answer = program.get("eligibility", query)

    assert (answer.status_code, set(answer.get_json()["errors"])) == (422, {name})


def test_it_takes_a_key_of_this_survey(app: Flask, program: Program, stranger: Program) -> None:
    path = f"{program.base}/eligibility?respondent=user-1"

    assert program.client.get(path).status_code == 401
    assert program.client.get(path, headers=stranger.bearer).status_code == 404
    writer = keys.create(program.survey, "writer", ["responses:write"])
    assert program.client.get(path, headers={"Authorization": f"Bearer {writer}"}).status_code == 403


def test_a_closed_survey_says_so(program: Program) -> None:
    surveys.close(program.survey.key)

    assert asks(program) == {"eligible": False, "reason": "closed", "next_at": None}


def test_two_surveys_of_two_kinds_are_never_added_up(program: Program) -> None:
    other: Survey = surveys.create("checkout", "Checkout", kind="touchpoint")
    program.send({"score": 9})
    with writing() as session:
        session.add(Response(survey_id=other.id, nonce="n", score=0, source="widget", attributes={}, created_at=NOON))

    report = program.get("report").get_json()

    assert (report["survey"]["kind"], report["nps"]["n"]) == ("relationship", 1)
