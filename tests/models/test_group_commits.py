"""Answers that come together are stored together, and each is told only what is true of it."""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pysqlite3
import pytest
import sqlalchemy as sa
from flask import Flask

from app.errors import SurveyClosed
from app.extensions import db
from app.models import Event, Response, engines, group_commits, now, write_queue
from app.models.transaction import NotSavedError, writing
from app.services import responses, surveys
from app.services.responses import Answer, Stored

MANY = 5  # of one process: more may not wait at a time


@pytest.fixture
def survey(app: Flask) -> Flask:
    """SQLite and an open survey with the key "asked"; PostgreSQL gathers commits itself."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL gathers the commits of its connections itself")
    surveys.create("asked", "Asked")
    db.session.commit()
    return app


@contextmanager
def turn_held(app: Flask) -> Iterator[None]:
    """Another process has the write turn."""
    path = Path(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///") + ".queue")
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def counted(event: str) -> Iterator[list[Any]]:
    """How often the database did this meanwhile."""
    seen: list[Any] = []

    def note(*given: Any) -> None:
        seen.append(given)

    sa.event.listen(db.engine, event, note)
    yield seen
    sa.event.remove(db.engine, event, note)


def send(app: Flask, answer: Answer, survey_id: int = 1) -> Stored | Exception:
    with app.app_context():
        try:
            return responses.record(survey_id, answer)
        except Exception as error:
            return error


def all_at_once(app: Flask, answers: list[tuple[int, Answer]]) -> list[Any]:
    """What each is told when all come while nobody can write."""
    with ThreadPoolExecutor(len(answers)) as people:
        with turn_held(app):
            told = [people.submit(send, app, answer, survey_id) for survey_id, answer in answers]
            until_in_line(app, len(answers) - 1)
        return [one.result() for one in told]


def until_in_line(app: Flask, number: int) -> None:
    for _ in range(1_000):
        if sum(len(line.waiting) for line in app.extensions.get("group_commits", {}).values()) == number:
            return
        time.sleep(0.005)
    raise AssertionError("they did not line up")


def stored() -> set[tuple[str, int]]:
    db.session.rollback()
    return {(nonce, score) for nonce, score in db.session.execute(sa.select(Response.nonce, Response.score))}


def test_five_answers_that_wait_for_their_turn_are_one_commit_and_each_has_its_own_receipt(survey: Flask) -> None:
    with counted("commit") as commits:
        told = all_at_once(survey, [(1, Answer(f"form-{score}", score, "widget")) for score in range(MANY)])
        written = [given for given in commits if not given[0].get_execution_options().get("reading")]

    assert stored() == {(f"form-{score}", score) for score in range(MANY)}
    ids = {row.id: row.score for row in db.session.execute(sa.select(Response.id, Response.score))}
    assert [ids[one.response_id] for one in told] == list(range(MANY))
    assert len(written) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == MANY


def test_who_answers_a_closed_survey_takes_nobody_else_along(survey: Flask) -> None:
    with survey.app_context():
        closed = surveys.create("closed", "Closed").id
        with writing():
            surveys.get("closed").closed_at = now()

    sent = [(closed if score == 2 else 1, Answer(f"form-{score}", score, "widget")) for score in range(MANY)]
    told = all_at_once(survey, sent)

    assert [type(one) for one in told] == [Stored, Stored, SurveyClosed, Stored, Stored]
    assert stored() == {(f"form-{score}", score) for score in (0, 1, 3, 4)}


def test_the_same_form_pressed_five_times_at_once_is_one_answer(survey: Flask) -> None:
    told = all_at_once(survey, [(1, Answer("form", 7, "widget")) for _ in range(MANY)])

    assert sorted(one.outcome for one in told) == ["created", *["repeated"] * 4]
    assert stored() == {("form", 7)}


def test_nobody_is_told_stored_when_the_commit_fails_and_each_tries_once_more_alone(survey: Flask) -> None:
    failures = iter([True])

    def fail(_connection: sa.Connection) -> None:
        if not _connection.get_execution_options().get("reading") and next(failures, False):
            raise sa.exc.OperationalError("COMMIT", None, OSError("disk I/O error"))

    sa.event.listen(db.engine, "commit", fail)
    try:
        told = all_at_once(survey, [(1, Answer(f"form-{score}", score, "widget")) for score in range(MANY)])
    finally:
        sa.event.remove(db.engine, "commit", fail)

    assert [type(one) for one in told] == [Stored] * MANY
    assert stored() == {(f"form-{score}", score) for score in range(MANY)}


def test_when_no_turn_comes_in_time_everybody_is_told_that_nothing_was_stored(
    survey: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_queue, "WAIT", 0.3)
    began = time.monotonic()
    with ThreadPoolExecutor(MANY) as people, turn_held(survey):
        told = list(people.map(lambda score: send(survey, Answer(f"f{score}", score, "widget")), range(MANY)))

    assert {type(one) for one in told} == {NotSavedError}
    assert stored() == set()
    assert time.monotonic() - began < 2  # not one after the other
    assert isinstance(send(survey, Answer("later", 9, "widget")), Stored)


def test_an_answer_and_a_correction_of_another_share_a_commit(survey: Flask) -> None:
    first = responses.record(1, Answer("first", 3, "widget"))
    db.session.rollback()

    def correct() -> Stored:
        with survey.app_context():
            return responses.change(1, first.response_id, score=4, comment="a slip")

    with ThreadPoolExecutor(2) as people, counted("commit") as commits:
        with turn_held(survey):
            told = [people.submit(correct), people.submit(send, survey, Answer("second", 9, "widget"))]
            until_in_line(survey, 1)
        outcomes = [one.result().outcome for one in told]  # type: ignore[union-attr]
        written = [given for given in commits if not given[0].get_execution_options().get("reading")]

    assert outcomes == ["changed", "created"]
    assert stored() == {("first", 4), ("second", 9)}
    assert len(written) == 1


def test_a_hundred_answers_from_five_threads_all_arrive_in_fewer_commits(survey: Flask) -> None:
    with counted("commit") as commits, ThreadPoolExecutor(MANY) as people:
        told = list(people.map(lambda n: send(survey, Answer(f"form-{n}", n % 11, "widget")), range(100)))
        written = [given for given in commits if not given[0].get_execution_options().get("reading")]

    assert {type(one) for one in told} == {Stored}
    assert stored() == {(f"form-{n}", n % 11) for n in range(100)}
    assert len(written) < 100


def test_work_is_done_by_its_own_thread_where_nobody_else_waits(survey: Flask) -> None:
    def work() -> str:
        return threading.current_thread().name

    assert group_commits.together(work) == threading.current_thread().name


def test_while_the_database_is_locked_nobody_waits_once_more_alone(
    survey: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_queue, "WAIT", 0.5)
    tried: list[str] = []
    monkeypatch.setattr(responses, "store", lambda *_: tried.append("stored"))
    file = survey.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")
    impatient = [pragma.replace("busy_timeout=10000", "busy_timeout=300") for pragma in engines.PRAGMAS]
    monkeypatch.setattr(engines, "PRAGMAS", impatient)
    db.engine.dispose()
    with closing(pysqlite3.connect(file, isolation_level=None)) as shell:
        shell.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(MANY) as people:
            told = list(people.map(lambda score: send(survey, Answer(f"f{score}", score, "widget")), range(MANY)))
        shell.execute("ROLLBACK")

    assert {type(one) for one in told} == {NotSavedError}
    assert tried == []
    db.engine.dispose()
