"""What is kept about one person, for whoever has a right to see it: all of it, and nothing of anybody else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.errors import NotFound
from app.extensions import db
from app.models import Base, Survey, now
from app.models.transaction import writing
from app.notifiers.message import Message
from app.services import analyses, audit_log, case_changes, outbox, responses, subjects, triages
from app.services.responses import Answer
from tests import rows
from tests.pages.reader import ann

MINE, OTHERS = "The app keeps crashing", "Nobody ever answers the phone"


@pytest.fixture
def survey(app: Flask) -> Survey:
    """Two people, of whom one changed their mind and has a case with a note."""
    made = rows.survey()
    first = responses.record(made.id, Answer("n1", 6, "widget", "The first words", "en", respondent="ann"))
    responses.record(made.id, Answer("n1", 2, "widget", MINE, "en", respondent="ann"))
    responses.record(made.id, Answer("n2", 2, "widget", OTHERS, "en", respondent="bob"))
    analyses.run(made.id)
    triages.mark(made, "eve@example.com", [first.response_id], "case")
    case_changes.change(made, "eve@example.com", 1, {"note": "called her"}, 1)
    return made


def everything(survey: Survey, subject: str = "ann") -> dict[str, Any]:
    db.session.rollback()
    return dict(json.loads(subjects.export(survey, subject, now())))


def test_it_holds_the_answer_its_earlier_words_what_was_read_and_what_was_noted(survey: Survey) -> None:
    found = everything(survey)

    records = found["records"]
    assert records["respondent"][0]["subject"] == "ann"
    assert [row["comment"] for row in records["response"]] == [MINE]
    assert [row["comment"] for row in records["response_revision"]] == ["The first words"]
    assert [row["note"] for row in records["case_entry"] if row["note"]] == ["called her"]
    assert {row["type"] for row in records["event"]} == {"response.created", "response.updated"}
    assert records["reading"]
    assert set(found["pain_points"]) == {
        str(row["pain_point_id"]) for row in records["mention"] if row["pain_point_id"]
    }


def test_it_holds_nothing_of_anybody_else_and_nothing_that_opens_an_answer(survey: Survey) -> None:
    text = json.dumps(everything(survey))

    assert OTHERS not in text
    assert "bob" not in text
    assert "code_hash" not in text
    assert "nonce" not in text


def test_it_is_what_the_tables_hold_counted_by_hand(survey: Survey) -> None:
    found = everything(survey)["records"]

    for table in Base.metadata.sorted_tables:
        if "response_id" in table.c:
            by_hand = sa.select(sa.func.count()).select_from(table).where(table.c.response_id == 1)
            assert len(found.get(table.name, [])) == db.session.scalar(by_hand), table.name


def test_ids_that_nobody_signed_are_found_as_well(survey: Survey) -> None:
    responses.record(survey.id, Answer("n3", 9, "widget", "Fine", "en", identity="claimed", claimed_as="ann"))

    assert [row["comment"] for row in everything(survey)["records"]["response"]] == [MINE, "Fine"]


def test_nobody_by_this_id_is_said(survey: Survey) -> None:
    with pytest.raises(NotFound, match="knows nobody by this id"):
        subjects.export(survey, "zoe", now())


def test_the_command_prints_it_or_writes_a_file_for_its_owner_alone(app: Flask, survey: Survey, tmp_path: Path) -> None:
    run, file = app.test_cli_runner(), tmp_path / "ann.json"

    printed = run.invoke(args=["export", "--survey", "shop", "--subject", "ann"]).output
    run.invoke(args=["export", "--survey", "shop", "--subject", "ann", "--output", str(file)])

    assert json.loads(printed)["records"] == json.loads(file.read_text())["records"]
    assert file.stat().st_mode & 0o777 == 0o600
    db.session.rollback()
    assert [one.action for one in audit_log.listed(9, about="ann")] == ["export", "export"]


def test_an_administrator_takes_it_from_the_page_of_the_person(app: Flask, survey: Survey) -> None:
    page = ann(app, survey, "admin").sees("/surveys/shop/customers/respondent?id=ann")

    (link,) = (link for link in page.links if "respondent.json" in link)
    sent = ann(app, survey, "admin", "bea@example.com").browser.get(link)
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert json.loads(sent.text)["subject"] == "ann"


def test_a_viewer_does_not(app: Flask, survey: Survey) -> None:
    viewer = ann(app, survey)

    page = viewer.sees("/surveys/shop/customers/respondent?id=ann")

    assert not [link for link in page.links if "respondent.json" in link]
    assert viewer.browser.get("/surveys/shop/customers/respondent.json?id=ann").status_code == 403


def test_an_answer_of_another_survey_is_not_in_it(survey: Survey) -> None:
    other = rows.survey("other")
    responses.record(other.id, Answer("n9", 1, "widget", "Elsewhere", "en", respondent="ann"))

    assert "Elsewhere" not in json.dumps(everything(survey))


def test_a_message_that_quotes_others_is_told_without_its_words_and_links(survey: Survey) -> None:
    message = Message("digest", "Two people", (MINE, OTHERS), (("Act", "https://nps.example/m/act/x"),), {})
    with writing():
        outbox.put(survey, [], message, "once", about=[1, 2])

    (told,) = everything(survey)["records"]["notice"]

    assert set(told) == {"id", "survey_id", "webhook_id", "type", "created_at"}


def test_what_was_done_in_another_survey_is_not_in_it(app: Flask, survey: Survey) -> None:
    other = rows.survey("other")
    responses.record(other.id, Answer("n9", 1, "widget", "Elsewhere", "en", respondent="ann"))
    run = app.test_cli_runner()
    run.invoke(args=["export", "--survey", "other", "--subject", "ann"])
    run.invoke(args=["export", "--survey", "shop", "--subject", "ann"])

    assert [act["action"] for act in everything(survey)["acts"]] == ["export"]
