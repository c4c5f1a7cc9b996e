"""Somebody who answers a survey through its pages, with nothing but links and forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Event, Response, ResponseRevision
from tests.pages.reading import Page


@dataclass
class Visitor:
    """A browser on one survey's widget; it accepts English unless a test says otherwise."""

    client: FlaskClient
    key: str = "shop"
    headers: dict[str, str] = field(default_factory=lambda: {"Accept-Language": "en"})
    answer: TestResponse | None = None

    def opens(self, address: str | None = None, **query: str) -> Page:
        return self._page(
            self.client.get(address or f"/w/{self.key}", query_string=query or None, headers=self.headers)
        )

    def sends(self, page: Page, **fields: str) -> Page:
        """Press a button of the page's form and follow to where it leads."""
        answer = self.posts(page.action or "", _content(page) | fields)
        if answer.status_code == 303:
            return self.opens(answer.location)
        return self._page(answer)

    def posts(self, action: str, fields: Any, **more: Any) -> TestResponse:
        self.answer = self.client.post(action, data=fields, headers=self.headers, **more)
        return self.answer

    def _page(self, answer: TestResponse) -> Page:
        self.answer = answer
        return Page(answer.text, answer.status_code)


def _content(page: Page) -> dict[str, str]:
    words = {} if page.words is None else {"comment": page.words}
    return page.fields | words


def stored() -> list[tuple[int, str | None]]:
    """Score and comment of every response there is."""
    db.session.rollback()
    rows = db.session.execute(sa.select(Response.score, Response.comment).order_by(Response.id))
    return [(score, comment) for score, comment in rows]


def only_response() -> Response:
    """The one response there is."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(sa.select(Response)).one()


def earlier_scores() -> list[int]:
    """What was answered before it was changed."""
    return list(db.session.scalars(sa.select(ResponseRevision.score).order_by(ResponseRevision.revision)))


def events() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Event)) or 0
