"""A NUL is refused or left out wherever it stands: no database takes it, and that is no fault of ours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.models import now
from app.pages import widget_styles as styles
from app.security import tokens
from app.services import invitations, keys, shares, surveys, themes, triages
from tests import rows
from tests.pages import reader
from tests.rows import Raised, Said

NUL = "a\0b"
EXPECTED = {  # of a program's body, so that what is asked for next is looked at
    "score": 3,
    "name": "Parcels come broken",
    "phrases": {"en": ["the parcel is broken"]},
    "into": "crashes",
    "quotes": [{"response_id": 1, "start": 0, "end": 2}],
    "pain_point": None,
    "response_id": 1,
    "start": 0,
    "end": 23,
    "ids": [1],
    "version": 1,
    "decision": "include",
}
SHAPES = (NUL, [NUL], {NUL: NUL}, {"en": NUL}, {"en": [NUL]}, {NUL: ["a"]}, "a\ud800b", {"en": ["a\ud800b"]})


@pytest.fixture
def named(app: Flask) -> dict[str, str]:
    """What addresses name, most of it there."""
    shop = rows.survey()
    rows.store(shop, [Said(3, "it crashes when I save", [Raised("crashes", "it crashes when I save")], now())])
    triages.mark(shop, "ann@example.com", [1], "case")
    invitation = invitations.invite(shop, "ann@example.com", "eve@example.com", "viewer").rpartition("/")[2]
    share = shares.create(shop, "ann@example.com", "", "", "30", "", with_quotes=True).rpartition("/")[2]
    sealed = tokens.Receipt(shop.id, 1)
    return {
        "key": "shop",
        "id_": "crashes",
        "nonce": "n",
        "kind": "csv",
        "state": "on",
        "flag": "pin",
        "decision": "include",
        "prefix": "wak_0",
        "invitation": invitation,
        "share": share,
        "receipt": tokens.seal_receipt(sealed),
        "opened": tokens.seal_opened(sealed),
        "theme": styles.code(themes.of({})),
    }


def address(rule: Rule, named: dict[str, str]) -> str:
    return re.sub(r"<(?:\w+(?:\(.*?\))?:)?(\w+)>", lambda part: quote(named.get(part[1], "1")), rule.rule)


def ways(app: Flask) -> list[tuple[Rule, str]]:
    """Every address of pages and programs, and what it is asked by."""
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if not rule.rule.startswith("/w/")
    ]


def test_a_nul_in_a_query_or_an_address_is_refused(app: Flask, named: dict[str, str]) -> None:
    client = reader.ann(app).browser
    statuses = {}

    for rule, method in ways(app):
        path = address(rule, named)
        for query in ({"id": NUL}, {NUL: "id"}):
            statuses[method, path] = client.open(path, method=method, query_string=query).status_code
        for name in rule.arguments:
            there = address(rule, {**named, name: NUL})
            statuses[method, there] = client.open(there, method=method).status_code

    assert len(statuses) > 150
    assert {way: status for way, status in statuses.items() if status not in expected(*way)} == {}


def expected(method: str, path: str) -> set[int]:
    """Nothing is there by such a name; and 400 or 401 where who asks without token or key is refused first."""
    if "%00" in path:
        return {400, 401, 404, 405}
    return {400, 422} if method != "GET" and not path.startswith("/api/") else {422}


def test_a_nul_in_a_form_is_refused(app: Flask, named: dict[str, str]) -> None:
    client = reader.ann(app).browser
    token = reader.Seen(client.get("/surveys/shop/data").text).value("csrf_token")
    paths = [address(rule, named) for rule, method in ways(app) if method == "POST" and "/api/" not in rule.rule]

    for form in ({"name": NUL}, {NUL: "name"}):
        statuses = {path: client.post(path, data={"csrf_token": token, **form}).status_code for path in paths}
        assert {path: status for path, status in statuses.items() if status != 422} == {}

    assert len(paths) > 40


def test_a_nul_in_the_frame_is_no_fault_of_ours(app: Flask, named: dict[str, str]) -> None:
    client = reader.browser(app)
    fields = ("score", "comment", "token", "do", "asked", "code", "lang", "theme", "respondent", "r", "touchpoint", NUL)
    statuses = {}

    for rule in app.url_map.iter_rules():
        for method in {"GET", "POST"} & (rule.methods or set()) if rule.rule.startswith("/w/") else ():
            for name in fields:
                given = {"data" if method == "POST" else "query_string": {"score": "3", name: NUL}}
                answer = client.open(address(rule, named), method=method, **given)
                statuses[method, rule.rule, name] = answer.status_code

    assert len(statuses) > 100
    assert {way for way, status in statuses.items() if status >= 500} == set()


def test_a_nul_in_the_name_of_a_file_is_refused(app: Flask, named: dict[str, str]) -> None:
    client = reader.ann(app).browser
    token = reader.Seen(client.get("/surveys/shop/data").text).value("csrf_token")
    body = (
        f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a\0.csv"\r\n\r\nscore\n3\n\r\n--x--\r\n'
    )

    answer = client.post("/surveys/shop/data/import", data=body, content_type="multipart/form-data; boundary=x")

    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/login", "/surveys/shop/shares", "/reset/x", "/m/x"])
def test_the_refusal_is_a_page_that_says_why(app: Flask, named: dict[str, str], path: str) -> None:
    client = reader.ann(app).browser

    answer = client.get(path, query_string={"next": NUL})

    assert answer.status_code == 422
    assert "NUL character" in reader.sound(answer).text


def test_a_nul_or_half_a_character_in_a_programs_body_is_no_fault_of_ours(app: Flask, named: dict[str, str]) -> None:
    client = reader.browser(app)
    bearer = {"Authorization": f"Bearer {keys.create(surveys.get('shop'), 'crawler')}"}
    document = client.get("/api/v1/openapi.json").get_json()
    seen, faults = set(), []

    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for body in _bodies(document, operation):
                where = re.sub(r"\{(\w+)\}", lambda part: named.get(part[1], "1"), path)
                answer = client.open(where, method=method.upper(), headers=bearer, json=body)
                seen.add((method, path, answer.status_code))
                if answer.status_code >= 500:
                    faults.append((method, path, json.dumps(body), answer.status_code))

    assert len(seen) > 8
    assert not {status for *_, status in seen} & {401, 403, 404, 415}, seen
    assert faults == []


def _bodies(document: Any, operation: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(operation, dict) or "requestBody" not in operation:
        return
    name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    schema = document["components"]["schemas"][name]
    needed = {field: EXPECTED[field] for field in schema.get("required", ())}
    yield from ({**needed, field: shape} for field in schema["properties"] for shape in SHAPES)
