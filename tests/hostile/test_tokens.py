"""Every sealed link, forged in every way we know: it opens nothing, changes nothing, and is no fault of ours."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from app.models import now
from app.security import tokens
from tests.pages import reader
from tests.security import world
from tests.security.world import Caller, Town
from tests.test_promises import fingerprints

LINKS = {  # how a link is opened, how it is used, and what a forged one gets
    "act:token": ("/m/act/{}", "/m/act/{}", 404),
    "case:case": ("/m/case/{}", "/m/case/{}", 404),
    "confirm:question": ("/m/confirm/{}", "/m/confirm/{}", 404),
    "end:ending": ("/m/end/{}", "/m/end/{}", 404),
    "reset:reset_token": ("/reset/{}", "/reset/{}", 404),
    "invitations:invitation": ("/invitations/{}", "/invitations/{}", 404),
    "shared:share": ("/shared/{}", "", 404),
    "r:receipt": ("/w/shop/r/{}", "/w/shop/r/{}/send", 404),
    "answer:opened": ("/w/shop/answer/{}", "/w/shop/answer/{}/erase/confirm", 403),
}
STILL_GOOD = {"end:ending"}  # the way out is
FORM = {"csrf_token": "x", "score": "9", "status": "fixed", "version": "0", "password": "a new long password"}


@pytest.fixture
def town(app: Flask) -> Town:
    """A survey with a link of every kind; the checks of forms are off, so that what is behind them is seen."""
    app.config["WTF_CSRF_METHODS"] = []
    return world.town("shop")


def touched(token: str) -> Iterator[str]:
    """A bit flipped at every position, cut at every length, and spelled otherwise."""
    for place, letter in enumerate(token):
        flipped = chr(ord(letter) ^ 1)
        yield token[:place] + (flipped if flipped.isalnum() or flipped in "-_." else "A") + token[place + 1 :]
    yield from (token[:length] for length in range(1, len(token)))
    yield from (token + more for more in ("A", "=", ".", "%0a", "%00", "%20", "%2e"))
    yield from (more + token for more in ("A", ".", "%20"))
    yield token.replace("a", "\u0430", 1) if "a" in token else token + "\u0430"
    yield token.swapcase()


def jwts() -> Iterator[str]:
    """Tokens of another make."""
    claims = {"sub": "1", "s": 1, "i": 1}
    for header in ({"alg": "none"}, {"alg": "HS256", "kid": "../../etc/passwd"}, {"alg": "RS256", "jku": "//evil"}):
        parts = (base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in (header, claims))
        yield ".".join([*parts, "A" * 43])


@pytest.mark.parametrize("link", LINKS)
def test_a_token_touched_anywhere_opens_nothing(app: Flask, town: Town, link: str) -> None:
    shown, used, status = LINKS[link]
    caller, token = Caller(reader.browser(app)), town.ids[link]
    before = fingerprints()

    strange = [one for one in [*touched(token), *jwts()] if one != token]

    seen = {caller.asks("GET", shown.format(one)).status_code for one in strange}
    for one in strange[::9] if used else []:
        answer = caller.asks("POST", used.format(one), data=FORM)
        assert answer.status_code in {403, 404, 410, 422}, (one, answer.status_code)

    assert seen == {status}
    assert fingerprints() == before
    assert caller.asks("GET", shown.format(token)).status_code == 200


def test_a_link_of_one_kind_opens_no_page_of_another(app: Flask, town: Town) -> None:
    caller, before = Caller(reader.browser(app)), fingerprints()

    opened = {
        (link, other): status
        for link, (shown, _used, _status) in LINKS.items()
        for other in (one for one in LINKS if one != link)
        if (status := caller.asks("GET", shown.format(town.ids[other])).status_code) not in {403, 404, 410}
    }

    assert opened == {}
    assert fingerprints() == before


def test_a_link_of_another_installation_or_another_time_opens_nothing(app: Flask, town: Town) -> None:
    caller, own = Caller(reader.browser(app)), app.config["SECRET_KEY"]
    answer = int(town.ids["responses:response_id"])
    receipt = tokens.Receipt(town.survey.id, answer)
    app.config["SECRET_KEY"] = "the secret of another installation, which is long"
    foreign = tokens.seal_receipt(receipt)
    app.config["SECRET_KEY"] = own
    with time_machine.travel(now() + timedelta(days=1)):
        early = tokens.seal_receipt(receipt)
    elsewhere = tokens.seal_receipt(tokens.Receipt(town.survey.id + 1, answer))

    statuses = {caller.asks("GET", f"/w/shop/r/{one}").status_code for one in (foreign, early, elsewhere)}

    assert statuses == {404}


def test_a_link_that_is_over_says_so_and_changes_nothing(app: Flask, town: Town) -> None:
    caller, before = Caller(reader.browser(app)), fingerprints()

    with time_machine.travel(now() + timedelta(days=31)):
        statuses = {
            link: caller.asks("POST", used.format(town.ids[link]), data=FORM).status_code
            for link, (_shown, used, _status) in LINKS.items()
            if used and link not in STILL_GOOD
        }

    assert set(statuses.values()) <= {403, 404, 409, 410, 422}, statuses
    assert fingerprints() == before


def test_a_made_up_theme_is_no_stylesheet(app: Flask, town: Town) -> None:
    caller, code = Caller(reader.browser(app)), town.ids["w:theme"]
    strange = [code.replace("8", "expression(1)"), code + ";}*{x:y", code[:-1], "../../../etc/passwd", "a" * 500]

    statuses = {caller.asks("GET", f"/w/widget.{one}.css").status_code for one in strange}

    assert statuses == {404}
