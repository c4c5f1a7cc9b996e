"""One's own account: a new password ends every other session, and a lost one comes back by a link that works once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskCliRunner
from werkzeug.test import TestResponse

from app.errors import NotFound
from app.extensions import db
from app.models import LoginSession, now
from app.services import accounts, users
from tests import rows
from tests.pages.reader import PASSWORD, Reader, Seen, ann, browser, sound
from tests.pages.test_people import contents, press

NEW = "a battery of horses"


@pytest.fixture
def reader(app: Flask) -> Reader:
    return ann(app, rows.survey())


def sessions() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(LoginSession)) or 0


def changes(reader: Reader, **fields: str) -> TestResponse:
    return press(reader, "/account/password", **{"current": PASSWORD, "password": NEW, "again": NEW, **fields})


def elsewhere(app: Flask) -> Reader:
    """The same person in another browser."""
    other = Reader(browser(app))
    other.signs_in()
    return other


def test_the_page_says_who_one_is_and_where_one_is_signed_in(app: Flask, reader: Reader) -> None:
    elsewhere(app).browser.get("/surveys", headers={"User-Agent": "x"})

    page = reader.sees("/account")

    assert "ann@example.com" in page.text
    assert "Shop viewer" in page.text
    assert page.text.count("this one") == 1
    assert page.text.count("Sign out there") == 1


def test_a_new_password_ends_every_other_session_and_not_this_one(app: Flask, reader: Reader) -> None:
    other, cookie = elsewhere(app), reader.browser.get_cookie("session")

    answer = changes(reader)

    assert answer.status_code == 303
    assert "Changed. Every other browser was signed out." in reader.sees(answer.location).text
    assert other.browser.get("/surveys").status_code == 303
    assert cookie
    assert reader.browser.get_cookie("session").value != cookie.value  # type: ignore[union-attr]
    assert sessions() == 1
    assert elsewhere(app).browser.get("/surveys").status_code == 303
    assert Reader(browser(app)).signs_in(password=NEW).status_code == 303


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"current": "wrong password"}, "This is not your present password."),
        ({"current": ""}, "This is not your present password."),
        ({"password": "short", "again": "short"}, "Use 10 to 1000 characters."),
        ({"again": "something else"}, "This is not what you typed above."),
    ],
)
def test_a_password_that_cannot_be_is_refused_and_ends_nothing(
    app: Flask, reader: Reader, fields: dict[str, str], says: str
) -> None:
    elsewhere(app)

    answer = changes(reader, **fields)

    page = sound(answer)
    assert (answer.status_code, says in page.text, sessions()) == (422, True, 2)
    assert not [value for value in (PASSWORD, NEW, *fields.values()) if value and value in answer.text]
    assert users.authenticate("ann@example.com", PASSWORD)


def test_of_two_new_passwords_at_once_the_second_comes_too_late(app: Flask, reader: Reader) -> None:
    slow = accounts.by_address("ann@example.com")
    db.session.expunge(slow)  # as another process has read it
    accounts.change_password(accounts.by_address("ann@example.com"), PASSWORD, NEW, NEW)

    with pytest.raises(NotFound):
        accounts.change_password(slow, PASSWORD, "a third password", "a third password")

    assert users.authenticate("ann@example.com", NEW)


def test_one_browser_is_signed_out_from_another(app: Flask, reader: Reader) -> None:
    other = elsewhere(app)
    place = reader.sees("/account").value("session")

    assert press(reader, "/account/sessions/end", session=place).status_code == 303

    assert other.browser.get("/surveys").status_code == 303
    reader.sees("/account")


def test_nobody_ends_a_session_of_somebody_else(app: Flask, reader: Reader) -> None:
    bo = ann(app, rows.survey("other", "Other"), "admin", "bo@example.com")
    elsewhere(app)
    place = reader.sees("/account").value("session")

    assert press(bo, "/account/sessions/end", session=place).status_code == 404
    assert press(bo, "/account/sessions/end", session="").status_code == 404
    assert sessions() == 3


def test_signing_out_everywhere_leaves_no_session(app: Flask, reader: Reader) -> None:
    other = elsewhere(app)

    answer = press(reader, "/account/sessions/end-all")

    assert (answer.status_code, answer.location, sessions()) == (303, "/login", 0)
    assert {one.browser.get("/account").status_code for one in (reader, other)} == {303}


def test_a_visitor_has_no_account(app: Flask) -> None:
    assert browser(app).get("/account").location == "/login?next=%2Faccount"


def link_for(app: Flask, email: str = "ann@example.com") -> str:
    run: FlaskCliRunner = app.test_cli_runner()
    done = run.invoke(args=["user", "reset", email])
    assert done.exit_code == 0, done.output
    return done.output.strip().removeprefix("http://localhost")


def resets(app: Flask, link: str, **fields: str) -> TestResponse:
    visitor = Reader(browser(app))
    token = Seen(visitor.browser.get("/login").text).value("csrf_token")
    return visitor.browser.post(link, data={"csrf_token": token, "password": NEW, "again": NEW, **fields})


def test_a_printed_link_sets_a_new_password_once(app: Flask, reader: Reader) -> None:
    link = link_for(app)
    assert "ann@example.com" in Reader(browser(app)).sees(link).text

    assert resets(app, link).status_code == 303

    db.session.rollback()
    assert users.authenticate("ann@example.com", NEW)
    assert reader.browser.get("/surveys").status_code == 303
    assert resets(app, link, password="yet another one", again="yet another one").status_code == 404
    assert "This link does not work" in Reader(browser(app)).sees(link, 404).text


def test_a_hundred_looks_at_the_link_use_nothing_up(app: Flask, reader: Reader) -> None:
    link, before = link_for(app), contents()

    for number in range(100):
        browser(app).open(link, method="HEAD" if number % 2 else "GET")

    assert contents() == before
    assert resets(app, link).status_code == 303


@pytest.mark.parametrize("end", ["a day later", "changed meanwhile", "cut off", "for another use", "gone"])
def test_a_link_to_a_new_password_ends(app: Flask, reader: Reader, end: str) -> None:
    link, later = link_for(app), timedelta()
    if end == "a day later":
        later = timedelta(days=1, minutes=3)
    elif end == "changed meanwhile":
        changes(reader)
    elif end == "gone":
        users.create("root@example.com", PASSWORD, is_admin=True)
        accounts.remove(accounts.by_address("ann@example.com"))
    else:
        link = link[:-3] if end == "cut off" else link.replace("/reset/", "/invitations/")

    with time_machine.travel(now() + later, tick=False):
        assert browser(app).get(link).status_code == 404
        assert resets(app, link).status_code == 404
    assert not users.authenticate("ann@example.com", NEW) or end == "changed meanwhile"


def test_a_reset_that_cannot_be_is_given_back_and_uses_nothing_up(app: Flask, reader: Reader) -> None:
    link = link_for(app)

    assert "This is not what you typed above." in sound(resets(app, link, again="x")).text
    assert resets(app, link).status_code == 303


def test_ten_wrong_present_passwords_are_enough_for_a_while(app: Flask, reader: Reader) -> None:
    store = app.extensions["limiter"].store
    store.reset()
    app.config["RATE_LIMITS"] = True

    statuses = [changes(reader, current=f"wrong {number}").status_code for number in range(10)]
    refused = changes(reader)

    store._engine().dispose()
    assert (statuses, refused.status_code) == ([422] * 10, 429)
