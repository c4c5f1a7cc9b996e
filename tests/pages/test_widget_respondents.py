"""Who is answering: known by a host's signature, or not at all."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.models import SigningKey, Survey, now
from app.models.transaction import writing
from app.services import surveys
from tests.pages.visitor import Visitor, earlier_scores, only_response, stored
from tests.security.signing import SECRET, respondent_token


@pytest.fixture
def survey(app: Flask) -> Survey:
    survey = surveys.create("shop", "Acme")
    with writing() as session:
        session.add(SigningKey(survey_id=survey.id, kid="k1", secret=SECRET))
    return survey


@pytest.fixture
def visitor(client: FlaskClient, survey: Survey) -> Visitor:
    return Visitor(client)


@pytest.fixture
def invited(survey: Survey) -> Survey:
    """The survey, now for signed respondents only."""
    with writing() as session:
        session.get_one(Survey, survey.id).requires_signed = True
    return survey


def proof(subject: str = "user-4711", **fields: Any) -> str:
    made = int(time.time())
    payload = {"aud": "http://localhost", "survey": "shop", "sub": subject, "iat": made, "exp": made + 3_600}
    return respondent_token(payload | fields)


def test_a_signed_respondent_is_verified_with_their_attributes(visitor: Visitor) -> None:
    token = proof(touchpoint="after-order", attrs={"plan": "pro", "seats": 12})

    visitor.sends(visitor.opens(r=token, touchpoint="elsewhere"), score="3")

    response = only_response()
    assert (response.identity, response.respondent.subject) == ("verified", "user-4711")  # type: ignore[union-attr]
    assert response.attributes == {"plan": "pro", "seats": "12"}
    assert (response.touchpoint, response.mark) == ("after-order", None)


def test_who_finds_the_address_of_an_answer_days_later_cannot_change_it(visitor: Visitor) -> None:
    reason = visitor.sends(visitor.opens(r=proof()), score="3")

    with time_machine.travel(now() + timedelta(days=5)):
        late = visitor.sends(reason, score="9", comment="I found this", do="send")
        same = visitor.sends(reason, score="3", do="skip")
        thanks = visitor.opens(r=proof())

    assert (late.status, late.words) == (409, "I found this")
    assert same.heading == thanks.heading == "Thank you. Your answer has been saved."
    assert (only_response().score, only_response().comment) == (3, None)


def test_the_proof_is_needed_for_the_question_only_and_passed_on_nowhere(visitor: Visitor) -> None:
    token = proof()
    question = visitor.opens(r=token)
    reason = visitor.sends(question, score="3")

    assert token not in question.html
    assert token not in reason.html
    assert "user-4711" not in reason.html


def test_a_refused_proof_is_an_anonymous_answer_with_a_mark(visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    token = proof(exp=int(time.time()) + 999_999)

    with caplog.at_level(logging.WARNING):
        visitor.sends(visitor.opens(r=token), score="3")

    response = only_response()
    assert (response.identity, response.respondent_id, response.mark) == ("anonymous", None, "token refused")
    assert "lifetime" in caplog.text
    assert token not in caplog.text


def test_whoever_answered_is_thanked_again_and_may_change_it(visitor: Visitor) -> None:
    visitor.sends(visitor.opens(r=proof()), score="3")

    again = visitor.opens(r=proof())
    visitor.sends(visitor.opens(again.links["Change my answer"]), comment="Too slow", do="send")

    assert again.heading == "Thank you. Your answer has been saved."
    assert stored() == [(3, "Too slow")]


def test_two_forms_of_one_person_are_one_response(visitor: Visitor) -> None:
    phone, desk = visitor.opens(r=proof()), visitor.opens(r=proof())

    visitor.sends(phone, score="3")
    visitor.sends(desk, score="8")

    assert stored() == [(8, None)]
    assert earlier_scores() == [3]


def test_two_people_are_two_responses(visitor: Visitor) -> None:
    visitor.sends(visitor.opens(r=proof("ann")), score="3")
    visitor.sends(visitor.opens(r=proof("Ann")), score="8")

    assert stored() == [(3, None), (8, None)]


@pytest.mark.parametrize("query", [{}, {"r": "forged"}, {"score": "9"}])
@pytest.mark.usefixtures("invited")
def test_a_survey_for_invited_people_asks_nobody_else(visitor: Visitor, query: dict[str, str]) -> None:
    page = visitor.opens(**query)

    assert (page.status, page.action) == (403, None)
    assert "invited people only" in page.said


@pytest.mark.usefixtures("invited")
def test_an_invited_person_answers(visitor: Visitor) -> None:
    thanks = visitor.sends(visitor.sends(visitor.opens(r=proof()), score="9"), comment="All of it", do="send")

    assert thanks.heading == "Thank you. Your answer has been saved."
    assert only_response().identity == "verified"


def test_a_form_from_before_the_survey_was_closed_to_others_takes_no_answer(visitor: Visitor, survey: Survey) -> None:
    page = visitor.opens(score="2")
    with writing() as session:
        session.get_one(Survey, survey.id).requires_signed = True

    refused = visitor.sends(page, comment="Many words", do="send")

    assert (refused.status, refused.words, refused.action) == (403, "Many words", None)
    assert stored() == []


@pytest.mark.usefixtures("invited")
def test_a_forged_form_gives_an_invited_survey_no_anonymous_way_in(visitor: Visitor) -> None:
    page = visitor.opens(r=proof())

    refused = visitor.sends(page, token="forged", score="0")

    assert (refused.status, refused.action) == (403, None)
    assert stored() == []


@pytest.fixture
def claimable(survey: Survey) -> Survey:
    """The survey, now keeping ids that nobody signed."""
    return surveys.accept_claims(survey.key, True)


@pytest.mark.usefixtures("claimable")
def test_a_claimed_id_is_kept_as_a_claim_and_makes_no_respondent(visitor: Visitor) -> None:
    visitor.sends(visitor.opens(respondent="user-4711"), score="3")

    response = only_response()
    assert (response.identity, response.claimed_as, response.respondent_id) == ("claimed", "user-4711", None)


@pytest.mark.usefixtures("claimable")
def test_a_claim_changes_nothing_of_the_one_whose_id_it_uses(visitor: Visitor) -> None:
    visitor.sends(visitor.opens(r=proof()), score="9")

    page = visitor.opens(respondent="user-4711")
    visitor.sends(page, score="0")

    assert len(page.buttons) == 11
    assert stored() == [(9, None), (0, None)]
    assert earlier_scores() == []


@pytest.mark.usefixtures("claimable")
@pytest.mark.parametrize(
    "query",
    [
        {"respondent": ""},
        {"respondent": "x" * 201},
        {"respondent": "a\nb"},
        {"respondent": ["a", "b"]},
        {"respondent": "user-4711", "r": "forged"},
    ],
    ids=str,
)
def test_what_is_no_id_or_comes_with_a_bad_proof_claims_nothing(visitor: Visitor, query: dict[str, Any]) -> None:
    visitor.sends(visitor.opens(**query), score="3")

    assert (only_response().identity, only_response().claimed_as) == ("anonymous", None)


def test_without_the_setting_a_claim_is_not_kept(visitor: Visitor) -> None:
    visitor.sends(visitor.opens(respondent="user-4711"), score="3")

    assert (only_response().identity, only_response().claimed_as) == ("anonymous", None)


def test_a_proof_goes_before_a_claim(visitor: Visitor, claimable: Survey) -> None:
    visitor.sends(visitor.opens(r=proof(), respondent="somebody-else"), score="3")

    assert (only_response().identity, only_response().claimed_as) == ("verified", None)


@pytest.mark.usefixtures("claimable", "invited")
def test_a_claim_opens_no_survey_for_invited_people(visitor: Visitor) -> None:
    assert visitor.opens(respondent="user-4711").status == 403
