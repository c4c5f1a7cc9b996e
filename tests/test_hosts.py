"""Two hosts of one installation: what they share, and what whoever runs them is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from limits import RateLimitItemPerMinute

from app import create_app
from app.extensions import db
from app.models import now
from app.services import engines, folders, installation, readiness, runners, tombstones, work_files
from tests.conftest import SETTINGS
from tests.postgresql import Server

TEN = (RateLimitItemPerMinute(10, namespace="sign-in"),)


@pytest.fixture
def other(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """Another host on the same database: its folder is its own."""
    made = create_app({**SETTINGS, "DATA_DIR": tmp_path, "DATABASE_URL": app.config["DATABASE_URL"]})
    yield made
    made.extensions["limiter"].store.close()
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def says(found: Flask, *words: str) -> tuple[int, str]:
    """Status and words of a command, as if the server of the tests kept what it acknowledges."""
    db.session.rollback()  # what others have stored meanwhile
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(installation, "DURABLE", ())
        result = found.test_cli_runner().invoke(args=words)
    return result.exit_code, result.output


def test_two_web_hosts_count_together(postgresql: Server, tmp_path: Path) -> None:
    url = postgresql.create("counting_together")
    hosts = [create_app({**SETTINGS, "DATA_DIR": tmp_path / str(n), "DATABASE_URL": url}) for n in range(2)]

    waits = []
    for number in range(12):
        with hosts[number % 2].app_context():
            waits.append(hosts[number % 2].extensions["limiter"].wait(TEN, ["192.0.2.1"]))
    for host in hosts:
        host.extensions["limiter"].store.close()

    assert waits[:10] == [None] * 10
    assert all(waits[10:])


def test_one_runner_that_lives_is_enough_and_each_is_named(app: Flask, other: Flask) -> None:
    def jobs() -> bool:
        return next(check.is_ok for check in readiness.checks() if check.name == "jobs")

    with time_machine.travel(now() - timedelta(minutes=1)), other.app_context():
        runners.beat()  # its last one
    assert not jobs()

    runners.beat()
    assert jobs()
    assert [runner.name for runner in runners.alive()] == [app.extensions["leases"].holder]

    runners.leave()
    assert list(runners.alive()) == []


def test_doctor_names_the_engines_and_the_workers(app: Flask) -> None:
    runners.beat()

    status, said = says(app, "doctor")

    assert status == 0
    assert f"Database: {'PostgreSQL' if db.engine.dialect.name == 'postgresql' else 'SQLite'} " in said
    assert "Queue: SQLite" in said
    assert f"Workers: {app.extensions['leases'].holder.rpartition(':')[0]}\n" in said
    assert "!" not in said


def test_a_queue_that_is_away_stops_doctor_and_up_but_not_the_web(app: Flask) -> None:
    app.config["QUEUE_URL"] = "redis://127.0.0.1:1/0"

    for words in (["doctor"], ["up"]):
        status, said = says(app, *words)
        assert status == 1
        assert "the queue cannot be reached (Redis, ConnectionError): check QUEUE_URL" in said
    assert engines.problems()
    assert all(check.name != "queue" for check in readiness.checks())  # answers are taken and read without it


def test_doctor_warns_of_a_worker_that_does_not_see_our_files(app: Flask, other: Flask) -> None:
    with other.app_context():
        runners.beat()

    status, said = says(app, "doctor")
    assert status == 0
    assert "has another SHARED_DIR: it finds no file that is sent for an import here" in said

    other.config["SHARED_DIR"] = str(app.config["DATA_DIR"])
    del other.extensions["shared_folder"]  # it is started again
    with other.app_context():
        runners.beat()
    assert "SHARED_DIR" not in says(app, "doctor")[1]


def test_what_the_hosts_share_lies_in_the_shared_folder(app: Flask, other: Flask, tmp_path: Path) -> None:
    for host in (app, other):
        host.config["SHARED_DIR"] = str(tmp_path / "shared")
    with work_files.create("answers.csv") as file:
        file.write(b"score\n3\n")
    tombstones.put_up("shop", "answer", "nonce")
    mark = folders.mark()

    with other.app_context():
        assert work_files.path("answers.csv").read_bytes() == b"score\n3\n"
        assert tombstones.names(tombstones.read(), "shop", "answer", "nonce")
        assert folders.mark() == mark


def test_a_shared_folder_that_is_away_stops_no_heart_and_is_told(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    app.config["SHARED_DIR"] = str(tmp_path / "file" / "below")
    app.extensions.pop("shared_folder", None)

    runners.beat()

    assert [runner.folder for runner in runners.alive()] == [""]
    assert list(engines.warnings()) == ["SHARED_DIR cannot be written (Not a directory): imports and exports fail"]


def test_doctor_warns_of_a_clock_that_is_wrong(app: Flask) -> None:
    with time_machine.travel(now() + timedelta(seconds=30)):
        warned = list(engines.warnings())

    is_told = warned == ["the clock of this host and the database's differ by 30 s: synchronise them"]
    assert is_told == (db.engine.dialect.name == "postgresql")
