"""The list of surveys: those that somebody may see, with their latest score."""

from __future__ import annotations

from flask import Flask

from app.services import users
from tests import rows
from tests.pages.reader import PASSWORD, Reader, ann, browser
from tests.rows import Said


def test_the_way_in_is_the_list(app: Flask) -> None:
    assert browser(app).get("/").location == "/surveys"


def test_a_member_sees_their_surveys_with_the_latest_score(app: Flask) -> None:
    mine = rows.survey("mine", "Mine")
    rows.survey("other", "Other")
    rows.store(mine, [Said(9)] * 6 + [Said(2)] * 2)

    page = ann(app, mine).sees("/surveys")

    assert "Mine" in page.text
    assert "+50" in page.text
    assert "8 responses" in page.text
    assert "Other" not in page.text


def test_few_answers_are_no_score(app: Flask) -> None:
    mine = rows.survey("mine", "Mine")
    rows.store(mine, [Said(9)] * 3)

    assert "too few answers for a score" in ann(app, mine).sees("/surveys").text


def test_without_a_survey_the_page_says_how_to_make_one(app: Flask) -> None:
    assert "flask --app wsgi survey create" in ann(app).sees("/surveys").text


def test_somebody_without_surveys_is_told_whom_to_ask(app: Flask) -> None:
    rows.survey("other", "Other")
    users.create("bob@example.com", PASSWORD)
    bob = Reader(browser(app))
    bob.signs_in("bob@example.com")

    text = bob.sees("/surveys").text

    assert "Nobody has let you into a survey so far." in text
    assert "Other" not in text
