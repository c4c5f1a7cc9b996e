"""The pages of cases: everybody in the survey sees them, editors change them, and nobody overwrites another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Case, Department, Survey, now
from app.models.transaction import writing
from app.schemas.cases import CaseFilters
from app.services import case_changes, case_settings, cases, responses, surveys, users
from app.services.responses import Answer
from tests import rows
from tests.pages.reader import Reader, Seen, ann, browser, sound
from tests.pages.tables import read_table
from tests.rows import Raised, Said

LIST, CASE = "/surveys/shop/cases", "/surveys/shop/cases/1"


@pytest.fixture
def survey(app: Flask) -> Survey:
    """One case of somebody known, who raises a pain point with a comment full of markup; and a department."""
    made = rows.survey()
    words = "<b>nobody</b> answers"
    person = {"identity": "verified", "attributes": {"account": "acme & sons"}}
    rows.store(made, [Said(3, f"I wait, {words}", [Raised("support", words)], person="user/17", more=person)])
    with writing() as session:
        session.add(Department(survey_id=made.id, name="Service"))
        session.add(Case(survey_id=made.id, response_id=1, due_on=now().date() + timedelta(days=2)))
    return made


def send(reader: Reader, address: str = CASE, **fields: Any) -> TestResponse:
    token = Seen(reader.browser.get("/surveys").text).value("csrf_token")
    return reader.browser.post(address, data={"csrf_token": token, "version": "1", "state": "open", **fields})


def stored(survey: Survey) -> cases.CaseFile:
    db.session.rollback()
    db.session.expire_all()
    return cases.one(survey, 1, now())


def test_a_list_without_cases_says_where_they_come_from(app: Flask) -> None:
    reader = ann(app, rows.survey())

    assert "Every new answer of 6 or less opens one." in reader.sees(LIST).text
    case_settings.configure("shop", {"opens_cases": False})
    assert "This survey opens none by itself." in reader.sees(LIST).text
    assert "None passes these filters." in reader.sees(f"{LIST}?state=closed").text


def test_a_low_score_in_the_widget_stands_in_the_list(app: Flask) -> None:
    survey = rows.survey()
    responses.record(survey.id, Answer("n1", 2, "widget", "Nobody answers"))

    page = ann(app, survey).sees(LIST)

    assert "1 case" in page.text
    assert "Nobody answers" in page.text
    assert CASE in page.links


def test_the_page_shows_the_answer_in_its_own_words_marked(app: Flask, survey: Survey) -> None:
    page = ann(app, survey).sees(CASE)

    assert page.marked == ["<b>nobody</b> answers"]
    assert "/surveys/shop/pain-points/support" in page.links
    assert "/surveys/shop/customers/respondent?id=user/17" in page.links
    assert "/surveys/shop/customers/account?name=acme+%26+sons" in page.links
    assert "not yet" in page.text


def test_an_editor_changes_it_with_one_form(app: Flask, survey: Survey) -> None:
    reader = ann(app, survey, "editor")
    fields = {"state": "in progress", "assignee": "ann@example.com", "department": "Service", "note": "Called <him>.",
              "due_on": "2027-01-31", "contact": "1"}  # fmt: skip

    answer = send(reader, **fields)

    assert answer.status_code == 303
    page = reader.sees(answer.headers["Location"])
    assert "Saved." in page.text
    assert "Called <him>." in page.text
    assert "in touch" in page.text
    case = stored(survey).case
    assert (case.state, case.assignee, case.department, str(case.due_on)) == (
        "in progress", "ann@example.com", "Service", "2027-01-31",
    )  # fmt: skip
    assert case.first_contact_at


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"state": "closed", "reason": ""}, "Say why it is closed"),
        ({"state": "asleep"}, "Choose one of"),
        ({"due_on": "2026-02-30"}, "Give a day that exists"),
        ({"assignee": "eve@example.com"}, "They may not see this survey."),
        ({"department": "Kitchen"}, "There is no such department."),
        ({"note": "x" * 4_001}, "At most 4000 characters."),
        ({"version": ""}, "Load the page again"),
        ({"version": "one"}, "Load the page again"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_refused_comes_back_as_it_was_typed(
    app: Flask, survey: Survey, fields: dict[str, str], says: str
) -> None:
    answer = send(ann(app, survey, "editor"), **{"note": "typed & kept", **fields})

    page = sound(answer)
    assert answer.status_code == 422
    assert says in page.text
    assert "Error:" in page.text
    assert fields.get("note", "typed & kept") in page.text
    assert stored(survey).entries == []


def test_who_saves_after_somebody_else_sees_both_versions_and_loses_nothing(app: Flask, survey: Survey) -> None:
    reader = ann(app, survey, "editor")
    case_changes.change(survey, "bo@example.com", 1, {"state": "in progress", "department": "Service"})

    answer = send(reader, assignee="ann@example.com", note="Mine", contact="1")

    page = sound(answer)
    assert answer.status_code == 409
    assert "Both versions" in page.text
    assert "Somebody else changed this case meanwhile." in page.text
    assert "Mine" in page.text
    assert ("input", {"type": "hidden", "name": "version", "value": "2"}) in page.elements
    assert stored(survey).case.assignee is None
    assert send(reader, version="2", assignee="ann@example.com", note="Mine").status_code == 303
    assert stored(survey).case.assignee == "ann@example.com"


@pytest.mark.parametrize("state", ["open", "in progress", "closed"])
def test_a_list_is_narrowed_by_its_address(app: Flask, survey: Survey, state: str) -> None:
    if state != "open":
        case_changes.change(survey, "bo@example.com", 1, {"state": state, "reason": "solved"})
    reader = ann(app, survey)

    for other in ("open", "in progress", "closed"):
        assert (CASE in reader.sees(f"{LIST}?state={other}").links) is (other == state)
    assert CASE in reader.sees(f"{LIST}?state=all&sort=score&department=-&assignee=-").links
    assert CASE not in reader.sees(f"{LIST}?state=all&overdue=1").links


def test_what_is_overdue_is_visible(app: Flask, survey: Survey) -> None:
    with writing() as session:
        session.get_one(Case, 1).due_on = now().date() - timedelta(days=1)
    reader = ann(app, survey)

    page = reader.sees(f"{LIST}?overdue=1")
    assert "overdue" in page.text
    assert CASE in page.links
    assert ("span", {"class": "badge late"}) in reader.sees(CASE).elements


@pytest.mark.parametrize(
    "query",
    ["state=asleep", "sort=colour", "page=0", "page=x", "overdue=yes", "colour=red", "state=open&state=closed",
     "assignee=eve@example.com", "department=Kitchen"],
)  # fmt: skip
def test_an_address_that_means_nothing_is_told_so(app: Flask, survey: Survey, query: str) -> None:
    assert "This list cannot be shown." in ann(app, survey).sees(f"{LIST}?{query}", 422).text


def test_pages_beyond_the_last_are_not_there(app: Flask, survey: Survey) -> None:
    reader = ann(app, survey)

    reader.sees(f"{LIST}?page=2", 404)
    reader.sees(f"{LIST}/2", 404)


def test_a_viewer_reads_and_changes_nothing(app: Flask, survey: Survey) -> None:
    reader = ann(app, survey, "viewer")

    assert "Change it" not in reader.sees(CASE).text
    assert send(reader, state="in progress").status_code == 403
    assert stored(survey).case.state == "open"


def test_another_survey_s_case_is_not_there(app: Flask, survey: Survey) -> None:
    other = surveys.create("other", "Other")
    bo = ann(app, other, "admin", "bo@example.com")

    for address in (LIST, CASE, "/surveys/other/cases/1"):
        bo.sees(address, 404)
    assert send(bo, CASE).status_code == send(bo, "/surveys/other/cases/1").status_code == 404
    assert browser(app).get(CASE).status_code == 303
    assert ann(app, survey, "editor", "cy@example.com").browser.post(CASE, data={"state": "open"}).status_code == 400


def test_a_list_of_many_is_paged(app: Flask, survey: Survey) -> None:
    rows.store(survey, [Said(2, f"answer {number}") for number in range(60)])
    with writing() as session:
        session.add_all([Case(survey_id=survey.id, response_id=number + 2) for number in range(60)])
    reader = ann(app, survey)

    page = reader.sees(f"{LIST}?sort=oldest")
    assert "61 cases" in page.text
    assert "?sort=oldest&page=2" in page.links
    assert len(cases.page(survey, CaseFilters(page=2), now()).cases) == 11
    reader.sees(f"{LIST}?sort=oldest&page=2")


def test_who_left_is_shown_no_more_and_the_case_stays(app: Flask, survey: Survey) -> None:
    bo = users.create("bo@example.com", "correct horse battery")
    users.join(bo, survey, "editor")
    case_changes.change(survey, "bo@example.com", 1, {"assignee": "bo@example.com"})
    with writing() as session:
        session.delete(session.get_one(type(bo), bo.id))

    assert stored(survey).case.assignee is None
    ann(app, survey).sees(CASE)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_all_cases_of_a_view_come_as_a_table(app: Flask, survey: Survey, kind: str) -> None:
    reader = ann(app, survey)

    links = reader.sees("/surveys/shop/cases?state=all").links
    (row,) = read_table(reader.browser.get(f"/surveys/shop/cases/all.{kind}?state=all"), kind)

    assert f"/surveys/shop/cases/all.{kind}?state=all" in links
    assert (row["state"], row["score"], row["respondent"], row["account"]) == ("open", "3", "user/17", "acme & sons")
    assert row["comment"] == "I wait, <b>nobody</b> answers"
    assert read_table(reader.browser.get(f"/surveys/shop/cases/all.{kind}?state=closed"), kind) == []
