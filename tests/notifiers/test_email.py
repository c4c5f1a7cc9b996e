"""Mail arrives through a real mail server, says the same as text and as HTML, and no name makes a header."""

from __future__ import annotations

import html
import re
import socket
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from app.notifiers import email, mail_server
from app.notifiers.email import Email
from app.notifiers.mail_server import MailServer
from app.notifiers.message import Message
from app.notifiers.results import NotSent, Parcel, Sent
from tests.notifiers.test_carriers import HOSTILE
from tests.receivers import Post, free_port, lets_in, post, raw

FROM = "Whyscore <nps@nps.example>"
DROP = Message(
    "nps.dropped",
    "NPS of Größe fell by 12",
    ("From 31 to 19, n = 212.", "First line\nsecond line"),
    (("The report", "https://nps.example/surveys/shop/report?from=2026-11-01&group=detractor"),),
)


@pytest.fixture
def office() -> Iterator[Post]:
    with post() as mine:
        yield mine


def plain(port: int) -> MailServer:
    return MailServer("127.0.0.1", port, "none")


def send(port: int, message: Message = DROP, server: MailServer | None = None, id_: str = "msg_1") -> Any:
    return Email(server or plain(port), FROM).send(Parcel("ann@example.com", id_, b"", message, delivery=7))


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


def test_a_mail_says_the_same_as_text_and_as_html(office: Post) -> None:
    assert send(office.port) == Sent()

    mail = office.mails[0]
    assert (mail["From"], mail["To"], mail["Subject"]) == (FROM, "ann@example.com", DROP.title)
    assert mail.get_content_type() == "multipart/alternative"
    seen = html.unescape(re.sub(r"<br>", "\n", part(mail, "html")))
    for words in (DROP.title, *DROP.lines, DROP.links[0][1]):
        assert words in part(mail, "plain")
        assert words in seen
    assert "<img" not in part(mail, "html")


def test_tried_again_it_is_known_as_the_same_mail(office: Post) -> None:
    send(office.port)
    send(office.port)
    send(office.port, id_="msg_2")

    ids = [mail["Message-ID"] for mail in office.mails]
    assert ids == ["<msg_1.7@nps.example>", "<msg_1.7@nps.example>", "<msg_2.7@nps.example>"]


def test_html_that_a_message_brings_is_taken_as_it_is(office: Post) -> None:
    send(office.port, Message("digest", "Week 48", ("NPS 31",), html="<p>NPS <b>31</b></p>"))

    assert part(office.mails[0], "html").strip() == "<p>NPS <b>31</b></p>"


def test_a_way_to_unsubscribe_stands_in_the_head_and_in_the_text(office: Post) -> None:
    away = "https://nps.example/unsubscribe/abc"
    send(office.port, Message("digest", "Week 48", unsubscribe=away))

    mail = office.mails[0]
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (f"<{away}>", "List-Unsubscribe=One-Click")
    assert away in part(mail, "plain")
    assert away in part(mail, "html")


def test_the_way_out_is_a_url_in_the_head_however_long_it_is(office: Post) -> None:
    away = f"https://{'nps.' * 20}example/m/end/{'aB3_' * 60}"
    send(office.port, Message("digest", "Größe " * 30, unsubscribe=away))

    mail = office.mails[0]
    head = office.envelopes[0].original_content.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert f"List-Unsubscribe: <{away}>".encode() in head
    assert mail["Subject"] == ("Größe " * 30).strip()
    assert all(len(line) <= 78 for line in head if away.encode() not in line)


def test_without_one_no_header_says_so(office: Post) -> None:
    send(office.port)

    assert office.mails[0]["List-Unsubscribe"] is None


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_name_is_text_in_subject_text_and_html(office: Post, name: str) -> None:
    message = Message("x", f"New: {name}", (name,), ((name, "https://nps.example/x"),))

    assert send(office.port, message) == Sent()

    mail, envelope = office.mails[0], office.envelopes[0]
    assert mail["Bcc"] is None
    assert envelope.rcpt_tos == ["ann@example.com"]
    assert re.sub(r"\s", "", mail["Subject"]) == re.sub(r"[\s\u202e]", "", f"New: {name}")
    assert name.replace("\r\n", "\n") in part(mail, "plain")
    tags = set(re.findall(r"<\s*/?\s*([a-z!]+)", part(mail, "html")))
    assert tags == {"!doctype", "html", "body", "h", "p", "a"} | ({"br"} if "\n" in name else set())


@pytest.mark.parametrize(
    ("refusal", "outcome"),
    [
        ("451 try again later", NotSent("mail refused: 451", 451)),
        ("552 too big", NotSent("mail refused: 552", 552, again=False)),
    ],
)
def test_a_mail_that_is_refused_for_good_is_not_sent_again(office: Post, refusal: str, outcome: NotSent) -> None:
    office.refuses = refusal

    assert send(office.port) == outcome


@pytest.mark.parametrize(
    ("refusal", "outcome"),
    [
        ("450 mailbox busy", NotSent("receiver refused: 450", 450)),
        ("550 nobody here", NotSent("receiver refused: 550", 550, again=False)),
    ],
)
def test_a_receiver_that_is_refused_for_good_is_not_tried_again(office: Post, refusal: str, outcome: NotSent) -> None:
    office.refuses_receiver = refusal

    assert send(office.port) == outcome


def test_a_mail_server_that_is_down_is_tried_again() -> None:
    assert send(free_port()) == NotSent("connection refused")


def test_without_a_mail_server_nothing_is_lost() -> None:
    assert Email(None, "").send(Parcel("ann@example.com", "msg_1", b"", DROP)) == NotSent("no mail server is set")


def test_where_tls_is_required_nothing_is_sent_without(office: Post) -> None:
    assert send(office.port, server=MailServer("127.0.0.1", office.port, "required")) == NotSent("tls")
    assert send(office.port, server=MailServer("127.0.0.1", office.port, "from the start")) == NotSent("tls")
    assert office.mails == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize(("password", "outcome"), [("right", Sent()), ("wrong", NotSent("mail server: 535", 535))])
def test_an_account_is_used_and_a_wrong_password_can_be_repaired(password: str, outcome: Any) -> None:
    with post(**lets_in("nps", "right")) as office:
        server = MailServer("127.0.0.1", office.port, "none", "nps", password)

        assert send(office.port, server=server) == outcome


def greets_slowly(connection: socket.socket) -> None:
    for _ in range(100):
        connection.sendall(b"220-wait\r\n")
        time.sleep(0.05)


def hangs_after_greeting(connection: socket.socket) -> None:
    connection.sendall(b"220 hello\r\n")
    time.sleep(5)


def drips_after_greeting(connection: socket.socket) -> None:
    connection.sendall(b"220 hello\r\n")
    for _ in range(100):
        connection.sendall(b"250-x\r\n")
        time.sleep(0.05)


@pytest.mark.parametrize("speak", [hangs_after_greeting, drips_after_greeting])
def test_a_mail_server_that_hangs_is_left(
    monkeypatch: pytest.MonkeyPatch, speak: Callable[[socket.socket], None]
) -> None:
    monkeypatch.setattr(email, "WHOLE", 0.5)
    begun = time.monotonic()

    with raw(speak) as port:
        assert send(port) == NotSent("timeout")
        assert time.monotonic() - begun < 2


def test_a_mail_server_that_never_greets_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email, "EACH", 0.3)

    with raw(lambda _connection: time.sleep(2)) as port:
        assert send(port) == NotSent("timeout")


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.com", MailServer("mail.example.com", 587, "required")),
        ("smtps://nps:a%40b@mail.example.com", MailServer("mail.example.com", 465, "from the start", "nps", "a@b")),
        ("smtp+plain://localhost:2525", MailServer("localhost", 2525, "none")),
    ],
)
def test_one_setting_says_where_mail_is_handed_over(url: str, server: MailServer) -> None:
    assert mail_server.read(url) == server


@pytest.mark.parametrize(
    "url", ["mail.example.com", "https://mail.example.com", "smtp://", "smtp://h/x", "smtp://h?x", "smtp://h:x"]
)
def test_another_setting_is_none(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - urllib has its own words for some
        mail_server.read(url)


def test_a_line_break_in_a_name_makes_no_header() -> None:
    mail = email.compose(Message("x", "a\r\nBcc: eve@evil.example\u2028b\x00c"), FROM, "ann@example.com", "msg_1")

    assert mail["Subject"] == "a Bcc: eve@evil.example b c"
    assert mail["Bcc"] is None
    assert b"\nBcc" not in mail.as_bytes().partition(b"\n\n")[0]
