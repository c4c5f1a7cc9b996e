"""Health is told as it is: red within seconds of a fault, green again after it, and never by writing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.extensions import db
from app.models import Channel, Delivery, Heartbeat, now
from app.models.transaction import writing
from app.services import backups, heartbeats, readiness, responses
from app.services.responses import Answer
from tests import rows
from tests.conftest import SETTINGS


def ready(client: FlaskClient) -> tuple[int, set[str]]:
    """The status, and which checks are red."""
    answer = client.get("/readyz")
    checks: dict[str, dict[str, Any]] = answer.get_json()["checks"]
    return answer.status_code, {name for name, check in checks.items() if not check["ok"]}


def test_a_process_that_answers_is_alive_whatever_else_is_wrong(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}


def test_an_installation_without_a_job_runner_is_not_ready(client: FlaskClient) -> None:
    assert ready(client) == (503, {"jobs"})


def test_a_heartbeat_makes_it_ready_and_its_absence_red_after_six_seconds(client: FlaskClient) -> None:
    heartbeats.beat("jobs")

    assert ready(client) == (200, set())
    with time_machine.travel(now() + timedelta(seconds=5)):
        assert ready(client) == (200, set())
    with time_machine.travel(now() + timedelta(seconds=7)):
        assert ready(client) == (503, {"jobs"})


def test_another_schema_is_red_and_green_again(client: FlaskClient) -> None:
    heartbeats.beat("jobs")
    version = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))

    set_version("of the future")
    assert ready(client) == (503, {"schema"})

    set_version(version)
    assert ready(client) == (200, set())


def set_version(name: str) -> None:
    with writing() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = :name"), {"name": name})


def test_a_full_disk_is_red(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    heartbeats.beat("jobs")
    monkeypatch.setattr(readiness, "ROOM", 2**62)  # as if all disks were nearly full

    assert ready(client) == (503, {"disk"})


def test_a_backup_that_is_overdue_is_red_and_green_again(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    heartbeats.beat("jobs")
    app.config["BACKUP_HOURS"] = 24

    assert ready(client) == (503, {"backup"})
    with time_machine.travel(now() - timedelta(hours=25)):
        backups.make(tmp_path / "old")
    assert ready(client) == (503, {"backup"})
    backups.make(tmp_path / "new")
    assert ready(client) == (200, set())


@pytest.fixture
def without_tables(tmp_path: Path) -> Iterator[FlaskClient]:
    app = create_app({**SETTINGS, "DATA_DIR": tmp_path, "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.db'}"})
    with app.app_context():
        yield app.test_client()
        db.session.remove()
        db.engine.dispose()


def test_an_empty_database_is_red_and_no_error(without_tables: FlaskClient) -> None:
    assert ready(without_tables) == (503, {"schema", "jobs", "outbox"})


@pytest.fixture
def without_database(tmp_path: Path) -> Iterator[FlaskClient]:
    url = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    app = create_app({**SETTINGS, "DATA_DIR": tmp_path, "DATABASE_URL": url})
    with app.app_context():
        yield app.test_client()
        db.session.remove()
        db.engine.dispose()


def test_a_database_that_is_down_is_red_and_says_nothing_of_where_it_is(without_database: FlaskClient) -> None:
    assert ready(without_database) == (503, {"database", "schema", "jobs", "outbox"})
    assert "127.0.0.1" not in without_database.get("/readyz").get_data(as_text=True)
    assert without_database.get("/healthz").status_code == 200


def test_asking_for_health_writes_nothing(client: FlaskClient, app: Flask) -> None:
    client.get("/readyz")

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Heartbeat)) == 0


def test_a_delivery_that_nobody_takes_up_is_red_and_green_once_it_is_sent(client: FlaskClient) -> None:
    survey = rows.survey()
    with writing() as session:
        address = "https://hook.example/in"
        session.add(
            Channel(survey_id=survey.id, kind="webhook", name="Hook", address=address, types=["response.created"])
        )
    responses.record(survey.id, Answer("n1", 3, "api"))
    heartbeats.beat("jobs")
    assert ready(client) == (200, set())

    with time_machine.travel(now() + timedelta(minutes=16)):
        heartbeats.beat("jobs")
        assert ready(client) == (503, {"outbox"})
        with writing() as session:
            session.execute(sa.update(Delivery).values(state="done"))
        assert ready(client) == (200, set())


def test_a_write_ahead_log_that_grows_without_end_is_red(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    heartbeats.beat("jobs")
    monkeypatch.setattr(readiness, "LONG", 1)

    expected = {"sqlite": (503, {"log"}), "postgresql": (200, set())}
    assert ready(client) == expected[db.engine.dialect.name]
