"""A key opens one survey. Whatever is not its own looks as if it did not exist."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.services import keys, triages
from tests import rows
from tests.api.conftest import Program
from tests.rows import Raised, Said

OPEN = {
    "/api/v1/openapi.json",
    "/api/docs",
    "/api/inbox/<key:key>/from/<string:name>",
}  # and the stylesheet of the page: nothing of any survey
SCOPES = {
    ("GET", "/api/v1/surveys/<key:key>/responses"): "read",
    ("POST", "/api/v1/surveys/<key:key>/responses"): "responses:write",
    ("GET", "/api/v1/surveys/<key:key>/responses/<number:response_id>/why"): "read",
    ("GET", "/api/v1/surveys/<key:key>/pain-points"): "read",
    ("GET", "/api/v1/surveys/<key:key>/report"): "read",
    ("GET", "/api/v1/surveys/<key:key>/analyses"): "read",
    ("GET", "/api/v1/surveys/<key:key>/eligibility"): "read",
    ("GET", "/api/v1/surveys/<key:key>/quarantine"): "read",
    ("POST", "/api/v1/surveys/<key:key>/quarantine"): "responses:write",
    ("GET", "/api/v1/surveys/<key:key>/catalogue"): "read",
    ("POST", "/api/v1/surveys/<key:key>/catalogue"): "catalogue:write",
    ("GET", "/api/v1/surveys/<key:key>/catalogue/changes"): "read",
    ("POST", "/api/v1/surveys/<key:key>/catalogue/changes/<number:number>/undo"): "catalogue:write",
    ("POST", "/api/v1/surveys/<key:key>/corrections"): "catalogue:write",
    ("GET", "/api/v1/surveys/<key:key>/pain-points/<string:id_>"): "read",
    ("PATCH", "/api/v1/surveys/<key:key>/pain-points/<string:id_>"): "catalogue:write",
    ("GET", "/api/v1/surveys/<key:key>/pain-points/<string:id_>/acting"): "read",
    ("PATCH", "/api/v1/surveys/<key:key>/pain-points/<string:id_>/acting"): "catalogue:write",
    ("GET", "/api/v1/surveys/<key:key>/departments"): "read",
    ("GET", "/api/v1/surveys/<key:key>/segments"): "read",
    ("GET", "/api/v1/surveys/<key:key>/compare"): "read",
    ("GET", "/api/v1/surveys/<key:key>/cases"): "read",
    ("GET", "/api/v1/surveys/<key:key>/cases/<number:case_id>"): "read",
    ("PATCH", "/api/v1/surveys/<key:key>/cases/<number:case_id>"): "responses:write",
    ("GET", "/api/v1/surveys/<key:key>/customers"): "read",
    ("GET", "/api/v1/surveys/<key:key>/customers/respondent"): "read",
    ("GET", "/api/v1/surveys/<key:key>/customers/account"): "read",
    ("POST", "/api/v1/surveys/<key:key>/pain-points/<string:id_>/merge"): "catalogue:write",
    ("POST", "/api/v1/surveys/<key:key>/pain-points/<string:id_>/split"): "catalogue:write",
}
WELCOME = {200, 201, 303, 422}  # what a catalogue refuses after the changes before it, it refuses to its own
QUOTE = {"response_id": 1, "start": 0, "end": 4}
BODIES: dict[str, Any] = {  # by the last part of the address; the order of the routes leaves each something to do
    "responses": {"score": 3},
    "catalogue": {"name": "Ship in boxes", "phrases": {"en": ["no box"]}},
    "corrections": {**QUOTE, "pain_point": None},
    "<string:id_>": {"pinned": True},
    "acting": {"owner": "Bo"},
    "<number:case_id>": {"note": "Called."},
    "merge": {"into": "pricing"},
    "split": {"name": "Answer the phone", "quotes": [QUOTE]},
    "quarantine": {"decision": "include", "reason": "honeypot"},
}


def routes(app: Flask) -> list[tuple[str, Rule]]:
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    guarded = [rule for rule in rules if rule.rule not in OPEN and not rule.rule.endswith(".css")]
    return [(method, rule) for rule in guarded for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]


def ask(client: FlaskClient, method: str, path: str, key: str | None) -> TestResponse:
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    body = BODIES.get(path.rpartition("/")[2]) if method != "GET" else None
    return client.open(filled(path), method=method, json=body, headers=headers)


def filled(path: str) -> str:
    return re.sub("<number:.*?>", "1", path.replace("<string:id_>", "support"))


def test_every_route_of_the_api_is_in_the_table_of_scopes(app: Flask) -> None:
    assert {(method, rule.rule) for method, rule in routes(app)} == set(SCOPES)


def test_every_route_asks_for_a_key_and_looks_at_the_survey_of_the_key(
    app: Flask, program: Program, stranger: Program
) -> None:
    rows.store(program.survey, [Said(3, "slow", [Raised("support", "slow")])])
    triages.mark(program.survey, "ann@example.com", [1], "case")
    opening = {scope: keys.create(program.survey, scope, [scope]) for scope in keys.SCOPES}
    revoked = keys.create(program.survey, "over")
    keys.revoke(program.survey, revoked[: keys.PREFIX])

    for method, rule in routes(app):
        path, nowhere = (rule.rule.replace("<key:key>", key) for key in ("shop", "nowhere"))
        missing = ask(program.client, method, nowhere, program.key)
        foreign = ask(program.client, method, path, stranger.key)
        scope = SCOPES[method, rule.rule]
        others = [key for name, key in opening.items() if name != scope]

        assert ask(program.client, method, path, None).status_code == 401
        assert ask(program.client, method, nowhere, None).status_code == 401
        assert ask(program.client, method, path, revoked).status_code == 401
        assert (foreign.status_code, foreign.data) == (missing.status_code, missing.data) == (404, missing.data)
        assert {ask(program.client, method, path, other).status_code for other in others} == {403}
        assert ask(program.client, method, path, opening[scope]).status_code in WELCOME
        assert ask(program.client, method, path, program.key).status_code in WELCOME


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwYXNz",
        "Bearer a b",
        "Bearer wak_x",
        "Token {key}",
        "{key}",
        "Bearer {key}x",
    ],
)
def test_no_other_way_of_sending_a_key_is_taken(program: Program, header: str) -> None:
    answer = program.client.get(f"{program.base}/report", headers={"Authorization": header.format(key=program.key)})

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.get_json()["name"] == "not_signed_in"


def test_a_key_in_the_address_or_a_cookie_opens_nothing(program: Program) -> None:
    program.client.set_cookie("session", program.key)

    answer = program.client.get(f"{program.base}/responses?access_token={program.key}&key={program.key}")

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "path", ["/api/v1/surveys/a%00b/report", "/api/v1/surveys/SHOP/report", "/api/v1/surveys/%2e%2e/report", "/api/v2/"]
)
def test_an_address_that_cannot_be_is_not_found_before_anything_is_asked(program: Program, path: str) -> None:
    answer = program.client.get(path, headers=program.bearer)

    assert answer.status_code == 404
    assert set(answer.get_json()) == {"code", "name", "message", "errors"}


def test_another_method_is_refused_with_those_that_are_allowed(program: Program) -> None:
    answer = program.client.delete(f"{program.base}/responses", headers=program.bearer)

    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))
    assert answer.get_json()["code"] == 405
