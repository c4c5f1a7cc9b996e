"""Views of a report under a name: who saves them, who sees them, and what they open."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.models import Survey
from app.services import saved_views, users
from tests import rows
from tests.pages.reader import PASSWORD, Reader, Seen, ann, browser
from tests.rows import Said

VIEWS = "/surveys/shop/views"


@pytest.fixture
def survey(app: Flask) -> Survey:
    survey = rows.survey()
    rows.store(survey, [Said(9, language="de", more={"attributes": {"plan": "team"}}) for _ in range(9)])
    return survey


@pytest.fixture
def reader(app: Flask, survey: Survey) -> Reader:
    return ann(app, survey, "editor")


def sends(reader: Reader, address: str, **form: str) -> TestResponse:
    token = Seen(reader.browser.get(VIEWS).text).value("csrf_token")
    return reader.browser.post(address, data={"csrf_token": token, **form})


def test_a_view_is_saved_from_the_report_and_listed_on_it(reader: Reader) -> None:
    report = reader.sees("/surveys/shop/report?language=de&attr.plan=team")
    assert f"{VIEWS}?language=de&attr.plan=team" in report.links

    saved = sends(reader, f"{VIEWS}?language=de&attr.plan=team", name="Team, Germany")
    page = reader.sees(saved.location)

    assert saved.location == "/surveys/shop/report?language=de&attr.plan=team"
    assert f"{VIEWS}/1" in page.links
    assert [given["href"] for tag, given in page.elements if tag == "a" and "aria-current" in given][1] == f"{VIEWS}/1"


def test_it_has_an_address_that_opens_the_report(reader: Reader) -> None:
    sends(reader, f"{VIEWS}?language=de&sort=impact", name="German")

    answer = reader.browser.get(f"{VIEWS}/1")

    assert (answer.status_code, answer.location) == (302, "/surveys/shop/report?language=de&sort=impact")


def test_a_list_says_in_words_what_each_view_shows(reader: Reader) -> None:
    sends(reader, f"{VIEWS}?from=2026-01-01&compare=none&language=de&group=passive&attr.plan=team", name="All of it")
    sends(reader, VIEWS, name="The usual")

    text = reader.sees(VIEWS).text

    assert "from 2026-01-01, compared with nothing, German, comments of passives, plan team" in text
    assert "everything, last 90 days" in text
    assert "only yours" in text


def test_one_for_everybody_is_seen_by_everybody_and_ones_own_by_nobody_else(
    app: Flask, survey: Survey, reader: Reader
) -> None:
    sends(reader, f"{VIEWS}?language=de", name="Shared", for_all="1")
    sends(reader, f"{VIEWS}?language=en", name="Own")
    bob = ann(app, survey, "viewer", "bob@example.com")

    text = bob.sees(VIEWS).text

    assert "Shared" in text
    assert "Own" not in text
    assert bob.browser.get(f"{VIEWS}/1").status_code == 302
    assert bob.browser.get(f"{VIEWS}/2").status_code == 404


def test_it_can_be_renamed_and_removed(reader: Reader) -> None:
    sends(reader, f"{VIEWS}?language=de", name="German")

    sends(reader, f"{VIEWS}/1/rename", name="  Deutsch ")
    assert "Deutsch" in reader.sees(VIEWS).text
    gone = sends(reader, f"{VIEWS}/1/remove")

    assert gone.location == f"{VIEWS}?done=remove"
    assert "No view has been saved so far." in reader.sees(gone.location).text


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "Give it a name."),
        (" \t ", "Give it a name."),
        ("a\u202eb", "Give it a name."),
        ("x" * 81, "At most 80 letters."),
        ("GERMAN", "There is a view of this name already."),
    ],
)
def test_a_name_that_cannot_be_is_given_back_with_the_view(reader: Reader, name: str, problem: str) -> None:
    sends(reader, f"{VIEWS}?language=de", name="German")

    saving = sends(reader, f"{VIEWS}?language=en", name=name, for_all="1")
    page = Seen(saving.text)

    assert saving.status_code == 422
    assert problem in page.text
    assert next(given for _, given in page.elements if given.get("name") == "for_all")["checked"] is None
    assert "/surveys/shop/report?language=en" in page.links
    assert sends(reader, f"{VIEWS}/1/rename", name=name).status_code == (422 if name != "GERMAN" else 303)


def test_there_is_an_end_to_views(app: Flask, survey: Survey, reader: Reader) -> None:
    for number in range(saved_views.MOST):
        sends(reader, VIEWS, name=f"View {number}")

    assert "remove one first" in sends(reader, VIEWS, name="One more").text


def test_a_viewer_saves_and_changes_none(app: Flask, survey: Survey, reader: Reader) -> None:
    sends(reader, VIEWS, name="Shared", for_all="1")
    bob = ann(app, survey, "viewer", "bob@example.com")

    assert "Save a view" not in bob.sees(VIEWS).text
    for address in (VIEWS, f"{VIEWS}/1/rename", f"{VIEWS}/1/remove"):
        assert sends(bob, address, name="Mine").status_code == 403


def test_of_another_survey_there_is_none(app: Flask, survey: Survey, reader: Reader) -> None:
    sends(reader, VIEWS, name="Shared", for_all="1")
    rows.survey("other", "Other")
    users.create("carol@example.com", PASSWORD)
    carol = Reader(browser(app))
    carol.signs_in("carol@example.com")
    root = ann(app, email="root@example.com")

    assert carol.browser.get(VIEWS).status_code == carol.browser.get(f"{VIEWS}/1").status_code == 404
    assert sends(carol, f"{VIEWS}/1/remove").status_code == 404
    assert root.browser.get("/surveys/other/views/1").status_code == 404


def test_filters_that_cannot_be_are_not_saved(reader: Reader) -> None:
    assert sends(reader, f"{VIEWS}?language=de&nonsense=1", name="Odd").status_code == 422
    reader.sees(f"{VIEWS}?from=2026-02-30", 422)
    assert "No view has been saved" in reader.sees(VIEWS).text
