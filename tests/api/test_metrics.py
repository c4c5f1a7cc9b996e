"""Numbers for whoever runs it: no words, no addresses, and not for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from app.models import Channel, Delivery, Letter, Notice, now
from app.models.transaction import writing
from app.services import heartbeats, metrics
from tests import rows
from tests.api.conftest import Program
from tests.rows import Said

TOKEN = "a token of an operator"  # made up


def samples(client: FlaskClient) -> dict[tuple[str, ...], float]:
    text = client.get("/metrics").get_data(as_text=True)
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_responses_are_counted_by_survey_and_group(client: FlaskClient) -> None:
    rows.store(rows.survey(), [Said(3), Said(0), Said(7), Said(10)])

    found = samples(client)

    assert found["whyscore_responses", "detractor", "shop"] == 2
    assert found["whyscore_responses", "passive", "shop"] == 1
    assert found["whyscore_responses", "promoter", "shop"] == 1


def test_comments_that_wait_for_their_analysis_are_counted(client: FlaskClient) -> None:
    rows.store(rows.survey(), [Said(3, "Slow"), Said(3, "New", is_read=False), Said(9)])
    rows.store(rows.survey("never-read"), [Said(3, "Slow")], run=False)

    found = samples(client)

    assert (found["whyscore_comments_pending", "shop"], found["whyscore_comments_pending", "never-read"]) == (1, 1)


def test_the_heartbeat_and_the_size_of_the_database_are_told(client: FlaskClient) -> None:
    heartbeats.beat("jobs")

    found = samples(client)

    assert 0 <= found["whyscore_heartbeat_age_seconds", "jobs"] < 60
    assert found[("whyscore_database_bytes",)] > 10_000


def test_what_waits_and_what_was_given_up_is_counted(client: FlaskClient) -> None:
    survey, due = rows.survey(), now() - timedelta(minutes=5)
    with writing() as session:
        channels = [Channel(survey_id=survey.id, kind="slack", name="x", address="x", state=state)
                    for state in ("on", "off")]  # fmt: skip
        session.add_all(channels)
        session.flush()
        for place, channel in enumerate((*channels, channels[0])):
            notice = Notice(webhook_id=f"m{place}", survey_id=survey.id, once=f"{place}", type="x", title="x",
                            lines=[], links=[], body=b"{}")  # fmt: skip
            session.add(notice)
            session.flush()
            at = due - timedelta(days=1) if channel.state == "off" else due
            values = {"channel_id": channel.id, "notice_id": notice.id, "due_at": at}
            session.add(Delivery(**values, state="parked" if place == 2 else "due"))

    found = samples(client)

    assert (found["whyscore_deliveries", "due"], found["whyscore_deliveries", "parked"]) == (2, 1)
    assert 300 <= found[("whyscore_outbox_age_seconds",)] < 360


def test_a_letter_that_waits_has_an_age_too(client: FlaskClient) -> None:
    with writing() as session:
        session.add(Letter(kind="reset", address="ann@example.com", due_at=now() - timedelta(minutes=5)))

    assert 300 <= samples(client)[("whyscore_outbox_age_seconds",)] < 360


def test_an_empty_outbox_has_no_age(client: FlaskClient) -> None:
    found = samples(client)

    assert (found[("whyscore_outbox_age_seconds",)], found["whyscore_deliveries", "due"]) == (0, 0)


def test_requests_are_timed_by_the_pattern_of_their_route_and_never_by_their_address(program: Program) -> None:
    labels = ("whyscore_request_seconds_count", "/api/v1/surveys/<key:key>/report", "200", "GET")
    before = samples(program.client).get((labels[0], *sorted(labels[1:])), 0)

    program.get("report", "?touchpoint=secret-touchpoint")
    program.client.get("/secret-path")
    program.client.open("/healthz", method="SECRET")

    assert samples(program.client)[(labels[0], *sorted(labels[1:]))] == before + 1
    assert "secret" not in program.client.get("/metrics").get_data(as_text=True).lower()


def test_no_words_and_nobody_is_in_the_numbers(program: Program) -> None:
    program.send({"score": 3, "comment": "marker-word", "respondent": "marker-person", "attributes": {"a": "marker"}})

    assert "marker" not in program.client.get("/metrics").get_data(as_text=True)


@pytest.fixture
def with_token(app: Flask) -> Iterator[FlaskClient]:
    app.config["METRICS_TOKEN"] = TOKEN
    yield app.test_client()
    app.config.pop("METRICS_TOKEN")


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 404),
        ("203.0.113.7", {}, 404),
        ("203.0.113.7", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("", {}, 404),
        ("203.0.113.7", {"Authorization": f"Bearer {TOKEN}"}, 200),
        ("127.0.0.1", {"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "203.0.113.7"}, 200),
        ("203.0.113.7", {"Authorization": f"Bearer {TOKEN}x"}, 404),
        ("203.0.113.7", {"Authorization": "Bearer"}, 404),
        ("203.0.113.7", {"Authorization": "Basic dTpw"}, 404),
    ],
)
def test_numbers_are_for_this_machine_and_for_the_holder_of_the_token(
    with_token: FlaskClient, address: str, headers: dict[str, str], status: int
) -> None:
    answer = with_token.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})

    assert answer.status_code == status


@pytest.mark.parametrize("token", ["", None])
def test_without_a_token_in_the_settings_an_empty_one_opens_nothing(app: Flask, token: str | None) -> None:
    app.config["METRICS_TOKEN"] = token
    headers = {"Authorization": "Bearer "}

    answer = app.test_client().get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": "203.0.113.7"})

    app.config.pop("METRICS_TOKEN")
    assert answer.status_code == 404


def test_numbers_are_in_the_format_of_prometheus(client: FlaskClient) -> None:
    answer = client.get("/metrics")

    assert answer.mimetype == "text/plain"
    assert b"# TYPE whyscore_request_seconds histogram" in answer.data


def test_on_a_full_disk_nothing_is_counted_rather_than_a_process_killed(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = ("whyscore_request_seconds_count", "/healthz", "200", "GET")
    client.get("/healthz")
    before = samples(client)[counted]

    with monkeypatch.context() as full:
        full.setenv(metrics.FOLDER, str(tmp_path))
        full.setattr(metrics, "ROOM", 2**62)
        assert client.get("/healthz").status_code == 200

    assert samples(client)[counted] == before
