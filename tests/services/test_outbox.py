"""What is to be sent stands in the tables with what it is about: once, for the channels that are on, or not at all."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models import Channel, Delivery, Event, Notice, NoticeAnswer, Response, Survey, now
from app.models.channels import ANSWER_TYPES
from app.models.transaction import NotSavedError, writing
from app.notifiers.message import Message
from app.services import events, outbox, responses
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


def test_everything_that_is_told_is_kept_as_it_was_told_in_no_more_bytes_than_needed(survey: Survey) -> None:
    whole = replace(DROP, html="<p>From 31 to 19.</p>", unsubscribe="https://nps.example/end")
    with writing():
        outbox.put(survey, [], whole, "drop:2026-11")

    notice = db.session.scalars(sa.select(Notice)).one()
    assert (notice.survey_id, notice.once, notice.type) == (survey.id, "drop:2026-11", "nps.dropped")
    assert (notice.html, notice.unsubscribe) == (whole.html, whole.unsubscribe)
    assert notice.body.startswith(b'{"type":"nps.dropped","timestamp":"20')
    assert len(notice.webhook_id) == len("msg_") + 24


def test_a_message_knows_each_answer_it_is_about_once(survey: Survey) -> None:
    first, second = answer(survey, "n1"), answer(survey, "n2")

    put(survey, channel(survey), about=[second, first, second])

    assert db.session.scalars(sa.select(NoticeAnswer.response_id).order_by(NoticeAnswer.response_id)).all() == [
        first,
        second,
    ]


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


STATES = ("due", "parked", "done", "cancelled")


def set_states(*states: str) -> None:
    """The deliveries in the order in which they were made; all of them are leased."""
    with writing():
        for one, state in zip(deliveries(), states, strict=True):
            one.state, one.leased_until = state, now()


def test_what_is_withdrawn_is_what_is_known_by_these_words_and_not_sent_yet(survey: Survey) -> None:
    mine, other = channel(survey), channel(survey)
    for number in range(4):
        put(survey, mine, once=f"digest:7:{number}")
    put(survey, mine, other, once="digest:8:1")
    put(survey, mine, once="drop:digest:7")
    put(survey, other, once="digest:7:9")
    set_states(*STATES, "due", "due", "due", "due")

    with writing():
        outbox.withdraw([mine], "digest:7:", "digest:9:")

    found = [(one.state, one.last_reason, one.leased_until is None) for one in deliveries()]
    assert found[:2] == [("cancelled", "not wanted any more", True)] * 2
    assert [state for state, *_ in found[2:]] == ["done", "cancelled", "due", "due", "due", "due"]
    assert {reason for _, reason, _ in found[2:]} == {None}


def test_without_a_channel_nothing_is_withdrawn(survey: Survey) -> None:
    put(survey, channel(survey), once="digest:7:1")

    with writing():
        outbox.withdraw([], "digest:7:")

    assert [one.state for one in deliveries()] == ["due"]


def test_a_message_about_an_erased_answer_is_empty_and_no_other_is(survey: Survey) -> None:
    erased, kept = answer(survey, "n1"), answer(survey, "n2")
    whole = replace(DROP, html="<p>Words</p>", unsubscribe="https://nps.example/end")
    with writing():
        for response, once in ((erased, "a"), (kept, "b")):
            outbox.put(survey, [], whole, once, about=[response])
        outbox.forget(erased)

    gone, there = db.session.scalars(sa.select(Notice).order_by(Notice.once))
    assert (gone.title, gone.lines, gone.links, gone.html, gone.unsubscribe, gone.body) == ("", [], [], None, "", b"")
    assert (there.title, there.html, bool(there.body)) == (whole.title, whole.html, True)
    assert gone.type == there.type


QUARTER = timedelta(days=90)
LONG = QUARTER + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("state", "made", "due", "is_kept"),
    [
        ("done", LONG, LONG, False),
        ("cancelled", LONG, LONG, False),
        ("parked", LONG, LONG, True),
        ("due", LONG, LONG, True),
        ("done", QUARTER, LONG, True),
        ("done", LONG, QUARTER, True),
    ],
)
def test_what_was_sent_a_quarter_ago_goes_with_its_words(
    survey: Survey, state: str, made: timedelta, due: timedelta, is_kept: bool
) -> None:
    at = now()
    put(survey, channel(survey), not_before=at - due)
    with writing() as session:
        session.execute(sa.update(Delivery).values(state=state, created_at=at - made))
        session.execute(sa.update(Notice).values(created_at=at - LONG))
        outbox.tidy(at)

    assert len(deliveries()) == is_kept
    notice = db.session.scalars(sa.select(Notice)).one()
    assert (notice.title, bool(notice.body)) == ((DROP.title, True) if is_kept else ("", False))
    assert notice.once == "drop:2026-11"


@pytest.mark.parametrize(("age", "is_kept"), [(QUARTER, True), (LONG, False)])
def test_words_that_nobody_gets_are_kept_for_a_quarter(survey: Survey, age: timedelta, is_kept: bool) -> None:
    at = now()
    put(survey)
    with writing() as session:
        session.execute(sa.update(Notice).values(created_at=at - age))
        outbox.tidy(at)

    assert (db.session.scalars(sa.select(Notice.body)).one() != b"") == is_kept


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


def test_an_event_is_due_from_the_moment_in_which_it_happened(survey: Survey) -> None:
    channel(survey, types=[*ANSWER_TYPES])
    response = answer(survey)
    an_hour_ago = now() - timedelta(hours=1)

    with writing():
        events.tell("response.updated", survey, events.Told(response, 3, 2, None, "widget"), an_hour_ago)

    assert deliveries()[-1].due_at == an_hour_ago


@pytest.mark.parametrize("kind", ["email", "slack", "teams"])
def test_people_do_not_get_every_answer_one_by_one(survey: Survey, kind: str) -> None:
    channel(survey, kind, types=[*ANSWER_TYPES])

    answer(survey)

    assert deliveries() == []


def test_an_event_says_which_answer_it_is_and_what_it_is_worth_now(survey: Survey) -> None:
    response = answer(survey)
    responses.correct(survey.id, response, score=8, comment=None)

    first, second = db.session.scalars(sa.select(Event).order_by(Event.id))
    told = {"id": response, "survey": "shop", "score": 3, "group": "detractor", "revision": 1, "quarantine": None}
    assert json.loads(first.body) == {
        "type": "response.created",
        "timestamp": first.created_at.isoformat(),
        "data": told,
    }
    assert json.loads(second.body)["data"] == told | {"score": 8, "group": "passive", "revision": 2}
    assert [(one.type, one.survey_id, one.response_id) for one in (first, second)] == [
        ("response.created", survey.id, response),
        ("response.updated", survey.id, response),
    ]
    assert first.webhook_id != second.webhook_id


@pytest.mark.parametrize(
    ("counts", "reason", "told"),
    [(True, None, None), (False, "too-fast", "too-fast"), (False, None, "test"), (True, "too-fast", None)],
)
def test_an_event_says_why_an_answer_does_not_count(
    survey: Survey, counts: bool, reason: str | None, told: str | None
) -> None:
    response = db.session.get_one(Response, answer(survey))
    with writing():
        response.counts, response.quarantine = counts, reason

    assert events.of(response) == events.Told(response.id, 3, 1, told, "widget")


def test_a_repeated_answer_is_delivered_once(survey: Survey) -> None:
    channel(survey, types=[*ANSWER_TYPES])

    assert answer(survey) == answer(survey)
    assert len(deliveries()) == 1


def test_old_answers_from_a_file_are_not_news(survey: Survey) -> None:
    channel(survey, types=[*ANSWER_TYPES])

    answer(survey, source="import")

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == 1
    assert deliveries() == []
