"""The page of one pain point: why it stands where it stands, and everybody who says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.models import Survey
from app.services import catalogue_changes as changes
from app.services.catalogue_undo import undo
from app.services.places import Place
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
    assert "Their own NPS −41 −57 to −23; everybody else with a comment: +35" in text
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


def test_its_own_score_has_an_interval(survey: Survey, reader: Reader) -> None:
    rows.store(survey, rows.v5())

    text = reader.sees("/surveys/shop/pain-points/support").text

    assert "Their own NPS −41 −57 to −23; everybody else with a comment: +35" in text


def test_counts_lead_to_the_comments_they_count(survey: Survey, reader: Reader) -> None:
    rows.store(survey, rows.v5())

    page = reader.sees("/surveys/shop/pain-points/support?language=en")

    for group in ("detractor", "passive", "promoter"):
        assert page.links.count(f"/surveys/shop/pain-points/support?language=en&group={group}#said") == 2


def test_the_trend_says_its_finding_and_has_its_numbers(survey: Survey, reader: Reader) -> None:
    before = [Said(3, "bad") for _ in range(95)] + [Said(3, "slow", [Raised("support", "slow")]) for _ in range(5)]
    now = [Said(3, "slow", [Raised("support", "slow")]) for _ in range(30)] + [Said(3, "bad") for _ in range(70)]
    rows.store(survey, [*(rows.at(said, NOON - timedelta(days=100)) for said in before), *now])

    page = reader.sees("/surveys/shop/pain-points/support")

    assert "30 % of passives and detractors raise it, in the period before 5 % did: rising" in page.text
    assert "30 of 100 30 % 22–40 %" in page.text
    [title] = [given for tag, given in page.elements if tag == "svg" and given.get("role") == "img"]
    assert title["aria-labelledby"] == "trend-title"


def test_too_few_comments_make_no_trend(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [Said(3, "slow", [Raised("support", "slow")]) for _ in range(4)])

    page = reader.sees("/surveys/shop/pain-points/support")

    assert "Too few comments for a trend" in page.text
    assert "4 of 4 – –" in page.text
    assert not [given for tag, given in page.elements if tag == "svg" and given.get("role") == "img"]


def test_what_goes_with_it_is_counted_by_people(survey: Survey, reader: Reader) -> None:
    both = [Said(3, "slow and dear", [Raised("support", "slow"), Raised("pricing", "dear")]) for _ in range(12)]
    alone = [Said(10, "slow", [Raised("support", "slow")]) for _ in range(13)]
    others = [Said(7, "dear", [Raised("pricing", "dear")]) for _ in range(5)] + [Said(7, "well")] * 20
    again = [Said(3, "dear, slow", [Raised("support", "slow"), Raised("pricing", "dear")], person="ann")] * 2
    rows.store(survey, [*both, *alone, *others, *again])

    page = reader.sees("/surveys/shop/pain-points/support?language=en")

    assert "What the 26 people who raise it raise besides" in page.text
    assert "Lower or clarify pricing 13 50 % 20 %" in page.text
    assert "/surveys/shop/pain-points/pricing?language=en" in page.links


def test_nothing_goes_with_it(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [Said(3, "slow", [Raised("support", "slow")]) for _ in range(40)])

    assert "Nobody who raises it raises anything else." in reader.sees("/surveys/shop/pain-points/support").text


def test_groups_and_languages_are_links_with_their_numbers(survey: Survey, reader: Reader) -> None:
    passive = [Said(7, "etwas langsam", [Raised("support", "langsam")], language="de") for _ in range(6)]
    rows.store(survey, [*passive, *(Said(3, "slow", [Raised("support", "slow")]) for _ in range(40))])

    page = reader.sees("/surveys/shop/pain-points/support?order=strongest")
    passives = reader.sees("/surveys/shop/pain-points/support?group=passive&order=strongest")

    assert "everybody detractors 40 passives 6 Written in any language English 40 German 6" in page.text
    assert "/surveys/shop/pain-points/support?language=de&order=strongest#said" in page.links
    assert "/surveys/shop/pain-points/support?order=strongest#said" in passives.links
    assert "detractors 40 passives 6" in passives.text
    assert "Written in" not in passives.text


def test_its_history_tells_what_people_did_to_it(survey: Survey, reader: Reader) -> None:
    said = [Said(3, "slow and dear", [Raised("support", "slow"), Raised("pricing", "dear")]) for _ in range(40)]
    rows.store(survey, said)
    assert "Nobody has changed anything so far." in reader.sees("/surveys/shop/pain-points/support").text
    changes.change(survey, "ann@example.com", "support", {"name": "Answer at once"})
    changes.correct(survey, "bob@example.com", Place(1, 0, 4), "pricing")
    changes.merge(survey, "carol@example.com", "mobile", "support")
    changes.change(survey, "dan@example.com", "pricing", {"owner": "Dan"})

    text = reader.sees("/surveys/shop/pain-points/support").text.split("Acting on it")[-1].split("History")[1]

    assert "ann@example.com renamed “Speed up support responses” to “Answer at once”" in text
    assert "“slow”: Answer at once → Lower or clarify pricing" in text
    assert "carol@example.com merged “Improve mobile app” into “Answer at once”" in text
    assert "dan@example.com" not in text


def test_an_undone_change_is_told_with_its_undoing(survey: Survey, reader: Reader) -> None:
    rows.store(survey, rows.v5())
    made = changes.change(survey, "ann@example.com", "support", {"pinned": True})
    undo(survey, "ann@example.com", 1)

    text = reader.sees("/surveys/shop/pain-points/support").text.split("Acting on it")[-1].split("History")[1]

    assert made is not None
    assert "(undone by change 2)" in text
    assert "undid change 1" in text


def test_the_page_of_a_pain_point_prints_without_controls(survey: Survey, reader: Reader) -> None:
    rows.store(survey, rows.v5())

    page = reader.sees("/surveys/shop/pain-points/support?print=1")

    assert all("open" in given for tag, given in page.elements if tag == "details")
    assert not [given for tag, given in page.elements if tag == "form" and given.get("method") == "get"]
    assert "http://localhost/surveys/shop/pain-points/support" in page.text


def test_a_new_layout_of_the_widget_is_marked_on_the_axis_of_time(survey: Survey, reader: Reader) -> None:
    old = [rows.at(said, NOON - timedelta(days=60)) for said in rows.v5()]
    told = [replace(said, more={"layout_version": 1 + (place % 40 == 0)}) for place, said in enumerate(rows.v5())]
    rows.store(survey, [*(replace(said, more={"layout_version": 1}) for said in old), *told])

    for address in ("/surveys/shop/report", "/surveys/shop/pain-points/support"):
        page = reader.sees(address)
        assert "Nov 22, 2026: the widget came to its layout 2" in page.text
        assert sum(given.get("class") == "flag" for _, given in page.elements) == 1
