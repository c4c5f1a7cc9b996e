"""The judge of the campaign finds what is lost, doubled, untold or said wrongly."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.models import Event, Response
from app.models.transaction import writing
from app.services import responses
from app.services.responses import Answer
from faults.arrivals import is_signed
from faults.clients import Crowd, Thanked
from faults.judge import look, unmatched
from tests import rows
from tests.receivers import raw, wait_for

WORDS = "Support took 3 days"
SOUND = ("lost", "doubled", "unmatched")


@pytest.fixture
def thanked(app: Flask) -> Mapping[str, Thanked]:
    """Two people who answered and were thanked."""
    survey = rows.survey()
    found = {}
    for number, words in enumerate((WORDS, "Support took 4 days")):
        stored = responses.record(survey.id, Answer(f"nonce-{number}", number, "widget", words))
        found[words] = Thanked(f"nonce-{number}", stored.response_id, number, 0, 0)
    return found


def forget_one() -> None:
    db.session.execute(sa.delete(Response).where(Response.comment == WORDS))


def change_one() -> None:
    db.session.execute(sa.update(Response).where(Response.comment == WORDS).values(score=9))


def renumber_one() -> None:
    db.session.execute(sa.update(Response).where(Response.comment == WORDS).values(nonce="another"))


def double_one() -> None:
    survey_id = db.session.scalars(sa.select(Response.survey_id)).first() or 0
    responses.store(survey_id, Answer("again", 0, "widget", WORDS))


def tell_nobody() -> None:
    db.session.execute(sa.delete(Event).where(Event.id == sa.select(sa.func.max(Event.id)).scalar_subquery()))


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda: None, (0, 0, 0)),
        (forget_one, (1, 0, 0)),
        (change_one, (1, 0, 0)),
        (renumber_one, (1, 0, 0)),
        (double_one, (0, 1, 0)),
        (tell_nobody, (0, 0, 1)),
    ],
)
def test_what_is_not_as_it_was_thanked_for_is_found(
    thanked: Mapping[str, Thanked], spoil: Callable[[], None], expected: tuple[int, int, int]
) -> None:
    with writing():
        spoil()

    found = look(thanked)

    assert (found.lost, found.doubled, found.unmatched) == expected
    assert found.acknowledged == 2


def test_an_event_without_a_response_and_one_told_twice_are_found() -> None:
    assert unmatched([1, 2, 3], [1, 2, 3]) == 0
    assert unmatched([1, 2], [1, 2, 2, 4]) == 2


PAGE = (
    '<form method="post" action="/w/shop/send/n"><input type="hidden" name="token" value="t">'
    '<input type="radio" name="score" value="0" checked><textarea name="comment">{words}</textarea></form>'
)


def answering(status: str, words: str = "", more: str = "") -> Callable[[socket.socket], None]:
    """A server that shows a form to everybody and answers whoever sends it in one way."""

    def speak(connection: socket.socket) -> None:
        asked = connection.recv(65_536)
        body = PAGE.format(words=words if asked.startswith(b"POST") else "")
        head = f"HTTP/1.1 {status if asked.startswith(b'POST') else '200 OK'}\r\n{more}Connection: close\r\n"
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())

    return speak


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (answering("500 Oops"), "500 without the words"),
        (answering("503 Busy"), "503 without the words"),
        (answering("503 Busy", "Support took 0 days to answer client 0"), "503 without Retry-After"),
    ],
)
def test_a_refusal_that_loses_the_words_or_says_no_time_is_wrong(
    answer: Callable[[socket.socket], None], complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("faults.clients.PATIENCE", 0.2)

    with raw(answer) as port, Crowd(port, 1) as crowd:
        wait_for(lambda: crowd.wrong)

    assert crowd.wrong[0].startswith(complaint)
    assert crowd.thanked == {}


def test_a_signature_of_other_bytes_is_none() -> None:
    from standardwebhooks import Webhook

    from app.models import now

    secret, at = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", now()
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", at, "{}"),
    }

    assert is_signed({"headers": headers, "body": "{}"}, secret)
    assert not is_signed({"headers": headers, "body": "[]"}, secret)
