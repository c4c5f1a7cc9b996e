"""The client of ours against a real gunicorn, and against servers that are ill."""

from __future__ import annotations

import ast
import http.server
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from flask.testing import FlaskClient
from standardwebhooks import Webhook
from whyscore_client import Refused, Unreachable, Unverified, Whyscore, respondent_token, shapes, verify
from whyscore_client.sending import Sender

from app.security.respondents import Key
from app.security.respondents import verify as verify_respondent
from app.services import signing_keys, surveys
from tests.client.conftest import SLOW, Shop
from tests.journeys.site import Site, free_port

ROOT = Path(__file__).parents[2]
SECRET = "whsec_" + "QUJD" * 10


@pytest.fixture
def whyscore(shop: Shop) -> Whyscore:
    return Whyscore(shop.url, shop.survey, shop.key)


def test_an_answer_is_sent_once_and_read_again(whyscore: Whyscore) -> None:
    day = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    sent = whyscore.send(
        2, comment="Zu teuer — «wirklich»", attributes={"plan": "pro"}, created_at=day, respondent="u-1"
    )
    once = whyscore.send(9, idempotency_key="order-1")
    again = whyscore.send(9, idempotency_key="order-1")

    found = list(whyscore.responses(limit=7))

    assert (sent["group"], sent["identity"], sent["comment"]) == ("detractor", "verified", "Zu teuer — «wirklich»")
    assert once == again
    assert len(found) == len({one["id"] for one in found}) == 33
    assert sent["id"] in {one["id"] for one in whyscore.responses(attributes={"plan": "pro"}, from_=date(2026, 11, 23))}


def test_the_report_and_its_pain_points_are_read(whyscore: Whyscore, shop: Shop) -> None:
    report, points = whyscore.report(), list(whyscore.pain_points(limit=1))

    assert (report["survey"]["key"], report["nps"]["n"]) == (shop.survey, 31)
    assert [point["name"] for point in points] == ["Speed up support responses"]
    assert points[0]["examples"][0]["text"] == SLOW


def test_a_refusal_has_the_words_of_the_server(whyscore: Whyscore, shop: Shop) -> None:
    with pytest.raises(Refused, match=r"score: Choose a number from 0 to 10\.") as refused:
        whyscore.send(11)
    assert (refused.value.status, refused.value.errors["score"]) == (422, ["Choose a number from 0 to 10."])

    with pytest.raises(Refused, match="valid key") as refused:
        Whyscore(shop.url, shop.survey, "wrong").report()
    assert refused.value.status == 401


@contextmanager
def server(*answers: tuple[int, dict[str, str], bytes]) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """One that answers like this, in this order, and what it was asked."""
    asked: list[dict[str, str]] = []
    waiting = iter(answers)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            asked.append(dict(self.headers))
            status, headers, body = next(waiting)
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as one:
        threading.Thread(target=one.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{one.server_port}", asked
        one.shutdown()


def test_it_is_tried_again_under_the_same_name_and_as_late_as_the_server_asks() -> None:
    pauses: list[float] = []
    ill = [(503, {"retry-after": "7"}, b"{}"), (0, {}, b""), (502, {}, b"<html>"), (201, {}, b'{"id": 1}')]
    with server(*ill) as (url, asked):
        stored = Whyscore(url, "shop", "k", Sender(sleep=pauses.append)).send(3)

    assert stored == {"id": 1}
    assert len({one["Idempotency-Key"] for one in asked}) == 1
    assert pauses[0] == 7
    assert 0.5 <= pauses[1] <= 1
    assert 1 <= pauses[2] <= 2


@pytest.mark.parametrize(
    ("answers", "status", "says"),
    [
        ([(429, {"Retry-After": "900"}, b'{"message": "Too many requests."}')], 429, "Too many requests."),
        ([(503, {"Retry-After": "1"}, b"")] * 2, 503, "The server answered 503 and no JSON."),
        ([(302, {"Location": "http://127.0.0.1:1/"}, b"")], 302, "The server answered 302"),
        ([(400, {}, b'{"message": "The body is not JSON."}')], 400, "The body is not JSON."),
    ],
)
def test_what_no_patience_helps_against_is_said(answers: list[Any], status: int, says: str) -> None:
    with server(*answers) as (url, asked), pytest.raises(Refused, match=says) as refused:
        Whyscore(url, "shop", "k", Sender(attempts=2, sleep=lambda _: None)).send(3)

    assert (refused.value.status, len(asked)) == (status, len(answers))


def test_nobody_there_is_said_after_the_last_attempt() -> None:
    pauses: list[float] = []

    with pytest.raises(Unreachable, match="No answer from 127"):
        Whyscore(f"http://127.0.0.1:{free_port()}", "shop", "k", Sender(attempts=3, sleep=pauses.append)).send(3)

    assert len(pauses) == 2


def test_a_webhook_of_ours_is_known_from_others() -> None:
    body, at = b'{"type":"response.created"}', datetime.now(UTC)
    headers = {
        "Webhook-Id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": f"v1,AAAA {Webhook(SECRET).sign('msg_1', at, body.decode())}",
    }

    assert verify(SECRET, headers, body) == {"type": "response.created"}
    for wrong in (
        {"secret": "whsec_" + "QUJE" * 10},
        {"body": body + b" "},
        {"now": time.time() + 301},
        {"now": time.time() - 301},
        {"headers": {**headers, "Webhook-Id": "msg_2"}},
        {"headers": {}},
        {"headers": {**headers, "webhook-timestamp": "١"}},
    ):
        with pytest.raises(Unverified):
            verify(**{"secret": SECRET, "headers": headers, "body": body, **wrong})  # type: ignore[arg-type]


def test_a_token_is_one_that_the_widget_takes() -> None:
    token = respondent_token("https://nps.example", "shop", "user-17", kid="k1", secret="s", attributes={"plan": "pro"})

    known = verify_respondent([token], {"k1": Key("s")}, "https://nps.example", "shop", time.time())

    assert (known.subject, known.attributes) == ("user-17", {"plan": "pro"})


def test_the_shapes_are_those_of_the_document(client: FlaskClient) -> None:
    schemas = client.get("/api/v1/openapi.json").get_json()["components"]["schemas"]
    renamed = {"PainPoint": "ReportedPainPoint"}
    ours = {name: one for name, one in vars(shapes).items() if hasattr(one, "__required_keys__")}

    assert len(ours) > 12
    for name, one in ours.items():
        assert set(get_type_hints(one)) == set(schemas[renamed.get(name, name)]["properties"]), name


def test_what_the_page_shows_runs(site: Site, shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs" / "client.md").read_text() + (ROOT / "client" / "README.md").read_text()
    with site.inside():
        made = signing_keys.create(surveys.get(shop.survey))
    put = {"https://nps.example": shop.url, "wak_…": shop.key, '"shop"': f'"{shop.survey}"', "k1": made.kid}
    put |= {"wsk_…": made.secret, "whsec_…": SECRET}
    body, at = b'{"type":"response.created","data":{"id":1}}', datetime.now(UTC)
    signed = {"webhook-id": "m", "webhook-timestamp": str(int(at.timestamp()))}
    known: dict[str, Any] = {
        "headers": {**signed, "webhook-signature": Webhook(SECRET).sign("m", at, body.decode())},
        "body": body,
        "crm": [{"id": 1, "score": 3}],
    }

    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    for block in blocks:
        for shown, real in put.items():
            block = block.replace(shown, real)  # noqa: PLW2901
        exec(compile(ast.parse(block), "page", "exec"), known)  # noqa: S102 - our own page

    assert len(blocks) == 6
    said = capsys.readouterr().out
    assert "Speed up support responses" in said
    assert "ws1.k1." in said
    assert shop.key not in said
