"""A survey of satisfaction or effort from its making over its widget to its report."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.models import Response, Survey
from app.services import alert_rules, keys, surveys, work
from tests import rows
from tests.pages.reader import Reader, Seen, ann
from tests.pages.visitor import Visitor, only_response, stored
from tests.rows import NOON, Said

FOREIGN = re.compile(r"\bNPS\b|[Pp]romoter|[Pp]assive|[Dd]etractor|recommend")
QUESTIONS = {"csat": "How satisfied are you with Acme?", "ces": "Acme made it easy for me to handle my issue."}
NAMES = {
    "csat": ["1 out of 5, very dissatisfied", "2 out of 5", "3 out of 5", "4 out of 5", "5 out of 5, very satisfied"],
    "ces": [
        "1 out of 7, strongly disagree",
        *(f"{score} out of 7" for score in range(2, 7)),
        "7 out of 7, strongly agree",
    ],
}


@pytest.fixture(params=["csat", "ces"])
def survey(app: Flask, request: pytest.FixtureRequest) -> Survey:
    return surveys.create("shop", "Acme", metric=request.param)


@pytest.fixture
def visitor(client: FlaskClient, survey: Survey) -> Visitor:
    return Visitor(client)


def test_the_question_is_that_of_the_metric_with_a_button_for_each_score(survey: Survey, visitor: Visitor) -> None:
    page = visitor.opens()

    assert page.heading == QUESTIONS[survey.metric]
    assert page.names == NAMES[survey.metric]
    assert page.buttons == [("score", str(score)) for score in survey.measures.scores]


def test_the_lowest_are_asked_what_to_improve_and_the_highest_what_they_value(visitor: Visitor, survey: Survey) -> None:
    low, high = survey.measures.top - 1, survey.measures.top

    improve = visitor.sends(visitor.opens(), score=str(low))
    value = visitor.sends(visitor.opens(), score=str(high))

    assert "What should we improve first?" in improve.said
    assert "What do you value most about Acme?" in value.said
    assert [score for score, _ in stored()] == [low, high]


@pytest.mark.parametrize("score", ["0", "8", "10", "-1", "05", "x"])
def test_a_number_from_another_scale_is_asked_for_again(visitor: Visitor, survey: Survey, score: str) -> None:
    question = visitor.opens()
    again = visitor.sends(question, score=score)

    assert again.status == 422
    assert f"Choose a number from 1 to {survey.measures.high}." in again.said
    assert again.heading == QUESTIONS[survey.metric]
    assert stored() == []


def test_a_link_chooses_only_a_score_of_the_scale(visitor: Visitor, survey: Survey) -> None:
    assert visitor.opens(score="2").chosen == "2"
    assert visitor.opens(score="9").chosen is None


def test_a_correction_keeps_to_the_scale(visitor: Visitor, survey: Survey) -> None:
    reason = visitor.sends(visitor.opens(), score="2")

    assert visitor.sends(reason, score="9", comment="Slow").status == 422
    assert visitor.sends(reason, score="1", comment="Slow").heading == "Thank you. Your answer has been saved."
    assert (only_response().score, only_response().comment) == (1, "Slow")


@pytest.fixture
def answered(app: Flask, survey: Survey) -> Survey:
    scale = {"csat": {10: 5, 7: 3, 3: 1}, "ces": {10: 6, 7: 4, 3: 2}}[survey.metric]
    rows.store(survey, [Said(scale[said.score], said.comment, said.raised, said.at) for said in rows.v5()])
    return survey


PAGES = (
    "report", "report?print=1", "pain-points/support", "comments", "alerts", "customers", "cases", "responses",
    "wording", "embed", "settings", "digests", "catalogue", "under-way", "people", "data",
)  # fmt: skip


def test_no_page_of_it_speaks_of_promoters(app: Flask, answered: Survey) -> None:
    alert_rules.start(answered, [])
    for kind in ("detractor.arrived", "pain_point.new"):  # of few: what they lack is said
        alert_rules.create(answered, {"kind": kind, "query": "touchpoint=nowhere"}, [])
    why = f"responses/{db.session.scalar(sa.select(Response.id).where(Response.comment.is_not(None)))}/why"
    with time_machine.travel(NOON):
        admin = ann(app)
        answers = {path: admin.browser.get(f"/surveys/shop/{path}") for path in (*PAGES, why)}

    assert {answer.status_code for answer in answers.values()} == {200}
    said = {path: Seen(answer.text).text for path, answer in answers.items()}

    assert "no low score in 24 hours" in said["alerts"]
    assert "0 of 30 comments of" in said["alerts"]
    found = {path: match[0] for path, text in said.items() if (match := FOREIGN.search(text))}
    assert found == {}
    assert {"csat": "Customer satisfaction (CSAT)", "ces": "Customer Effort Score (CES)"}[answered.metric] in said[
        "report"
    ]


def test_the_report_says_the_score_with_its_range_and_its_groups(app: Flask, answered: Survey) -> None:
    with time_machine.travel(NOON):
        page = ann(app, answered).sees("/surveys/shop/report").text

    expected = {
        "csat": ("45 %", "40 to 51 %", "Mean, 1 to 5: 3.42", "Dissatisfied 1–2 24 %", "Satisfied 4–5 45 %"),
        "ces": ("4.42", "4.25 to 4.60", "Found it easy, 5–7: 45 %", "Difficult 1–3 24 %", "Easy 5–7 45 %"),
    }
    assert [part for part in expected[answered.metric] if part not in page] == []
    assert ("Impact" in page) == (answered.metric == "csat") or "Not told" in page


@pytest.mark.parametrize("path", ["segments", "compare", "segments.json", "compare.csv"])
def test_segments_are_politely_not_offered(app: Flask, answered: Survey, path: str) -> None:
    reader = ann(app, answered)

    assert f"/surveys/shop/{path}" not in reader.sees("/surveys/shop/report").links
    answer = reader.browser.get(f"/surveys/shop/{path}")
    assert answer.status_code == 422
    assert "made of NPS surveys only so far" in answer.text


def test_the_form_and_the_row_for_mails_have_a_button_for_each_score(app: Flask, survey: Survey) -> None:
    page = ann(app).browser.get("/surveys/shop/embed").text

    scores = [str(score) for score in survey.measures.scores]
    assert re.findall(r"button name=&#34;score&#34; value=&#34;(\d+)", page) == scores
    assert re.findall(r"amp;amp;score=(\d+)", page) == scores
    assert "out of 10" not in page
    assert all(name in page for name in NAMES[survey.metric])


def test_the_page_of_wording_offers_the_sentences_of_its_metric_alone(app: Flask, survey: Survey) -> None:
    page = Seen(ann(app).browser.get("/surveys/shop/wording").text).text

    assert QUESTIONS[survey.metric].replace("Acme", "{name}") in page
    assert "How likely are you" not in page


def test_an_administrator_chooses_what_a_survey_measures(app: Flask) -> None:
    admin: Reader = ann(app)
    token = admin.sees("/surveys/new").value("csrf_token")
    given = {"csrf_token": token, "name": "Help desk", "kind": "touchpoint", "language": "en", "timezone": "UTC"}

    refused = admin.browser.post("/surveys", data={**given, "metric": "stars"})
    made = admin.browser.post("/surveys", data={**given, "metric": "ces"})

    assert refused.status_code == 422
    assert "Choose one of nps, csat, ces." in refused.text
    assert made.status_code == 303
    assert surveys.get("help-desk").metric == "ces"
    assert "cannot be added up" in admin.sees("/surveys/help-desk/settings").text


def test_scores_of_another_scale_are_asked_for_and_refused_by_the_scale_of_the_survey(
    app: Flask, survey: Survey
) -> None:
    app.config["WTF_CSRF_METHODS"] = []
    admin, high = ann(app, survey, "admin"), survey.measures.high
    draft = work.send_file(survey, "ann", "a.csv", BytesIO(b"score\n9\n"))
    address = f"/surveys/shop/data/{draft.id}"

    pages = [admin.sees("/surveys/shop/sources").text, admin.sees(address).text]
    refused = admin.browser.post(f"{address}/columns", data={"column-1": "score", "dates": "", "scale": "9=9"})

    assert all(f"Empty if they are from 1 to {high}." in page and "for stars" not in page for page in pages)
    assert refused.status_code == 422
    assert f"with ours from 1 to {high}" in refused.text


def test_a_program_that_sends_a_score_off_the_scale_is_told_the_scale(app: Flask, survey: Survey) -> None:
    head = {"Authorization": f"Bearer {keys.create(survey, 'desk')}"}

    def says(body: dict[str, object]) -> list[str]:
        answer = app.test_client().post("/api/v1/surveys/shop/responses", json=body, headers=head)
        assert answer.status_code == 422
        errors: list[str] = answer.get_json()["errors"]["score"]
        return errors

    for score in (-1, 0, survey.measures.high + 1, 12, 10**30):
        assert says({"score": score}) == [f"Choose a number from 1 to {survey.measures.high}."]
    assert says({}) == says({"score": None}) == ["Choose a number."]
    assert stored() == []


def test_a_change_of_a_customer_is_told_in_the_units_of_their_health(app: Flask, survey: Survey) -> None:
    low, high = survey.measures.low, survey.measures.high
    rows.store(survey, [Said(low, at=NOON - timedelta(days=9), person="u-1"), Said(high, at=NOON, person="u-1")])

    with time_machine.travel(NOON):
        page = ann(app, survey).sees("/surveys/shop/customers/respondent?id=u-1").text

    assert "+10.0 of 10 between the ends of its scale against the answers before" in page
