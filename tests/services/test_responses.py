"""One click is one response: durable, repeatable, changeable, and told to the outbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app.errors import NotFound, SurveyClosed, TooLateToChange
from app.extensions import db
from app.models import Event, Response, ResponseRevision
from app.services import responses, surveys
from app.services.responses import Answer


def clicked(score: int, nonce: str = "n1", **more: object) -> Answer:
    return Answer(nonce=nonce, score=score, source="widget", **more)  # type: ignore[arg-type]


def count(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


@pytest.mark.usefixtures("app")
def test_one_click_is_one_response_with_its_event() -> None:
    survey = surveys.create("shop", "Shop")

    stored = responses.record(survey.id, clicked(3))

    assert stored.outcome == "created"
    assert (count(Response), count(Event)) == (1, 1)
    assert responses.get(survey.id, stored.response_id).score == 3


@pytest.mark.usefixtures("app")
def test_four_quick_clicks_on_one_number_are_one_response() -> None:
    survey = surveys.create("shop", "Shop")

    ids = {responses.record(survey.id, clicked(3)).response_id for _ in range(4)}

    assert len(ids) == 1
    assert (count(Response), count(Event)) == (1, 1)


@pytest.mark.usefixtures("app")
def test_another_number_on_the_same_form_is_an_edit_that_keeps_the_first() -> None:
    survey = surveys.create("shop", "Shop")
    first = responses.record(survey.id, clicked(3))

    second = responses.record(survey.id, clicked(9))

    assert (second.response_id, second.outcome) == (first.response_id, "changed")
    assert db.session.scalars(sa.select(ResponseRevision.score)).all() == [3]
    assert db.session.scalars(sa.select(Event.type).order_by(Event.id)).all() == [
        "response.created",
        "response.updated",
    ]


@pytest.mark.usefixtures("app")
def test_a_signed_respondent_has_one_response_in_the_window_whatever_the_form() -> None:
    survey = surveys.create("shop", "Shop")
    known = {"respondent": "user-1", "identity": "verified"}
    first = responses.record(survey.id, clicked(3, "form-1", **known))

    second = responses.record(survey.id, clicked(8, "form-2", **known))

    assert (second.response_id, second.outcome) == (first.response_id, "changed")
    assert count(Response) == 1


@pytest.mark.usefixtures("app")
def test_the_comment_and_a_corrected_score_are_one_more_revision() -> None:
    survey = surveys.create("shop", "Shop")
    stored = responses.record(survey.id, clicked(3))

    changed = responses.change(survey.id, stored.response_id, score=4, comment="Too slow\r\nalways")

    response = responses.get(survey.id, stored.response_id)
    assert changed.outcome == "changed"
    assert (response.score, response.comment, response.revision) == (4, "Too slow\nalways", 2)
    assert response.completed_at is not None


@pytest.mark.usefixtures("app")
def test_an_answer_of_another_survey_does_not_exist_here() -> None:
    mine, other = surveys.create("mine", "Mine"), surveys.create("other", "Other")
    stored = responses.record(mine.id, clicked(3))

    with pytest.raises(NotFound):
        responses.change(other.id, stored.response_id, score=10, comment=None)


@pytest.mark.usefixtures("app")
def test_a_closed_survey_takes_no_click() -> None:
    survey = surveys.create("shop", "Shop")
    surveys.close("shop")

    with pytest.raises(SurveyClosed):
        responses.record(survey.id, clicked(3))

    assert count(Response) == 0


def test_what_only_reads_cannot_write(app: Flask) -> None:
    surveys.create("shop", "Shop")

    with pytest.raises(sa.exc.DBAPIError):
        db.session.execute(sa.text("DELETE FROM survey"))

    db.session.rollback()
    assert surveys.get("shop").name == "Shop"


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(("known", "may_change"), [(True, True), (False, False)])
def test_after_a_day_only_a_known_respondent_may_still_change_the_answer(known: bool, may_change: bool) -> None:
    survey = surveys.create("shop", "Shop")
    who = {"respondent": "user-1", "identity": "verified"} if known else {}
    with time_machine.travel(datetime.now(UTC) - timedelta(days=30)):
        stored = responses.record(survey.id, clicked(3, **who))

    if may_change:
        responses.change(survey.id, stored.response_id, score=5, comment="It got better")
    else:
        with pytest.raises(TooLateToChange):
            responses.change(survey.id, stored.response_id, score=5, comment="It got better")

    assert responses.get(survey.id, stored.response_id).score == (5 if may_change else 3)


@pytest.mark.usefixtures("app")
def test_a_form_sent_again_without_words_takes_none_away() -> None:
    survey = surveys.create("shop", "Shop")
    stored = responses.record(survey.id, clicked(3, comment="Too slow", is_complete=True))

    responses.record(survey.id, clicked(4))

    response = responses.get(survey.id, stored.response_id)
    assert (response.score, response.comment) == (4, "Too slow")
