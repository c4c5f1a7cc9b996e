"""The sender as a process: killed and started again it loses nothing, and two of them do not send the same try."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from standardwebhooks import Webhook as Judge

from app.extensions import db
from app.models import Channel, Delivery, Event, Survey, now
from app.sender import AT_ONCE, LETTERS, Sender
from app.services import channels, deliveries, delivery_log, letters, responses, sending
from app.services.channel_checks import Given
from app.services.responses import Answer
from tests import rows
from tests.receivers import Got, Receiver, receiver, wait_for

ROOT = Path(__file__).parent.parent
SENDER = """
import sys, threading
from datetime import timedelta
from app import create_app, sender
from app.services import deliveries, failing, schedule
deliveries.LEASE = timedelta(seconds=1)
schedule.PAUSES = (timedelta(seconds=0.05),) * len(schedule.PAUSES)
failing.FIRST_REST = failing.LONGEST_REST = timedelta(seconds=0.02)
failing.ONCE_MORE = timedelta(seconds=0.1)
sender.LOOK_EVERY = 0.02
one = sender.Sender(create_app(role="jobs"), threading.Event())
one.start()
print("ready", flush=True)
one.join()
"""


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as mine:
        yield mine


@pytest.fixture
def survey(app: Flask) -> Survey:
    app.config["WEBHOOK_TO_LOOPBACK"] = True
    return rows.survey()


def subscribe(survey: Survey, url: str) -> Channel:
    return channels.create(survey, Given("webhook", "Data team", url, ["response.created"]))


@contextmanager
def sender_of(app: Flask) -> Iterator[None]:
    """A process that sends, until it is killed."""
    settings = {"DATABASE_URL": app.config["DATABASE_URL"], "DATA_DIR": str(app.config["DATA_DIR"])}
    env = {**os.environ, **settings, "WEBHOOK_TO_LOOPBACK": "true", "SECRET_KEY": app.config["SECRET_KEY"]}
    command = [sys.executable, "-c", SENDER]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        try:
            yield
        finally:
            os.kill(process.pid, signal.SIGKILL)


def left(state: str | None = None) -> int:
    """How many deliveries are in this state, or still not done."""
    db.session.rollback()
    which = Delivery.state != "done" if state is None else Delivery.state == state
    return db.session.scalar(sa.select(sa.func.count()).where(which)) or 0


@pytest.mark.long  # the fault campaign has a taste of it
def test_killed_again_and_again_it_delivers_every_event_to_a_receiver_that_fails(
    app: Flask, survey: Survey, hook: Receiver
) -> None:
    channel = subscribe(survey, hook.url)
    tries = Counter[str]()

    def fails_often(got: Got) -> tuple[int, dict[str, str]]:
        tries[got.headers["webhook-id"]] += 1
        time.sleep(0.01)
        return (204 if sum(tries.values()) % 3 == 0 else 500), {}

    hook.answers = fails_often
    for number in range(20):
        responses.record(survey.id, Answer(f"n{number}", number % 11, "widget"))

    for kill in range(4):
        with sender_of(app):
            wait_for(lambda: len(hook.got) > 5 * kill or not left(), 30)  # noqa: B023 - waited for at once
    with sender_of(app):
        wait_for(lambda: not left("due"), 60)
        while left("parked"):  # used up by chance and by kills: kept, and sent again
            delivery_log.replay_parked(survey, channel.id)
            wait_for(lambda: not left("due"), 60)

    assert not left()
    events = {event.webhook_id: event.body for event in db.session.scalars(sa.select(Event))}
    assert {got.headers["webhook-id"]: got.body for got in hook.got} == events
    assert {got.body for got in hook.got} == set(events.values())
    for got in hook.got:
        Judge(channel.secret or "").verify(got.body, dict(got.headers))


def test_two_senders_share_the_work_and_send_nothing_twice(app: Flask, survey: Survey, hook: Receiver) -> None:
    urls = [f"{hook.url}/{number}" for number in range(4)]
    for url in urls:
        subscribe(survey, url)
    for number in range(10):
        responses.record(survey.id, Answer(f"n{number}", 3, "widget"))

    with sender_of(app), sender_of(app):
        wait_for(lambda: not left(), 60)

    sent = Counter((got.path, got.headers["webhook-id"]) for got in hook.got)
    assert len(sent) == 40
    assert set(sent.values()) == {1}


def test_a_receiver_that_hangs_keeps_no_other_waiting(app: Flask, survey: Survey, hook: Receiver) -> None:
    over = threading.Event()
    with receiver() as hanging:
        hanging.answers = lambda _got: ((over.wait(10) and 204) or 204, {})
        for url in (hanging.url, hook.url):
            subscribe(survey, url)
        for number in range(5):
            responses.record(survey.id, Answer(f"n{number}", 3, "widget"))
        sender = Sender(app, threading.Event())
        sender.look()

        wait_for(lambda: len(hook.got) == 5)
        assert len(hanging.got) == 1
        over.set()
        for thread in sender.busy.values():
            thread.join()
    assert left() == 0


def test_a_try_that_is_leased_belongs_to_one_of_many_who_ask_at_once(
    app: Flask, survey: Survey, hook: Receiver
) -> None:
    channel = subscribe(survey, hook.url)
    responses.record(survey.id, Answer("n1", 3, "widget"))
    leased = []

    def ask() -> None:
        with app.app_context():
            leased.append(deliveries.lease(channel.id))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([one for one in leased if one]) == 1


def test_a_sender_survives_a_database_that_is_away(app: Flask, survey: Survey, hook: Receiver) -> None:
    subscribe(survey, hook.url)
    responses.record(survey.id, Answer("n1", 3, "widget"))
    over = threading.Event()
    sender = Sender(app, over)
    looks = iter([sa.exc.OperationalError("x", None, Exception()), None])
    look = sender.look

    def fails_once() -> None:
        error = next(looks, None)
        if error:
            raise error
        look()

    sender.look = fails_once  # type: ignore[method-assign]
    sender.start()
    wait_for(lambda: not left(), 10)
    over.set()
    sender.join(10)

    assert not sender.is_alive()
    assert now() - timedelta(minutes=1) < db.session.scalars(sa.select(Delivery)).one().created_at


def test_letters_neither_take_a_channel_its_place_nor_open_more_of_them(
    app: Flask, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()
    monkeypatch.setattr(sending, "drain", lambda _channel: over.wait(10))
    monkeypatch.setattr(letters, "drain", lambda: over.wait(10))
    monkeypatch.setattr(letters, "are_waiting", lambda: True)
    monkeypatch.setattr(deliveries, "waiting", lambda most: list(range(1, most + 1)))
    one = Sender(app, over)

    for _ in range(3):
        one.look()
    busy = set(one.busy)
    over.set()

    assert busy == {LETTERS, *range(1, AT_ONCE + 1)}
