"""A workbook holds what the page says, and no cell of it is ever calculated."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from flask import Flask

from app.models import Survey
from app.reports import workbooks
from app.reports.exports import COLUMNS
from app.reports.filters import Filters
from app.services import exports, reports
from tests import rows
from tests.rows import NOON, Said
from tests.services.test_exports import HOSTILE

MORE = [
    "{=1+1}", '=HYPERLINK("http://evil.example")', "http://evil.example", "mailto:a@b.example", "0123", "1e5", "a\x01b",
]  # fmt: skip


def read(content: bytes | Path) -> dict[str, list[list[Any]]]:
    """The cells of every sheet. A formula would come back as one: values are not looked up."""
    book = openpyxl.load_workbook(BytesIO(content) if isinstance(content, bytes) else content)
    for sheet in book:
        assert {cell.data_type for row in sheet for cell in row} <= {"s", "n", "inlineStr"}, sheet.title
        assert not [cell for row in sheet for cell in row if cell.hyperlink]
    return {sheet.title: [[cell.value for cell in row] for row in sheet] for sheet in book}


def test_texts_that_look_like_formulas_are_texts(tmp_path: Path) -> None:
    file = tmp_path / "table.xlsx"
    said = [text for text in [*HOSTILE, *MORE] if "\t" not in text]

    with file.open("wb") as out:
        workbooks.write_table(out, tmp_path, "Responses", ["=1+1", "@a"], ([text, "-1"] for text in said))

    header, *cells = read(file)["Responses"]
    assert header == ["=1+1", "@a"]
    assert [row[0] for row in cells] == [text.replace("\x01", "_x0001_") if "\x01" in text else text for text in said]
    assert {row[1] for row in cells} == {"-1"}


def test_a_table_that_is_too_long_for_a_sheet_goes_on_on_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "ROWS", 3)
    file = tmp_path / "table.xlsx"

    with file.open("wb") as out:
        workbooks.write_table(out, tmp_path, "R", ["n"], ([number] for number in range(7)))

    assert read(file) == {"R": [["n"], [0], [1], [2]], "R 2": [["n"], [3], [4], [5]], "R 3": [["n"], [6]]}


def test_numbers_are_numbers_and_all_else_is_text_as_long_as_a_cell_takes() -> None:
    cells = [True, -13.5, 0, None, NOON.date(), "x" * 32_767, "x" * 32_768]

    content = workbooks.of_table("R", ["yes", "n", "zero", "none", "day", "long", "longer"], [cells])

    assert read(content)["R"][1] == ["True", -13.5, 0, None, "2026-11-22", "x" * 32_767, "x" * 32_767]


@pytest.fixture
def survey(app: Flask) -> Survey:
    made = rows.survey(name="=Shop")
    rows.store(made, [*rows.v5(), *[Said(score, "=1+1") for score in range(11)]])
    return made


def test_the_report_has_a_sheet_for_each_table(survey: Survey) -> None:
    report = reports.build(survey, Filters(), NOON)

    sheets = read(workbooks.as_xlsx(report))

    assert list(sheets) == ["Report", "Pain points", "Trend", "Scores"]
    facts = {str(name): value for name, value in sheets["Report"]}
    assert (facts["survey"], facts["answers"], facts["promoters"]) == ("=Shop", 341, 152)
    assert report.score.interval
    assert (facts["nps"], facts["nps_low"]) == pytest.approx((report.score.interval.value, report.score.interval.low))
    header, *points = sheets["Pain points"]
    assert tuple(header) == COLUMNS
    assert [row[2] for row in points[: len(report.ranked)]] == [row.name for row in report.ranked]
    assert points[0][header.index("priority")] == pytest.approx(report.ranked[0].numbers.priority)
    assert [row[1] for row in sheets["Scores"][1:]] == list(report.distribution)
    assert [row[5] for row in sheets["Trend"][1:]] == [point.counts.n for point in report.trend]


def test_the_same_report_is_the_same_file_whenever_it_is_made(survey: Survey) -> None:
    report = reports.build(survey, Filters(), NOON)
    made = []
    for day in (1, 2):
        with time_machine.travel(NOON + timedelta(days=day), tick=False):
            made.append(workbooks.as_xlsx(report))

    assert made[0] == made[1]


def test_an_empty_survey_has_headers_only(app: Flask) -> None:
    sheets = read(workbooks.as_xlsx(reports.build(rows.survey(), Filters(), NOON)))

    assert [len(sheets[name]) for name in ("Pain points", "Scores")] == [1, 12]


def test_responses_come_back_from_a_workbook_as_they_were_said(survey: Survey, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    number = exports.save(survey, "xlsx", tmp_path / "r.xlsx", Filters(), lambda *at: told.append(at))

    header, *cells = read(tmp_path / "r.xlsx")["Responses"]

    assert (number, len(cells), told[-1]) == (341, 341, ("export", 341, 341))
    assert tuple(header) == exports.COLUMNS
    assert {row[header.index("comment")] for row in cells} >= {"=1+1"}
    assert {type(row[header.index("score")]) for row in cells} == {int}
    assert (tmp_path / "r.xlsx").stat().st_mode & 0o777 == 0o600
