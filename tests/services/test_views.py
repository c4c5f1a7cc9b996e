"""What readers may choose from, as soon as it changes."""

from __future__ import annotations

import pytest

from app.extensions import db
from app.models import Survey
from app.services import erasure, responses, surveys, views
from app.services.responses import Answer

pytestmark = pytest.mark.usefixtures("app")


def say(survey: Survey, nonce: str, plan: str) -> int:
    """The id of a new answer."""
    return responses.record(survey.id, Answer(nonce, 2, "api", attributes={"plan": plan})).response_id


def plans(key: str) -> list[tuple[str, int]]:
    db.session.rollback()
    return views.choose_from(surveys.get(key)).attributes["plan"]


def test_what_only_an_erased_answer_said_is_no_choice_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "LARGE", 1)
    survey = surveys.create("shop", "Shop")
    secret = say(survey, "a", "of Ann alone")
    say(survey, "b", "team")
    assert plans("shop") == [("of Ann alone", 1), ("team", 1)]

    erasure.erase(survey.id, secret)
    say(survey, "c", "team")

    assert plans("shop") == [("team", 2)]
