"""The page of one comment: why it is listed where it is, in words, and a way to say that it is wrong."""

from __future__ import annotations

import pytest
from flask import Flask

from app import jobs
from app.models import Survey
from app.services import analyses, responses, surveys
from app.services.responses import Answer
from tests.pages.reader import Seen, ann

SAID = [
    "Support takes days to answer",
    "nobody in support ever replies",
    "the screen is too dark to read",
    "the screen is much too dark to read, but I love the colours",
]


@pytest.fixture
def survey(app: Flask) -> Survey:
    made = surveys.create("shop", "Shop")
    for number, comment in enumerate(SAID):
        responses.record(made.id, Answer(f"n{number}", 2, "api", comment, "en", is_complete=True))
    analyses.run(made.id)
    return made


def test_the_pain_point_of_a_quote_leads_to_its_reasons(app: Flask, survey: Survey) -> None:
    reader = ann(app, survey)

    link = "/surveys/shop/responses/1/why"
    assert link in reader.sees("/surveys/shop/pain-points/support-speed").links
    page = reader.sees(link)

    assert "Listed under Speed up support responses" in page.text
    assert "These words fit “Speed up support responses” best" in page.text
    assert "comes second" in page.text
    assert "What speaks for “Speed up support responses”" in page.text
    assert "nobody in support ever replies" in page.text
    assert {"/surveys/shop/responses/2/why", "/surveys/shop/pain-points/support-speed"} <= set(page.links)
    assert page.marked
    assert not form(page)


def form(page: Seen) -> list[str]:
    return [given.get("action") or "" for tag, given in page.elements if tag == "form" and "why" in str(given)]


def test_an_editor_says_what_it_is_about_and_the_next_reading_says_who_decided(app: Flask, survey: Survey) -> None:
    reader = ann(app, survey, "editor")
    place, address = f"3:0-{len(SAID[2])}", "/surveys/shop/responses/3/why"
    page = reader.sees(address)
    assert form(page) == [address]
    token = page.value("csrf_token")

    answer = reader.browser.post(address, data={"csrf_token": token, "quote": place, "right": "quality"})
    jobs.read_news()

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{address}?done=correct")
    page = reader.sees(f"{address}?done=correct")
    assert "Corrected. Comments that say nearly the same follow." in page.text
    assert "Somebody said of these very words that they are about “Improve product quality”." in page.text
    similar = reader.sees("/surveys/shop/responses/4/why").text
    assert "Moved because somebody said of a similar quote, “the screen is too dark to read”" in similar
    assert "This is praise." in similar


@pytest.mark.parametrize("quote", ["3:0-4", "4711:0-3", "nonsense", ""])
def test_a_quote_that_is_not_there_is_said(app: Flask, survey: Survey, quote: str) -> None:
    reader = ann(app, survey, "editor")
    address = "/surveys/shop/responses/3/why"
    token = reader.sees(address).value("csrf_token")

    answer = reader.browser.post(address, data={"csrf_token": token, "quote": quote, "right": "quality"})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_who_may_only_look_may_not_correct(app: Flask, survey: Survey) -> None:
    reader = ann(app, survey)
    token = reader.sees("/surveys/shop/responses/1/why").value("csrf_token")

    answer = reader.browser.post("/surveys/shop/responses/1/why", data={"csrf_token": token, "quote": "1:0-28"})

    assert answer.status_code == 403


def test_an_answer_of_another_survey_is_none(app: Flask, survey: Survey) -> None:
    other = surveys.create("other", "Other")
    id_ = responses.record(other.id, Answer("o", 2, "api", "slow", "en", is_complete=True)).response_id
    silent = responses.record(survey.id, Answer("s", 2, "api", None, "en", is_complete=True)).response_id
    reader = ann(app, survey)

    for number in (id_, silent, 4711, 2**70):
        reader.sees(f"/surveys/shop/responses/{number}/why", 404)
    reader.sees(f"/surveys/other/responses/{id_}/why", 404)


def test_a_comment_that_is_still_to_be_read_says_so(app: Flask, survey: Survey) -> None:
    id_ = responses.record(survey.id, Answer("new", 2, "api", "dear", "en", is_complete=True)).response_id

    assert "still to be read" in ann(app, survey).sees(f"/surveys/shop/responses/{id_}/why").text
