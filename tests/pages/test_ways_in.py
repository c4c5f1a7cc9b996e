"""Every way in counts for the place it is tried from, and none is open while the others are slowed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.models import LoginSession
from app.pages.login import PLACE
from app.services import accounts, invitations, users
from tests import rows
from tests.pages.reader import PASSWORD, Reader, Seen, ann, browser, sound
from tests.pages.test_identities import agrees, goes, sessions, there
from tests.pages.test_people import contents
from tests.post import office
from tests.provider import Provider

__all__ = ["there"]
NEW = "a battery of horses"
Attempt = Callable[[str], TestResponse]


@pytest.fixture
def ways(app: Flask, there: Provider) -> Iterator[dict[str, Attempt]]:
    """What each way in sends, with everything right; what it is given is the address of the proxy's client."""
    survey = rows.survey()
    reader = ann(app, survey, "admin")
    visitor = Reader(browser(app))
    token = Seen(visitor.browser.get("/login").text).value("csrf_token")
    own = reader.sees("/account").value("csrf_token")
    invited = invitations.invite(survey, "x", "eve@example.com", "viewer")
    link = accounts.reset_link(accounts.by_address("ann@example.com"))
    way_back = agrees(goes(visitor))

    def sends(path: str, who: Reader = visitor, **fields: str) -> Attempt:
        given = {"csrf_token": own if who is reader else token, **fields}
        path = path.removeprefix("http://localhost")
        return lambda claimed: who.browser.post(path, data=given, headers={"X-Forwarded-For": claimed})

    with office(app):
        yield {
            "password": sends("/login", email="ann@example.com", password=PASSWORD),
            "provider": lambda claimed: visitor.browser.get(way_back, headers={"X-Forwarded-For": claimed}),
            "invitation": sends(invited, password=PASSWORD),
            "asking for a link": sends("/reset", email="ann@example.com"),
            "link to a new password": sends(link, password=NEW, again=NEW),
            "changing the password": sends("/account/password", reader, current=PASSWORD, password=NEW, again=NEW),
        }


WAYS = (
    "password",
    "provider",
    "invitation",
    "asking for a link",
    "link to a new password",
    "changing the password",
)


@pytest.fixture
def limited(app: Flask, ways: dict[str, Attempt]) -> Iterator[Callable[[int], None]]:
    """Limits that hold, and so many attempts from this place before."""
    limiter = app.extensions["limiter"]
    limiter.store.reset()
    app.config["RATE_LIMITS"] = True

    def spend(times: int) -> None:
        for _ in range(times):
            assert limiter.wait(PLACE, ["127.0.0.1"]) is None

    yield spend
    app.config["RATE_LIMITS"] = False
    limiter.store._engine().dispose()


@pytest.mark.parametrize("way", WAYS)
def test_the_last_attempt_of_a_place_is_counted_whichever_way_it_takes(
    app: Flask, ways: dict[str, Attempt], limited: Callable[[int], None], way: str
) -> None:
    limited(29)

    assert ways[way]("203.0.113.1").status_code == 303

    assert Reader(browser(app)).signs_in("bo@example.com", "wrong").status_code == 429


@pytest.mark.parametrize("way", WAYS)
def test_a_place_that_has_used_up_its_attempts_comes_in_no_way(
    ways: dict[str, Attempt], limited: Callable[[int], None], way: str
) -> None:
    limited(30)
    before = contents()

    answer = ways[way]("203.0.113.1")

    assert (answer.status_code, "Too many attempts" in sound(answer).text) == (429, True)
    assert int(answer.headers["Retry-After"]) > 0
    assert contents() == before


def test_an_account_is_slowed_for_the_sign_in_and_the_change_together(
    app: Flask, ways: dict[str, Attempt], limited: Callable[[int], None]
) -> None:
    guess = Reader(browser(app))
    for number in range(10):
        assert guess.signs_in(" Ann@example.com", f"wrong {number}").status_code == 422

    assert {ways[way]("x").status_code for way in ("password", "changing the password")} == {429}
    assert guess.signs_in("bo@example.com", "wrong").status_code == 422


@pytest.mark.parametrize("email", ["ann@example.com", "nobody@example.com"])
def test_an_address_gets_three_links_an_hour_whether_or_not_it_is_known(
    app: Flask, ways: dict[str, Attempt], limited: Callable[[int], None], email: str
) -> None:
    asking = Reader(browser(app))
    token = Seen(asking.browser.get("/login").text).value("csrf_token")

    statuses = [
        asking.browser.post("/reset", data={"csrf_token": token, "email": spelled}).status_code
        for spelled in (email, f" {email}", email.upper(), email)
    ]

    assert statuses == [303, 303, 303, 429]


@pytest.mark.parametrize("way", ["password", "provider", "invitation", "link to a new password"])
def test_every_way_in_gives_a_new_id_that_is_kept_as_a_hash(ways: dict[str, Attempt], way: str) -> None:
    answer = ways[way]("x")

    cookie = answer.headers["Set-Cookie"].partition(";")[0].partition("=")[2]
    assert cookie.startswith("s.")
    assert len(cookie) >= 43
    assert sessions() == (1 if way == "link to a new password" else 2)
    assert cookie.removeprefix("s.") not in str(contents()[LoginSession.__tablename__])


def test_nobody_is_let_in_under_an_id_that_somebody_else_chose(app: Flask, ways: dict[str, Attempt]) -> None:
    users.create("mallory@example.com", PASSWORD)
    chosen = "s." + "A" * 43
    victim = Reader(browser(app))
    victim.browser.set_cookie("session", chosen)

    cookie = victim.signs_in("mallory@example.com").headers["Set-Cookie"]

    assert chosen not in cookie
