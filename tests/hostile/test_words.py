"""Words in great numbers, and forms sent again and again."""

from __future__ import annotations

import logging
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.analysis.pain_points.catalogue import shipped
from app.analysis.pain_points.encoder import UseEncoder
from app.analysis.pipeline import analyse, raised
from app.analysis.types import Comment
from app.services import surveys
from tests.pages.visitor import Visitor, events, stored

SAME = "Support takes days to answer my emails."
PRIVATE = "ann@example.com, 4111 1111 1111 1111, DE89 3704 0044 0532 0130 00"


def test_a_thousand_times_the_same_is_one_pain_point() -> None:
    began = time.monotonic()

    comments = analyse(
        [Comment(str(n), SAME, 2, "en") for n in range(1_000)], shipped(), UseEncoder(processes=1)
    ).comments

    assert {raised(comment) for comment in comments} == {raised(comments[0])}
    assert (len(comments), len(raised(comments[0]))) == (1_000, 1)
    assert time.monotonic() - began < 60


def test_one_form_sent_a_thousand_times_is_one_response(client: FlaskClient, app: Flask) -> None:
    surveys.create("shop", "Acme")
    visitor = Visitor(client)
    page = visitor.opens()

    statuses = {visitor.posts(page.action or "", page.fields | {"score": "3"}).status_code for _ in range(1_000)}

    assert (statuses, stored(), events()) == ({303}, [(3, None)], 1)


def test_what_is_only_numbers_and_addresses_is_kept_out_of_the_log(
    client: FlaskClient, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    surveys.create("shop", "Acme")
    visitor = Visitor(client)

    with caplog.at_level(logging.DEBUG):
        thanks = visitor.sends(visitor.opens(score="3"), comment=PRIVATE, do="send")

    assert (thanks.status, [score for score, _ in stored()]) == (200, [3])
    assert not any(part in caplog.text for part in ("ann@example.com", "4111", "DE89"))
