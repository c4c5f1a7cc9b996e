"""Segments and touchpoints as people read them: who is unhappy, with what, and how sure that is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.models import Survey
from app.services import users, values
from app.services.values import Lifetimes
from tests import rows
from tests.pages.reader import PASSWORD, Reader, ann, browser
from tests.pages.tables import read_table
from tests.rows import NOON, Raised, Said


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def survey(app: Flask) -> Survey:
    return rows.survey()


@pytest.fixture
def reader(app: Flask, survey: Survey) -> Reader:
    return ann(app, survey)


def of(plan: str, scores: list[int], text: str | None = None, point: str = "pricing", **more: Any) -> Iterator[Said]:
    raised = [Raised(point, text)] if text else []
    return (Said(score, text, raised, more={"attributes": {"plan": plan}, **more}) for score in scores)


def plans() -> list[Said]:
    """A happy plan, an unhappy one that finds it dear, a small one, and one of three people."""
    happy = [*of("team", [10] * 60), *of("team", [7] * 40, "slow", "support")]
    unhappy = [*of("free", [2] * 45, "dear"), *of("free", [9] * 15)]
    return [*happy, *unhappy, *of("trial", [9] * 12), *of("test", [0] * 3)]


def test_who_is_unhappy_is_said_first_and_with_what(survey: Survey, reader: Reader) -> None:
    rows.store(survey, plans())

    page = reader.sees("/surveys/shop/segments")

    assert "“free” scores clearly below everybody else." in page.text
    assert "NPS −50 among 60 answers, 110 points below everybody else in this view." in page.text
    assert "What they raise first: Lower or clarify pricing 100 %" in page.text
    assert "they may be the wrong customers" in page.text
    assert "/surveys/shop/report?attr.plan=free" in page.links
    assert "/surveys/shop/pain-points/pricing?attr.plan=free" in page.links


def test_small_segments_are_shown_for_what_they_are(survey: Survey, reader: Reader) -> None:
    rows.store(survey, plans())

    text = reader.sees("/surveys/shop/segments").text

    assert "trial 12 +100" in text
    assert "early reading too few answers to compare" in text
    assert "test 3 – 0 promoters, 0 passives, 3 detractors" in text
    assert "−100" not in text.rsplit("test 3", 1)[1]


@pytest.mark.parametrize(
    ("query", "order", "sorted_by"),
    [
        ("", ["free", "team", "trial", "test"], "NPS, 95 % sure"),
        ("?order=name", ["free", "team", "test", "trial"], "plan"),
        ("?order=n", ["team", "free", "trial", "test"], "Answers"),
        ("?order=detractors", ["test", "free", "team", "trial"], "Detractors"),
    ],
)
def test_the_table_sorts_by_its_address(
    survey: Survey, reader: Reader, query: str, order: list[str], sorted_by: str
) -> None:
    rows.store(survey, plans())

    page = reader.sees(f"/surveys/shop/segments{query}")

    table = page.text.split("First pain point", 1)[1]
    places = [table.index(f" {plan} ") for plan in order]
    assert places == sorted(places)
    [header] = [place for place, (_, given) in enumerate(page.elements) if "aria-sort" in given]
    assert page.elements[header][0] == "th"
    assert sorted_by in page.text


def test_touchpoints_are_the_key_moments_of_the_journey(app: Flask) -> None:
    survey = rows.survey("moments", "Moments", kind="touchpoint")
    bad = [Said(1, "dear", [Raised("pricing", "dear")], more={"touchpoint": "invoice"}) for _ in range(40)]
    rows.store(survey, [*bad, *(Said(10, more={"touchpoint": "delivery"}) for _ in range(40))])

    page = ann(app, survey).sees("/surveys/moments/segments")

    assert "Key moments of the journey" in page.text
    assert "“invoice” scores clearly below everybody else." in page.text
    assert "Begin at these moments" in page.text
    assert "wrong customers" not in page.text
    assert "/surveys/moments/report?touchpoint=invoice" in page.links


def test_languages_are_shown_and_not_compared(survey: Survey, reader: Reader) -> None:
    german = [Said(0, "zu teuer", [Raised("pricing", "zu teuer")], language="de") for _ in range(50)]
    rows.store(survey, [*german, *(Said(10, "fine") for _ in range(50))])

    page = reader.sees("/surveys/shop/segments")
    told = json.loads(reader.browser.get("/surveys/shop/segments.json").text)

    assert "Habits of answering differ between languages, so their scores are not compared." in page.text
    assert "clearly below" not in page.text
    assert "German" in page.text
    assert {row["against_rest"]["standing"] for row in told["segments"]} == {None}


def test_what_is_at_stake_stands_beside_it(survey: Survey, reader: Reader) -> None:
    paying = list(of("free", [2] * 40, "dear", monthly_revenue=100.0))
    rows.store(survey, [*paying, *of("team", [10] * 40, monthly_revenue=50.0)])

    monthly = reader.sees("/surveys/shop/segments?order=value").text
    values.set_lifetimes("shop", "EUR", Lifetimes(24))
    lifetime = reader.sees("/surveys/shop/segments?order=value").text

    assert "Monthly revenue at risk" in monthly
    assert "4,000" in monthly
    assert "Value at risk" in lifetime
    assert "96,000 EUR" in lifetime


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_same_segments_are_a_table_and_an_object(survey: Survey, reader: Reader, kind: str) -> None:
    rows.store(survey, plans())

    content = json.loads(reader.browser.get("/surveys/shop/segments.json").text)
    lines = read_table(reader.browser.get(f"/surveys/shop/segments.{kind}"), kind)

    assert [row["value"] for row in content["segments"]] == [line["value"] for line in lines]
    free = content["segments"][0]
    assert free["against_rest"]["standing"] == "below"
    assert free["pain_points"][0] == {
        "id": "pricing", "name": "Lower or clarify pricing", "people": 45, "of": 45, "share": 1.0
    }  # fmt: skip
    assert content["segments"][-1]["nps"]["value"] is None
    assert lines[-1]["nps"] == lines[-1]["p"] == ""


def test_filters_narrow_the_segments(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [*plans(), *(Said(9, language="de", more={"attributes": {"plan": "team"}}) for _ in range(7))])

    page = reader.sees("/surveys/shop/segments?language=de&by=attr.plan")

    assert "All answers in this view: 7" in page.text
    assert "/surveys/shop/report?language=de&attr.plan=team" in page.links


def test_answers_without_a_value_are_counted_beside(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [*plans(), Said(9), Said(3)])

    assert "2 answers carry no value" in reader.sees("/surveys/shop/segments").text


def test_a_survey_without_segments_says_how_to_get_some(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [Said(9)] * 40)

    assert "No segments yet" in reader.sees("/surveys/shop/segments").text
    assert reader.browser.get("/surveys/shop/segments.json").status_code == 422


def test_a_view_in_which_nobody_says_what_they_are_of_is_said(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [*plans(), *(Said(9, language="de") for _ in range(9))])

    page = reader.sees("/surveys/shop/segments?language=de&by=attr.plan")

    assert "Nobody in this view says what they are of." in page.text


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("by=attr.shoe", "There are no such segments."),
        ("order=password", "Choose one of nps, name, n, detractors, value."),
        ("by=language&from=2026-02-30", "Give a day that exists"),
        ("order=n&order=name", "Give it once."),
    ],
)
def test_a_wrong_address_is_said_and_the_rest_is_kept(survey: Survey, reader: Reader, query: str, message: str) -> None:
    rows.store(survey, plans())

    assert message in reader.sees(f"/surveys/shop/segments?{query}", 422).text


def test_every_view_of_segments_has_one_address(survey: Survey, reader: Reader) -> None:
    rows.store(survey, plans())

    answer = reader.browser.get("/surveys/shop/segments?order=nps&language=en&by=attr.plan&from=")

    assert (answer.status_code, answer.location) == (302, "/surveys/shop/segments?language=en&by=attr.plan")


def test_a_hostile_value_is_text(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [*of("=1+1", [2] * 40, "dear"), *of("<script>alert(1)</script>", [10] * 40)])

    page = reader.sees("/surveys/shop/segments")
    lines = reader.browser.get("/surveys/shop/segments.csv").data.decode("utf-8-sig")

    assert "<script>alert(1)</script>" in page.text
    assert '"\'=1+1"' in lines


@pytest.mark.parametrize(
    "what",
    [
        "segments",
        "segments.csv",
        "segments.json",
        "segments.xlsx",
        "compare",
        "compare.csv",
        "compare.json",
        "compare.xlsx",
    ],
)
def test_somebody_elses_segments_look_like_none(app: Flask, survey: Survey, what: str) -> None:
    users.create("bob@example.com", PASSWORD)
    bob = Reader(browser(app))
    bob.signs_in("bob@example.com")

    assert bob.browser.get(f"/surveys/shop/{what}").status_code == 404
    assert browser(app).get(f"/surveys/shop/{what}").status_code == 303
