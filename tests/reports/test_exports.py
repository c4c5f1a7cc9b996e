"""The report as a file."""

from __future__ import annotations

import csv
import io

import pytest

from app.reports import cells, exports
from app.reports.filters import Filters
from app.services import reports
from tests import rows
from tests.rows import NOON, Raised, Said

pytestmark = pytest.mark.usefixtures("app")


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix(cells.BOM), newline="")))


def test_numbers_stay_numbers_and_nothing_stays_empty() -> None:
    survey = rows.survey()
    rows.store(survey, [Said(3, "slow", [Raised("support", "slow")]) for _ in range(31)])

    [line] = lines(exports.as_csv(reports.build(survey, Filters(), NOON)))

    assert line["priority"].startswith("44.")
    assert (line["overlap"], line["impact"], line["holds_back"]) == ("", "", "")
    assert line["mentions"] == "31"


def test_the_table_is_what_spreadsheets_expect() -> None:
    survey = rows.survey()
    rows.store(survey, rows.v5())

    text = exports.as_csv(reports.build(survey, Filters(), NOON))

    assert text.startswith('\ufeff"rank","id","name"')
    assert text.count("\r\n") == 7
    assert '"-13.34' in text


def test_the_terminal_shows_score_change_and_order() -> None:
    survey = rows.survey()
    rows.store(survey, rows.v5())

    text = exports.as_text(reports.build(survey, Filters(), NOON))

    assert "NPS +21 (+12 to +30), n 330: promoters 150, passives 100, detractors 80" in text
    assert "  1  Speed up support responses" in text
    assert "29 % of passives and detractors, both groups, costs 13.3" in text
    assert "Requests that promoters share: Add missing integrations (22)" in text


def test_a_comment_cannot_command_the_terminal() -> None:
    survey = rows.survey()
    words = "slow \x1b]0;owned\x07 \u202e done"
    rows.store(survey, [Said(3, words, [Raised("support", words)]) for _ in range(31)])

    text = exports.as_text(reports.build(survey, Filters(), NOON))

    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_survey_without_answers_has_a_header_only() -> None:
    report = reports.build(rows.survey(), Filters(), NOON)

    assert lines(exports.as_csv(report)) == []
    assert "NPS – (–)" in exports.as_text(report)
