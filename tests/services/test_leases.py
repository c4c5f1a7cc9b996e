"""Of several runners one does a piece of work, and when it is killed another takes over within seconds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app import chores, jobs
from app.extensions import db
from app.models import Lease, now
from app.models.transaction import writing
from app.services import analyses, heartbeats, leases
from tests.test_jobs import CRASH, ask, say, unread

NIGHT = datetime(2026, 11, 28, 3, 43, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nobody_holds_anything(app: Flask) -> Iterator[None]:
    app.extensions.pop("leases", None)
    yield
    app.extensions.pop("leases", None)


@contextmanager
def another(app: Flask) -> Iterator[None]:
    """What another process would do."""
    mine = app.extensions.pop("leases", None)
    try:
        yield
    finally:
        app.extensions["leases"] = mine or leases.Ours()


def time_passes(**changes: Any) -> None:
    """The holder is killed, and so long ago that its leases are over."""
    with writing() as session:
        session.execute(sa.update(Lease).values(ends_at=now() - timedelta(seconds=1), **changes))


def test_a_lease_has_one_holder_until_it_is_given_back(app: Flask) -> None:
    with leases.held("read 1") as ours, another(app), leases.held("read 1") as theirs, leases.held("read 2") as other:
        assert (ours, theirs, other) == (True, False, True)

    with another(app), leases.held("read 1") as theirs:
        assert theirs


def test_two_threads_of_one_process_exclude_each_other_too(app: Flask) -> None:
    with leases.held("read 1") as first, leases.held("read 1") as second:
        assert (first, second) == (True, False)


def test_what_a_killed_runner_held_goes_to_another_when_its_lease_ends(app: Flask) -> None:
    assert leases.keep("tell")
    with another(app):
        assert not leases.keep("tell")
        time_passes()
        assert leases.keep("tell")


def test_a_heart_that_beats_keeps_a_lease_and_one_that_fell_silent_learns_that_it_is_gone(app: Flask) -> None:
    assert leases.keep("tell")
    time_passes()
    leases.renew()
    with another(app):
        assert not leases.keep("tell")

    time_passes(holder="somebody else")
    leases.renew()
    ours = app.extensions["leases"]
    ours.until["tell"] = 0.0  # so long after the last beat that succeeded
    assert leases.keep("tell")  # theirs is over


def test_a_command_without_a_heart_keeps_what_it_holds_while_it_lets_one_beat(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeats, "EVERY", 0.02)
    with leases.held("run 1"):
        time_passes()
        with leases.beating():
            time.sleep(0.3)
        with another(app), leases.held("run 1") as theirs:
            assert not theirs


def test_whoever_stops_lets_others_go_on_at_once(app: Flask) -> None:
    assert leases.keep("tell")
    leases.let_go()
    with another(app):
        assert leases.keep("tell")


def test_the_work_of_a_moment_is_done_once_whoever_comes_late(app: Flask) -> None:
    with (
        leases.once("tidy", NIGHT) as is_ours,
        another(app),
        pytest.raises(leases.TakenError),
        leases.once("tidy", NIGHT),
    ):
        assert is_ours

    with another(app), leases.once("tidy", NIGHT) as again, leases.once("tidy", NIGHT - timedelta(days=1)) as before:
        assert (again, before) == (False, False)
    with another(app), leases.once("tidy", NIGHT + timedelta(days=1)) as next_day:
        assert next_day


def test_work_of_a_moment_that_failed_or_was_killed_is_done_by_the_next(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), leases.once("tidy", NIGHT):
        raise ZeroDivisionError
    with another(app), leases.once("tidy", NIGHT) as theirs:
        assert theirs
        with writing() as session:  # killed: neither done nor given back
            session.execute(sa.update(Lease).values(ends_at=now() - timedelta(seconds=1)))
        app.extensions["leases"].until.clear()
        with another(app), leases.once("tidy", NIGHT) as next_one:
            assert next_one


@pytest.mark.parametrize(
    ("name", "at", "moment"),
    [
        ("tidy", "2026-11-28T03:43:00", "2026-11-28T03:43"),
        ("tidy", "2026-11-28T03:42:59", "2026-11-27T03:43"),
        ("tidy", "2026-11-28T09:00:10", "2026-11-28T03:43"),
        ("reopen_all", "2026-11-29T12:00:00", "2026-11-23T05:07"),
        ("scrub", "2026-11-28T09:04:59", "2026-11-28T09:00"),
        ("expire", "2026-11-28T00:10:00", "2026-11-27T23:23"),
    ],
)
def test_whoever_takes_up_a_job_late_knows_for_which_moment_it_came(name: str, at: str, moment: str) -> None:
    (job,) = (job for job in jobs.JOBS if job.function.__name__ == name)

    assert job.moment(datetime.fromisoformat(f"{at}+00:00")) == datetime.fromisoformat(f"{moment}:00+00:00")


def test_a_job_by_the_clock_is_done_by_one_of_two_runners(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def note() -> None:
        done.append("done")

    job = jobs.Job("note it", note, lambda at: at.minute == 43)

    jobs._do(job)
    with another(app):
        jobs._do(job)

    assert done == ["done"]


def test_two_workers_read_two_surveys_at_once_and_never_the_same_one(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, club = ask("shop", CRASH), ask("club", CRASH)
    jobs.read_news()
    say(shop, "It crashed again")
    say(club, "It crashed once more")
    read: list[tuple[str, int]] = []
    read_new = analyses.read_new

    def reading(survey_id: int) -> int:
        read.append(("theirs" if "meanwhile" in app.extensions else "ours", survey_id))
        if survey_id == shop.id and "meanwhile" not in app.extensions:
            app.extensions["meanwhile"] = True
            with another(app):
                assert not chores.read_news()  # the shop is left to us, who may be killed at it
            del app.extensions["meanwhile"]
        return read_new(survey_id)

    monkeypatch.setattr(analyses, "read_new", reading)
    assert chores.read_news()

    assert read[:2] == [("ours", shop.id), ("theirs", club.id)]
    assert ("theirs", shop.id) not in read
    assert (unread(shop), unread(club)) == (0, 0)


def test_a_survey_that_another_worker_has_learned_meanwhile_is_not_learned_again(app: Flask) -> None:
    survey = ask("shop", CRASH)
    jobs.read_news()
    run = db.session.scalar(sa.text("SELECT max(id) FROM analysis_run"))

    chores._each([survey.id], chores._learn, "learn")
    chores._each([survey.id], chores._follow, "follow")

    assert db.session.scalar(sa.text("SELECT max(id) FROM analysis_run")) == run


def test_people_are_told_by_one_of_two_runners_until_it_is_gone(app: Flask) -> None:
    def teller() -> str:
        db.session.rollback()
        return str(db.session.scalar(sa.select(Lease.holder).where(Lease.name == "tell")))

    chores.tell_people()
    mine = teller()
    with another(app):
        chores.tell_people()
        assert teller() == mine
        time_passes()
        chores.tell_people()
        assert teller() != mine


def test_leases_that_ended_long_ago_are_forgotten_but_not_what_was_done_last(app: Flask) -> None:
    with leases.held("read 1"), leases.once("tidy", NIGHT):
        pass
    with writing() as session:
        session.execute(sa.update(Lease).values(ends_at=now() - timedelta(days=2)))

    with writing():
        leases.forget_past()

    assert db.session.scalars(sa.select(Lease.name)).all() == ["tidy"]
