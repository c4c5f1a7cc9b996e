"""Each engine takes the jobs that come by the clock, in whatever order its hosts come and go."""

from __future__ import annotations

import pickle
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from huey.api import Huey

from app import jobs, queues
from app.config import SettingsError, load
from app.services import leases
from tests.postgresql import Server
from tests.redis import BINARY, Redis

SECRET = "of one installation"


@pytest.fixture(params=["SQLite", "Redis", "PostgreSQL"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "PostgreSQL":
        yield request.getfixturevalue("postgresql").create(f"queue_{id(request)}")
    elif request.param == "Redis":
        if BINARY is None:
            pytest.skip("no Redis here")
        with tempfile.TemporaryDirectory(prefix="whyscore-") as folder, Redis(Path(folder)) as redis:
            yield redis.url
    else:
        yield ""


@pytest.fixture
def hosts(app: Flask, url: str) -> Iterator[list[Huey]]:
    """Two hosts with the same queue, that come up at the same moment."""
    app.config.update(QUEUE_URL=queues.checked(url), SECRET_KEY=SECRET)
    with ThreadPoolExecutor(2) as pool:
        found = [made.result(30) for made in [pool.submit(jobs.queue, app) for _ in range(2)]]
    yield found
    for huey in found:
        huey.storage.close()


def test_what_both_hosts_queue_is_done_by_one_of_them_once(
    app: Flask, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def note() -> None:
        done.append(leases.holder())

    monkeypatch.setattr(jobs, "JOBS", (jobs.Job("note it", note, lambda at: at.minute == 43),))
    app.config.update(QUEUE_URL=queues.checked(url), SECRET_KEY=SECRET)
    hosts = [jobs.queue(app) for _ in range(2)]
    for huey in hosts:
        huey.enqueue(huey._registry.periodic_tasks[0])

    for huey in hosts:
        taken = huey.dequeue()
        assert taken is not None
        app.extensions.pop("leases", None)  # another process
        huey.execute(taken)
        huey.storage.close()

    assert len(done) == 1


def test_what_another_one_has_put_there_is_not_unpacked(hosts: list[Huey], capsys: pytest.CaptureFixture[str]) -> None:
    hosts[0].storage.enqueue(pickle.dumps((print, ("I am in",))))

    with pytest.raises(ValueError, match=r"Separator|Signature"):
        hosts[1].dequeue()
    assert "I am in" not in capsys.readouterr().out


def test_a_queue_says_what_it_is_and_one_that_is_away_raises(app: Flask, url: str, tmp_path: Path) -> None:
    checked = queues.checked(url)

    assert queues.reached(checked, tmp_path).startswith(queues.engine(checked))
    for gone in ("redis://127.0.0.1:1/0", "postgresql://127.0.0.1:1/nothing"):
        with pytest.raises(Exception, match="refused"):
            queues.reached(gone, tmp_path)


def test_redis_without_its_package_says_which_one_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.setenv("QUEUE_URL", "redis://:hunter2@127.0.0.1/0")

    with pytest.raises(SettingsError, match=r"QUEUE_URL.*pip install -r requirements-redis\.txt"):
        load()


def test_a_wrong_address_is_not_repeated_for_it_may_hold_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUEUE_URL", "redis://:hunter2@127.0.0.1:port/0")

    with pytest.raises(SettingsError) as raised:
        load()
    assert "hunter2" not in str(raised.value)


def test_the_queue_of_postgresql_lies_in_a_schema_of_its_own(postgresql: Server) -> None:
    url = queues.checked(postgresql.create("queue_alone"))
    queues.connected(url, Path(), SECRET)

    with queues._connect(url) as connection:
        found = connection.execute("SELECT DISTINCT schemaname FROM pg_tables WHERE tablename LIKE 'huey%'").fetchall()
    assert found == [(queues.SCHEMA,)]
