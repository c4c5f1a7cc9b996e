"""What the recipes put into fields is what the API takes."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

from flask import Flask

from app.schemas.responses import NewResponse
from app.services import keys, sources, surveys
from tests import rows
from tests.rows import Said

TEXT = (Path(__file__).parents[1] / "docs" / "recipes.md").read_text()
JSON: list[dict[str, Any]] = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)]
ADDRESSES = re.findall(r"\| URL \| `https://nps\.example([^`]+)`", TEXT)


def test_the_values_of_the_recipes_are_taken_by_the_real_addresses(app: Flask) -> None:
    survey, program = rows.survey(), app.test_client()
    rows.store(survey, [Said(3)] * 5)
    bearer = {"Authorization": f"Bearer {keys.create(survey, 'zapier')}"}
    command = re.search(r"^flask --app wsgi (source add .*)$", TEXT, re.MULTILINE)
    assert command
    made = app.test_cli_runner().invoke(args=shlex.split(command[1]))
    secret = made.stdout.split("secret ")[1].strip()
    answer, ticket, event = JSON
    send, inbox, listing, report = ADDRESSES

    assert NewResponse().load(answer)["score"] == 3
    assert program.post(send, json=answer, headers={**bearer, "Idempotency-Key": "run-1"}).status_code == 201
    taken = program.post(inbox, json=ticket, headers={"X-Token": secret})
    assert taken.get_json() == {"created": 1, "changed": 0, "repeated": 0, "rejected": []}
    assert {"id", "score", "comment"} <= set(program.get(listing, headers=bearer).get_json()["responses"][0])
    told = program.get(report, headers=bearer).get_json()
    assert "verdict" in told["nps"]["change"]
    assert set(event["data"]) == {"id", "survey", "score", "group", "revision", "quarantine"}
    assert sources.named(surveys.get("shop"), "desk").result is not None


def test_a_number_as_text_is_refused_as_the_page_says(app: Flask) -> None:
    survey = rows.survey()
    bearer = {"Authorization": f"Bearer {keys.create(survey, 'zapier')}"}

    refused = app.test_client().post(ADDRESSES[0], json={**JSON[0], "score": "3"}, headers=bearer)

    assert (refused.status_code, "refused with 422" in TEXT) == (422, True)
