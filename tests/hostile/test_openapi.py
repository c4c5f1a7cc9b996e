"""Whatever is sent to the API gets an answer that its document describes, and never a fault of ours."""

from __future__ import annotations

import json
import os
import re
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services import keys
from tests.hostile import openapi
from tests.hostile.openapi import Operation
from tests.pages import reader
from tests.security import world
from tests.security.world import Caller, Town

REQUESTS = int(os.environ.get("REQUESTS", "300"))
SLOTS = {
    "response_id": "responses:response_id",
    "case_id": "cases:case_id",
    "id_": "pain-points:id_",
    "number": "changes:number",
}
WITHOUT_BEING_DESCRIBED = {405, 413}  # of any address, whatever is sent


@pytest.fixture
def town(app: Flask) -> Town:
    """A survey with one of everything."""
    return world.town("shop")


def path(draw: Any, operation: Operation, town: Town) -> str:
    """The address with what is there, or with anything."""

    def named(part: re.Match[str]) -> str:
        own = town.ids["key" if part[1] == "key" else SLOTS[part[1]]]
        text = draw(st.just(own) | st.just(own) | st.just(own) | openapi.TEXTS)
        return quote(text.encode("utf-8", "replace"), safe="")

    return re.sub(r"{(\w+)}", named, operation.path)


def query(draw: Any, document: openapi.Document, operation: Operation) -> dict[str, str]:
    """Some of its parameters with values that fit or do not."""
    asked: dict[str, str] = {}
    for one in operation.parameters:
        if one["in"] == "query" and draw(st.integers(0, 4)) == 0:
            value = draw(openapi.values(document, one["schema"]))
            named = value if isinstance(value, dict) and one.get("explode") else {one["name"]: value}
            asked |= {name: str(said).encode("utf-8", "replace").decode() for name, said in named.items()}
    return asked


def body(draw: Any, document: openapi.Document, operation: Operation) -> dict[str, Any]:
    """A body as described, or nearly, or none at all."""
    if "requestBody" not in operation.described:
        return {}
    schema = operation.described["requestBody"]["content"]["application/json"]["schema"]
    value = draw(openapi.values(document, schema))
    kind = draw(st.sampled_from(["application/json"] * 8 + ["text/plain", ""]))
    return {"data": json.dumps(value).encode(), "content_type": kind}


def described(document: openapi.Document, operation: Operation, status: int) -> dict[str, Any] | None:
    """The schema of the answer with this status; None where the document knows of none."""
    answers = operation.described["responses"]
    found = answers.get(str(status)) or answers.get("default")
    if found is None:
        return None
    schema: dict[str, Any] = (
        openapi.resolved(document, found).get("content", {}).get("application/json", {}).get("schema", {})
    )
    return schema


def test_whatever_is_asked_is_answered_as_the_document_says(app: Flask, town: Town) -> None:
    program = Caller(reader.browser(app), keys.create(town.survey, "fuzz"))
    document = program.asks("GET", "/api/v1/openapi.json").get_json()
    every = list(openapi.operations(document))
    seen: set[tuple[str, int]] = set()

    each = REQUESTS // len(every) + 1

    @settings(max_examples=each, deadline=None, derandomize="REQUESTS" not in os.environ, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(data=st.data())
    def ask(operation: Operation, data: st.DataObject) -> None:
        where, asked = path(data.draw, operation, town), query(data.draw, document, operation)
        answer = program.asks(operation.method, where, query_string=asked, **body(data.draw, document, operation))
        seen.add((str(operation), answer.status_code))

        assert answer.status_code < 500, (operation, where, asked, answer.text)
        if answer.status_code not in WITHOUT_BEING_DESCRIBED and answer.mimetype == "application/json":
            schema = described(document, operation, answer.status_code)
            assert schema is not None, (operation, answer.status_code)
            assert list(openapi.problems(document, schema, answer.get_json(), str(operation))) == []

    for operation in every:
        ask(operation)

    assert len({operation for operation, _ in seen}) == len(every)
    assert {status for _, status in seen} >= {200, 404, 422}


def test_an_empty_parameter_is_one_that_was_left_out(app: Flask, town: Town) -> None:
    program = Caller(reader.browser(app), keys.create(town.survey, "fuzz"))
    document = program.asks("GET", "/api/v1/openapi.json").get_json()
    lists = [one for one in openapi.operations(document) if one.method == "GET" and one.path.count("{") == 1]

    asked = 0
    for operation in lists:
        where = operation.path.replace("{key}", town.survey.key)
        empty = {one["name"]: "" for one in operation.parameters if one.get("allowEmptyValue")}
        with_them = program.asks("GET", where, query_string=empty)
        asked += len(empty)
        assert with_them.status_code == program.asks("GET", where).status_code, operation

    assert asked > 50


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"score": 3, "more": 1}, "not described"),
        ({"score": "3"}, "none of"),
        ({}, "missing"),
        ({"score": 4}, "choice"),
    ],
)
def test_an_answer_that_is_not_as_described_would_be_seen(value: dict[str, Any], problem: str) -> None:
    schema = {"type": "object", "properties": {"score": {"type": "integer", "enum": [3]}}, "required": ["score"]}

    assert problem in " ".join(openapi.problems({}, schema, value))
