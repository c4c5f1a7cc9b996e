"""Log lines: for programs, and without anything that somebody said, wrote or is called."""

from __future__ import annotations

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import logs
from tests import rows

WORDS = "the-parcel-never-came"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the loggers of the product write as JSON while the test runs."""
    written, handler = io.StringIO(), logging.StreamHandler()
    handler.setStream(written)
    handler.setFormatter(logs.Json())
    logger = logging.getLogger()
    logger.addHandler(handler)
    before = logger.level
    logger.setLevel(logging.INFO)
    yield written
    logger.setLevel(before)
    logger.removeHandler(handler)


def read(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_a_request_leaves_one_line_with_its_route_and_no_path_query_address_or_words(
    app: Flask, client: FlaskClient, lines: io.StringIO
) -> None:
    rows.survey()

    client.get(f"/w/shop?r={WORDS}", environ_overrides={"REMOTE_ADDR": "203.0.113.7"})

    (line,) = (line for line in read(lines) if line["logger"] == "whyscore.web")
    assert {name: line[name] for name in ("method", "route", "status", "level")} == {
        "method": "GET",
        "route": "/w/<key:key>",
        "status": 200,
        "level": "info",
    }
    assert line["ms"] > 0
    assert "shop" not in json.dumps(line)
    for private in (WORDS, "203.0.113.7"):
        assert private not in lines.getvalue()


def test_a_method_that_a_client_made_up_is_not_repeated(app: Flask, client: FlaskClient, lines: io.StringIO) -> None:
    client.open("/healthz", method=WORDS.upper())

    assert read(lines)[-1]["method"] == "other"
    assert WORDS.upper() not in lines.getvalue()


def test_an_error_is_told_by_its_kind_and_the_way_it_came_but_not_by_what_it_says(lines: io.StringIO) -> None:
    try:
        raise ValueError(WORDS)
    except ValueError as error:
        logging.getLogger("whyscore.test").error("failed: %s", type(error).__name__, exc_info=error)

    (line,) = read(lines)
    assert line["message"] == "failed: ValueError"
    assert line["trace"][-1] == "ValueError"
    assert "test_logs.py" in line["trace"][0]
    assert WORDS not in lines.getvalue()


def test_the_text_for_a_terminal_keeps_quiet_about_it_too() -> None:
    record = logging.LogRecord("whyscore.test", logging.ERROR, __file__, 1, "failed", (), None)
    try:
        raise ValueError(WORDS)
    except ValueError as error:
        record.exc_info = (ValueError, error, error.__traceback__)

    text = logs.Text().format(record)

    assert "ERROR whyscore.test: failed" in text
    assert text.endswith("ValueError")
    assert WORDS not in text


def test_what_gunicorn_says_goes_the_same_way() -> None:
    given = logs.settings("WARNING", "json")

    assert given["root"] == {"level": "WARNING", "handlers": ["stderr"]}
    assert given["loggers"]["gunicorn.error"]["propagate"]
    assert logging.config.DictConfigurator(given).config["formatters"]["line"]["()"] is logs.Json
