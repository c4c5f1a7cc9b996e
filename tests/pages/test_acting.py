"""On the page of a pain point people say what is done about it: who may, what is refused, and what is never lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import PainPoint, Survey
from app.services import acting, departments
from tests import rows
from tests.pages.reader import Reader, Seen, ann, sound
from tests.rows import NOON, Raised, Said
from tests.services.test_effects import V12, people

PAGE = "/surveys/shop/pain-points/support"
FORM = {
    "status": "in progress",
    "owner": "Bo Lind",
    "department": "Care",
    "due_on": "2026-11-20",
    "fixed_on": "",
    "ticket": "https://tickets.example.com/T-1",
    "note": "First the mail,\nthen the <b>chat</b>.",
}


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def survey(app: Flask) -> Survey:
    made = rows.survey()
    rows.store(made, [Said(3, "slow", [Raised("support", "slow")]) for _ in range(40)])
    departments.create(made, "Care")
    return made


@pytest.fixture
def editor(app: Flask, survey: Survey) -> Reader:
    return ann(app, survey, "editor")


def sends(reader: Reader, address: str = f"{PAGE}/act", page: Seen | None = None, **values: str) -> TestResponse:
    """Send the form of the page as it is there, with some values in it."""
    seen = page or reader.sees(PAGE)
    sealed = {"csrf_token": seen.value("csrf_token"), "version": seen.value("version")}
    return reader.browser.post(address, data={**sealed, **values})


def point() -> PainPoint:
    db.session.rollback()
    return db.session.scalars(sa.select(PainPoint).where(PainPoint.key == "support")).one()


def test_what_is_saved_stands_on_the_page_in_the_catalogue_and_in_the_report(survey: Survey, editor: Reader) -> None:
    answer = sends(editor, **FORM)

    assert answer.status_code == 303
    assert answer.location == f"{PAGE}?done=act#acting"
    page = editor.sees(f"{PAGE}?done=act")
    assert "Saved." in page.text
    assert "overdue It was due on Nov 20, 2026." in page.text
    assert "First the mail, then the <b>chat</b>." in page.text
    assert "ann@example.com : status in progress; owner Bo Lind" in page.text
    assert "https://tickets.example.com/T-1" in page.links
    for address in ("/surveys/shop/catalogue", "/surveys/shop/report"):
        text = editor.sees(address).text
        assert "Bo Lind" in text
        assert "in progress" in text
        assert "Nov 20, 2026 overdue" in text


def test_a_ticket_is_opened_without_saying_from_where(survey: Survey, editor: Reader) -> None:
    acting.change(survey, "support", "bo", {"ticket": "https://tickets.example.com/T-1"})

    page = editor.sees(PAGE)

    [given] = [given for tag, given in page.elements if given.get("href") == "https://tickets.example.com/T-1"]
    assert "noreferrer" in (given["rel"] or "")


def test_the_same_view_comes_back(survey: Survey, editor: Reader) -> None:
    answer = sends(editor, f"{PAGE}/act?language=en&order=strongest", **FORM)

    assert answer.location == f"{PAGE}?language=en&order=strongest&done=act#acting"


def test_what_is_wrong_is_said_beside_its_field_and_all_that_was_typed_is_kept(survey: Survey, editor: Reader) -> None:
    answer = sends(editor, **{**FORM, "ticket": "T-1", "status": "won't do", "note": "", "due_on": "2026-12-24"})

    assert answer.status_code == 422
    page = sound(answer)
    assert "Give a whole address that begins with https://." in page.text
    assert "Say why it will not be done." in page.text
    assert (page.value("ticket"), page.value("owner"), page.value("due_on")) == ("T-1", "Bo Lind", "2026-12-24")
    assert point().owner is None
    mended = {**FORM, "ticket": "", "status": "won't do", "note": "Too dear."}
    assert sends(editor, page=page, **mended).status_code == 303


def test_who_saved_in_between_is_shown_beside_what_was_sent_and_nothing_is_lost(survey: Survey, editor: Reader) -> None:
    before = editor.sees(PAGE)
    acting.change(survey, "support", "bo@example.com", {"owner": "Cy", "status": "planned", "note": "Cy knows."})

    answer = sends(editor, page=before, **FORM)

    assert answer.status_code == 409
    page = sound(answer)
    assert "Somebody else has saved “Speed up support responses” in between." in page.text
    assert "Owner Cy Bo Lind differs" in page.text
    assert "Status planned in progress differs" in page.text
    assert "Cy knows." in page.text
    assert page.value("owner") == "Bo Lind"
    assert "then the &lt;b&gt;chat&lt;/b&gt;." in answer.text
    assert point().owner == "Cy"
    assert sends(editor, page=page, **FORM).status_code == 303
    assert point().owner == "Bo Lind"


def test_what_was_refused_still_rests_on_what_it_was_made_from(survey: Survey, editor: Reader) -> None:
    refused = sound(sends(editor, **{**FORM, "ticket": "T-1"}))
    acting.change(survey, "support", "bo@example.com", {"owner": "Cy"})

    assert sends(editor, page=refused, **FORM).status_code == 409


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_form_without_its_version_overwrites_nothing(survey: Survey, editor: Reader, version: str) -> None:
    assert sends(editor, version=version, **FORM).status_code == 409


def test_people_of_the_survey_and_departments_are_offered(app: Flask, survey: Survey, editor: Reader) -> None:
    page = editor.sees(PAGE)

    offered = [given.get("value") for tag, given in page.elements if tag == "option"]
    assert "ann@example.com" in offered
    assert "Care" in offered


@pytest.mark.parametrize("action", ["act", "reopen"])
def test_only_editors_act(app: Flask, survey: Survey, action: str) -> None:
    viewer = ann(app, survey, "viewer")
    page = viewer.sees(PAGE)

    assert viewer.browser.post(f"{PAGE}/{action}", data={"csrf_token": page.value("csrf_token")}).status_code == 403
    assert not [given for tag, given in page.elements if given.get("name") == "note"]
    assert "Acting on it" in page.text


@pytest.mark.parametrize("action", ["act", "reopen"])
def test_another_survey_is_none(app: Flask, survey: Survey, action: str) -> None:
    stranger = ann(app, rows.survey("other", "Other"), "editor")
    token = stranger.sees("/surveys").value("csrf_token")

    assert stranger.browser.post(f"{PAGE}/{action}", data={"csrf_token": token}).status_code == 404


def test_without_the_token_of_the_form_nothing_is_done(survey: Survey, editor: Reader) -> None:
    assert editor.browser.post(f"{PAGE}/act", data=FORM).status_code == 400
    assert point().status == "open"


def test_the_page_says_whether_a_fix_helped(app: Flask) -> None:
    survey = rows.survey()
    after = (8, 12, 9), (160, 95, 70)
    rows.store(survey, [*people(*V12, ago=50), *people(*after, ago=10)])
    acting.change(survey, "support", "bo", {"status": "fixed", "fixed_on": (NOON - timedelta(days=30)).date()})

    page = ann(app, survey).sees(PAGE)

    assert "Mentions fell from 29 % to 13 %: a clear change." in page.text
    assert "The impact went from −13.3 to −3.1 points: a clear change." in page.text
    assert "A comparison in time, not an experiment" in page.text
    assert "Sep 23, 2026 to Oct 22, 2026" in page.text
    assert "fixed Oct 23, 2026" in page.text  # beside its week
    assert [given for tag, given in page.elements if tag == "line" and given.get("class") == "fix"]


def test_one_press_opens_what_rises_again(app: Flask) -> None:
    survey = rows.survey()
    parts = people(*V12, ago=90), people((0, 2, 0), (0, 60, 0), ago=40), people((0, 30, 0), (0, 60, 0), ago=10)
    rows.store(survey, [one for part in parts for one in part])
    acting.change(survey, "support", "bo", {"status": "fixed", "fixed_on": (NOON - timedelta(days=60)).date()})
    editor = ann(app, survey, "editor")
    page = editor.sees(PAGE)
    assert "It was fixed on Sep 23, 2026, and more people raise it again since." in page.text

    assert sends(editor, f"{PAGE}/reopen", page).status_code == 303

    page = editor.sees(f"{PAGE}?done=reopen")
    assert "Open again." in page.text
    assert "rising again" not in page.text
    assert (point().status, point().fixes) == ("open", ["2026-09-23"])


def test_somebody_who_opens_it_too_late_is_told(survey: Survey, editor: Reader) -> None:
    page = editor.sees(PAGE)
    acting.change(survey, "support", "bo", {"note": "Wait."})

    answer = sends(editor, f"{PAGE}/reopen", page)

    assert answer.status_code == 409
    assert "Look at both" in sound(answer).text
