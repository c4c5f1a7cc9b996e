"""Signing in: a session kept on the server, the same answer for every mistake, forms of our own only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.models import LoginSession, now
from app.models.transaction import writing
from app.services import users
from tests import rows
from tests.pages.reader import PASSWORD, Browser, Reader, Seen, ann, browser, sound


@pytest.fixture
def reader(app: Flask) -> Reader:
    users.create("ann@example.com", PASSWORD, is_admin=True)
    return Reader(browser(app))


def sessions() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(LoginSession)) or 0


def test_the_right_password_opens_the_surveys(reader: Reader) -> None:
    answer = reader.signs_in()

    assert (answer.status_code, answer.location) == (303, "/surveys")
    assert "Surveys" in reader.sees("/surveys").text
    assert sessions() == 1


def test_the_address_is_known_in_any_spelling(reader: Reader) -> None:
    assert reader.signs_in(" Ann@Example.com ").status_code == 303


def test_the_cookie_opens_no_door_to_scripts_or_other_sites(reader: Reader) -> None:
    cookie = reader.signs_in().headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    stored = db.session.scalars(sa.select(LoginSession.id_hash)).one()
    assert stored not in cookie


def test_looking_at_the_form_writes_nothing(reader: Reader) -> None:
    reader.sees("/login")
    reader.sees("/login")

    assert sessions() == 0


@pytest.mark.parametrize(
    ("email", "password"),
    [("ann@example.com", "wrong password"), ("bob@example.com", PASSWORD), ("", ""), ("ann@example.com", "x" * 10_000)],
)
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(reader: Reader, email: str, password: str) -> None:
    answer = reader.signs_in(email, password)

    page = sound(answer)
    assert answer.status_code == 422
    assert "This e-mail address and password do not belong together." in page.text
    assert page.value("email") == email
    assert password not in answer.text or not password
    assert sessions() == 0


def test_every_sign_in_has_a_new_id(reader: Reader) -> None:
    first = reader.signs_in().headers["Set-Cookie"]
    reader.browser.delete_cookie("session")

    assert reader.signs_in().headers["Set-Cookie"] != first


def test_signing_out_ends_the_session_on_the_server(reader: Reader) -> None:
    reader.signs_in()
    cookie = reader.browser.get_cookie("session")
    token = reader.sees("/surveys").value("csrf_token")

    reader.browser.post("/logout", data={"csrf_token": token})

    assert sessions() == 0
    assert cookie
    reader.browser.set_cookie("session", cookie.value)
    assert reader.browser.get("/surveys").status_code == 303


def test_a_session_ends_by_itself(reader: Reader) -> None:
    reader.signs_in()
    with writing() as session:
        session.execute(sa.update(LoginSession).values(expires_at=now() - timedelta(seconds=1)))

    assert reader.browser.get("/surveys").status_code == 303


@pytest.mark.parametrize("cookie", ["s.", "s.nonsense", "s." + "A" * 43, "nonsense", "", "eyJ1c2VyX2lkIjoxfQ.x.y"])
def test_a_made_up_cookie_is_nobody(reader: Reader, cookie: str) -> None:
    reader.browser.set_cookie("session", cookie)

    assert reader.browser.get("/surveys").status_code == 303


def test_a_form_without_its_token_is_refused(reader: Reader) -> None:
    answer = reader.browser.post("/login", data={"email": "ann@example.com", "password": PASSWORD})

    sound(answer)
    assert answer.status_code == 400
    assert sessions() == 0


def test_a_token_of_another_browser_is_refused(app: Flask, reader: Reader) -> None:
    others = Seen(browser(app).get("/login").text).value("csrf_token")
    reader.sees("/login")

    answer = reader.browser.post(
        "/login", data={"email": "ann@example.com", "password": PASSWORD, "csrf_token": others}
    )

    assert answer.status_code == 400


def test_a_change_sent_by_another_site_is_refused(reader: Reader) -> None:
    reader.signs_in()
    token = reader.sees("/surveys").value("csrf_token")

    answer = reader.browser.post("/logout", data={"csrf_token": token}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert sessions() == 1


def test_after_the_sign_in_one_is_where_one_wanted_to_be(app: Flask) -> None:
    survey = rows.survey()
    users.join(users.create("ann@example.com", PASSWORD), survey, "viewer")
    reader = Reader(browser(app))

    asked = reader.browser.get("/surveys/shop/report?language=de")
    answer = reader.signs_in(next="/surveys/shop/report?language=de")

    assert asked.location == "/login?next=%2Fsurveys%2Fshop%2Freport%3Flanguage%3Dde"
    assert answer.location == "/surveys/shop/report?language=de"


@pytest.mark.parametrize(
    "elsewhere",
    ["//[x", "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\n/evil", "x"],
)
def test_the_sign_in_leads_to_no_other_site(reader: Reader, elsewhere: str) -> None:
    assert reader.signs_in(next=elsewhere).location == "/surveys"


@pytest.fixture
def limited(app: Flask, reader: Reader) -> Iterator[Reader]:
    store = app.extensions["limiter"].store
    store.reset()
    app.config["RATE_LIMITS"] = True
    yield reader
    app.config["RATE_LIMITS"] = False
    store._engine().dispose()


def test_ten_wrong_passwords_are_enough_for_a_while(limited: Reader) -> None:
    answers = [limited.signs_in("ann@example.com", f"wrong {n}").status_code for n in range(10)]

    refused = limited.signs_in()

    assert answers == [422] * 10
    assert refused.status_code == 429
    assert "Too many attempts" in sound(refused).text
    assert int(refused.headers["Retry-After"]) > 0


def test_thirty_sign_ins_from_one_place_are_enough_for_a_while(limited: Reader) -> None:
    answers = [limited.signs_in(f"guess-{n}@example.com", "wrong").status_code for n in range(31)]

    assert answers == [422] * 30 + [429]


def test_the_widget_and_the_api_have_no_session(app: Flask) -> None:
    reader = ann(app)
    rows.survey()

    for address in ("/w/shop", "/api/v1/surveys/shop/report"):
        answer = reader.browser.get(address)
        assert "Set-Cookie" not in answer.headers
        assert answer.status_code != 303


def test_a_visitor_finds_errors_readable(app: Flask) -> None:
    visitor: Browser = browser(app)

    answer = visitor.get("/nothing-here")

    page = sound(answer)
    assert answer.status_code == 404
    assert "Not found" in page.text


def test_the_stylesheet_is_kept_for_ever_at_its_own_address(reader: Reader) -> None:
    page = reader.sees("/login")
    address = next(given["href"] for tag, given in page.elements if tag == "link")

    answer = reader.browser.get(address or "")

    assert answer.status_code == 200
    assert answer.content_type == "text/css; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
