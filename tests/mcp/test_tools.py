"""What the tools give, in whose name, and what they keep to themselves."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.errors import NotSignedIn
from app.extensions import db
from app.mcp import tools
from app.mcp.protocol import LONGEST, Server
from app.models import AuditEntry, Response, Survey
from app.models.transaction import writing
from app.services import erasure, keys, surveys
from tests import rows
from tests.rows import Raised, Said

SLOW = "Support takes days"


@pytest.fixture
def survey(app: Flask) -> Survey:
    survey = rows.survey()
    rows.store(survey, [Said(n % 2 * 4 + 3, SLOW, [Raised("support", SLOW)], person=f"u-{n}") for n in range(32)])
    rows.survey("other", "Other")
    return survey


def server(caller: tools.Caller) -> Server:
    return Server("1", tools.INSTRUCTIONS, tools.every(caller))


def call(caller: tools.Caller, name: str, **given: Any) -> Any:
    """The answer, or why there is none."""
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": given}}
    answer = server(caller).answer(message)
    assert answer
    result: Mapping[str, Any] = answer["result"]
    return result["content"][0]["text"] if result["isError"] else result["structuredContent"]


def test_a_key_opens_its_own_survey_and_each_look_is_noted_once_an_hour(survey: Survey) -> None:
    caller = tools.Caller(key=keys.create(survey, "assistant", ["read"]))

    assert call(caller, "report")["nps"]["n"] == call(caller, "report")["nps"]["n"] == 32
    assert call(caller, "report", survey="other") == "There is no such survey."

    noted = sa.select(AuditEntry.actor_id).where(AuditEntry.actor == "key", AuditEntry.action == "mcp report")
    assert len(db.session.scalars(noted).all()) == 1


def test_a_key_that_was_revoked_or_may_only_send_opens_nothing(survey: Survey) -> None:
    revoked = keys.create(survey, "assistant")
    keys.revoke(survey, revoked[: keys.PREFIX])

    for key in (revoked, keys.create(survey, "sender", ["responses:write"]), "wak_nonsense"):
        assert call(tools.Caller(key=key), "report") == "The API key is not valid any more, or may not read."
        with pytest.raises(NotSignedIn):
            tools.Caller(key=key).allowed("start")


def test_a_survey_of_satisfaction_is_named_so_and_its_groups_too(app: Flask) -> None:
    made = surveys.create("desk", "Desk", metric="csat")
    rows.store(made, [Said(1 + n % 3, SLOW, [Raised("support", SLOW)], person=f"u-{n}") for n in range(32)])
    caller = tools.Caller(["desk"])

    assert call(caller, "surveys")["surveys"][0]["metric"] == "csat"
    quotes = call(caller, "quotes", pain_point="support")["quotes"]
    assert {one["score"]: one["group"] for one in quotes} == {1: "dissatisfied", 2: "dissatisfied", 3: "neutral"}
    assert "NPS, CSAT or CES" in tools.INSTRUCTIONS


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("report", {"from": "yesterday"}, "from: Give a day that exists"),
        ("report", {"path": "/etc/passwd"}, "There is no argument path."),
        ("quotes", {"pain_point": "nothing"}, "There is no such pain point."),
        ("quotes", {"pain_point": "sup\0port"}, "pain_point is a text."),
        ("quotes", {}, "pain_point is a text."),
        ("quotes", {"pain_point": "support", "page": 9}, "There are no more comments."),
        ("pain_points", {"limit": True}, "limit is a whole number from 1 to 25."),
        ("pain_points", {"attributes": {"plan": 1}}, "Attributes are an object of texts."),
    ],
)
def test_what_cannot_be_asked_is_said_so_that_it_is_asked_better(
    survey: Survey, name: str, given: dict[str, Any], says: str
) -> None:
    assert call(tools.Caller([survey.key]), name, **given).startswith(says)


def test_with_several_surveys_one_has_to_be_named(survey: Survey) -> None:
    caller = tools.Caller(["shop", "other"])

    assert call(caller, "report") == "Say which survey: shop, other."
    assert call(caller, "report", survey="other")["nps"]["n"] == 0


def test_what_was_erased_or_waits_in_quarantine_never_comes_out(survey: Survey) -> None:
    erasure.erase_respondent(survey, "u-0")
    with writing() as session:
        one = session.scalars(sa.select(Response).order_by(Response.id.desc()).limit(1)).one()
        one.counts, one.quarantine, gone = False, "too-fast", one.id
        session.get_one(Survey, survey.id).erasures += 1

    pages = [call(tools.Caller(["shop"]), "quotes", pain_point="support", page=page) for page in (1, 2)]

    ids = [quote["response_id"] for page in pages for quote in page["quotes"]]
    assert len(ids) == len(set(ids)) == 30
    assert gone not in ids


def test_comments_of_few_people_stay_closed(survey: Survey) -> None:
    rows.store(survey, [Said(3, SLOW, [Raised("support", SLOW)], language="de")] * 3)

    few = call(tools.Caller(["shop"]), "quotes", pain_point="support", language="de")

    assert (few["withheld"], few["quotes"]) == (True, [])


def test_lines_that_are_no_messages_are_answered_and_the_next_one_is_heard(survey: Survey) -> None:
    lines = [
        b"no json",
        b"[]",
        b'{"jsonrpc": "2.0", "method": "notifications/initialized"}',
        b'{"jsonrpc": "2.0", "id": 1, "method": "resources/list"}',
        b'{"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "drop"}}',
        b'{"jsonrpc": "2.0", "id": 3, "method": "initialize", "params": {"protocolVersion": "2025-06-18"}}',
        b'{"jsonrpc": "2.0", "id": true, "method": "ping"}',
        b"[" * 100_000,
        b'"' + b"x" * (3 * LONGEST) + b'"',
        b'{"jsonrpc": "2.0", "id": "last", "method": "ping"}',
    ]
    out = io.BytesIO()

    server(tools.Caller(["shop"])).serve(io.BytesIO(b"\n".join(lines)), out)

    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    codes = [answer.get("error", {}).get("code") for answer in answers]
    assert codes == [-32700, -32600, -32601, -32602, None, -32600, -32700, -32700, None]
    assert answers[4]["result"]["protocolVersion"] == "2025-06-18"
    assert answers[-1] == {"jsonrpc": "2.0", "id": "last", "result": {}}


@pytest.mark.parametrize(
    ("words", "key", "says"),
    [
        ([], "", "--survey, or give an API key"),
        (["--survey", "shop"], "wak_x", "one of both"),
        (["--survey", "gone"], "", "no such survey"),
        ([], "wak_x", "not valid"),
    ],
)
def test_the_command_does_not_begin_for_nobody(
    app: Flask, survey: Survey, words: list[str], key: str, says: str
) -> None:
    done = app.test_cli_runner().invoke(args=["mcp", *words], env={"WHYSCORE_KEY": key})

    assert done.exit_code != 0
    assert says in done.stderr
    assert done.stdout == ""
