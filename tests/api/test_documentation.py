"""What docs/api.md shows works as it is shown."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import TestResponse

from app.services import heartbeats
from tests import rows
from tests.api.conftest import Program
from tests.rows import Raised, Said

TEXT = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
BASH = "\n".join(re.findall(r"```bash\n(.*?)```", TEXT, re.DOTALL)).replace("\\\n", " ")
EXAMPLES = [line for line in BASH.splitlines() if line.startswith("curl ")]
JSON = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)]


def curl(line: str, program: Program) -> TestResponse:
    """Do what curl would."""
    words = iter(shlex.split(line.replace("$WHYSCORE", "").replace("$KEY", program.key))[1:])
    method, headers, body, address = "GET", [], None, ""
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers.append((name, value))
        elif word == "-d":
            body = next(words)
        else:
            address = word
    return program.client.open(address, method=method, headers=headers, data=body)


def test_every_example_is_answered_in_the_order_of_the_page(program: Program) -> None:
    heartbeats.beat("jobs")

    statuses = [curl(line, program).status_code for line in EXAMPLES[:2]]
    rows.store(program.survey, [Said(9, more={"attributes": {"plan": plan}}) for plan in ("team", "free")])
    statuses += [curl(line, program).status_code for line in EXAMPLES[2:]]

    assert len(statuses) > 20
    assert set(statuses) == {200, 201}


def test_the_listing_that_is_shown_has_the_fields_of_a_real_one(program: Program) -> None:
    rows.store(program.survey, [Said(3, "Support takes days", [Raised("support", "Support takes days")])] * 5)

    page = curl(next(line for line in EXAMPLES if "group=detractor" in line), program).get_json()

    shown = JSON[0]["responses"][0]
    assert [keys(shown)] * 5 == keys(page["responses"])
    assert set(JSON[0]) == set(page)


def keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: keys(part) for name, part in value.items() if name != "attributes"}
    return [keys(part) for part in value] if isinstance(value, list) else None


def test_the_error_that_is_shown_is_the_one_that_comes(program: Program) -> None:
    assert program.send({"score": 11}).get_json() == JSON[2]


def fields() -> Iterator[str]:
    table = TEXT.split("| field | holds |")[1].split("\n\n")[0]
    yield from re.findall(r"^\| `([a-z_]+)`", table, re.MULTILINE)


def test_every_field_of_an_answer_is_explained_and_no_other(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").get_json()

    assert set(fields()) == set(document["components"]["schemas"]["NewResponse"]["properties"])


@pytest.mark.parametrize("path", ["/api/docs", "/api/v1/openapi.json", "/healthz", "/readyz", "/metrics"])
def test_every_address_is_named(path: str) -> None:
    assert path in TEXT


def test_every_number_for_operators_is_explained(client: FlaskClient) -> None:
    text = client.get("/metrics").get_data(as_text=True)
    families = {family.name for family in text_string_to_metric_families(text)}

    assert families == set(re.findall(r"^\| `(whyscore_\w+)", TEXT, re.MULTILINE))
