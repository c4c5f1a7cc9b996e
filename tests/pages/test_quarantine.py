"""The page of the quarantine: everybody in the survey sees it, editors decide with one press."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Survey, now
from app.services import keys, loads, quarantine, reports, responses, surveys
from app.services.responses import Answer
from tests.api.conftest import Program
from tests.pages.reader import Reader, Seen, ann, browser, sound

PAGE = "/surveys/shop/quarantine"


@pytest.fixture
def survey(app: Flask) -> Survey:
    """One answer that counts, and two that wait: numbers 2 and 3."""
    made = surveys.create("shop", "Shop")
    responses.record(made.id, Answer("n1", 9, "widget"))
    responses.record(
        made.id, Answer("n2", 3, "widget", "<b>Buy</b> gold", quarantine="honeypot", host="https://a.example")
    )
    responses.record(made.id, Answer("n3", 0, "widget", quarantine="too-fast"))
    return made


def press(reader: Reader, decision: str, **fields: Any) -> TestResponse:
    token = Seen(reader.browser.get(PAGE).text).value("csrf_token")
    return reader.browser.post(f"{PAGE}/{decision}", data={"csrf_token": token, **fields})


def counted(survey: Survey) -> int:
    db.session.rollback()
    return int(reports.score(survey, now()).counts.n)


def test_the_report_says_how_many_wait_and_leads_there(app: Flask, survey: Survey) -> None:
    page = ann(app, survey).sees("/surveys/shop/report")

    assert "2 suspicious answers wait in quarantine and are not counted." in page.text
    assert PAGE in page.links


def test_what_found_no_room_is_told(app: Flask, survey: Survey) -> None:
    loads.turn_away(survey.id, now().date())
    loads.turn_away(survey.id, now().date())
    loads.flush()

    text = ann(app, survey).sees(PAGE).text

    assert "2 more came in the last 30 days when the quarantine was full, and were refused." in text


def test_a_viewer_sees_what_waits_and_why_but_no_button(app: Flask, survey: Survey) -> None:
    page = ann(app, survey).sees(PAGE)

    assert "2 answers wait" in page.text
    assert "<b>Buy</b> gold" in page.text
    assert "a field was filled that people do not see · https://a.example" in page.text
    assert not [given for tag, given in page.elements if tag == "form" and "quarantine" in (given["action"] or "")]


def test_one_press_counts_an_answer_and_says_who_did_it(app: Flask, survey: Survey) -> None:
    editor = ann(app, survey, "editor")

    answer = press(editor, "include", id="2")

    assert (answer.status_code, counted(survey)) == (303, 2)
    page = editor.sees(answer.location)
    assert "Counted from now on." in page.text
    assert "ann@example.com counted answer 2" in page.text

    press(editor, "exclude", id="2")
    assert counted(survey) == 1


def test_one_press_counts_all_of_a_reason(app: Flask, survey: Survey) -> None:
    press(ann(app, survey, "editor"), "include", reason="too-fast")

    assert (counted(survey), quarantine.waiting(survey.id)) == (2, {"honeypot": 1})


@pytest.mark.parametrize(
    "fields", [{"id": "1"}, {"id": "x"}, {"id": "٣"}, {"id": "9" * 30}, {}, {"reason": "?"}], ids=str
)
def test_a_press_on_what_is_not_there_is_answered_with_the_page(
    app: Flask, survey: Survey, fields: dict[str, str]
) -> None:
    answer = press(ann(app, survey, "editor"), "include", **fields)

    assert (answer.status_code, counted(survey)) == (422, 1)
    assert sound(answer).text.strip().startswith("Error:")


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("editor", 303), ("admin", 303)])
def test_only_editors_decide(app: Flask, survey: Survey, role: str, status: int) -> None:
    token = Seen((reader := ann(app, survey, role)).browser.get("/surveys").text).value("csrf_token")

    answer = reader.browser.post(f"{PAGE}/include", data={"csrf_token": token, "id": "2"})

    assert answer.status_code == status


def test_strangers_and_forged_forms_change_nothing(app: Flask, survey: Survey) -> None:
    surveys.create("other", "Other")
    bo = ann(app, surveys.get("other"), "admin", "bo@example.com")
    token = Seen(bo.browser.get("/surveys").text).value("csrf_token")

    statuses = [
        bo.browser.post(f"{PAGE}/include", data={"csrf_token": token, "id": "2"}).status_code,
        browser(app).post(f"{PAGE}/include", data={"id": "2"}).status_code,
        ann(app, survey, "editor").browser.post(f"{PAGE}/include", data={"id": "2"}).status_code,
    ]

    assert statuses[0] == 404
    assert set(statuses[1:]) <= {303, 400, 403}
    assert counted(survey) == 1


def test_a_program_lists_and_decides_too(app: Flask, survey: Survey) -> None:
    program = Program(app.test_client(), survey, keys.create(survey, "shop backend"))

    page = program.get("quarantine", "?limit=1").get_json()
    assert page["waiting"] == {"honeypot": 1, "too-fast": 1}
    assert [one["id"] for one in page["responses"]] == [3]
    older = program.get("quarantine", f"?limit=1&cursor={page['next']}").get_json()
    assert [(one["id"], one["comment"], one["counts"]) for one in older["responses"]] == [(2, "<b>Buy</b> gold", False)]

    answer = program.client.post(
        f"{program.base}/quarantine", json={"decision": "include", "ids": [2]}, headers=program.bearer
    )
    assert (answer.status_code, answer.get_json(), counted(survey)) == (200, {"changed": 1}, 2)
    assert quarantine.decisions(survey, 1)[0].made_by == "shop backend"


@pytest.mark.parametrize(
    "body",
    [
        {"decision": "include"},
        {"decision": "include", "ids": []},
        {"decision": "include", "ids": ["2"]},
        {"decision": "include", "ids": [True]},
        {"decision": "include", "ids": [2], "counts": True},
        {"decision": "include", "ids": [1]},
        {"decision": "include", "ids": [2], "reason": "honeypot"},
        {"ids": [2]},
        [],
    ],
    ids=str,
)
def test_a_program_that_asks_for_nonsense_is_told_so(app: Flask, survey: Survey, body: Any) -> None:
    program = Program(app.test_client(), survey, keys.create(survey, "shop backend"))

    answer = program.client.post(f"{program.base}/quarantine", json=body, headers=program.bearer)

    assert (answer.status_code, counted(survey)) == (422, 1)


def test_a_reading_key_may_not_decide(app: Flask, survey: Survey) -> None:
    program = Program(app.test_client(), survey, keys.create(survey, "reader", ["read"]))
    body = {"decision": "include", "ids": [2]}

    answer = program.client.post(f"{program.base}/quarantine", json=body, headers=program.bearer)

    assert (answer.status_code, counted(survey)) == (403, 1)


def test_the_command_line_lists_and_decides_too(app: Flask, survey: Survey) -> None:
    run: FlaskCliRunner = app.test_cli_runner()

    listed = run.invoke(args=["quarantine", "list", "--survey", "shop"]).output
    said = run.invoke(args=["quarantine", "include", "2", "3", "--survey", "shop"]).output
    back = run.invoke(args=["quarantine", "exclude", "--reason", "too-fast", "--survey", "shop"]).output
    wrong = run.invoke(args=["quarantine", "include", "1", "--survey", "shop"])

    assert [line.split("\t")[::2] for line in listed.splitlines()] == [["3", "too-fast", "0"], ["2", "honeypot", "3"]]
    assert (said, back) == ("Included 2 answers.\n", "Excluded 1 answer.\n")
    assert (wrong.exit_code, "Not in the quarantine" in wrong.output) == (1, True)
    assert counted(survey) == 2
