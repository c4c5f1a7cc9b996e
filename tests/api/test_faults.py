"""What cannot be stored is said not to be, in the shape of every error, and sending it again is safe."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.models import Response, write_queue
from tests.api.conftest import Program


@contextmanager
def nobody_can_write(app: Flask) -> Iterator[None]:
    """Another process holds what every writer needs."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    if url.startswith("sqlite"):
        with Path(url.removeprefix("sqlite:///") + ".queue").open("w") as queue:
            fcntl.flock(queue, fcntl.LOCK_EX)
            yield
        return
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE response IN ACCESS EXCLUSIVE MODE")
        yield
    engine.dispose()


def test_an_answer_that_cannot_be_stored_is_not_acknowledged_and_the_repeat_is_taken(
    app: Flask, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_queue, "WAIT", 0.2)

    with nobody_can_write(app):
        refused = program.send({"score": 3}, Idempotency_Key="order-1")
    taken = program.send({"score": 3}, Idempotency_Key="order-1")

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert set(refused.get_json()) == {"code", "name", "message", "errors"}
    assert (taken.status_code, "Idempotent-Replayed" in taken.headers) == (201, False)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Response)) == 1


def test_a_request_to_another_host_is_refused(program: Program) -> None:
    answer = program.client.get(f"{program.base}/report", headers={**program.bearer, "Host": "evil.example"})

    assert (answer.status_code, answer.get_json()["code"]) == (400, 400)
