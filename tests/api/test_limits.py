"""A key may ask 600 times a minute, and is told how much of that is left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from limits import RateLimitItemPerMinute

from app.api import limits
from app.services import keys
from tests.api.conftest import Program


@pytest.fixture
def limited(app: Flask, program: Program) -> Iterator[Program]:
    store = app.extensions["limiter"].store
    store.reset()
    app.config["RATE_LIMITS"] = True
    yield program
    app.config["RATE_LIMITS"] = False
    store._engine().dispose()


def test_every_answer_says_what_is_left(limited: Program) -> None:
    first, second = limited.get("report"), limited.send({"score": "nonsense"})

    assert (first.headers["RateLimit-Limit"], first.headers["RateLimit-Remaining"]) == ("600", "599")
    assert second.headers["RateLimit-Remaining"] == "598"
    assert 0 < int(second.headers["RateLimit-Reset"]) <= 61


def test_one_request_too_many_has_to_wait_and_another_key_has_not(
    limited: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "A_MINUTE", RateLimitItemPerMinute(5, namespace="api"))

    statuses = [limited.get(query="?limit=0").status_code for _ in range(5)]
    refused = limited.get()

    assert statuses == [422] * 5
    assert (refused.status_code, refused.get_json()["name"]) == (429, "too_many_requests")
    assert 0 < int(refused.headers["Retry-After"]) <= 61
    assert refused.headers["RateLimit-Remaining"] == "0"
    limited.key = keys.create(limited.survey, "another")
    assert limited.get().status_code == 200


def test_forged_addresses_do_not_change_who_is_counted(limited: Program) -> None:
    for number in range(3):
        headers = {**limited.bearer, "X-Forwarded-For": f"1.2.3.{number}"}
        answer = limited.client.get(f"{limited.base}/responses", headers=headers)

    assert answer.headers["RateLimit-Remaining"] == "597"
