"""The page of one pain point: why it stands where it stands, and everybody who says so."""

from __future__ import annotations

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


def test_one_sentence_says_why_it_stands_there(survey: Survey, reader: Reader) -> None:
    rows.store(survey, rows.v5())

    text = reader.sees("/surveys/shop/pain-points/support").text

    assert "52 of 180 passives and detractors raise it, in both groups about alike." in text
    assert "rank 1" in text
    assert "58 comments" in text


@pytest.mark.parametrize(
    ("id_", "sentence"),
    [
        ("pricing", "40 of 180 passives and detractors raise it, mostly passives."),
        ("crashes", "29 of 180 passives and detractors raise it, mostly detractors."),
        ("integrations", "22 of 180 passives and detractors raise it, but promoters ask for it about as often."),
        ("mobile", "4 of 180 passives and detractors raise it: too few to rank."),
    ],
)
def test_each_place_has_its_reason(survey: Survey, reader: Reader, id_: str, sentence: str) -> None:
    rows.store(survey, rows.v5())

    assert sentence in reader.sees(f"/surveys/shop/pain-points/{id_}").text


def test_the_numbers_are_told_by_group(survey: Survey, reader: Reader) -> None:
    rows.store(survey, rows.v5())

    text = reader.sees("/surveys/shop/pain-points/support").text

    assert "Detractors 30 38 %" in text
    assert "Passives 22 22 %" in text
    assert "Promoters 6 4 %" in text
    assert "Their own NPS −41 everybody else with a comment: +35" in text
    assert "up to 15.8 points if all 52 moved up one group" in text
    assert "log odds 2.21, z 5.09" in text


def test_all_comments_are_there_page_by_page(survey: Survey, reader: Reader) -> None:
    told = [Said(3, f"slow no {n}!", [Raised("support", "slow")], NOON - timedelta(hours=n)) for n in range(60)]
    rows.store(survey, told)

    first = reader.sees("/surveys/shop/pain-points/support")
    last = reader.sees("/surveys/shop/pain-points/support?page=3")

    assert "slow no 0!" in first.text
    assert "/surveys/shop/pain-points/support?page=3#said" in first.links
    assert first.marked.count("slow") == 25
    assert last.marked.count("slow") == 10


@pytest.mark.parametrize(
    ("query", "status"), [("page=4", 404), ("page=0", 422), ("page=-1", 422), ("page=1e9", 422), ("page=x", 422)]
)
def test_a_page_that_is_not_there_is_said(survey: Survey, reader: Reader, query: str, status: int) -> None:
    rows.store(survey, [Said(3, "slow", [Raised("support", "slow")]) for _ in range(60)])

    reader.sees(f"/surveys/shop/pain-points/support?{query}", status)


def test_the_clearest_comments_can_come_first(survey: Survey, reader: Reader) -> None:
    sure = Said(3, "utterly slow", [Raised("support", "slow", confidence=0.99)], NOON - timedelta(days=9))
    rows.store(survey, [sure, *(Said(3, "slow", [Raised("support", "slow")]) for _ in range(40))])

    newest = reader.sees("/surveys/shop/pain-points/support").text
    clearest = reader.sees("/surveys/shop/pain-points/support?order=strongest").text

    assert "utterly" not in newest
    assert "utterly" in clearest


def test_comments_can_be_those_of_one_group_or_language(survey: Survey, reader: Reader) -> None:
    passive = [Said(7, "etwas langsam", [Raised("support", "langsam")], language="de") for _ in range(6)]
    rows.store(survey, [*passive, *(Said(3, "slow", [Raised("support", "slow")]) for _ in range(40))])

    group = reader.sees("/surveys/shop/pain-points/support?group=passive")
    language = reader.sees("/surveys/shop/pain-points/support?language=de")

    assert (group.marked.count("langsam"), group.marked.count("slow")) == (6, 0)
    assert "6 comments" in language.text


def test_a_comment_links_to_what_else_it_raises(survey: Survey, reader: Reader) -> None:
    both = [Raised("support", "slow"), Raised("pricing", "dear")]
    rows.store(survey, [Said(3, "slow and dear", both) for _ in range(40)])

    page = reader.sees("/surveys/shop/pain-points/support?language=en")

    assert "/surveys/shop/pain-points/pricing?language=en" in page.links
    assert "dear" not in page.marked


def test_a_pain_point_nobody_raises_here_says_so(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [Said(3, "slow", [Raised("support", "slow")]) for _ in range(40)])

    text = reader.sees("/surveys/shop/pain-points/pricing").text

    assert "In this view nobody raises it" in text
    assert "No comment in this view." in text


def test_a_few_people_keep_their_words(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [Said(7, "slow", [Raised("support", "slow")], language="sv") for _ in range(4)])

    page = reader.sees("/surveys/shop/pain-points/support?language=sv")

    assert "what they said stays closed" in page.text
    assert not page.marked


def test_a_pain_point_of_another_survey_is_none(app: Flask, survey: Survey, reader: Reader) -> None:
    other = rows.survey("other", "Other")
    rows.store(other, [Said(3, "slow", [Raised("theirs", "slow")])], names={"theirs": "Theirs"})

    reader.sees("/surveys/shop/pain-points/theirs", 404)
