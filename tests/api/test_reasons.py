"""Programs are told why a comment is listed where it is: the rule, the numbers, and whose words they are."""

from __future__ import annotations

import pytest

from app.services import analyses, responses
from app.services.responses import Answer
from tests.api.conftest import Program

SAID = ["Support takes days to answer", "nobody in support ever replies"]


@pytest.fixture
def read(program: Program) -> Program:
    for number, comment in enumerate(SAID):
        responses.record(program.survey.id, Answer(f"n{number}", 2, "api", comment, "en", is_complete=True))
    analyses.run(program.survey.id)
    return program


def test_a_mention_is_explained_in_numbers_and_in_a_sentence(read: Program) -> None:
    told = read.get("responses/1/why").get_json()

    assert (told["response_id"], told["state"], len(told["mentions"])) == (1, "explained", 1)
    mention = told["mentions"][0]
    assert (mention["start"], mention["end"], mention["text"]) == (0, 28, SAID[0])
    assert mention["pain_point"] == {"id": "support-speed", "name": "Speed up support responses"}
    assert (mention["rule"], mention["correction"], mention["lead"]) == ("best", None, None)
    first, second = mention["first"], mention["second"]
    for one in (first, second):
        assert sum(one[part] for part in ("meaning", "words", "favour", "corrections")) == pytest.approx(one["total"])
    assert mention["ahead"] == pytest.approx(first["total"] - second["total"])
    assert first["total"] >= mention["needed"] > 0.25
    assert mention["sentence"].startswith("These words fit “Speed up support responses” best")
    assert [one["response_id"] for one in mention["quotes"]] == [2]
    assert mention["words"][0]["text"] in SAID[0]
    assert len(mention["phrases"]) == 3


def test_the_mentions_are_those_of_the_list_of_answers(read: Program) -> None:
    listed = {one["id"]: one for one in read.get().get_json()["responses"]}

    for id_ in (1, 2):
        told = read.get(f"responses/{id_}/why").get_json()["mentions"]
        assert [(one["start"], one["end"], one["stance"], one["pain_point"]["id"]) for one in told] == [
            (one["start"], one["end"], one["stance"], one["pain_point"]) for one in listed[id_]["mentions"]
        ]


def test_what_is_not_read_yet_has_a_state_and_no_mentions(read: Program) -> None:
    new = responses.record(read.survey.id, Answer("new", 2, "api", "dear", "en", is_complete=True)).response_id

    assert read.get(f"responses/{new}/why").get_json() == {"response_id": new, "state": "unread", "mentions": []}


@pytest.mark.parametrize("number", ["4711", str(2**70), "0", "-1", "x"])
def test_an_answer_that_is_not_there_is_404(read: Program, number: str) -> None:
    assert read.get(f"responses/{number}/why").status_code == 404


def test_another_surveys_key_opens_nothing(read: Program, stranger: Program) -> None:
    answer = stranger.client.get(f"{read.base}/responses/1/why", headers=stranger.bearer)

    assert answer.status_code == 404
