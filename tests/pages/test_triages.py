"""The page of all answers: filters as on the report, boxes to tick, and marks for everybody."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.models import Survey
from app.reports.filters import Filters
from app.services import surveys, triages
from tests import rows
from tests.pages.reader import Reader, Seen, ann, browser, sound
from tests.rows import Raised, Said

PAGE = "/surveys/shop/responses"


@pytest.fixture
def survey(app: Flask) -> Survey:
    made = rows.survey()
    words = "<i>nobody</i> answers"
    rows.store(made, [Said(3, f"{words} {number}", [Raised("support", words)]) for number in range(60)])
    return made


def send(reader: Reader, *ids: Any, mark: str = "read", query: str = "") -> TestResponse:
    token = Seen(reader.browser.get("/surveys").text).value("csrf_token")
    return reader.browser.post(PAGE + query, data={"csrf_token": token, "id": [str(one) for one in ids], "mark": mark})


def state(survey: Survey, response_id: int, which: str | None) -> bool:
    return response_id in [one.response.id for one in triages.page(survey, Filters(), which, 100).answers]


def test_every_answer_stands_there_in_its_own_words(app: Flask, survey: Survey) -> None:
    reader = ann(app, survey)

    page = reader.sees(PAGE)
    assert page.marked == ["<i>nobody</i> answers"] * 50
    older = next(link for link in page.links if "after=" in link)
    assert len(reader.sees(older).marked) == 10


@pytest.mark.parametrize("mark", ["read", "done", "archived", "test"])
def test_ticked_answers_are_marked_at_once(app: Flask, survey: Survey, mark: str) -> None:
    reader = ann(app, survey, "editor")

    answer = send(reader, 60, 58, mark=mark, query="?group=detractor&which=new")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}?group=detractor&which=new&done={mark}")
    assert "role" in str(reader.sees(answer.headers["Location"]).elements)
    assert [state(survey, number, mark) for number in (60, 59, 58)] == [True, False, True]
    page = reader.sees(f"{PAGE}?which={mark}")
    assert len(page.marked) == 2


def test_a_case_is_opened_from_the_list(app: Flask, survey: Survey) -> None:
    reader = ann(app, survey, "editor")

    assert send(reader, 60, mark="case").status_code == 303

    assert "/surveys/shop/cases/1" in reader.sees(PAGE).links


@pytest.mark.parametrize(
    ("ids", "mark"),
    [((), "read"), ((60,), ""), ((60,), "shredded"), ((61,), "read"), (("x",), "read"), (("60", "61"), "test")],
)
def test_what_is_refused_comes_back_as_it_was_ticked(
    app: Flask, survey: Survey, ids: tuple[Any, ...], mark: str
) -> None:
    answer = send(ann(app, survey, "editor"), *ids, mark=mark)

    page = sound(answer)
    ticked = [given["value"] for tag, given in page.elements if given.get("name") == "id" and "checked" in given]
    assert answer.status_code == 422
    assert "Error:" in page.text
    assert ticked == [str(one) for one in ids if str(one) == "60"]
    assert not state(survey, 60, "read")


@pytest.mark.parametrize(
    "query",
    ["which=shredded", "after=now", "after=20261301T000000.000000-1", "after=20261122T120000.000000-0", "from=nonsense",
     "colour=red"],
)  # fmt: skip
def test_an_address_that_means_nothing_is_told_so(app: Flask, survey: Survey, query: str) -> None:
    ann(app, survey).sees(f"{PAGE}?{query}", 422)


def test_a_view_of_a_handful_keeps_its_words_closed(app: Flask, survey: Survey) -> None:
    rows.store(survey, [Said(9, "Geheimnis", language="de")])

    page = ann(app, survey).sees(f"{PAGE}?language=de")

    assert "Fewer than 5 people are in this view" in page.text
    assert "Geheimnis" not in page.text


def test_an_empty_list_says_what_to_do(app: Flask) -> None:
    reader = ann(app, rows.survey())

    assert "As soon as somebody answers" in reader.sees(PAGE).text
    assert "None passes these filters." in reader.sees(f"{PAGE}?which=done").text


def test_viewers_and_strangers_mark_nothing(app: Flask, survey: Survey) -> None:
    viewer = ann(app, survey)
    stranger = ann(app, surveys.create("other", "Other"), "admin", "bo@example.com")

    assert "Mark what is ticked" not in viewer.sees(PAGE).text
    assert send(viewer, 60).status_code == 403
    assert send(stranger, 60).status_code == 404
    assert stranger.sees(PAGE, 404)
    assert browser(app).get(PAGE).status_code == 303
    assert not state(survey, 60, "read")
