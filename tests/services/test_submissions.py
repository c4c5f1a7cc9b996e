"""Requests that are repeated at the same time are one answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app.errors import Invalid, NotFound, SurveyClosed
from app.extensions import db
from app.models import Event, IdempotentAnswer, Response
from app.services import submissions, surveys
from app.services.submissions import Submission, Taken
from tests import rows
from tests.services.test_answers import NOON, all_of

TOGETHER = 8


SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def take(key: str | None = None, body: bytes = b"{}", **values: Any) -> Taken:
    return submissions.take(surveys.get("shop"), Submission({"score": 3, **values}, key, body))


def at_once(app: Flask, sent: list[Submission]) -> list[Taken | Invalid]:
    def send(submission: Submission) -> Taken | Invalid:
        with app.app_context():
            try:
                return submissions.take(surveys.get("shop"), submission)
            except Invalid as refusal:
                return refusal
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(sent)) as threads:
        return list(threads.map(send, sent))


def count(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_the_same_request_sent_eight_times_at_once_is_one_answer(app: Flask) -> None:
    rows.survey()

    taken = at_once(app, [Submission({"score": 3, "comment": "Slow"}, "order-1", b"{}")] * TOGETHER)

    assert {one.response.id for one in taken if isinstance(one, Taken)} == {1}
    assert [one.status for one in taken if isinstance(one, Taken)] == [201] * TOGETHER
    assert sum(one.is_repeat for one in taken if isinstance(one, Taken)) == TOGETHER - 1
    assert (count(Response), count(Event), count(IdempotentAnswer)) == (1, 1, 1)


def test_of_different_bodies_under_one_key_only_the_first_is_taken(app: Flask) -> None:
    rows.survey()

    taken = at_once(app, [Submission({"score": score}, "order-1", b"%d" % score) for score in range(TOGETHER)])

    assert sum(isinstance(one, Invalid) for one in taken) == TOGETHER - 1
    assert count(Response) == 1


def test_one_external_id_sent_eight_times_at_once_without_a_key_is_one_answer(app: Flask) -> None:
    rows.survey()

    taken = at_once(app, [Submission({"score": 3, "external_id": "crm-17"}, None, b"{}")] * TOGETHER)

    assert sorted(one.status for one in taken if isinstance(one, Taken)) == [200] * (TOGETHER - 1) + [201]
    assert (count(Response), count(Event)) == (1, 1)


@pytest.mark.usefixtures("app")
def test_what_a_program_says_is_a_whole_answer_of_somebody_its_host_vouches_for() -> None:
    rows.survey()

    anonymous, known = take(comment="Slow"), take(respondent="user-1")

    stored = db.session.scalars(sa.select(Response).order_by(Response.id)).all()
    assert [(one.source, one.identity, one.completed_at is not None) for one in stored] == [
        ("api", "anonymous", True),
        ("api", "verified", True),
    ]
    assert [one.nonce.partition(":")[0] for one in stored] == ["api", "api"]
    assert {len(one.nonce) for one in stored} == {len("api:") + 32}
    assert stored[0].nonce != stored[1].nonce
    assert [(one.status, one.is_repeat, one.response.id) for one in (anonymous, known)] == [
        (201, False, stored[0].id),
        (201, False, stored[1].id),
    ]


@pytest.mark.usefixtures("app")
def test_the_answer_that_comes_back_says_what_a_change_made_of_it() -> None:
    rows.survey()
    first = take(external_id="crm-17")

    changed, same = take(external_id="crm-17", score=9), take(external_id="crm-17", score=9)

    assert [one.status for one in (first, changed, same)] == [201, 200, 200]
    assert (changed.response.id, changed.response.score, changed.response.revision) == (first.response.id, 9, 2)


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("key", "is_one"),
    [("!", True), ("~" * 200, True), ("", False), ("~" * 201, False), ("a b", False), ("\x7f", False), ("é", False)],
)
def test_a_key_is_1_to_200_visible_characters(key: str, is_one: bool) -> None:
    rows.survey()

    if is_one:
        assert take(key).status == 201
        assert take(key).is_repeat
    else:
        with pytest.raises(Invalid) as refused:
            take(key)
        assert refused.value.errors == {"Idempotency-Key": ["Use 1 to 200 visible ASCII characters, without spaces."]}
    assert count(Response) == is_one


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(("after", "is_repeat"), [(DAY, True), (DAY + SECOND, False)])
def test_a_key_is_remembered_for_a_day(after: timedelta, is_repeat: bool) -> None:
    rows.survey()
    with time_machine.travel(NOON, tick=False) as clock:
        first, other = take("order-1"), take("order-2")
        clock.shift(after)
        again = take("order-1")

    assert (again.is_repeat, again.response.id == first.response.id, again.status) == (is_repeat, is_repeat, 201)
    assert count(IdempotentAnswer) == 2
    assert other.response.id in all_of(Response.id)


@pytest.mark.usefixtures("app")
def test_a_repeat_of_a_change_is_answered_like_the_change() -> None:
    rows.survey()
    take(external_id="crm-17")

    first, again = (take("order-1", external_id="crm-17", score=9) for _ in range(2))

    assert [(one.status, one.is_repeat) for one in (first, again)] == [(200, False), (200, True)]


@pytest.mark.usefixtures("app")
def test_keys_are_those_of_one_survey() -> None:
    rows.survey()
    first = take("order-1")
    other = submissions.take(rows.survey("app", "App"), Submission({"score": 9}, "order-1", b"other"))

    assert (first.is_repeat, other.is_repeat) == (False, False)
    with pytest.raises(Invalid) as refused:
        take("order-1", b"other")
    assert refused.value.errors == {
        "Idempotency-Key": ["This Idempotency-Key was used for another body within the last 24 hours."]
    }


MIDNIGHT = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, NOON),
        (MIDNIGHT, MIDNIGHT),
        (MIDNIGHT - SECOND, None),
        (NOON + DAY, NOON + DAY),
        (NOON + DAY + SECOND, None),
        (datetime(2026, 7, 1, 9, 30), datetime(2026, 7, 1, 7, 30, tzinfo=UTC)),  # noqa: DTZ001 - of the survey's zone
        (datetime.fromisoformat("2026-07-01T09:30:00+05:00"), datetime(2026, 7, 1, 4, 30, tzinfo=UTC)),
    ],
    ids=str,
)
def test_an_answer_was_given_when_somebody_could_have_answered(given: datetime | None, kept: datetime | None) -> None:
    surveys.create("shop", "Shop", timezone="Europe/Berlin")
    with time_machine.travel(NOON, tick=False):
        if kept is None:
            with pytest.raises(Invalid) as refused:
                take(created_at=given)
            assert list(refused.value.errors) == ["created_at"]
        else:
            take(created_at=given)

    assert all_of(Response.created_at) == ([kept] if kept else [])


@pytest.mark.usefixtures("app")
def test_a_survey_that_is_closed_or_gone_takes_nothing_from_programs() -> None:
    survey = rows.survey()
    surveys.close("shop")
    with pytest.raises(SurveyClosed):
        submissions.take(survey, Submission({"score": 3}, "order-1", b"{}"))
    with pytest.raises(NotFound):
        submissions._store(4711, Submission({"score": 3}, None, b"{}"))

    assert (count(Response), count(IdempotentAnswer)) == (0, 0)
