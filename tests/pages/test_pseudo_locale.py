"""Every state of the widget in a language that nobody speaks: no sentence of it is written into the code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from flask import Flask
from flask.testing import FlaskClient

from app import i18n
from app.models import Survey, now
from app.models.transaction import writing
from app.services import surveys
from tests.pages.reading import Page
from tests.pages.visitor import Visitor
from tests.pseudo import NAME, english, pseudo

BY_CLDR = {"English", "AM", "PM", "UTC", "at"}  # what stands with a date, and the name of a language


@pytest.fixture
def pseudo_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The catalogue of English, replaced by one in that language."""
    catalogue = Catalog(locale="en")
    for message in i18n.catalogue("en"):
        if message.id:
            catalogue.add(message.id, pseudo(str(message.id)))
    path = tmp_path / "en" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, catalogue)
    monkeypatch.setattr(i18n, "CATALOGUES", tmp_path)
    i18n.read.cache_clear()
    yield
    i18n.read.cache_clear()


@pytest.fixture
def visitor(app: Flask, client: FlaskClient, pseudo_catalogue: None) -> Visitor:
    surveys.create("shop", NAME)
    surveys.create("closed", NAME)
    surveys.close("closed")
    invited = surveys.create("invited", NAME)
    with writing() as session:
        session.get_one(Survey, invited.id).requires_signed = True
    return Visitor(client)


def states(visitor: Visitor) -> Iterator[tuple[str, Page]]:
    """Each page that somebody may come to, and every refusal."""
    first = visitor.opens()
    yield "score", first
    reason = visitor.sends(first, score="3")
    yield "reason", reason
    thanks = visitor.sends(reason, comment="čéž", do="send")
    yield "thanks", thanks
    yield from own_answer(visitor, next(link for link in thanks.links.values() if "/answer/" in link))
    yield "value", visitor.sends(visitor.opens(), score="10")
    yield "chosen", visitor.opens(score="9")
    yield "privacy", visitor.opens("/w/shop/privacy")
    yield "kiosk", visitor.sends(visitor.opens(kiosk="1"), score="3")
    yield "closed", visitor.opens("/w/closed")
    yield "invited", visitor.opens("/w/invited")
    yield "nowhere", visitor.opens("/w/nobody")
    yield "nothing", visitor.opens("/w/shop/nothing")
    yield "wrong method", visitor.opens("/w/shop/send/abc")
    yield "no score", visitor.sends(visitor.opens())
    yield "too long", visitor.sends(visitor.opens(score="3"), comment="é" * 4001)
    yield "out of date", visitor.sends(visitor.opens(score="3"), token="x")
    yield "not a form", _answered(visitor, data="{}", content_type="application/json")
    yield "doubled", _answered(visitor, data="score=1&score=2")
    yield "too large", _answered(visitor, data="comment=" + "x" * 70_000)
    old = visitor.opens()
    with time_machine.travel(now() + timedelta(days=2)):
        yield "expired", visitor.sends(old, score="3")
        yield "too late", visitor.opens(reason.action.removesuffix("/send") if reason.action else "")


def own_answer(visitor: Visitor, address: str) -> Iterator[tuple[str, Page]]:
    """What people see of their own answer by its receipt, up to the moment when it is erased."""
    yield "code", visitor.opens("/w/shop/receipt")
    yield "wrong code", visitor.sends(visitor.opens("/w/shop/receipt"), code="0000")
    own = visitor.opens(address)
    yield "own answer", own
    erase = visitor.opens(next(link for link in own.links.values() if "erase" in link))
    yield "erase", erase
    yield "erased", visitor.sends(erase)
    yield "erased already", visitor.opens(address)


def _answered(visitor: Visitor, **sent: Any) -> Page:
    sent.setdefault("content_type", "application/x-www-form-urlencoded")
    answer = visitor.client.post(visitor.opens().action or "", headers=visitor.headers, **sent)
    return Page(answer.text, answer.status_code)


def test_no_sentence_of_the_widget_is_written_into_the_code(visitor: Visitor) -> None:
    found, statuses = {}, set()

    for state, page in states(visitor):
        told = " ".join([page.title, page.said, *page.names]).replace("http://localhost/w/shop", "")
        statuses.add(page.status)
        found[state] = [word for word in english(told) if word not in BY_CLDR]
        assert page.title, state

    assert statuses == {200, 400, 403, 404, 405, 409, 413, 415, 422}
    assert {state: words for state, words in found.items() if words} == {}


@pytest.mark.parametrize("sentence", ["Send", "Your score {score} is saved.", "0 out of 10, not at all likely"])
def test_the_language_is_longer_and_keeps_what_stands_in_braces(sentence: str) -> None:
    said = pseudo(sentence)

    assert len(said) >= len(sentence) * 1.2
    assert english(said.replace("{score}", "")) == []
    assert ("{score}" in said) == ("{score}" in sentence)
