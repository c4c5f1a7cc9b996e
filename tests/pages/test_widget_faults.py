"""When the database does not take an answer: no false thanks, nothing lost, and one more press stores it once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from app.extensions import db
from app.services import surveys
from tests.pages.visitor import Visitor, events, stored

WORDS = "It took me ten minutes to write this"


@pytest.fixture
def visitor(client: FlaskClient, app: Flask) -> Visitor:
    surveys.create("shop", "Acme", allowed_origins=["https://www.example.com"])
    return Visitor(client)


@contextmanager
def failing(moment: str) -> Iterator[None]:
    """A database that fails at this moment, as one does whose disk is full or whose server went away."""

    def fail(*_: Any) -> None:
        raise OperationalError("", None, OSError("disk I/O error"))

    sa.event.listen(db.engine, moment, fail)
    try:
        yield
    finally:
        sa.event.remove(db.engine, moment, fail)
        db.session.rollback()


@contextmanager
def no_write_queue(app: Flask) -> Iterator[None]:
    """The file of the write turn cannot be opened, as by a process that had not yet when the disk took no more."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has no such file")
    file = Path(f"{db.engine.url.database}.queue")
    kept = app.extensions.pop("write_queues", {})
    file.rename(file.with_suffix(".away"))
    file.mkdir()
    try:
        yield
    finally:
        file.rmdir()
        file.with_suffix(".away").rename(file)
        app.extensions["write_queues"] = kept


def test_an_answer_that_is_not_committed_is_not_thanked_for(visitor: Visitor) -> None:
    page = visitor.opens(score="4")

    with failing("commit"):
        refused = visitor.sends(page, comment=WORDS, do="send")

    assert (refused.status, refused.words, refused.chosen) == (503, WORDS, "4")
    assert "Your answer is not saved yet. Please send it again in a moment." in refused.said
    assert (refused.action, refused.fields["token"]) == (page.action, page.fields["token"])
    assert visitor.answer is not None
    assert visitor.answer.headers["Retry-After"] == "5"
    assert stored() == []


def test_a_disk_that_turned_read_only_before_the_first_answer_costs_no_words(visitor: Visitor, app: Flask) -> None:
    page = visitor.opens(score="4")

    with no_write_queue(app):
        refused = visitor.sends(page, comment=WORDS, do="send")
    visitor.sends(refused, do="send")

    assert (refused.status, refused.words, refused.chosen) == (503, WORDS, "4")
    assert stored() == [(4, WORDS)]


def test_sending_it_again_stores_it_once(visitor: Visitor) -> None:
    page = visitor.opens()
    with failing("commit"):
        refused = visitor.sends(page, score="4")

    visitor.sends(refused, comment=WORDS, do="send")
    visitor.sends(refused, comment=WORDS, do="send")

    assert stored() == [(4, WORDS)]
    assert events() == 1


def test_words_for_a_saved_score_survive_too(visitor: Visitor) -> None:
    reason = visitor.sends(visitor.opens(), score="2")
    with failing("commit"):
        refused = visitor.sends(reason, comment=WORDS, do="send")

    visitor.sends(refused, do="send")

    assert (refused.status, refused.words, refused.chosen) == (503, WORDS, "2")
    assert stored() == [(2, WORDS)]


def test_a_database_that_is_away_still_gets_the_form_shown_where_it_was(visitor: Visitor) -> None:
    page = visitor.opens(score="4", lang="de")

    with failing("begin"):
        refused = visitor.sends(page, comment=WORDS, do="send")

    assert visitor.answer is not None
    assert (refused.status, refused.words) == (503, WORDS)
    assert "frame-ancestors https://www.example.com" in visitor.answer.headers["Content-Security-Policy"]
    assert dict(refused.tags[0][1])["lang"] == "de"


def test_a_connection_that_is_cut_after_the_page_was_read_costs_no_page(app: Flask) -> None:
    with failing("rollback"), app.app_context():  # what a request leaves when its answer is ready
        assert db.session.scalar(sa.select(sa.literal("read"))) == "read"


def test_a_survey_that_cannot_be_read_says_so_and_asks_to_come_back(visitor: Visitor, app: Flask) -> None:
    app.extensions.get("surveys_last_seen", {}).clear()

    with failing("begin"):
        page = visitor.opens()

    assert (page.status, page.heading) == (503, "Something went wrong on our side. Please try again in a moment.")
