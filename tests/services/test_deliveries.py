"""A delivery reaches a real receiver at least once, is tried for days, never lost, and keeps no other waiting."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from standardwebhooks import Webhook as Judge

from app.errors import Invalid
from app.extensions import db
from app.models import Channel, Delivery, Event, Notice, Survey, now
from app.models.transaction import NotSavedError, writing
from app.notifiers.message import Message
from app.notifiers.results import NotSent, Sent
from app.services import (
    channels,
    deliveries,
    delivery_log,
    digests,
    erasure,
    housekeeping,
    outbox,
    responses,
    schedule,
    sending,
)
from app.services.channel_checks import Given
from app.services.responses import Answer
from tests import rows
from tests.receivers import Post, Receiver, free_port, post, receiver

DROP = Message("nps.dropped", "NPS fell", ("From 31 to 19.",), (), {"nps": 19})
NOT_NOW = NotSent("status 500", 500)


@pytest.fixture(autouse=True)
def settings(app: Flask) -> None:
    app.config.update(WEBHOOK_TO_LOOPBACK=True)


@pytest.fixture
def survey() -> Survey:
    return rows.survey()


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as mine:
        yield mine


@pytest.fixture
def channel(survey: Survey, hook: Receiver) -> Channel:
    return channels.create(survey, Given("webhook", "Data team", hook.url, ["response.created", "response.updated"]))


def put(survey: Survey, *to: Channel, message: Message = DROP, **more: Any) -> int:
    """Tell it; the id of the newest delivery."""
    with writing():
        outbox.put(survey, [one.id for one in to], message, secrets.token_hex(8), **more)
    return db.session.scalar(sa.select(sa.func.max(Delivery.id))) or 0


def get(delivery_id: int) -> Delivery:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Delivery, delivery_id)


def fresh(channel: Channel) -> Channel:
    db.session.rollback()
    db.session.refresh(channel)
    return channel


def try_once(channel: Channel, outcome: Sent | NotSent) -> None:
    """Lease the next one and say what became of it."""
    leased = deliveries.lease(channel.id)
    assert leased
    deliveries.record(leased, outcome)


def test_an_answer_arrives_signed_with_the_bytes_of_its_event(survey: Survey, channel: Channel, hook: Receiver) -> None:
    responses.record(survey.id, Answer("n1", 3, "widget"))

    assert sending.drain(channel.id) == 1

    event = db.session.scalars(sa.select(Event)).one()
    got = hook.got[0]
    assert (got.body, got.headers["webhook-id"]) == (event.body, event.webhook_id)
    assert Judge(channel.secret or "").verify(got.body, dict(got.headers))["data"]["score"] == 3
    delivery = get(1)
    assert (delivery.state, delivery.attempts, delivery.last_status, delivery.last_reason) == ("done", 1, 204, None)


def test_after_a_rotation_the_old_secret_still_holds(survey: Survey, channel: Channel, hook: Receiver) -> None:
    old, new = channel.secret or "", channels.rotate(survey, channel.id)
    put(survey, channel)

    sending.drain(channel.id)

    for secret in (old, new):
        assert Judge(secret).verify(hook.got[0].body, dict(hook.got[0].headers))["data"] == {"nps": 19}


def test_a_message_arrives_in_the_form_of_each_channel(survey: Survey, hook: Receiver) -> None:
    with post() as office:
        db_settings(office)
        made = [channels.create(survey, Given(kind, kind, address)) for kind, address in
                (("email", "ann@example.com"), ("slack", hook.url), ("teams", hook.url))]  # fmt: skip
        put(survey, *made)
        for one in made:
            assert sending.drain(one.id) == 1

        assert [mail["Subject"] for mail in office.mails] == [DROP.title]
        assert [DROP.title.encode() in got.body for got in hook.got] == [True, True]
    assert {one.state for one in db.session.scalars(sa.select(Delivery))} == {"done"}


def db_settings(office: Post) -> None:
    from flask import current_app

    current_app.config["SMTP_URL"] = f"smtp+plain://127.0.0.1:{office.port}"


def test_a_receiver_that_is_down_gets_it_when_it_is_up(survey: Survey, channel: Channel, hook: Receiver) -> None:
    hook.says(500)
    delivery = put(survey, channel)
    sending.drain(channel.id)
    assert (get(delivery).state, get(delivery).last_reason) == ("due", "status 500")
    assert deliveries.waiting(9) == []

    hook.says(204)
    with time_machine.travel(now() + timedelta(seconds=10)):
        assert deliveries.waiting(9) == [channel.id]
        sending.drain(channel.id)

    assert get(delivery).state == "done"
    assert len({(got.headers["webhook-id"], got.body) for got in hook.got}) == 1
    assert len(hook.got) == 2


def test_a_mail_server_that_is_down_gets_it_when_it_is_up(survey: Survey) -> None:
    port = free_port()
    channel = channels.create(survey, Given("email", "Ann", "ann@example.com"))
    db_settings(Post(port))
    delivery = put(survey, channel)
    sending.drain(channel.id)
    assert get(delivery).last_reason == "connection refused"

    with post(port) as office, time_machine.travel(now() + timedelta(seconds=10)):
        sending.drain(channel.id)
        assert len(office.mails) == 1

    assert get(delivery).state == "done"


def test_ten_tries_take_three_days_and_then_it_is_parked(survey: Survey, channel: Channel) -> None:
    delivery, begun = put(survey, channel), now()
    pauses = []
    with time_machine.travel(begun, tick=False) as clock:
        for _ in range(schedule.MOST):
            try_once(channel, NOT_NOW)
            pauses.append(get(delivery).due_at - now())
            clock.move_to(max(get(delivery).due_at, fresh(channel).rests_until or now()))

    assert (get(delivery).state, get(delivery).attempts) == ("parked", 10)
    for pause, planned in zip(pauses, schedule.PAUSES, strict=False):
        assert 0.8 * planned <= pause <= 1.2 * planned
    assert sum(schedule.PAUSES, timedelta()) == timedelta(seconds=272_105)


def test_tries_are_spread_so_that_not_all_come_back_at_once(survey: Survey, channel: Channel) -> None:
    first, second = put(survey, channel), put(survey, channel)
    with time_machine.travel(now(), tick=False) as clock:
        try_once(channel, NOT_NOW)
        clock.move_to(fresh(channel).rests_until or now())
        after_first = get(first).due_at - now()
        try_once(channel, NOT_NOW)

        assert get(second).due_at - now() != after_first


@pytest.mark.parametrize("wait", [7_200.0, 86_400.0])
def test_a_receiver_that_asks_for_rest_gets_it(survey: Survey, channel: Channel, wait: float) -> None:
    delivery = put(survey, channel)
    put(survey, channel)

    with time_machine.travel(now(), tick=False) as clock:
        try_once(channel, NotSent("status 429", 429, wait=wait))

        assert get(delivery).due_at == now() + timedelta(seconds=wait)
        clock.shift(wait - 1)
        assert deliveries.lease(channel.id) is None
        clock.shift(1)
        assert deliveries.lease(channel.id)


def test_a_channel_rests_after_a_failure_and_no_other_waits_for_it(
    survey: Survey, channel: Channel, hook: Receiver
) -> None:
    dead = channels.create(survey, Given("webhook", "Dead", f"http://127.0.0.1:{free_port()}/"))
    for _ in range(3):
        put(survey, dead, channel)

    assert (sending.drain(dead.id), sending.drain(channel.id)) == (1, 3)
    assert len(hook.got) == 3
    assert deliveries.waiting(9) == []


@pytest.mark.parametrize(("failures", "seconds"), [(1, 5), (2, 10), (3, 20), (7, 300), (60, 300)])
def test_the_rest_is_doubled_up_to_five_minutes(survey: Survey, channel: Channel, failures: int, seconds: int) -> None:
    put(survey, channel)
    with writing():
        channel.failures = failures - 1
    with time_machine.travel(now(), tick=False):
        try_once(channel, NOT_NOW)

        assert fresh(channel).rests_until == now() + timedelta(seconds=seconds)


def test_one_at_a_time_and_the_longest_due_first(survey: Survey, channel: Channel) -> None:
    later, sooner = put(survey, channel), put(survey, channel, not_before=now() - timedelta(hours=1))

    first = deliveries.lease(channel.id)
    assert first
    assert (first.delivery_id, deliveries.lease(channel.id)) == (sooner, None)
    deliveries.record(first, Sent(204))
    second = deliveries.lease(channel.id)
    assert second
    assert second.delivery_id == later


def test_what_is_not_due_yet_is_not_sent(survey: Survey, channel: Channel) -> None:
    put(survey, channel, not_before=now() + timedelta(hours=1))

    assert (deliveries.waiting(9), deliveries.lease(channel.id)) == ([], None)


def test_a_sender_that_was_killed_leaves_a_lease_that_ends(survey: Survey, channel: Channel, hook: Receiver) -> None:
    delivery = put(survey, channel)
    assert deliveries.lease(channel.id)

    with time_machine.travel(now() + timedelta(seconds=59)):
        assert deliveries.lease(channel.id) is None
    with time_machine.travel(now() + timedelta(seconds=61)):
        sending.drain(channel.id)

    assert (get(delivery).state, get(delivery).attempts, len(hook.got)) == ("done", 2, 1)


def test_what_kills_every_sender_is_parked_in_the_end(survey: Survey, channel: Channel) -> None:
    delivery = put(survey, channel)
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(schedule.MOST):
            assert deliveries.lease(channel.id)
            clock.shift(61)

        assert deliveries.lease(channel.id) is None
    assert (get(delivery).state, get(delivery).last_reason) == ("parked", "interrupted")


@pytest.mark.parametrize("outcome", [Sent(204), NotSent("status 500", 500)])
def test_a_sender_whose_lease_has_passed_on_is_not_believed(
    survey: Survey, channel: Channel, outcome: Sent | NotSent
) -> None:
    delivery = put(survey, channel)
    late = deliveries.lease(channel.id)
    assert late
    with time_machine.travel(now() + timedelta(seconds=61)):
        assert deliveries.lease(channel.id)
        deliveries.record(late, outcome)

        assert (get(delivery).state, get(delivery).attempts, get(delivery).last_status) == ("due", 2, None)
        assert get(delivery).leased_until


def test_what_is_refused_for_good_is_parked_at_once(survey: Survey, channel: Channel) -> None:
    delivery = put(survey, channel)

    try_once(channel, NotSent("receiver refused: 550", 550, again=False))

    assert (get(delivery).state, get(delivery).attempts) == ("parked", 1)


def test_who_is_gone_is_disabled_and_people_are_told(survey: Survey, channel: Channel, hook: Receiver) -> None:
    mail = channels.create(survey, Given("email", "Ann", "ann@example.com"))
    waiting = [put(survey, channel), put(survey, channel)]
    hook.says(410)

    assert sending.drain(channel.id) == 1

    assert (fresh(channel).state, fresh(channel).reason) == ("disabled", "the receiver says that it is gone (410)")
    assert [get(one).state for one in waiting] == ["parked", "parked"]
    told = db.session.scalars(sa.select(Notice).where(Notice.type == "channel.disabled")).one()
    assert told.title == "The channel Data team of Shop is disabled"
    assert hook.url not in repr((told.title, told.lines, told.links, told.body))
    assert db.session.scalars(sa.select(Delivery.channel_id).where(Delivery.notice_id == told.id)).all() == [mail.id]


def test_readers_who_were_asked_for_a_digest_do_not_hear_of_a_disabled_channel(
    survey: Survey, channel: Channel, hook: Receiver
) -> None:
    digest = digests.create(survey, {"name": "Weekly", "cycle": "weekly"}, [])
    digests.invite(survey, digest.id, "bob@example.org")
    put(survey, channel)
    hook.says(410)

    sending.drain(channel.id)

    assert fresh(channel).state == "disabled"
    told = sa.select(Delivery.id).join(Notice, Notice.id == Delivery.notice_id).where(Notice.type == "channel.disabled")
    assert db.session.scalars(told).all() == []


def test_a_channel_where_nothing_arrives_for_days_is_disabled(survey: Survey, channel: Channel) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        while fresh(channel).state == "on":
            delivery = put(survey, channel) if not deliveries.waiting(9) else 0
            clock.shift(3_600)
            for _ in range(9):
                leased = deliveries.lease(channel.id)
                if leased:
                    deliveries.record(leased, NOT_NOW)
                    clock.shift(301)
        assert now() - (fresh(channel).failing_since or now()) >= schedule.SHORTEST
    assert delivery is not None
    assert fresh(channel).reason == "nothing has arrived for days"
    assert {one.state for one in db.session.scalars(sa.select(Delivery).filter_by(channel_id=channel.id))} == {"parked"}


def test_some_that_fail_among_many_that_arrive_disable_nothing(survey: Survey, channel: Channel) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(100):
            put(survey, channel)
            try_once(channel, NotSent("status 400", 400, again=False))
            clock.shift(3_600)
            put(survey, channel)
            try_once(channel, Sent(204))

    assert fresh(channel).state == "on"


def fail_to_the_end(channel: Channel, delivery: int, clock: Any) -> None:
    """One whose every try fails while others arrive, as of a receiver that fails at random."""
    with writing() as session:
        session.execute(sa.update(Delivery).where(Delivery.id == delivery).values(attempts=schedule.MOST - 1))
    try_once(channel, NOT_NOW)
    clock.shift(5)


def test_what_is_parked_is_tried_once_more_after_something_arrived(survey: Survey, channel: Channel) -> None:
    refused, parked = put(survey, channel), put(survey, channel)
    with time_machine.travel(now(), tick=False) as clock:
        try_once(channel, NotSent("status 400", 400, again=False))
        clock.shift(5)
        fail_to_the_end(channel, parked, clock)
        assert get(parked).state == "parked"
        put(survey, channel)
        clock.shift(5)
        try_once(channel, Sent(204))

        assert [get(one).state for one in (refused, parked)] == ["parked", "due"]
        assert deliveries.lease(channel.id) is None
        clock.shift(3_600)
        try_once(channel, NOT_NOW)
        assert (get(parked).state, get(parked).attempts) == ("parked", 10)


def test_what_is_parked_for_weeks_waits_for_a_person(survey: Survey, channel: Channel) -> None:
    parked = put(survey, channel)
    with time_machine.travel(now(), tick=False) as clock:
        fail_to_the_end(channel, parked, clock)
        clock.shift(timedelta(days=15))
        put(survey, channel)
        try_once(channel, Sent(204))

    assert get(parked).state == "parked"


def test_what_a_disabled_channel_parked_follows_when_it_is_on_and_well(
    survey: Survey, channel: Channel, hook: Receiver
) -> None:
    gone, waiting = put(survey, channel), put(survey, channel)
    hook.says(410)
    sending.drain(channel.id)
    hook.says(204)
    channels.switch(survey, channel.id, on=True)
    channels.test(survey, channel.id)
    sending.drain(channel.id)
    assert [get(one).state for one in (gone, waiting)] == ["parked", "due"]

    with time_machine.travel(now() + timedelta(hours=2)):
        sending.drain(channel.id)

    assert [get(one).state for one in (gone, waiting)] == ["parked", "done"]


def test_a_delivery_is_replayed_under_the_id_it_had(survey: Survey, channel: Channel, hook: Receiver) -> None:
    delivery = put(survey, channel)
    sending.drain(channel.id)

    delivery_log.replay(survey, channel.id, delivery)
    assert (get(delivery).state, get(delivery).attempts) == ("due", 0)
    sending.drain(channel.id)

    assert [got.headers["webhook-id"] for got in hook.got] == [hook.got[0].headers["webhook-id"]] * 2
    assert hook.got[0].body == hook.got[1].body


def test_all_that_is_parked_is_replayed_and_nothing_else(survey: Survey, channel: Channel, hook: Receiver) -> None:
    for _ in range(3):
        put(survey, channel)
        try_once(channel, NotSent("status 400", 400, again=False))
        delivery_log_wakes(channel)
    put(survey, channel)
    try_once(channel, Sent(204))

    assert delivery_log.replay_parked(survey, channel.id) == 3
    assert sending.drain(channel.id) == 3
    with pytest.raises(Invalid, match="nothing to send"):
        delivery_log.replay_parked(survey, channel.id)


def delivery_log_wakes(channel: Channel) -> None:
    with writing():
        channels.wake(channel)


def test_what_waits_already_is_not_replayed(survey: Survey, channel: Channel) -> None:
    with pytest.raises(Invalid, match="waits already"):
        delivery_log.replay(survey, channel.id, put(survey, channel))


def test_the_log_is_listed_newest_first(survey: Survey, channel: Channel) -> None:
    ids = [put(survey, channel) for _ in range(5)]

    assert [one.delivery.id for one in delivery_log.listed(channel, 2)] == [ids[4], ids[3]]
    assert [one.delivery.id for one in delivery_log.listed(channel, 2, before=ids[3])] == [ids[2], ids[1]]
    assert delivery_log.listed(channel, 9, state="done") == []
    assert delivery_log.counts(survey) == {channel.id: {"due": 5}}
    assert delivery_log.listed(channel, 1)[0].type == DROP.type


def test_an_erased_answer_is_not_delivered(survey: Survey, channel: Channel, hook: Receiver) -> None:
    answered = responses.record(survey.id, Answer("n1", 3, "widget")).response_id

    erasure.erase(survey.id, answered)

    assert (sending.drain(channel.id), hook.got) == (0, [])
    assert db.session.scalars(sa.select(Delivery)).all() == []


def test_a_message_that_may_quote_an_erased_answer_is_emptied_and_not_sent(
    survey: Survey, channel: Channel, hook: Receiver
) -> None:
    answered = responses.record(survey.id, Answer("n1", 3, "import", "zwiebelkuchenmarker")).response_id
    quoting = Message("detractor", "A detractor", ("zwiebelkuchenmarker",), html="zwiebelkuchenmarker",
                      data={"comment": "zwiebelkuchenmarker"})  # fmt: skip
    done = put(survey, channel, message=quoting, about=[answered])
    sending.drain(channel.id)
    due, other = put(survey, channel, message=quoting, about=[answered]), put(survey, channel)

    erasure.erase(survey.id, answered)

    assert [get(one).state for one in (done, due, other)] == ["done", "cancelled", "due"]
    assert get(due).last_reason == "erased"
    assert "zwiebel" not in repr([tuple(row) for row in db.session.execute(sa.select(Notice.__table__))])
    for one in (done, due):
        with pytest.raises(Invalid, match="erased"):
            delivery_log.replay(survey, channel.id, one)
    assert sending.drain(channel.id) == 1
    assert len(hook.got) == 2


def test_what_was_sent_long_ago_goes_and_is_still_not_told_twice(survey: Survey, channel: Channel) -> None:
    with writing():
        outbox.put(survey, [channel.id], DROP, "drop")
    try_once(channel, Sent(204))
    parked = put(survey, channel)
    try_once(channel, NotSent("status 400", 400, again=False))

    with time_machine.travel(now() + timedelta(days=91)):
        housekeeping.tidy()

        assert db.session.scalars(sa.select(Delivery.id)).all() == [parked]
        assert [bool(body) for body in db.session.scalars(sa.select(Notice.body).order_by(Notice.id))] == [False, True]
        with writing():
            assert outbox.put(survey, [channel.id], DROP, "drop") == 0


def test_a_fault_of_ours_is_a_try_that_failed_and_says_no_address(
    survey: Survey, channel: Channel, hook: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    with writing():
        channel.secret = "whsec_"
    delivery = put(survey, channel)

    with caplog.at_level(logging.DEBUG):
        assert sending.drain(channel.id) == 1

    assert get(delivery).last_reason == "fault of ours: EmptyWebhookSecretError"
    assert hook.url not in caplog.text
    assert hook.got == []


def test_what_arrived_is_written_down_though_the_database_was_busy(
    survey: Survey, channel: Channel, hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, busy = deliveries.record, iter([NotSavedError(), NotSavedError()])

    def record_when_free(*given: Any) -> None:
        error = next(busy, None)
        if error:
            raise error
        record(*given)

    monkeypatch.setattr(deliveries, "record", record_when_free)
    delivery = put(survey, channel)

    sending.drain(channel.id)

    assert (get(delivery).state, len(hook.got)) == ("done", 1)


def test_nothing_of_an_address_a_secret_or_an_answer_is_logged(
    survey: Survey, channel: Channel, hook: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    hook.says(500, X_Answer="secret-of-the-receiver")
    delivery = put(survey, channel)

    with caplog.at_level(logging.DEBUG):
        sending.drain(channel.id)

    said = caplog.text + repr([tuple(row) for row in db.session.execute(sa.select(Delivery.__table__))])
    for kept in (hook.url, channel.secret or "", "secret-of-the-receiver"):
        assert kept not in said
    assert get(delivery).last_status == 500
