"""Queries that mean nothing or too much, on every address that is read; and what else no form of ours takes."""

from __future__ import annotations

import dataclasses
import io
from urllib.parse import urlencode

import pytest
from flask import Flask

from app.models import Channel
from app.services import keys
from app.services.channel_checks import Given
from tests.pages import reader
from tests.security import world
from tests.security.roles import LEAST, ROLES, SCOPES
from tests.security.world import Caller, Town
from tests.test_promises import fingerprints

QUERIES = [
    {"sort": "password"},
    {"order": ";drop table response"},
    {"page": "-1"},
    {"page": str(10**18)},
    {"page": "1e9"},
    {"limit": str(10**9)},
    {"per_page": str(10**9)},
    {"from": "2026-02-01", "to": "2026-01-01"},
    {"from": "0001-01-01"},
    {"to": "9999-12-31"},
    {"from": "2026-02-30"},
    {"tz": "../../etc/passwd"},
    {"language": "../../etc/passwd"},
    {"touchpoint": "x" * 5_000},
    {"attr.plan": "'; --"},
    {"attr.": "x"},
    {"attr.__proto__": "x"},
    {"by": "attr.password_hash"},
    {"by": "response.comment"},
    {"first": "\u202e", "second": "\ud7ff"},
    {"cursor": "AAAA"},
    {"after": "[" * 1_000},
    {"q": "(" * 2_000},
    {"id": "' OR 1=1"},
    {"name": "%s%n{0}{{7*7}}"},
    {"done": "<script>"},
    {"group": "detractor' UNION SELECT"},
]


@pytest.fixture
def town(app: Flask) -> Town:
    return world.town("shop")


def test_no_query_is_a_fault_of_ours(app: Flask, town: Town) -> None:
    person = world.signed_in(app, town.admin)
    program = Caller(reader.browser(app), keys.create(town.survey, "all"))
    faults, asked = {}, 0

    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.rule in {"/readyz", "/healthz", "/metrics"}:
            continue
        caller = program if rule.rule.startswith("/api/") else person
        for query in QUERIES:
            answer = caller.asks("GET", f"{world.address(rule, town.ids)}?{urlencode(query)}")
            asked += 1
            if (
                answer.status_code >= 500
                or b"<script>" in answer.data
                or answer.headers.get("Location", "/")[:1] != "/"
            ):
                faults[rule.rule, str(query)] = answer.status_code
            answer.close()

    assert asked > 2_000
    assert faults == {}


NOT_OF_QUERIES = {  # programs read these without any parameter, and are told so of none
    "catalogue.show_catalogue", "catalogue.show_pain_point", "ownership.show_acting", "ownership.list_departments",
    "api_cases.show_case", "why.explain_response",
}  # fmt: skip


def test_programs_are_told_which_part_of_a_query_is_wrong(app: Flask, town: Town) -> None:
    program = Caller(reader.browser(app), keys.create(town.survey, "all"))
    taken = {}

    for rule in app.url_map.iter_rules():
        if LEAST[rule.endpoint] not in SCOPES or "GET" not in (rule.methods or set()):
            continue
        for query in ({"sort": "password"}, {"page": "-1"}, {"nonsense": "1"}, {"limit": str(10**9)}):
            answer = program.asks("GET", f"{world.address(rule, town.ids)}?{urlencode(query)}")
            if answer.status_code != 422 and rule.endpoint not in NOT_OF_QUERIES:
                taken[rule.endpoint, str(query)] = answer.status_code

    assert taken == {}


PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize("name", ["logo.svg", "logo.png", "x.html", "x.csv.svg", "answers.php", "../../x.svg", "x.csv"])
def test_the_only_file_that_is_taken_is_one_of_answers(app: Flask, town: Town, name: str) -> None:
    person = world.signed_in(app, town.admin)
    app.config["WTF_CSRF_METHODS"] = []
    before = fingerprints()

    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or set()) and LEAST[rule.endpoint] in ROLES and "import" in rule.rule:
            form = {"file": (io.BytesIO(PICTURE), name)}
            answer = person.asks("POST", world.address(rule, town.ids), data=form)
            assert answer.status_code == 422, rule.rule

    assert fingerprints() == before


def test_a_channel_has_no_header_of_its_own() -> None:
    given = {field.name for field in dataclasses.fields(Given)}

    assert given == {"kind", "name", "address", "types"}
    assert [name for name in Channel.__table__.columns.keys() if "header" in name] == []  # noqa: SIM118 - columns
