"""Two groups of people, or two periods, side by side."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.models import Survey
from tests import rows
from tests.pages.reader import Reader, ann
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


def answers(scores: list[int], raising: dict[str, int], **more: Any) -> list[Said]:
    """Answers of which the first so many raise each pain point."""
    words = {point: rows.WORDS[point] for point in raising}
    told = []
    for place, score in enumerate(scores):
        points = [point for point, times in raising.items() if place < times]
        text = ", and ".join(words[point] for point in points) or "It does what it should"
        told.append(Said(score, text, [Raised(point, words[point]) for point in points], **more))
    return told


def of(plan: str, promoters: int, passives: int, detractors: int, raising: dict[str, int]) -> list[Said]:
    scores = [3] * detractors + [7] * passives + [10] * promoters
    return answers(scores, raising, more={"attributes": {"plan": plan}})


def two() -> list[Said]:
    team = of("team", 50, 30, 20, {"support": 5, "pricing": 10})
    return [*team, *of("free", 20, 30, 50, {"support": 40, "pricing": 14, "mobile": 2})]


def test_the_scores_are_compared_by_a_test_and_in_words(survey: Survey, reader: Reader) -> None:
    rows.store(survey, two())

    page = reader.sees("/surveys/shop/compare?by=attr.plan&first=free&second=team")

    assert "“free” scores 60 points lower than “team”: a clear difference." in page.text
    assert "Difference −60; of the test, 95 % sure: −80 to −37, p < 0.001." in page.text
    assert "/surveys/shop/report?attr.plan=free" in page.links


def test_turned_round_it_is_the_same_difference(survey: Survey, reader: Reader) -> None:
    rows.store(survey, two())

    text = reader.sees("/surveys/shop/compare?by=attr.plan&first=team&second=free").text

    assert "“team” scores 60 points higher than “free”: a clear difference." in text


def test_pain_points_stand_side_by_side_with_what_differs(survey: Survey, reader: Reader) -> None:
    rows.store(survey, two())

    page = reader.sees("/surveys/shop/compare?by=attr.plan&first=free&second=team")

    assert "Shares of passives and detractors with a comment: 80 on the first side, 50 on the second" in page.text
    assert "50 % 40 · 39–61 %" in page.text
    assert "clearly more: free" in page.text
    pricing = page.text.split("Lower or clarify pricing", 1)[1]
    assert "no detectable difference" in pricing.split("How to read")[0]
    assert "Fewer than 5 of each side 1" in page.text
    assert "/surveys/shop/pain-points/support?attr.plan=free" in page.links


@pytest.mark.parametrize(
    ("query", "first", "header"),
    [("", "Speed up", "Difference"), ("&order=second", "Lower", "team"), ("&order=name", "Lower", "Pain point")],
)
def test_the_rows_sort_by_their_address(survey: Survey, reader: Reader, query: str, first: str, header: str) -> None:
    rows.store(survey, two())

    page = reader.sees(f"/surveys/shop/compare?by=attr.plan&first=free&second=team{query}")

    table = page.text.split("Difference, 90 % sure", 1)[1]
    assert table.strip().startswith(first)
    assert sum("aria-sort" in given for _, given in page.elements) == 1


def test_without_a_choice_the_two_commonest_are_compared(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [*two(), *of("free", 3, 0, 0, {}), *of("trial", 9, 0, 0, {})])

    assert "free and team compared" in reader.sees("/surveys/shop/compare").text


def test_few_answers_are_not_compared(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [*two(), *of("trial", 9, 3, 8, {"support": 6})])

    text = reader.sees("/surveys/shop/compare?by=attr.plan&first=trial&second=team").text

    assert "Too few answers to compare." in text
    assert "early reading" in text
    assert "6 of 11" in text
    assert "too few to compare" in text
    assert "a clear" not in text


def test_a_handful_keeps_what_it_raises_to_itself(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [*two(), *of("trial", 0, 0, 4, {"support": 4})])

    text = reader.sees("/surveys/shop/compare?by=attr.plan&first=trial&second=team").text

    assert "A score needs at least 5 answers." in text
    assert "One side has fewer than 5 answers, so what it raises is not told." in text
    assert "Speed up" not in text


def test_languages_are_compared_in_what_they_raise_alone(survey: Survey, reader: Reader) -> None:
    german = answers([3] * 40 + [10] * 10, {"support": 30}, language="de")
    rows.store(survey, [*german, *answers([3] * 40 + [10] * 40, {"support": 4}, language="en")])

    text = reader.sees("/surveys/shop/compare?by=language&first=de&second=en").text

    assert "Habits of answering differ between languages, so their scores are not compared." in text
    assert "a clear" not in text
    assert "clearly more: German" in text
    assert "read differences of shares with care" in text


def test_two_periods_can_be_any_two(survey: Survey, reader: Reader) -> None:
    spring = [rows.at(said, NOON - timedelta(days=200)) for said in of("x", 50, 30, 20, {"support": 5})]
    rows.store(survey, [*spring, *of("x", 20, 30, 50, {"support": 40})])

    days = "from=2026-11-01&to=2026-11-22&by=period&from2=2026-05-01&to2=2026-05-31"
    text = reader.sees(f"/surveys/shop/compare?{days}").text

    assert "“Nov 1, 2026 to Nov 22, 2026” scores 60 points lower" in text
    assert "clearly more: Nov 1, 2026 to Nov 22, 2026" in text


def test_a_period_is_compared_with_the_one_before_unless_told(survey: Survey, reader: Reader) -> None:
    rows.store(survey, of("x", 20, 30, 50, {}))

    text = reader.sees("/surveys/shop/compare?from=2026-11-13&to=2026-11-22&by=period").text

    assert "Nov 13, 2026 to Nov 22, 2026 and Nov 3, 2026 to Nov 12, 2026" in text


def test_periods_that_share_days_are_said_to(survey: Survey, reader: Reader) -> None:
    rows.store(survey, of("x", 20, 30, 50, {}))

    days = "from=2026-11-01&to=2026-11-22&by=period&from2=2026-10-01&to2=2026-11-01"

    assert "share days" in reader.sees(f"/surveys/shop/compare?{days}").text


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("by=attr.shoe", "There are no such segments."),
        ("by=attr.plan&first=free&second=free", "Choose two different ones."),
        ("by=period&from2=2026-01-01", "Give both days of the second period."),
        ("by=period&from2=2026-02-01&to2=2026-01-01", "This day is after the last one."),
        ("by=period&from2=2026-02-30&to2=2026-03-01", "Give a day that exists"),
        ("order=score", "Choose one of difference, first, second, name."),
        ("print=2", "Write print=1."),
    ],
)
def test_a_wrong_address_is_said_and_the_rest_is_kept(survey: Survey, reader: Reader, query: str, message: str) -> None:
    rows.store(survey, two())

    page = reader.sees(f"/surveys/shop/compare?{query}&language=en", 422)

    assert message in page.text
    assert "en" in [given.get("value") for tag, given in page.elements if "selected" in given]


def test_a_survey_with_one_kind_of_customer_compares_periods(survey: Survey, reader: Reader) -> None:
    rows.store(survey, of("team", 9, 9, 9, {}))

    assert "compared" in reader.sees("/surveys/shop/compare").text


def test_a_view_of_one_segment_says_that_there_are_no_two(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [*of("team", 9, 9, 9, {}), *(Said(9, language="de") for _ in range(5)), Said(2)])
    rows.store(survey, [Said(9, language="en", more={"attributes": {"plan": "free"}})])

    page = reader.sees("/surveys/shop/compare?language=de&by=attr.plan")

    assert "There are no two of these in this view to compare." in page.text


def test_the_comparison_is_a_table_and_an_object(survey: Survey, reader: Reader) -> None:
    rows.store(survey, two())
    address = "by=attr.plan&first=free&second=team"

    content = json.loads(reader.browser.get(f"/surveys/shop/compare.json?{address}").text)
    answer = reader.browser.get(f"/surveys/shop/compare.csv?{address}")
    lines = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))

    assert content["difference"]["verdict"] == "clear"
    assert content["first"]["filters"] == "attr.plan=free"
    support = content["pain_points"][0]
    assert (support["id"], support["first"]["people"], support["second"]["share"]) == ("support", 40, 0.1)
    assert support["difference"]["more"] == "first"
    assert [line["id"] for line in lines] == [row["id"] for row in content["pain_points"]]


def test_printed_it_has_no_controls(survey: Survey, reader: Reader) -> None:
    rows.store(survey, two())

    for what in ("compare?by=attr.plan&first=free&second=team&print=1", "segments?print=1"):
        page = reader.sees(f"/surveys/shop/{what}")

        assert all("open" in given for tag, given in page.elements if tag == "details")
        assert not [given for tag, given in page.elements if tag == "form" and given.get("method") == "get"]
        assert "Sort by" not in page.text
