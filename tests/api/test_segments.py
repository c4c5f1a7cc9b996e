"""Segments and comparisons for programs are those of the pages, in the shape that the document promises."""

from __future__ import annotations

from dataclasses import replace

import pytest
from marshmallow import RAISE

from app.schemas.segments_told import Comparison, Segments
from tests import rows
from tests.api.conftest import Program


@pytest.fixture
def busy(program: Program) -> Program:
    plans = (
        replace(said, more={"attributes": {"plan": "free" if n % 3 else "team"}}) for n, said in enumerate(rows.v5())
    )
    rows.store(program.survey, plans)
    return program


def test_segments_have_the_shape_of_the_document(busy: Program) -> None:
    told = busy.get("segments", "?by=attr.plan&order=n").get_json()

    assert Segments(unknown=RAISE).validate(told) == {}
    assert [row["value"] for row in told["segments"]] == ["free", "team"]
    assert told["segments"][0]["pain_points"][0]["id"] == "support"


def test_a_comparison_has_the_shape_of_the_document(busy: Program) -> None:
    told = busy.get("compare", "?by=attr.plan&first=team&second=free").get_json()

    assert Comparison(unknown=RAISE).validate(told) == {}
    assert (told["first"]["label"], told["second"]["filters"]) == ("team", "attr.plan=free")
    assert told["difference"]["verdict"] == "none"
    assert busy.get("compare", "?by=period").get_json()["by"] == "period"


@pytest.mark.parametrize("address", ["segments?by=attr.shoe", "compare?first=a&second=a", "segments?sort=x"])
def test_what_there_is_not_is_refused_by_name(busy: Program, address: str) -> None:
    noun, _, query = address.partition("?")

    answer = busy.get(noun, f"?{query}")

    assert answer.status_code == 422
    assert answer.get_json()["errors"]


def test_nothing_to_tell_apart_is_an_error_and_not_an_empty_table(program: Program) -> None:
    assert program.get("segments").status_code == 422


def test_a_key_of_another_survey_opens_none(busy: Program, stranger: Program) -> None:
    for noun in ("segments", "compare"):
        answer = stranger.client.get(f"{busy.base}/{noun}", headers=stranger.bearer)
        assert answer.status_code in (403, 404)
