"""What is to be sent stands in the tables with what it is about: once, for the channels that are on, or not at all."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models import Channel, Delivery, Event, Notice, Survey, now
from app.models.channels import ANSWER_TYPES
from app.models.transaction import NotSavedError, writing
from app.notifiers.message import Message
from app.services import outbox, responses
from app.services.responses import Answer
from tests import rows

pytestmark = pytest.mark.usefixtures("app")
DROP = Message(
    "nps.dropped",
    "NPS of Shop fell by 12",
    ("From 31 to 19, n = 212.",),
    (("The report", "https://nps.example/surveys/shop/report"),),
    {"survey": "shop", "nps": 19},
)


@pytest.fixture
def survey() -> Survey:
    return rows.survey()


def channel(survey: Survey, kind: str = "webhook", **more: Any) -> int:
    with writing() as session:
        made = Channel(survey_id=survey.id, kind=kind, name=kind, address="https://hooks.example/x", **more)
        session.add(made)
        session.flush()
        return made.id


def put(survey: Survey, *channels: int, once: str = "drop:2026-11", **more: Any) -> int:
    with writing():
        return outbox.put(survey, channels, DROP, once, **more)


def deliveries() -> list[Delivery]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Delivery).order_by(Delivery.id)))


def test_a_message_is_one_notice_and_a_delivery_for_each_channel(survey: Survey) -> None:
    mail, hook = channel(survey, "email"), channel(survey)

    assert put(survey, mail, hook) == 2

    notice = db.session.scalars(sa.select(Notice)).one()
    assert [(one.channel_id, one.notice_id, one.state, one.attempts) for one in deliveries()] == [
        (mail, notice.id, "due", 0),
        (hook, notice.id, "due", 0),
    ]
    assert (notice.title, notice.lines, notice.links) == (DROP.title, [*DROP.lines], [[*DROP.links[0]]])


def test_the_bytes_of_a_webhook_are_fixed_when_the_message_is_told(survey: Survey) -> None:
    put(survey, channel(survey))

    notice = db.session.scalars(sa.select(Notice)).one()
    told = json.loads(notice.body)
    assert told == {"type": DROP.type, "timestamp": notice.created_at.isoformat(), "data": dict(DROP.data)}
    assert notice.webhook_id.startswith("msg_")


def test_told_again_nothing_is_written(survey: Survey) -> None:
    hook = channel(survey)

    assert [put(survey, hook), put(survey, hook), put(survey, hook, once="drop:2026-12")] == [1, 0, 1]
    assert len(deliveries()) == 2


def test_another_survey_may_say_the_same(survey: Survey) -> None:
    other = rows.survey("app", "App")

    assert [put(survey, channel(survey)), put(other, channel(other))] == [1, 1]


def test_a_message_waits_until_its_time(survey: Survey) -> None:
    tomorrow = now() + timedelta(days=1)

    put(survey, channel(survey), not_before=tomorrow)

    assert [one.due_at for one in deliveries()] == [tomorrow]


@pytest.mark.parametrize("state", ["off", "disabled"])
def test_a_channel_that_is_not_on_gets_nothing(survey: Survey, state: str) -> None:
    assert put(survey, channel(survey, state=state)) == 0
    assert deliveries() == []


def test_a_channel_of_another_survey_gets_nothing(survey: Survey) -> None:
    assert put(survey, channel(rows.survey("app", "App"))) == 0


def test_outside_a_transaction_nothing_can_be_told(survey: Survey) -> None:
    hook = channel(survey)

    with pytest.raises(sa.exc.DBAPIError):
        outbox.put(survey, [hook], DROP, "drop")

    assert deliveries() == []


def test_what_is_not_committed_is_not_told(survey: Survey) -> None:
    hook = channel(survey)

    def told_and_lost() -> None:
        with writing():
            outbox.put(survey, [hook], DROP, "drop")
            raise NotSavedError

    with pytest.raises(NotSavedError):
        told_and_lost()
    assert (deliveries(), put(survey, hook, once="drop")) == ([], 1)


def answer(survey: Survey, nonce: str = "n1", score: int = 3, source: str = "widget") -> int:
    return responses.record(survey.id, Answer(nonce, score, source)).response_id


def test_an_answer_is_delivered_to_the_webhooks_that_want_it(survey: Survey) -> None:
    new, both = (channel(survey, types=types) for types in (["response.created"], [*ANSWER_TYPES]))
    for more in ({"types": []}, {"types": [*ANSWER_TYPES], "state": "off"}):
        channel(survey, **more)  # type: ignore[arg-type]
    channel(rows.survey("app", "App"), types=["response.created"])

    responses.correct(survey.id, answer(survey), score=9, comment="Better now")

    events = db.session.scalars(sa.select(Event.id).order_by(Event.id)).all()
    assert {(one.channel_id, one.event_id) for one in deliveries()} == {
        (new, events[0]),
        (both, events[0]),
        (both, events[1]),
    }


def test_a_repeated_answer_is_delivered_once(survey: Survey) -> None:
    channel(survey, types=[*ANSWER_TYPES])

    assert answer(survey) == answer(survey)
    assert len(deliveries()) == 1


def test_old_answers_from_a_file_are_not_news(survey: Survey) -> None:
    channel(survey, types=[*ANSWER_TYPES])

    answer(survey, source="import")

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == 1
    assert deliveries() == []
