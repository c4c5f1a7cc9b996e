"""Limits that no header dodges, that keep no address, and that never turn an answer away by being broken."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from limits import RateLimitItemPerMinute

from app.errors import TooMany
from app.security import proxy, rate_limits
from app.security.rate_limits import Limiter, address_bucket
from app.security.rate_store import SharedStorage
from tests.postgresql import Server

MINUTE = (RateLimitItemPerMinute(3),)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SharedStorage]:
    """An empty store on each kind of database."""
    url = f"sqlite:///{tmp_path / 'whyscore.db'}"
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgresql")
        url = server.create(f"rates{abs(hash(tmp_path.name)) % 10**9}")
    store = SharedStorage(url, tmp_path)
    yield store
    store.close()


def app_with(store: SharedStorage, **config: object) -> Flask:
    app = Flask(__name__)
    app.config.update({"RATE_LIMITS": True, "PROXY_COUNT": 0, **config})
    app.extensions["limiter"] = Limiter(store)
    proxy.register(app)
    return app


def test_three_a_minute_are_three_and_then_there_is_a_wait(store: SharedStorage) -> None:
    limiter = Limiter(store)

    with time_machine.travel(NOON, tick=False):
        waits = [limiter.wait(MINUTE, ("me", "shop")) for _ in range(4)]

    assert waits[:3] == [None, None, None]
    assert waits[3] in {60, 61}


def test_a_new_minute_is_a_new_start(store: SharedStorage) -> None:
    limiter = Limiter(store)
    with time_machine.travel(NOON, tick=False):
        for _ in range(4):
            limiter.wait(MINUTE, ("me",))

    with time_machine.travel(NOON + timedelta(seconds=60), tick=False):
        assert limiter.wait(MINUTE, ("me",)) is None


def test_one_place_does_not_use_up_another(store: SharedStorage) -> None:
    limiter = Limiter(store)
    for _ in range(4):
        limiter.wait(MINUTE, ("me", "shop"))

    assert limiter.wait(MINUTE, ("you", "shop")) is None
    assert limiter.wait(MINUTE, ("me", "bank")) is None


def test_a_clock_that_was_set_back_locks_nobody_out(store: SharedStorage) -> None:
    limiter = Limiter(store)
    with time_machine.travel(NOON + timedelta(hours=3), tick=False):
        for _ in range(4):
            limiter.wait(MINUTE, ("me",))

    with time_machine.travel(NOON, tick=False):
        assert limiter.wait(MINUTE, ("me",)) is None


def test_workers_that_count_at_once_lose_no_count(store: SharedStorage) -> None:
    limiter, limit = Limiter(store), (RateLimitItemPerMinute(30),)
    limiter.wait((RateLimitItemPerMinute(99),), ("start",))
    waits: list[int | None] = []

    def work() -> None:
        waits.extend(limiter.wait(limit, ("all",)) for _ in range(10))

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (waits.count(None), len(waits)) == (30, 50)


def test_the_key_of_the_day_goes_with_its_counts(store: SharedStorage) -> None:
    limiter = Limiter(store)
    with time_machine.travel(NOON, tick=False):
        today = store.key_of_the_day()
        for _ in range(4):
            limiter.wait(MINUTE, ("me",))

    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        store.forget_past_days()
        tomorrow = store.key_of_the_day()

    assert (len(today), today == tomorrow) == (32, False)
    assert store.counts() == 0


def test_two_workers_have_one_key_of_the_day(store: SharedStorage) -> None:
    other = SharedStorage(store.url, store.folder)

    assert store.key_of_the_day() == other.key_of_the_day()
    other.close()


def test_no_address_is_kept(tmp_path: Path) -> None:
    store = SharedStorage(f"sqlite:///{tmp_path / 'x.db'}", tmp_path)
    app = app_with(store)

    with app.test_request_context(environ_base={"REMOTE_ADDR": "198.51.100.77"}):
        rate_limits.spend(rate_limits.WIDGET, address_bucket(), "shop")

    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    store.close()
    assert b"198.51" not in kept
    assert bytes([198, 51, 100, 77]) not in kept


def test_a_broken_store_counts_in_memory_instead_of_turning_people_away(tmp_path: Path) -> None:
    (tmp_path / "rates.db").write_bytes(b"this is not a database, " * 100)
    app = app_with(SharedStorage(f"sqlite:///{tmp_path / 'x.db'}", tmp_path))

    with app.test_request_context():
        for _ in range(3):
            rate_limits.spend(MINUTE, "me")
        with pytest.raises(TooMany):
            rate_limits.spend(MINUTE, "me")


def test_a_database_that_is_away_blocks_nobody(tmp_path: Path) -> None:
    app = app_with(SharedStorage("postgresql+psycopg://nobody@127.0.0.1:1/none", tmp_path))

    with app.test_request_context():
        rate_limits.spend(MINUTE, "me")


def test_limits_can_be_left_to_somebody_else(tmp_path: Path) -> None:
    app = app_with(SharedStorage(f"sqlite:///{tmp_path / 'x.db'}", tmp_path), RATE_LIMITS=False)

    with app.test_request_context():
        for _ in range(20):
            rate_limits.spend(MINUTE, "me")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("address", "bucket"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
        ("", "unknown"),
        ("203.0.113.9:443", "unknown"),
    ],
)
def test_an_address_is_counted_with_its_network(address: str, bucket: str) -> None:
    with Flask(__name__).test_request_context(environ_base={"REMOTE_ADDR": ""}):
        assert address_bucket(address) == bucket


FORGED = ["1.2.3.4", ", ".join(["1.2.3.4"] * 50), "fe80::1%eth0", "unknown", "1.2.3.4:80", "", "é", "'; --"]


@pytest.mark.parametrize("header", FORGED)
def test_without_a_proxy_no_header_moves_the_bucket(tmp_path: Path, header: str) -> None:
    app = app_with(SharedStorage(f"sqlite:///{tmp_path / 'x.db'}", tmp_path))
    app.add_url_rule("/", view_func=address_bucket)

    answer = app.test_client().get("/", headers={"X-Forwarded-For": header, "Forwarded": "for=1.2.3.4"})

    assert answer.text == "127.0.0.1"


@pytest.mark.parametrize("header", FORGED[:2])
def test_behind_one_proxy_only_its_own_word_counts(tmp_path: Path, header: str) -> None:
    app = app_with(SharedStorage(f"sqlite:///{tmp_path / 'x.db'}", tmp_path), PROXY_COUNT=1)
    app.add_url_rule("/", view_func=address_bucket)

    answer = app.test_client().get("/", headers={"X-Forwarded-For": f"{header}, 203.0.113.9"})

    assert answer.text == "203.0.113.9"


def test_an_office_behind_one_address_answers_in_peace(store: SharedStorage) -> None:
    limiter, waits = Limiter(store), []

    for second in range(0, 600, 3):
        with time_machine.travel(NOON + timedelta(seconds=second), tick=False):
            waits += [limiter.wait(limits, ("office", "shop")) for limits in (rate_limits.WIDGET, rate_limits.COMMENTS)]

    assert waits == [None] * 400


def test_a_script_behind_one_address_does_not(store: SharedStorage) -> None:
    limiter = Limiter(store)

    with time_machine.travel(NOON, tick=False):
        waits = [limiter.wait(rate_limits.WIDGET, ("script", "shop")) for _ in range(500)]

    assert waits.count(None) == 60
