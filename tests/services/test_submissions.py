"""Requests that are repeated at the same time are one answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from flask import Flask

from app.errors import Invalid
from app.extensions import db
from app.models import Event, IdempotentAnswer, Response
from app.services import submissions, surveys
from app.services.submissions import Submission, Taken
from tests import rows

TOGETHER = 8


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
