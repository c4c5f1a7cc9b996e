"""The work behind the pages: a heart that beats, comments read as they come, and nobody harmed by a failure."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import create_app, jobs, ticker
from app.extensions import db
from app.models import AnalysisRun, Heartbeat, LoginSession, MentionRow, Reading, Survey, engines, now, queries
from app.models import unread as marks
from app.models.queries import Scope
from app.models.transaction import writing
from app.reports.filters import Filters
from app.services import analyses, heartbeats, responses, surveys
from app.services.responses import Answer
from tests import rows
from tests.conftest import SETTINGS
from tests.rows import Raised, Said
from tests.statements import statements

CRASH = "The app keeps crashing"


def ask(key: str, *comments: str) -> Survey:
    """A survey and what detractors said in it."""
    survey = surveys.create(key, key.title())
    say(survey, *comments)
    return survey


def say(survey: Survey, *comments: str) -> list[int]:
    """The ids of new answers with these comments."""
    start = db.session.scalar(sa.text("SELECT count(*) FROM response"))
    answers = [Answer(f"n{start + place}", 2, "api", comment) for place, comment in enumerate(comments)]
    return [responses.record(survey.id, answer).response_id for answer in answers]


def count(model: type, *conditions: sa.ColumnElement[bool]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*conditions)) or 0


def unread(survey: Survey) -> int:
    run = queries.current_run(survey.id)
    return queries.pending(survey.id, run.id if run else None)


@pytest.mark.usefixtures("app")
def test_a_heart_that_beat_a_moment_ago_is_alive_and_one_that_fell_silent_is_not() -> None:
    assert not heartbeats.is_alive("jobs")

    heartbeats.beat("jobs")
    assert heartbeats.is_alive("jobs")

    with time_machine.travel(now() + timedelta(seconds=7)):
        assert not heartbeats.is_alive("jobs")
        heartbeats.beat("jobs")
        assert heartbeats.is_alive("jobs")
    assert count(Heartbeat) == 1


@pytest.mark.usefixtures("app")
def test_a_look_without_news_leaves_the_comments_alone_but_not_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    survey, lookout = ask("shop", CRASH), ticker.Lookout()
    lookout.read_news()
    lookout.read_news()  # the first one published a run
    with statements() as asked:
        lookout.read_news()
    assert asked
    assert not [sql for sql in asked if "reading" in sql]

    say(survey, "It crashed again")
    lookout.read_news()
    assert unread(survey) == 0

    with writing() as session:
        session.execute(sa.delete(Reading))  # nothing tells of this
        marks.mark_rest(survey.id, queries.current_run(survey.id).id)
    lookout.read_news()
    assert unread(survey) == 2
    monkeypatch.setattr(lookout, "again", 0.0)
    lookout.read_news()
    assert unread(survey) == 0


class Watch(threading.Event):
    """An end that comes after so many waits, none of which takes time."""

    def __init__(self, waits: int) -> None:
        super().__init__()
        self.waits = waits
        self.waited: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout)
        return len(self.waited) > self.waits


@pytest.fixture
def without_tables(tmp_path: Path) -> Iterator[Flask]:
    """An application whose database was never set up: whatever it tries fails."""
    app = create_app({**SETTINGS, "DATA_DIR": tmp_path, "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.db'}"})
    yield app
    with app.app_context():
        db.engine.dispose()


def test_after_failures_in_a_row_the_looks_become_rarer_up_to_one_a_minute(without_tables: Flask) -> None:
    clock = ticker.Ticker(without_tables)
    clock.over = Watch(9)

    clock._read()

    assert clock.over.waited == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]


def test_a_database_that_is_away_at_the_start_does_not_end_the_reading(
    without_tables: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    clock = ticker.Ticker(without_tables)
    clock.over = Watch(1)

    clock._read()

    assert [record.message for record in caplog.records] == ["warm_up: OperationalError", "read_news: OperationalError"]


def test_a_look_that_succeeds_is_followed_by_the_next_a_second_later(app: Flask) -> None:
    clock = ticker.Ticker(app)
    clock.over = Watch(3)

    clock._read()

    assert clock.over.waited == [1, 1, 1, 1]


def test_the_ticker_beats_and_reads_what_comes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    survey = ask("shop", CRASH)
    monkeypatch.setattr(heartbeats, "EVERY", 0.02)
    monkeypatch.setattr(ticker, "LOOK_EVERY", 0.02)
    clock = ticker.Ticker(app)

    clock.start()
    has_read = _becomes_true(lambda: unread(survey) == 0 and heartbeats.is_alive("jobs"))
    clock.over.set()
    clock.join(10)
    clock.reader.join(10)

    assert has_read
    assert not clock.is_alive()
    assert not clock.reader.is_alive()


def _becomes_true(question: object, seconds: float = 20) -> bool:
    pause, tries = threading.Event(), int(seconds / 0.05)
    for _ in range(tries):
        db.session.rollback()  # what others have stored meanwhile
        if question():  # type: ignore[operator]
            return True
        pause.wait(0.05)
    return False


@pytest.mark.usefixtures("app")
def test_every_survey_is_read_by_its_own_analysis_and_has_its_own_news() -> None:
    shop, club = ask("shop", CRASH, "Support takes days to answer"), ask("club", CRASH)

    jobs.read_news()

    assert (unread(shop), unread(club)) == (0, 0)
    assert analyses.surveys_with_news() == []

    say(club, "It crashes whenever I save")

    assert analyses.surveys_with_news() == [club.id]
    assert (unread(shop), unread(club)) == (0, 1)


@pytest.mark.usefixtures("app")
def test_more_news_than_fit_into_one_transaction_are_read_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    survey = ask("shop", CRASH)
    analyses.run(survey.id)
    say(survey, *[f"{CRASH}, for the {number}th time" for number in range(7)])
    monkeypatch.setattr(analyses, "AT_ONCE", 2)

    jobs.read_news()

    assert unread(survey) == 0
    assert count(Reading) == 8


def test_a_survey_that_cannot_be_read_does_not_keep_the_others_waiting(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = ask("broken"), ask("sound", CRASH)
    run_id = rows.store(broken, [Said(2, CRASH)])
    say(broken, "It crashes whenever I save")
    unusable = {"method": analyses.pipeline.METHOD, "model": b"no model"}
    with writing() as session:
        session.execute(sa.update(AnalysisRun).where(AnalysisRun.id == run_id).values(**unusable))
    monkeypatch.setitem(app.extensions, "readers", {})  # an earlier test had a run of the same number

    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the unpacking of such bytes raises
        jobs.read_news()

    assert (unread(broken), unread(sound)) == (1, 0)


@pytest.mark.usefixtures("app")
def test_only_a_survey_that_has_outgrown_its_catalogue_is_learned_anew() -> None:
    grown, same = ask("grown"), ask("same")
    old = [rows.store(survey, [Said(2, CRASH)] * number) for survey, number in ((grown, 21), (same, 20))]

    jobs.learn_anew()

    runs = [queries.current_run(survey.id) for survey in (grown, same)]
    assert [run.id != old_id for run, old_id in zip(runs, old, strict=True) if run] == [True, False]
    assert runs[0] is not None
    assert runs[0].comments == 21
    assert not analyses.is_outgrown(grown.id)


@pytest.mark.parametrize("has_run", [True, False], ids=["news", "first run"])
def test_two_runners_at_once_store_what_one_would(app: Flask, has_run: bool) -> None:
    survey = ask("shop", CRASH)
    if has_run:
        analyses.run(survey.id)
    say(survey, *[f"{CRASH}, for the {number}th time" for number in range(30)])
    db.session.rollback()
    start = threading.Barrier(2)

    def runner() -> None:
        with app.app_context():
            start.wait(10)
            jobs.read_news()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(runner) for _ in range(2)]:
            done.result(60)

    run = queries.current_run(survey.id)
    assert run is not None
    assert unread(survey) == 0
    assert count(Reading, Reading.run_id == run.id) == 31
    assert count(MentionRow, MentionRow.run_id == run.id) == 31


def test_a_reader_who_began_before_a_new_run_ends_with_the_old_one(app: Flask) -> None:
    survey = ask("shop")
    old = rows.store(survey, [Said(2, CRASH, [Raised("crashes", CRASH)])] * 8)
    survey_id, scope = survey.id, Scope(survey.id, old, Filters())
    db.session.rollback()
    run = queries.current_run(survey_id)
    assert run is not None
    assert run.id == old

    def run_again() -> int:
        with app.app_context():
            return analyses.run(survey_id).id

    with ThreadPoolExecutor(1) as pool:
        new = pool.submit(run_again).result(60)
    seen = dict(queries.voices(scope))

    assert new != old
    assert [(sorted(voice.pain_points) != [], number) for voice, number in seen.items()] == [(True, 8)]


def test_thinking_holds_no_transaction_open(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    survey = ask("shop", CRASH)
    held = []

    class Looking(analyses.UseEncoder):
        def encode(self, texts: object) -> object:
            held.append(db.session().in_transaction())
            return super().encode(texts)  # type: ignore[arg-type]

    monkeypatch.setitem(app.extensions, "encoder", analyses.RememberingEncoder(Looking()))
    say(survey, f"{CRASH} since {now()}")  # never encoded before
    analyses.run(survey.id)
    say(survey, f"{CRASH} again since {now()}")
    analyses.read_new(survey.id)

    assert len(held) >= 2
    assert not any(held)


def test_the_queue_has_every_job_of_the_table_and_does_it(app: Flask) -> None:
    with writing() as session:
        for name, hours in (("old", -1), ("new", 1)):
            session.add(LoginSession(id_hash=name, data={}, expires_at=now() + timedelta(hours=hours)))
    huey = jobs.queue(app)
    tasks = {task.name: task for task in huey._registry.periodic_tasks}

    huey.execute(tasks["tidy"])

    assert sorted(tasks) == [
        "expire",
        "learn_anew",
        "read_news",
        "remove_old",
        "reopen_all",
        "run_due",
        "scrub",
        "tell_people",
        "tidy",
    ]
    assert db.session.scalars(sa.select(LoginSession.id_hash)).all() == ["new"]
    huey.storage.close()


def test_the_log_that_holds_what_was_erased_is_emptied_when_nobody_reads_any_more(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has its vacuum")
    log = Path(app.config["DATABASE_URL"].removeprefix("sqlite:///") + "-wal")
    survey = ask("shop", CRASH)
    db.session.rollback()
    with engines.reading(db.engine).connect() as reader:
        reader.execute(sa.select(sa.func.count()).select_from(Survey))
        say(survey, "and again")
        db.session.rollback()
        jobs.scrub()
        assert log.stat().st_size > 0

    jobs.scrub()

    assert log.stat().st_size == 0
