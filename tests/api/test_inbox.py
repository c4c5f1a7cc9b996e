"""Webhooks of others: whose they are, what they say, and what is not taken."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from standardwebhooks import Webhook
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Case, Response, Survey
from app.services import case_settings, erasure, sources
from app.services.sources import Given
from tests import rows

COLUMNS = "ticket.id = external_id\nrating.stars = score\nrating.text = comment\nuser.plan = attribute\nuser = ignored"
STARS = "1=0, 2=3, 3=6, 4=8, 5=10"
SECRET = "a-secret-of-theirs-0123"


@pytest.fixture
def survey(client: FlaskClient) -> Survey:
    return rows.survey()


def make(survey: Survey, scheme: str = "standard", **more: str) -> str:
    """A source, and its secret."""
    columns = more.pop("columns", COLUMNS)
    header = "" if scheme == "standard" else "X-Proof"
    made = sources.create(
        survey, Given("webhook", "desk", scheme=scheme, header=header, columns=columns, scale=STARS, **more)
    )
    return made.secret or ""


def event(id_: int = 17, stars: Any = 2, text: str = "slow") -> dict[str, Any]:
    return {"ticket": {"id": id_}, "rating": {"stars": stars, "text": text}, "user": {"plan": "pro", "mail": "a@b.c"}}


def send(
    client: FlaskClient, secret: str, value: Any, id_: str = "msg_1", age: float = 0.0, **more: str
) -> TestResponse:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    at = datetime.now(UTC) - timedelta(seconds=age)
    signed = Webhook(secret).sign(id_, at, body.decode("utf-8", "replace"))
    headers = {"webhook-id": id_, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signed, **more}
    return client.post("/api/inbox/shop/from/desk", data=body, headers=headers)


def stored() -> list[Response]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Response).order_by(Response.id)))


def test_a_signed_rating_is_an_answer_once_and_changes_with_its_sender(client: FlaskClient, survey: Survey) -> None:
    secret = make(survey)

    answers = [send(client, secret, event(text=text)).get_json() for text in ("slow", "slow", "slower")]

    assert [[name for name, number in answer.items() if number] for answer in answers] == [
        ["created"], ["repeated"], ["changed"],
    ]  # fmt: skip
    (one,) = stored()
    assert (one.score, one.comment, one.source, one.external_id) == (3, "slower", "webhook:desk", "desk:17")
    assert one.attributes == {"user.plan": "pro"}


def test_without_an_id_of_its_own_the_message_is_known_by_its_number(client: FlaskClient, survey: Survey) -> None:
    secret = make(survey, columns="stars = score")

    outcomes = [send(client, secret, {"stars": 5}, id_).get_json()["created"] for id_ in ("m1", "m1", "m2")]

    assert outcomes == [1, 0, 1]


def test_what_was_erased_is_taken_and_not_stored_again(client: FlaskClient, survey: Survey) -> None:
    secret = make(survey)
    send(client, secret, event())
    erasure.erase(survey.id, stored()[0].id)

    again = send(client, secret, event(text="the same once more"))

    assert (again.status_code, again.get_json()) == (200, {"created": 0, "changed": 0, "repeated": 0, "rejected": []})
    assert stored() == []


def test_a_low_score_opens_a_case_for_it_was_given_now(client: FlaskClient, survey: Survey) -> None:
    case_settings.configure(survey.key, {"opens_cases": True})
    send(client, make(survey), event())

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Case)) == 1


@pytest.mark.parametrize("form", ["hex", "base64", "prefixed"])
def test_a_signature_of_the_body_in_a_header_is_proof(client: FlaskClient, survey: Survey, form: str) -> None:
    make(survey, "hmac", secret=SECRET)
    body = json.dumps(event()).encode()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256)
    sent = {"hex": digest.hexdigest(), "prefixed": f"sha256={digest.hexdigest()}"}
    header = sent.get(form) or base64.b64encode(digest.digest()).decode()

    assert client.post("/api/inbox/shop/from/desk", data=body, headers={"X-Proof": header}).status_code == 200
    assert client.post("/api/inbox/shop/from/desk", data=body + b" ", headers={"X-Proof": header}).status_code == 401


def test_a_secret_in_a_header_is_proof(client: FlaskClient, survey: Survey) -> None:
    make(survey, "secret", secret=SECRET)

    for proof, status in ((SECRET, 200), (f"Bearer {SECRET}", 200), (SECRET[:-1], 401), ("", 401)):
        sent = client.post("/api/inbox/shop/from/desk", json=event(), headers={"X-Proof": proof})
        assert sent.status_code == status


def test_whoever_is_not_known_is_turned_away_before_anything_is_read(client: FlaskClient, survey: Survey) -> None:
    secret = make(survey)
    other = "whsec_" + base64.b64encode(b"x" * 32).decode()

    assert send(client, other, event()).status_code == 401
    assert send(client, secret, event(), age=301).status_code == 401
    assert send(client, secret, event(), age=-301).status_code == 401
    assert send(client, secret, event(), **{"webhook-id": "another"}).status_code == 401
    assert send(client, secret, event(), **{"webhook-timestamp": "9" * 30}).status_code == 401
    assert client.post("/api/inbox/shop/from/desk", data=b"no json").status_code == 401
    assert client.post("/api/inbox/shop/from/nobody", json=event()).status_code == 404
    assert client.post("/api/inbox/gone/from/desk", json=event()).status_code == 404
    assert stored() == []


@pytest.mark.parametrize(
    ("value", "status", "says"),
    [
        (b"{", 400, "not JSON"),
        (b"\xff", 401, "signature"),
        (b"[" * 30_000, 400, "nested too deeply"),
        (b'{"a": 1, "a": 2}', 400, "given twice"),
        (b'{"a": NaN}', 400, "not a number"),
        (b" " * 70_000, 413, ""),
        ([], 422, "Send an object"),
        ([1], 422, "Send an object"),
        ([event()] * 101, 422, "Send an object"),
        (event(stars=None), 422, "the score is missing"),
        (event(stars=9), 422, "nobody said what the score '9' is"),
        (event(text="x" * 4_001), 422, "4,?000 characters"),
        ({"subject": "a ticket without a score"}, 422, "the score is missing"),
    ],
)
def test_what_is_no_answer_is_refused_with_the_reason(
    client: FlaskClient, survey: Survey, value: Any, status: int, says: str
) -> None:
    answer = send(client, make(survey), value)

    assert answer.status_code == status
    assert re.search(says, answer.get_data(as_text=True))
    assert stored() == []


def test_a_source_that_is_off_takes_nothing(client: FlaskClient, survey: Survey) -> None:
    secret = make(survey)
    sources.switch(survey, sources.named(survey, "desk").id, on=False)

    assert send(client, secret, event()).status_code == 404
