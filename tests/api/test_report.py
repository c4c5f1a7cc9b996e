"""The report and the ranking for programs are those of the page."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import RAISE

from app.models import now
from app.reports.filters import Filters
from app.reports.report_json import to_json
from app.schemas.reports import PainPointPage, Report
from app.services import reports
from tests import rows
from tests.api.conftest import Program


@pytest.fixture
def busy(program: Program) -> Program:
    rows.store(program.survey, rows.v5())
    return program


def as_on_the_page(program: Program, **filters: Any) -> dict[str, Any]:
    return to_json(reports.build(program.survey, Filters(**filters), now()))


def test_the_report_is_the_one_of_the_page(busy: Program) -> None:
    assert busy.get("report").get_json() == as_on_the_page(busy)
    assert busy.get("report", "?sort=impact&compare=none").get_json() == as_on_the_page(
        busy, sort="impact", compare="none"
    )


def test_pain_points_come_in_the_order_of_the_report(busy: Program) -> None:
    page = busy.get("pain-points").get_json()

    report = as_on_the_page(busy)
    assert [one["id"] for one in page["pain_points"]] == ["support", "pricing", "crashes", "onboarding"]
    assert page["pain_points"] == report["pain_points"]
    assert (page["shared_requests"], page["too_few"]) == (report["shared_requests"], report["too_few"])
    assert page["next"] is None


def test_pain_points_can_be_read_page_by_page(busy: Program) -> None:
    first = busy.get("pain-points", "?limit=3").get_json()
    second = busy.get("pain-points", f"?limit=3&cursor={first['next']}").get_json()

    assert [one["rank"] for one in first["pain_points"] + second["pain_points"]] == [1, 2, 3, 4]
    assert second["next"] is None


def test_a_survey_without_answers_has_a_report_without_a_score(program: Program) -> None:
    report = program.get("report").get_json()

    assert report["nps"]["value"] is None
    assert (report["nps"]["n"], report["pain_points"]) == (0, [])
    assert program.get("pain-points").get_json()["pain_points"] == []


@pytest.mark.parametrize("is_busy", [True, False])
def test_every_field_of_the_report_is_described_and_every_described_field_is_there(
    program: Program, is_busy: bool
) -> None:
    if is_busy:
        rows.store(program.survey, rows.v5())

    report, page = program.get("report").get_json(), program.get("pain-points").get_json()

    assert Report(unknown=RAISE).validate(report) == {}
    assert PainPointPage(unknown=RAISE).validate(page) == {}
    assert set(Report().fields) - {"csat", "ces"} == set(report)
    assert set(PainPointPage().fields) == set(page)


@pytest.mark.parametrize("noun", ["report", "pain-points"])
@pytest.mark.parametrize("query", ["?from=2026-02-30", "?sort=password", "?group=x", "?page=2", "?limit=1&limit=2"])
def test_a_filter_that_cannot_be_is_refused_by_name(program: Program, noun: str, query: str) -> None:
    answer = program.get(noun, query)

    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == [query[1:].split("=")[0]]
