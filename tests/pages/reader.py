"""Somebody who signs in and reads, and the checks that every page for people has to pass."""

from __future__ import annotations

import contextvars
import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.models import Survey, User
from app.services import users

PASSWORD = "correct horse battery"
VOID = {"meta", "link", "input", "br", "img", "hr"}


class Browser(FlaskClient):
    """A client whose every request stands alone, as on a server, though the test has an application context open."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return contextvars.Context().run(super().open, *args, **kwargs)


def browser(app: Flask) -> Browser:
    return Browser(app, app.response_class, use_cookies=True)


@dataclass
class Seen(HTMLParser):
    """A page as text and elements."""

    html: str
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    marked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if "mark" in self._open:
            self.marked.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"[\s\u00a0]+", " ", " ".join(self.texts))

    @property
    def links(self) -> list[str]:
        return [given.get("href") or "" for tag, given in self.elements if tag == "a"]

    def value(self, name: str) -> str:
        """What a field of a form holds."""
        return next(given.get("value") or "" for tag, given in self.elements if given.get("name") == name)

    def value_of(self, id_: str) -> str:
        """What the field with this id holds."""
        return next(given.get("value") or "" for _, given in self.elements if given.get("id") == id_)


@dataclass
class Reader:
    """Somebody with an account."""

    browser: Browser
    answer: TestResponse | None = None

    def signs_in(self, email: str = "ann@example.com", password: str = PASSWORD, **more: str) -> TestResponse:
        token = Seen(self.browser.get("/login").text).value("csrf_token")
        return self.browser.post("/login", data={"email": email, "password": password, "csrf_token": token, **more})

    def sees(self, address: str, status: int = 200) -> Seen:
        """Open a page, which has to be a sound one."""
        self.answer = self.browser.get(address)
        assert self.answer.status_code == status, (self.answer.status_code, self.answer.text[:400])
        return sound(self.answer)


def ann(app: Flask, survey: Survey | None = None, role: str = "viewer", email: str = "ann@example.com") -> Reader:
    """A reader who is signed in: a member of the survey, or an administrator."""
    user: User = users.create(email, PASSWORD, is_admin=survey is None)
    if survey is not None:
        users.join(user, survey, role)
    reader = Reader(browser(app))
    reader.signs_in(email)
    return reader


def sound(answer: TestResponse) -> Seen:
    """What every page has: a title, one heading, a language, labels, its own ids; and what none has: script, style."""
    page = Seen(answer.text)
    tags = Counter(tag for tag, _ in page.elements)
    ids = [given["id"] for _, given in page.elements if "id" in given]
    assert tags["h1"] == 1
    assert tags["title"] >= 1
    assert not tags["script"] + tags["style"] + tags["iframe"]
    assert all("style" not in given and not any(name.startswith("on") for name in given) for _, given in page.elements)
    assert page.elements[0][1].get("lang")
    assert not [id_ for id_, times in Counter(ids).items() if times > 1]
    assert all(link[1:] in ids for link in page.links if link.startswith("#"))
    _labelled(page)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'")
    assert answer.headers["Cache-Control"] == "no-store"
    return page


def _labelled(page: Seen) -> None:
    named = {given.get("for") for tag, given in page.elements if tag == "label"}
    for tag, given in page.elements:
        if tag in {"input", "select"} and given.get("type") not in {"hidden", "checkbox"}:
            assert given.get("id") in named, given
