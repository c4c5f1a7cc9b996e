"""Forgot your password: the page says and does the same for everybody, and only the mail knows whose account it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Letter, LoginSession, User, now
from app.security import passwords
from app.services import accounts, audit_log, letters, users
from tests.pages.reader import PASSWORD, Reader, Seen, browser, sound
from tests.pages.test_people import contents
from tests.post import arrived, office
from tests.receivers import Post, wait_for

NEW = "a battery of horses"


@pytest.fixture
def mails(app: Flask) -> Iterator[Post]:
    with office(app) as mine:
        yield mine


@pytest.fixture
def visitor(app: Flask, mails: Post) -> Reader:
    users.create("ann@example.com", PASSWORD)
    return Reader(browser(app))


def send(reader: Reader, path: str, headers: dict[str, str] | None = None, **fields: str) -> TestResponse:
    token = Seen(reader.browser.get("/login").text).value("csrf_token")
    return reader.browser.post(path, data={"csrf_token": token, **fields}, headers=headers)


def asks(reader: Reader, email: str = "ann@example.com", **headers: str) -> TestResponse:
    return send(reader, "/reset", headers, email=email)


def sets(reader: Reader, link: str, password: str = NEW) -> TestResponse:
    return send(reader, link, password=password, again=password)


def test_the_sign_in_page_leads_to_a_mail_with_a_link_that_sets_a_new_password(
    app: Flask, mails: Post, visitor: Reader
) -> None:
    assert "/reset" in visitor.sees("/login").links
    visitor.sees("/reset")

    answer = asks(visitor, " Ann@Example.com")

    assert "a mail with a link is on its way" in visitor.sees(answer.location).text
    ((to, link),) = arrived(mails)
    assert to == "ann@example.com"
    assert "ann@example.com" in visitor.sees(link).text
    assert sets(visitor, link).location == "/surveys"
    visitor.sees("/surveys")
    assert users.authenticate("ann@example.com", NEW)
    assert sets(Reader(browser(app)), link, "yet another one").status_code == 404


class Work:
    """The statements that requests send to the database, and how often a password is hashed."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.done: list[str] = []
        real = passwords._hasher
        patch.setattr(passwords, "_hasher", type("Counting", (), {"hash": self._note, "verify": self._note})())
        self.real = real

    def _note(self, *_given: Any) -> Any:
        self.done.append("hash")
        raise AssertionError("no password is hashed here")

    def statement(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        self.done.append(statement)


def test_the_request_does_the_same_work_whether_or_not_the_address_is_known(
    mails: Post, visitor: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks(visitor, "first@example.com")
    work = []
    for email in ("ann@example.com", "eve@example.com"):
        counted = Work(monkeypatch)
        token = Seen(visitor.browser.get("/login").text).value("csrf_token")
        sa.event.listen(sa.Engine, "before_cursor_execute", counted.statement)
        answer = visitor.browser.post("/reset", data={"csrf_token": token, "email": email})
        sa.event.remove(sa.Engine, "before_cursor_execute", counted.statement)
        work.append((answer.status_code, answer.location, answer.headers.get("Set-Cookie"), counted.done))

    assert work[0] == work[1]
    assert [one for one in work[0][3] if "INSERT INTO letter" in one]
    assert not [one for one in work[0][3] if '"user"' in one]
    assert [to for to, _ in arrived(mails)] == ["ann@example.com"]


def test_of_what_strangers_typed_nothing_stays(mails: Post, visitor: Reader) -> None:
    for email in ("eve@example.com", "ann@example.com"):
        asks(visitor, email)

    assert [to for to, _ in arrived(mails)] == ["ann@example.com"]

    db.session.rollback()
    assert db.session.scalars(sa.select(Letter)).all() == []
    assert "eve@" not in str(contents())
    assert [one.action for one in audit_log.listed(9)] == ["resets.ask", "resets.ask"]
    assert len(audit_log.listed(9, about="ann@example.com")) == 1


def test_no_table_and_no_log_holds_the_link(mails: Post, visitor: Reader, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    asks(visitor)
    before = contents()
    mails.refuses = "451 later"
    assert arrived(mails) == []
    waiting = contents()
    mails.refuses = ""
    with time_machine.travel(now() + timedelta(minutes=1)):
        ((_, link),) = arrived(mails)

    token = link.rpartition("/")[2]
    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]  # that is the server's
    seen = f"{before}{waiting}{contents()}{ours}"
    assert token.split(".")[0] not in seen
    assert "/reset/" not in seen


def test_smtp_is_never_spoken_during_the_request(app: Flask, visitor: Reader) -> None:
    app.config["SMTP_URL"] = "smtp+plain://127.0.0.1:1"  # nobody listens there

    assert asks(visitor).status_code == 303


@pytest.mark.parametrize("email", ["", "ann", "a b@example.com", "ann@example.com\nBcc: x", "@", "x" * 300])
def test_what_is_no_address_is_given_back(visitor: Reader, email: str) -> None:
    answer = asks(visitor, email)

    assert (answer.status_code, "Give an e-mail address." in sound(answer).text) == (422, True)
    assert db.session.scalars(sa.select(Letter)).all() == []


def test_the_link_has_the_configured_address_whatever_host_was_asked(mails: Post, visitor: Reader) -> None:
    assert asks(visitor, Host="evil.example").status_code == 400
    assert asks(visitor, **{"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}).status_code == 303

    arrived(mails)
    (mail,) = mails.mails
    assert "evil" not in mail.as_string()
    assert "http://localhost/reset/" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_scanner_that_opens_the_link_uses_nothing_up(app: Flask, mails: Post, visitor: Reader) -> None:
    asks(visitor)
    ((_, link),) = arrived(mails)
    before = contents()

    for number in range(20):
        browser(app).open(link, method="HEAD" if number % 2 else "GET", headers={"Sec-Purpose": "prefetch"})

    assert contents() == before
    assert sets(visitor, link).status_code == 303


@pytest.mark.parametrize("end", ["a day later", "changed meanwhile", "another link was used", "for an invitation"])
def test_a_link_ends(app: Flask, mails: Post, visitor: Reader, end: str) -> None:
    for _ in range(2):
        asks(visitor)
    (_, link), (_, other) = arrived(mails)
    later = timedelta()
    if end == "a day later":
        later = timedelta(days=1, minutes=3)
    elif end == "changed meanwhile":
        accounts.change_password(accounts.by_address("ann@example.com"), PASSWORD, *["a third password"] * 2)
    elif end == "another link was used":
        sets(Reader(browser(app)), other, "another new one")
    else:
        link = link.replace("/reset/", "/invitations/")

    with time_machine.travel(now() + later, tick=False):
        assert sets(visitor, link).status_code == 404
        assert "/reset" in visitor.sees(link, 404).links or end == "for an invitation"
    assert not users.authenticate("ann@example.com", NEW)


def test_a_new_password_ends_every_session_and_every_letter_that_waits(
    app: Flask, mails: Post, visitor: Reader
) -> None:
    reader = Reader(browser(app))
    reader.signs_in()
    asks(visitor)
    ((_, link),) = arrived(mails)
    asks(visitor)

    sets(visitor, link)

    assert reader.browser.get("/surveys").status_code == 303
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LoginSession)) == 1
    assert not letters.are_waiting()


def test_without_a_mail_server_the_page_says_whom_to_ask(app: Flask) -> None:
    app.config["SMTP_URL"] = ""
    reader = Reader(browser(app))

    assert "Ask whoever runs it" in reader.sees("/reset").text
    assert asks(reader).status_code == 422
    assert db.session.scalars(sa.select(Letter)).all() == []


def test_an_account_without_a_password_gets_one(app: Flask, mails: Post, visitor: Reader) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.update(User).values(password_hash=passwords.unknown()))
    asks(visitor)
    ((_, link),) = arrived(mails)

    assert sets(visitor, link).status_code == 303
    assert users.authenticate("ann@example.com", NEW)


def test_the_sender_of_the_jobs_sends_it(app: Flask, mails: Post, visitor: Reader) -> None:
    import threading

    from app.sender import Sender

    asks(visitor)
    sender = Sender(app, threading.Event())

    sender.look()

    wait_for(lambda: mails.mails)
    for thread in sender.busy.values():
        thread.join()
    assert mails.mails[0]["Auto-Submitted"] == "auto-generated"
