"""Several hosts read one big run: what they store together is what one would have stored."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.analysis import pipeline, portions
from app.analysis.model import Model
from app.analysis.pain_points import catalogue
from app.analysis.pain_points.encoder import UseEncoder
from app.extensions import db
from app.models import AnalysisRun, Lease, MentionRow, PainPoint, Reading, Response, Stretch, Survey, Unread, Work, now
from app.models.transaction import writing
from app.services import analyses, erasure, leases, responses, stretches, surveys
from app.services.made import Made
from app.services.responses import Answer
from app.services.vectors import RememberingEncoder
from app.ticker import Ticker
from tests.conftest import SETTINGS
from tests.statements import statements

ROOT = Path(__file__).parents[2]
COMPLAINTS = (
    "Support takes days to answer", "The app keeps crashing when I save", "It is far too expensive for small teams",
    "Der Kundendienst antwortet erst nach Tagen", "Nobody explains how invoices are made", "I love it",
)  # fmt: skip
COMMENTS, LENGTH = 30, 5
on_postgresql = pytest.mark.parametrize("database", ["postgresql"], scope="session")

# A helper that is killed when it has stored four of the five comments of a stretch.
KILLED = """
import os, signal
from datetime import timedelta
from app import create_app
from app.analysis import pipeline, portions
from app.services import analyses, leases, stretches

portions.COMMENTS, leases.LASTS, pipeline.processors = 2, timedelta(seconds=2), lambda: 1
looks = iter((True,))
with create_app(role="jobs").app_context():
    stretches.help_out(analyses.encoder(), lambda: next(looks, None) or os.kill(os.getpid(), signal.SIGKILL))
"""


@pytest.fixture(scope="module")
def model() -> Model:
    """What was learned; no test is about learning."""
    return pipeline.fit([], catalogue.shipped(), UseEncoder())


@pytest.fixture(autouse=True)
def little_is_much(app: Flask, model: Model, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A few comments are shared, and read two at a time."""
    monkeypatch.setattr(stretches, "LEAST", 10)
    monkeypatch.setattr(stretches, "LENGTH", LENGTH)
    monkeypatch.setattr(portions, "COMMENTS", 2)
    monkeypatch.setattr(pipeline, "processors", lambda: 1)
    monkeypatch.setattr(leases, "LOOK_EVERY", 0.1)
    monkeypatch.setattr(analyses, "_learn", lambda told, _progress: Made(model, "anew", told.erasures))
    app.extensions.pop("leases", None)
    with leases.beating():
        yield
    app.extensions.pop("leases", None)


@pytest.fixture
def other(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """Another host."""
    made = create_app({**SETTINGS, "DATA_DIR": tmp_path, "DATABASE_URL": app.config["DATABASE_URL"]})
    made.extensions["encoder"] = RememberingEncoder(analyses.encoder().encoder)
    yield made
    made.extensions["limiter"].store.close()
    with made.app_context():
        db.engine.dispose()


def ask(key: str) -> Survey:
    survey = surveys.create(key, key.title())
    for number in range(COMMENTS):
        comment = f"{COMPLAINTS[number % 6]}, for the {number}th time"
        responses.record(survey.id, Answer(f"{key}{number}", number % 9, "api", comment, is_complete=True))
    return survey


def alone(survey: Survey) -> AnalysisRun:
    """A run that nobody shares."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(stretches, "LEAST", 1_000)
        return analyses.run(survey.id)


def stored(survey: Survey, run: AnalysisRun) -> list[tuple[Any, ...]]:
    """What was understood, row by row, of answers by their place in the survey."""
    db.session.rollback()
    at = dict(db.session.execute(sa.select(Response.id, Response.nonce).where(Response.survey_id == survey.id)).all())
    place = {id_: int(nonce.removeprefix(survey.key)) for id_, nonce in at.items()}
    said = [column for column in MentionRow.__table__.c if column.name not in ("id", "run_id", "pain_point_id")]
    mentions = sa.select(PainPoint.key, *said).join_from(MentionRow, PainPoint, isouter=True)
    read = sa.select(Reading.response_id, Reading.revision, Reading.language).where(Reading.run_id == run.id)
    rows = [(row[0], *row[1:]) for row in db.session.execute(read)]
    rows += [
        (row.response_id, *row[:1], *row[2:]) for row in db.session.execute(mentions.where(MentionRow.run_id == run.id))
    ]
    return sorted(((place[row[0]], *row[1:]) for row in rows), key=repr)


def beside(host: Flask, work: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Begin to do it on another host; what it said will be in the list."""
    said: list[Any] = []

    def do() -> None:
        with host.app_context():
            said.append(work())

    thread = threading.Thread(target=do)
    thread.start()
    return thread, said


def at_first(what: Callable[[], None]) -> analyses.Progress:
    """A progress that does something when the first comments are read."""
    calls: list[int] = []

    def tell(step: str, done: int, total: int) -> None:
        if step == "read":
            assert 0 <= done <= total
            calls.append(done)
            if len(calls) == 1:
                what()

    return tell


def rows_left() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(Stretch)) or 0


@on_postgresql
def test_two_hosts_share_a_run_and_store_row_by_row_what_one_stores(
    other: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    shop, club = ask("shop"), ask("club")
    caplog.set_level(logging.INFO, "whyscore.jobs")

    def help_out() -> None:
        beside(other, Ticker(other)._do_next)[0].join()

    unshared, shared = alone(shop), analyses.run(club.id, at_first(help_out))

    assert caplog.messages == [
        f"helped with run {shared.id}: 5 stretches",
        f"led run {shared.id}: 1 of 6 stretches were read here",
    ]
    assert stored(club, shared) == stored(shop, unshared)
    assert len(stored(club, shared)) > COMMENTS
    assert (shared.model, shared.comments, shared.state) == (unshared.model, COMMENTS, "succeeded")
    assert rows_left() == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Unread)) == 0


@on_postgresql
def test_the_leader_takes_up_what_a_killed_helper_leaves(app: Flask, tmp_path: Path) -> None:
    shop, club = ask("shop"), ask("club")
    before: list[int] = []

    def be_killed() -> None:
        settings = {"DATABASE_URL": app.config["DATABASE_URL"], "DATA_DIR": str(tmp_path)}
        killed = subprocess.run([sys.executable, "-c", KILLED], cwd=ROOT, env={**os.environ, **settings})
        assert killed.returncode == -signal.SIGKILL
        before.append(len(db.session.scalars(sa.select(Reading.response_id).join(AnalysisRun).where(
            AnalysisRun.state == "running")).all()))  # fmt: skip

    unshared, shared = alone(shop), analyses.run(club.id, at_first(be_killed))

    assert before == [2 + 4]
    assert stored(club, shared) == stored(shop, unshared)


@on_postgresql
def test_a_helper_that_comes_too_late_stores_nothing(app: Flask, other: Flask) -> None:
    survey, is_published, is_at_it = ask("shop"), threading.Event(), threading.Event()
    helpers: list[tuple[threading.Thread, list[Any]]] = []

    def waits_in_the_middle() -> bool:
        if is_at_it.is_set():
            is_published.wait(30)
        is_at_it.set()
        return True

    def help_out() -> None:
        helpers.append(beside(other, lambda: stretches.help_out(analyses.encoder(), waits_in_the_middle)))
        while not lose_lease(Lease.holder != leases.holder()):
            time.sleep(0.05)  # until it has one

    run = analyses.run(survey.id, at_first(help_out))
    for response_id in db.session.scalars(sa.select(Response.id)).all():
        responses.change(survey.id, response_id, score=None, comment="It crashed again")
    analyses.read_new(survey.id)
    before = stored(survey, run)
    is_published.set()
    helpers[0][0].join()

    assert helpers[0][1] == [0]
    assert stored(survey, run) == before


def lose_lease(whose: sa.ColumnElement[bool]) -> bool:
    """Hold somebody to be dead; whether there was somebody."""
    with writing() as session:
        later = sa.update(Lease).where(whose).values(ends_at=now() - timedelta(seconds=1))
        return bool(session.execute(later.returning(Lease.name)).all())


@on_postgresql
def test_an_answer_that_is_erased_meanwhile_stays_erased(app: Flask) -> None:
    survey = ask("shop")
    first, last = db.session.execute(sa.select(sa.func.min(Response.id), sa.func.max(Response.id))).one()

    def erase() -> None:
        for response_id in (first, last):
            erasure.erase(survey.id, response_id)

    run = analyses.run(survey.id, at_first(erase))

    read = set(db.session.scalars(sa.select(Reading.response_id).where(Reading.run_id == run.id)))
    assert read == set(range(first + 1, last))


@on_postgresql
def test_nobody_helps_whose_leader_is_dead_cancelled_or_of_another_method(app: Flask, other: Flask) -> None:
    survey = ask("shop")
    said: list[Any] = []

    def help_out() -> None:
        thread, found = beside(other, lambda: stretches.help_out(analyses.encoder(), lambda: True))
        thread.join()
        said.extend(found)

    def die() -> None:
        for change in (sa.update(AnalysisRun).values(method="0"), sa.update(AnalysisRun).values(state="failed")):
            with writing() as session:
                session.execute(change)
            help_out()
        with writing() as session:
            session.execute(sa.update(AnalysisRun).values(state="running", method=pipeline.METHOD))
        app.extensions["leases"].until.clear()  # our heart stops
        lose_lease(Lease.name.startswith(stretches.LED))
        help_out()
        raise analyses.CancelledError

    with pytest.raises(analyses.CancelledError):
        analyses.run(survey.id, at_first(die))

    assert said == [0, 0, 0]
    assert rows_left() == 0
    assert db.session.scalars(sa.select(AnalysisRun.model)).all() == [None]


@on_postgresql
def test_a_run_whose_stretches_are_gone_is_not_published(app: Flask) -> None:
    survey = ask("shop")

    def take_away() -> None:
        with writing() as session:
            session.execute(sa.delete(Stretch))

    with pytest.raises(RuntimeError, match="dead"):
        analyses.run(survey.id, at_first(take_away))

    assert db.session.scalars(sa.select(AnalysisRun.state)).all() == ["failed"]


def test_whoever_helps_stops_when_somebody_asks_for_something_or_it_is_to_end(app: Flask) -> None:
    clock, survey = Ticker(app), surveys.create("shop", "Shop")
    assert clock._has_time()

    with writing() as session:
        session.add(Work(survey_id=survey.id, kind="analysis", made_by="ann@example.com"))
    assert not clock._has_time()

    with writing() as session:
        session.execute(sa.delete(Work))
    clock.over.set()
    assert not clock._has_time()


def test_sqlite_and_few_comments_are_read_as_ever(app: Flask) -> None:
    survey = ask("shop")

    with statements() as asked:
        if db.engine.dialect.name == "postgresql":
            alone(survey)
        else:
            analyses.run(survey.id)
            assert stretches.help_out(analyses.encoder(), lambda: True) == 0

    assert asked
    assert not [sql for sql in asked if "stretch" in sql]
