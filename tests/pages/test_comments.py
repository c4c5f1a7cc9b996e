"""The comments behind the numbers of a report."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from flask import Flask

from app.models import Survey
from app.services import users
from tests import rows
from tests.pages.reader import PASSWORD, Reader, ann, browser
from tests.rows import NOON, Raised, Said


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def survey(app: Flask) -> Survey:
    survey = rows.survey()
    known = [Said(3, f"slow {n}", [Raised("support", "slow")]) for n in range(30)]
    odd = [Said(7, f"odd {n}", [Raised(None, "odd")]) for n in range(28)]
    rows.store(survey, [*known, *odd, Said(10, "nice", [Raised(None, "nice", "praise")])])
    return survey


@pytest.fixture
def reader(app: Flask, survey: Survey) -> Reader:
    return ann(app, survey)


@pytest.mark.parametrize(
    ("query", "number"), [("", 59), ("?about=nothing-known", 28), ("?group=detractor", 30), ("?group=promoter", 1)]
)
def test_all_of_a_view_or_those_about_nothing_known(reader: Reader, query: str, number: int) -> None:
    text = reader.sees(f"/surveys/shop/comments{query}").text

    assert f"{number} comment" in text


def test_they_come_page_by_page(reader: Reader) -> None:
    first = reader.sees("/surveys/shop/comments?about=nothing-known")
    last = reader.sees("/surveys/shop/comments?about=nothing-known&page=2")

    assert "/surveys/shop/comments?about=nothing-known&page=2#said" in first.links
    assert sum(f"odd {n} " in last.text for n in range(28)) == 3
    reader.sees("/surveys/shop/comments?about=nothing-known&page=3", 404)


@pytest.mark.parametrize("query", ["about=everything", "about=nothing-known&about=nothing-known", "page=x", "sort=x"])
def test_a_wrong_address_is_said(reader: Reader, query: str) -> None:
    reader.sees(f"/surveys/shop/comments?{query}", 422)


def test_a_handful_keeps_its_words(survey: Survey, reader: Reader) -> None:
    rows.store(survey, [Said(3, "hemligt", language="sv")] * 4)

    text = reader.sees("/surveys/shop/comments?language=sv").text

    assert "what they said stays closed" in text
    assert "hemligt" not in text


def test_somebody_elses_comments_look_like_none(app: Flask, survey: Survey) -> None:
    users.create("bob@example.com", PASSWORD)
    bob = Reader(browser(app))
    bob.signs_in("bob@example.com")

    assert bob.browser.get("/surveys/shop/comments").status_code == 404
