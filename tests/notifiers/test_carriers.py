"""Every carrier tells the same message in its own form, and in none of them a name or a comment is more than text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook as Judge
from standardwebhooks import WebhookVerificationError

from app.notifiers import slack, teams
from app.notifiers.addresses import Policy
from app.notifiers.message import Message
from app.notifiers.results import Carrier, NotSent, Parcel, Sent
from app.notifiers.slack import Slack
from app.notifiers.teams import Teams
from app.notifiers.webhook import Webhook
from tests.receivers import Got, Receiver, receiver

OWN = Policy(loopback=True)
SECRET, OLD = "whsec_" + "QUJD" * 10, "whsec_" + "REVG" * 10
HOSTILE = (
    "<script>alert(1)</script>", "=1+1", "<!channel> @here", "<https://evil.example|click>", "*bold* _it_ ~no~ `x`",
    "[link](https://evil.example)", "![](https://evil.example/x.png)", "{{DATE(2026-01-01T00:00:00Z)}}",
    "<at>everyone</at>", "# big", "a\r\nBcc: eve@evil.example", "\u202etxt.exe", "&lt;b&gt;", "1. one",
)  # fmt: skip


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as mine:
        yield mine


def parcel(hook: Receiver, message: Message | None = None, *secrets: str) -> Parcel:
    return Parcel(hook.url, "msg_1", '{"type":"x","comment":"größer"}'.encode(), message, secrets)


def verified(got: Got, secret: str) -> Any:
    return Judge(secret).verify(got.body, dict(got.headers))


def test_a_webhook_gets_the_exact_bytes_and_its_signature_holds(hook: Receiver) -> None:
    sent = parcel(hook, None, SECRET)

    assert Webhook(OWN).send(sent) == Sent(204)

    got = hook.got[0]
    assert (got.body, got.headers["webhook-id"]) == (sent.body, "msg_1")
    assert abs(int(got.headers["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 5
    assert verified(got, SECRET) == {"type": "x", "comment": "größer"}


def test_while_a_secret_is_rotated_both_hold_and_no_third(hook: Receiver) -> None:
    Webhook(OWN).send(parcel(hook, None, SECRET, OLD))

    assert verified(hook.got[0], SECRET) == verified(hook.got[0], OLD)
    with pytest.raises(WebhookVerificationError):
        verified(hook.got[0], "whsec_" + "R0hJ" * 10)


def test_another_body_under_the_same_signature_is_known(hook: Receiver) -> None:
    Webhook(OWN).send(parcel(hook, None, SECRET))
    got = hook.got[0]

    with pytest.raises(WebhookVerificationError):
        Judge(SECRET).verify(got.body + b" ", dict(got.headers))


def shown(payload: Any) -> list[str]:
    """Every text of a payload that is shown as it is."""
    if isinstance(payload, list):
        return [text for one in payload for text in shown(one)]
    if not isinstance(payload, dict):
        return []
    own = [payload["text"]] if payload.get("type") in {"plain_text", "TextRun"} else []
    return own + [text for value in payload.values() for text in shown(value)]


@pytest.mark.parametrize("carrier", [Slack(OWN), Teams(OWN)])
@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_name_is_text_whatever_it_holds(hook: Receiver, carrier: Carrier, name: str) -> None:
    message = Message("x", f"New: {name}", (name,), ((name, "https://nps.example/x"),))

    assert carrier.send(parcel(hook, message)) == Sent(204)

    assert shown(json.loads(hook.got[0].body)) == [f"New: {name}", name]
    assert hook.got[0].headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_where_slack_reads_markup_nothing_of_a_name_is_any(name: str) -> None:
    payload = slack.payload(Message("x", name, (name,), ((name, "https://nps.example/x"),)))
    markup = payload["blocks"][-1]["text"]["text"]

    assert (markup.count("<"), markup.count(">"), markup.count("|")) == (1, 1, 1)
    assert markup.startswith("<https://nps.example/x|")
    assert not set(payload["text"]) & {"<", ">"}
    assert payload["mrkdwn"] is False


def test_a_card_has_no_block_that_reads_markdown() -> None:
    card = teams.payload(Message("x", "Title", ("a", "b"), (("Open", "https://nps.example/x"),)))
    content = card["attachments"][0]["content"]

    assert {block["type"] for block in content["body"]} == {"RichTextBlock"}
    assert content["actions"] == [{"type": "Action.OpenUrl", "title": "Open", "url": "https://nps.example/x"}]


def test_a_card_spends_no_bytes_on_spelling_letters_as_numbers(hook: Receiver) -> None:
    Teams(OWN).send(parcel(hook, Message("x", "Größe", ("😀",))))

    assert "Größe".encode() in hook.got[0].body
    assert "😀".encode() in hook.got[0].body


def test_long_messages_are_cut_to_what_a_receiver_takes() -> None:
    long = Message("x", "t" * 500, tuple("ü" * 5_000 for _ in range(200)), (("Open", "https://nps.example/x"),))

    blocks = slack.payload(long)["blocks"]
    assert len(blocks) <= 50
    assert all(len(block["text"]["text"]) <= 3_000 for block in blocks)
    assert len(blocks[0]["text"]["text"]) <= 150
    assert len(json.dumps(teams.payload(long), ensure_ascii=False).encode()) < 28_000


@pytest.mark.parametrize("carrier", [Slack(OWN), Teams(OWN)])
def test_an_event_of_an_answer_is_not_for_people(hook: Receiver, carrier: Carrier) -> None:
    assert carrier.send(parcel(hook)) == NotSent("not for people", again=False)
    assert hook.got == []
