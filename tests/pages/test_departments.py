"""The page on which an administrator of a survey makes departments and says who belongs to them."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Survey
from app.services import alert_rules, departments
from app.services import catalogue_changes as changes
from tests import rows
from tests.pages.reader import Reader, ann, sound
from tests.rows import Said

PAGE = "/surveys/shop/departments"


@pytest.fixture
def survey(app: Flask) -> Survey:
    made = rows.survey()
    rows.store(made, [Said(9)])
    changes.change(made, "ann", "support", {"department": "Care"})
    return made


@pytest.fixture
def admin(app: Flask, survey: Survey) -> Reader:
    return ann(app, survey, "admin")


def sends(reader: Reader, address: str, **values: object) -> TestResponse:
    token = reader.sees(PAGE).value("csrf_token")
    return reader.browser.post(address, data={"csrf_token": token, **values})


def test_one_is_made_filled_renamed_and_removed(survey: Survey, admin: Reader) -> None:
    assert sends(admin, PAGE, name="Care", words="mail\nphone").status_code == 303
    [made] = departments.listed(survey)
    assert made.words == ("mail", "phone")

    sends(admin, f"{PAGE}/{made.id}/members", members=["ann@example.com"])
    sends(admin, f"{PAGE}/{made.id}/words", words="chat")
    sends(admin, f"{PAGE}/{made.id}/rename", name="Customer care")

    page = admin.sees(f"{PAGE}?done=rename")
    assert "Its pain points, alerts and digests follow." in page.text
    db.session.rollback()
    [renamed] = departments.listed(survey)
    assert (renamed.name, renamed.words, renamed.members) == ("Customer care", ("chat",), ("ann@example.com",))
    assert renamed.pain_points == 1
    sends(admin, f"{PAGE}/{made.id}/remove")
    db.session.rollback()
    assert departments.listed(survey) == []


def test_one_that_pain_points_name_is_made_by_one_press(survey: Survey, admin: Reader) -> None:
    assert "Named by pain points" in admin.sees(PAGE).text

    sends(admin, PAGE, name="Care")

    assert "Named by pain points" not in admin.sees(PAGE).text


def test_why_one_cannot_be_removed_stands_beside_the_button(survey: Survey, admin: Reader) -> None:
    made = departments.create(survey, "Care")
    alert_rules.create(survey, {"kind": "pain_point.due", "department": "Care"}, [])

    answer = sends(admin, f"{PAGE}/{made.id}/remove")

    assert answer.status_code == 422
    assert "“A pain point is due tomorrow, or overdue”" in sound(answer).text
    assert "<details open>" in answer.text


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(survey: Survey, admin: Reader) -> None:
    made = departments.create(survey, "Care")

    answer = sends(admin, PAGE, name="care", words="mail")

    assert answer.status_code == 422
    page = sound(answer)
    assert "There is already a department “care”." in page.text
    assert page.value("name") == "Care"  # that of the one that is there; the new one's comes last
    assert 'value="care"' in answer.text
    refused = sends(admin, f"{PAGE}/{made.id}/members", members=["cy@example.com"])
    assert (refused.status_code, "No member of this survey: cy@example.com." in refused.text) == (422, True)
    assert sends(admin, f"{PAGE}/{made.id}/rename", name=" ").status_code == 422
    assert sends(admin, f"{PAGE}/{made.id}/words", words="x" * 61).status_code == 422


ADDRESSES = [PAGE, *(f"{PAGE}/1/{action}" for action in ("rename", "members", "words", "remove"))]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(("role", "status"), [("editor", 403), ("viewer", 403)])
def test_only_administrators_of_the_survey_may(
    app: Flask, survey: Survey, address: str, role: str, status: int
) -> None:
    reader = ann(app, survey, role)
    reader.sees(PAGE, status)
    token = reader.sees("/surveys").value("csrf_token")

    assert reader.browser.post(address, data={"csrf_token": token}).status_code == status


@pytest.mark.parametrize("address", ADDRESSES)
def test_another_survey_and_its_departments_are_none(app: Flask, survey: Survey, address: str) -> None:
    made = departments.create(survey, "Care")
    own = rows.survey("other", "Other")
    stranger = ann(app, own, "admin")
    token = stranger.sees("/surveys").value("csrf_token")

    stranger.sees(PAGE, 404)
    assert stranger.browser.post(address, data={"csrf_token": token, "name": "x"}).status_code == 404
    theirs = f"/surveys/other/departments/{made.id}/rename"
    assert stranger.browser.post(theirs, data={"csrf_token": token, "name": "x"}).status_code == 404
